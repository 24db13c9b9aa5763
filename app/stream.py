"""An answer in pieces, as server-sent events: each citation before the text that uses it, last the whole object.

Answer -> pieces of its text, each with the citation that is new in it -> citation, delta, ..., answer
"""

from __future__ import annotations

import re
from collections.abc import AsyncIterator, Iterator
from dataclasses import dataclass

from anyio.lowlevel import checkpoint
from fastapi import APIRouter, Request
from fastapi.responses import Response
from fastapi.sse import EventSourceResponse, format_sse_event
from pydantic import TypeAdapter

from app.examples import STREAM
from app.injected import PROBLEMS, AtDesk, Counted
from app.metrics import Metrics
from app.problems import instance, problem_of, tell
from app.schemas import Question
from rag.types import Answer, Citation

# A statement with its number behind it, or what is left at the end.
_PIECE = re.compile(r".*?(?<= )\[(?P<number>\d{1,3})\]|.+", re.DOTALL)

stream_routes = APIRouter(prefix="/api/v1", tags=["api"], responses=PROBLEMS)


@dataclass(frozen=True, slots=True)
class Piece:
    """A part of an answer's text, the number it ends with, and its citation where no part before had that number."""

    text: str
    number: int | None
    citation: Citation | None


def pieces(answer: Answer) -> Iterator[Piece]:
    """The answer's text, cut behind its numbers; joined, the pieces are the text."""
    unsent = {citation.number: citation for citation in answer.citations}
    for found in _PIECE.finditer(answer.text):
        number = int(found["number"]) if found["number"] else None
        yield Piece(found[0], number, unsent.pop(number or 0, None))


@stream_routes.post(
    "/ask/stream",
    response_class=Response,
    responses={200: {"description": "events", "content": {"text/event-stream": {"example": STREAM}}}},
)
async def ask_stream(question: Question, request: Request, desk: AtDesk, metrics: Counted) -> EventSourceResponse:
    """The same as /ask, in events: `citation` before the text that uses it, `delta`, last `answer`, the whole object.

    What goes wrong before the first event is a problem as everywhere; after it, an `error` event holds the problem.
    """
    answer = await desk.ask(question)
    return streamed(_events(answer, instance(request.scope)), metrics)


def streamed(events: Iterator[bytes], metrics: Metrics) -> EventSourceResponse:
    """The events as a response that ends where nobody listens any more.

    FastAPI's own way, a route that yields, raises where a reader goes away.
    """

    async def counted() -> AsyncIterator[bytes]:
        done = False
        try:
            for event in events:
                yield event
                await checkpoint()
            done = True
        finally:
            if not done:
                metrics.broken_off.inc()

    return EventSourceResponse(counted(), headers={"cache-control": "no-cache", "x-accel-buffering": "no"})


def _events(answer: Answer, number: str) -> Iterator[bytes]:
    try:
        for piece in pieces(answer):
            if piece.citation:
                yield _event("citation", piece.citation)
            yield _event("delta", {"text": piece.text})
        yield _event("answer", answer)
    except Exception as error:
        yield _event("error", problem_of(tell(error, number), number).model_dump(exclude_none=True))


def _event(event: str, data: object) -> bytes:
    return format_sse_event(event=event, data_str=TypeAdapter(type(data)).dump_json(data).decode("utf-8"))
