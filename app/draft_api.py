"""Drafts over HTTP: a file's text, the files that come of a checked draft, the plan's side of a comparison.

Everything is made on demand and in memory; nothing that is sent is kept.
"""

from __future__ import annotations

import io
from base64 import b64encode
from collections.abc import Callable
from enum import StrEnum
from typing import Annotated, Any

from fastapi import APIRouter, Query, Response
from pydantic import Base64Bytes, BaseModel, Field, model_validator

from app.drafts import (
    annotated_docx,
    annotated_html,
    docx_bytes,
    draft_text,
    evidence_csv,
    evidence_docx,
    evidence_markdown,
)
from app.examples import WORDING, example
from app.injected import PROBLEMS, AtDesk, Injected
from app.schemas import LARGEST_FILE, LONGEST_DRAFT, MarkedParagraph, PlanId, Slice, view_slice
from rag.errors import QuestionError
from rag.wording.draft import Review, review

LARGEST_BODY = 65_536 + LARGEST_FILE * 4 // 3  # a file is sent in base 64
PREFIX = "/api/v1/drafts"

draft_routes = APIRouter(prefix=PREFIX, tags=["api"], responses=PROBLEMS)
slice_routes = APIRouter(prefix="/api/v1/documents", tags=["api"], responses=PROBLEMS)


class DraftFile(BaseModel):
    """A draft as it lies on its writer's disk."""

    model_config = example(name="draft.txt", content=b64encode(WORDING.encode()).decode())

    name: str = Field(max_length=500, description="ends in .txt, .md or .docx", examples=["draft.docx"])
    content: Base64Bytes


class DraftText(BaseModel):
    """What a draft says, a line a paragraph."""

    text: str


class Draft(BaseModel):
    """A draft to check: its text, or the .docx that is to be marked in its own form."""

    model_config = example(text=WORDING)

    text: str | None = Field(default=None, max_length=LONGEST_DRAFT)
    docx: Base64Bytes | None = None
    plan: str | None = Field(default=None, max_length=500, description="this plan only", examples=["luojiang-2021"])

    @model_validator(mode="after")
    def _one_of_both(self) -> Draft:
        if (self.text is None) == (self.docx is None):
            raise ValueError("give either text or docx")
        return self


class Form(StrEnum):
    """The files that can be made of a checked draft, by their names."""

    MARKED_HTML = "annotated.html"
    MARKED_DOCX = "annotated.docx"
    SHEET_MARKDOWN = "evidence.md"
    SHEET_CSV = "evidence.csv"
    SHEET_DOCX = "evidence.docx"


_WORD = "application/vnd.openxmlformats-officedocument.wordprocessingml.document"
_MAKERS: dict[Form, tuple[str, Callable[[Review, bytes | None], bytes]]] = {
    Form.MARKED_HTML: ("text/html; charset=utf-8", lambda found, _: annotated_html(found).encode()),
    Form.MARKED_DOCX: (
        _WORD,
        lambda found, docx: docx_bytes(annotated_docx(found, io.BytesIO(docx) if docx else None)),
    ),
    Form.SHEET_MARKDOWN: ("text/markdown; charset=utf-8", lambda found, _: evidence_markdown(found).encode()),
    Form.SHEET_CSV: ("text/csv; charset=utf-8", lambda found, _: evidence_csv(found).encode()),
    Form.SHEET_DOCX: (_WORD, lambda found, _: docx_bytes(evidence_docx(found))),
}


@draft_routes.post("/text")
async def text(file: DraftFile, desk: AtDesk) -> DraftText:
    """The text of a .txt, .md or .docx, as it would be checked. Nothing is kept."""
    return DraftText(text=await desk.run(lambda: _readable(draft_text(file.name, file.content))))


_FILES: dict[int | str, dict[str, Any]] = {
    200: {
        "description": "the file",
        "content": {kind.partition(";")[0]: {"schema": {"type": "string"}} for kind, _ in _MAKERS.values()},
    }
}


@draft_routes.post("/{form}", response_class=Response, responses=_FILES)
async def made_of_draft(form: Form, draft: Draft, services: Injected, desk: AtDesk) -> Response:
    """A checked draft as a file: marked as HTML or Word with comments, or its evidence sheet. Nothing is kept."""
    kind, make = _MAKERS[form]

    def work() -> bytes:
        said = draft.text if draft.docx is None else _readable(draft_text("draft.docx", draft.docx))
        return make(review(services.verifier, said or "", draft.plan), draft.docx)

    attachment = {"content-disposition": f'attachment; filename="{form.value}"', "cache-control": "no-store"}
    return Response(await desk.run(work), media_type=kind, headers=attachment)


@slice_routes.get("/{document_id}/slice")
def source_slice(
    document_id: PlanId,
    services: Injected,
    start: Annotated[int, Query(ge=0, description="code point of the source", examples=[3051])],
    end: Annotated[int, Query(ge=0, description="code point of the source, behind the slice", examples=[3079])],
    at: Annotated[list[Slice], Query(max_length=200, description="slices to mark, as 3051-3079")] = [],  # noqa: B006
) -> list[MarkedParagraph]:
    """The paragraphs that `source[start:end]` goes over, and where other slices, changes say, lie in each."""
    spans = [(int(first), int(last)) for first, _, last in (span.partition("-") for span in at)]
    return view_slice(services.library.document(document_id), start, end, spans)


def _readable(draft: str) -> str:
    if len(draft) > LONGEST_DRAFT:
        raise QuestionError(f"The draft has {len(draft)} characters, at most {LONGEST_DRAFT} are taken at once.")
    return draft
