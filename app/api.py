"""The HTTP interface: parse, call, serialise.

Services -> create_app -> routes of /api/v1, /plans, /healthz, /readyz, /docs ; the chat page at / if wanted
"""

from __future__ import annotations

from dataclasses import replace
from typing import Annotated

from fastapi import APIRouter, Depends, FastAPI, Path, Query, Request
from fastapi.middleware.cors import CORSMiddleware
from fastapi.responses import HTMLResponse, PlainTextResponse
from fastapi.staticfiles import StaticFiles
from starlette.routing import Route

from app.desk import Desk, ThreadsAssistant
from app.draft_api import LARGEST_BODY, PREFIX, draft_routes, slice_routes
from app.edge import Edge
from app.examples import EXAMPLE
from app.feedback_api import feedback_routes
from app.guard import Guard
from app.injected import PROBLEM, PROBLEMS, AtDesk, Injected
from app.mcp_server import McpEndpoint
from app.metrics import Metrics, metrics_routes
from app.openai_api import openai_routes
from app.problems import add_problem_handlers
from app.reference import render_docs
from app.schemas import (
    LONGEST_DRAFT,
    LONGEST_TEXT,
    DocumentView,
    Health,
    ParagraphView,
    Pasted,
    PlanId,
    Question,
    SearchResult,
    Sought,
    Verified,
    find_paragraph,
    view_document,
    view_paragraph,
)
from app.stream import stream_routes
from app.web import WIDGET_CSP, Reader, render_missing, render_plan, render_widget_demo
from app.wiring import Services
from rag.errors import IndexMissingError, NotFoundError
from rag.types import Answer, DocumentInfo

DESCRIPTION = (
    "Answers questions on government plans in the plans' own words; every statement carries the place of its "
    "quote. Offsets (start, end) are code points of a plan's source text, lines and paragraphs count from 1. "
    "Errors are problem details (RFC 9457)."
)

Offset = Annotated[int | None, Query(ge=0, description="code point of the source; with both, the slice is marked")]


async def _reader(request: Request) -> Reader:
    return Reader.of(request.cookies, request.headers.get("accept-language", ""))


ByReader = Annotated[Reader, Depends(_reader)]
Number = Annotated[int, Path(description="a paragraph's number, from 1", examples=[11])]

api = APIRouter(prefix="/api/v1", tags=["api"], responses=PROBLEMS)
health = APIRouter(tags=["operation"])
pages = APIRouter(include_in_schema=False, default_response_class=HTMLResponse)


@api.post("/ask", responses={200: {"content": {"application/json": {"example": EXAMPLE}}}})
async def ask(question: Question, desk: AtDesk) -> Answer:
    """Answer a question, or say which kind of nothing there is."""
    return await desk.ask(question)


@api.post("/verify")
async def verify(pasted: Pasted, desk: AtDesk) -> Verified:
    """Whether a plan says exactly this: one verdict a sentence and quotation, and one on the whole. Nothing is kept."""
    return await desk.verify(pasted)


@api.get("/search")
async def search(
    desk: AtDesk,
    q: Annotated[str, Query(max_length=LONGEST_TEXT, description="what to look for", examples=["学校"])],
    k: Annotated[int, Query(ge=1, le=50, description="how many")] = 10,
    plan: Annotated[str | None, Query(max_length=500, description="search this plan only")] = None,
    section: Annotated[
        str | None, Query(max_length=500, description="search only sections with this text in their heading")
    ] = None,
) -> SearchResult:
    """The passages that bear most on a query, best first, with their scores and places."""
    return await desk.search(Sought(query=q, k=k, plan=plan, section=section))


@api.get("/documents")
def documents(services: Injected) -> list[DocumentInfo]:
    """The plans that can be asked."""
    return list(services.library.documents())


@api.get("/documents/{document_id}")
def document(document_id: PlanId, services: Injected) -> DocumentView:
    """A plan: what is known of it, its sections and its paragraphs in the order of the source."""
    return view_document(services.library.document(document_id))


@api.get("/documents/{document_id}/paragraphs/{number}")
def paragraph(
    document_id: PlanId, number: Number, services: Injected, start: Offset = None, end: Offset = None
) -> ParagraphView:
    """A paragraph, and where the slice `start:end` of the source lies in its text."""
    plan = services.library.document(document_id)
    return view_paragraph(plan, find_paragraph(plan, number), start, end)


@api.get("/documents/{document_id}/source", response_class=PlainTextResponse)
def source(document_id: PlanId, services: Injected) -> str:
    """The source text exactly as the file had it; all offsets and lines are of this."""
    return services.library.document(document_id).source


@health.get("/healthz", response_model_exclude_none=True)
async def healthz() -> Health:
    """Whether the process is alive."""
    return Health("alive")


@health.get("/readyz", responses={503: PROBLEM})
def readyz(services: Injected) -> Health:
    """Whether questions can be answered: the model is loaded and the index holds a plan."""
    plans = len(services.library.documents())
    if not plans:
        raise IndexMissingError("The index holds no plan. Add one with `planqa index add`.")
    return Health("ready", plans)


@pages.get("/plans/{document_id}")
def plan_page(
    document_id: str, reader: ByReader, services: Injected, start: Offset = None, end: Offset = None
) -> HTMLResponse:
    """A plan to read, where every citation's link leads; works without JavaScript."""
    try:
        plan = services.library.document(document_id)
    except NotFoundError:
        return HTMLResponse(render_missing(document_id, reader), 404)
    return HTMLResponse(render_plan(plan, start, end, reader))


@pages.get("/page/widget-demo.html")
def widget_demo(request: Request, reader: ByReader) -> HTMLResponse:
    """A page that shows the widget as a town's own site would."""
    address = request.url_for("page", path="widget.js")
    return HTMLResponse(render_widget_demo(str(address), reader), headers={"content-security-policy": WIDGET_CSP})


@pages.get("/docs")
def docs(request: Request, reader: ByReader) -> str:
    """The HTTP interface described; our own page, since the usual one loads its code from elsewhere."""
    return render_docs(request.app.openapi(), request.url.netloc, reader)


def create_app(services: Services, *, page: bool = True) -> FastAPI:
    """The service over `services`, with the chat page at / unless `page` is false."""
    metrics, version = Metrics(lambda: len(services.library.documents())), _version()
    desk = Desk(services, metrics)
    mcp = McpEndpoint(desk, version)
    app = FastAPI(
        title="PlanQA", version=version, description=DESCRIPTION, docs_url=None, redoc_url=None, lifespan=mcp.running
    )
    app.state.services = services
    app.state.desk = desk
    app.state.metrics = metrics
    # No origin is let in; its being there also switches off Gradio's own, which lets in any.
    app.add_middleware(CORSMiddleware, allow_origins=[])
    settings = services.settings
    app.add_middleware(
        Guard, hosts=settings.host_names, rate_per_minute=settings.rate_per_minute, limited=metrics.limited.inc
    )
    # Outermost, since added last. JSON may write a character as \uXXXX\uXXXX.
    longest = max(settings.max_question_chars, LONGEST_DRAFT)
    app.add_middleware(Edge, max_body=65_536 + 12 * longest, roomy={f"{PREFIX}/": LARGEST_BODY}, seen=metrics.request)
    add_problem_handlers(app)
    app.include_router(api)
    app.include_router(stream_routes)
    app.include_router(openai_routes)
    app.include_router(draft_routes)
    app.include_router(slice_routes)
    app.include_router(health)
    app.include_router(feedback_routes)
    app.include_router(metrics_routes)
    app.include_router(pages)
    app.router.routes.append(Route("/mcp", mcp, methods=["POST"], include_in_schema=False))
    app.mount("/page", StaticFiles(packages=[("app", "static")]), name="page")
    if page:
        from app.page import mount_page  # Gradio takes seconds to import

        mount_page(app, replace(services, assistant=ThreadsAssistant(desk)))
    return app


def _version() -> str:
    from importlib.metadata import version

    return version("planqa")
