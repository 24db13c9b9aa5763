"""An answer in pieces, as server-sent events: each citation before the text that uses it, last the whole object.

Answer -> pieces of its text, each with the citation that is new in it -> citation, delta, ..., answer
"""

from __future__ import annotations

import re
from collections.abc import AsyncIterator, Iterator
from dataclasses import dataclass
from typing import Annotated

from anyio.lowlevel import checkpoint
from fastapi import APIRouter, Depends, Request
from fastapi.sse import EventSourceResponse, ServerSentEvent

from app.examples import STREAM
from app.injected import PROBLEMS, AtDesk
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


async def _answered(question: Question, desk: AtDesk) -> Answer:
    # Before the stream begins, so that what goes wrong here is an ordinary problem.
    return await desk.ask(question)


@stream_routes.post(
    "/ask/stream",
    response_class=EventSourceResponse,
    responses={200: {"description": "events", "content": {"text/event-stream": {"example": STREAM}}}},
)
async def ask_stream(request: Request, answer: Annotated[Answer, Depends(_answered)]) -> AsyncIterator[ServerSentEvent]:
    """The same as /ask, in events: `citation` before the text that uses it, `delta`, last `answer`, the whole object.

    What goes wrong before the first event is a problem as everywhere; after it, an `error` event holds the problem.
    """
    try:
        for piece in pieces(answer):
            if piece.citation:
                yield ServerSentEvent(event="citation", data=piece.citation)
            yield ServerSentEvent(event="delta", data={"text": piece.text})
            await checkpoint()  # here it ends if nobody listens any more
        yield ServerSentEvent(event="answer", data=answer)
    except Exception as error:
        number = instance(request.scope)
        yield ServerSentEvent(event="error", data=problem_of(tell(error, number), number))
