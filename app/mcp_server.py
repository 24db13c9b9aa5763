"""PlanQA for language-model clients (Model Context Protocol): three tools that give what REST gives.

tool call -> arguments checked -> desk -> the very JSON of /api/v1 ; an error is one sentence
"""

from __future__ import annotations

import json
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import asynccontextmanager
from dataclasses import dataclass
from typing import Any
from uuid import uuid4

import mcp_types as types
from mcp.server import Server, ServerRequestContext
from mcp.server.stdio import stdio_server
from mcp.server.streamable_http_manager import StreamableHTTPSessionManager
from pydantic import BaseModel, TypeAdapter
from starlette.requests import Request

from app.desk import Desk
from app.edge import Receive, Scope, Send
from app.problems import Told, instance, problem, tell
from app.schemas import Pasted, Question, SearchResult, Sought, Verified
from rag.types import Answer

_INSTRUCTIONS = (
    "PlanQA answers questions on government plans in the plans' own words. Every citation is a verbatim slice of a "
    "plan: quote it as it is, with its document, paragraph and lines. Where a plan does not say something, the "
    "answer's status says so; do not fill the gap. Check a wording with verify_wording before calling it a quotation."
)


@dataclass(frozen=True, slots=True)
class _Tool:
    title: str
    description: str
    takes: type[BaseModel]
    gives: TypeAdapter[Any]
    call: Callable[[Desk, Any], Awaitable[object]]


_TOOLS = {
    "ask_plan": _Tool(
        "Ask a plan",
        "Answer a question on government plans, in Chinese, English or another language, in the plans' own words. "
        "status: answered (every statement in text is followed by the [number] of a citation that bears it), "
        "not_stated (the plan speaks of the subject but not of what was asked; related shows the nearest passages), "
        "out_of_scope (the plan does not speak of it), unclear, greeting. history: the questions before it, so that "
        "a follow-up question is understood.",
        Question,
        TypeAdapter(Answer),
        Desk.ask,
    ),
    "search_plan": _Tool(
        "Search plans",
        "The passages of the plans that bear most on a query, best first, each with its scores, its text and the "
        "exact places of its paragraphs. Use it to read around an answer, or where ask_plan states nothing.",
        Sought,
        TypeAdapter(SearchResult),
        Desk.search,
    ),
    "verify_wording": _Tool(
        "Verify a wording",
        "Whether a plan says exactly this: one verdict for each sentence and quotation, and one on the whole. exact, "
        "normalised (equal once the listed differences are set aside), altered (a passage of the plan with changes: "
        "what the plan has, what was pasted), absent, too_short. A changed figure, year or name makes it altered.",
        Pasted,
        TypeAdapter(Verified),
        Desk.verify,
    ),
}


def make_server(desk: Desk, version: str) -> Server[Any]:
    """The tools over a desk, for any transport."""

    async def list_tools(
        _context: ServerRequestContext[Any], _page: types.PaginatedRequestParams | None
    ) -> types.ListToolsResult:
        return types.ListToolsResult(tools=[_described(name, tool) for name, tool in _TOOLS.items()])

    async def call_tool(
        context: ServerRequestContext[Any, Any], call: types.CallToolRequestParams
    ) -> types.CallToolResult:
        tool = _TOOLS.get(call.name)
        if tool is None:
            return _failed(f"There is no tool {call.name!r}; there are {', '.join(_TOOLS)}.")
        try:
            given = await tool.call(desk, tool.takes.model_validate(call.arguments or {}))
        except Exception as error:  # the protocol would hand on its text
            return _failed(tell(error, _number(context)).detail)
        value = tool.gives.dump_python(given, mode="json")
        text = types.TextContent(type="text", text=json.dumps(value, ensure_ascii=False))
        return types.CallToolResult(content=[text], structured_content=value)

    return Server(
        "planqa",
        version=version,
        title="PlanQA",
        instructions=_INSTRUCTIONS,
        on_list_tools=list_tools,
        on_call_tool=call_tool,
    )


async def serve_stdio(desk: Desk, version: str) -> None:
    """Serve one client over standard input and output until it closes them."""
    server = make_server(desk, version)
    async with stdio_server() as (incoming, outgoing):
        await server.run(incoming, outgoing, server.create_initialization_options())


class McpEndpoint:
    """The tools over HTTP, without sessions: a request is answered by itself, in JSON."""

    def __init__(self, desk: Desk, version: str) -> None:
        self._server = make_server(desk, version)
        self._manager: StreamableHTTPSessionManager | None = None

    @asynccontextmanager
    async def running(self, _app: object) -> AsyncIterator[None]:
        """Serve for as long as the context lasts, which is that of the application around it."""
        manager = StreamableHTTPSessionManager(self._server, json_response=True, stateless=True)
        async with manager.run():
            self._manager = manager
            try:
                yield
            finally:
                self._manager = None

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if self._manager is None:
            response = problem(scope, Told(503, "stopped", "The service is starting or stopping. Ask again.", 2))
            await response(scope, receive, send)
            return
        await self._manager.handle_request(scope, receive, send)


def _described(name: str, tool: _Tool) -> types.Tool:
    return types.Tool(
        name=name,
        title=tool.title,
        description=tool.description,
        input_schema=tool.takes.model_json_schema(),
        output_schema=tool.gives.json_schema(mode="serialization"),
        annotations=types.ToolAnnotations(read_only_hint=True, idempotent_hint=True, open_world_hint=False),
    )


def _failed(sentence: str) -> types.CallToolResult:
    return types.CallToolResult(content=[types.TextContent(type="text", text=sentence)], is_error=True)


def _number(context: ServerRequestContext[Any, Any]) -> str:
    request = context.request
    return instance(request.scope) if isinstance(request, Request) else f"urn:uuid:{uuid4()}"
