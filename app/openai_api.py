"""The assistant as a model of an OpenAI-compatible service, for clients that know nothing of PlanQA.

messages -> the last question, those before it -> desk -> a completion, whole or in chunks, with its citations
"""

from __future__ import annotations

import json
import time
from collections.abc import Iterator
from typing import Annotated, Any, Literal

from fastapi import APIRouter, Path, Request
from fastapi.responses import JSONResponse, Response
from fastapi.sse import format_sse_event
from pydantic import BaseModel, Field, TypeAdapter

from app.examples import COMPLETION, example
from app.history import asked_before
from app.injected import AtDesk, Counted, Injected
from app.problems import instance, openai_error, tell
from app.schemas import LONGEST_HISTORY, LONGEST_TEXT, Question
from app.stream import pieces, streamed
from app.web import plan_link
from rag.errors import InputError, NotFoundError, QuestionError
from rag.types import Answer

MODEL = "planqa"  # or planqa:<plan id>
_ANSWER = TypeAdapter(Answer)

Text = Annotated[str, Field(max_length=LONGEST_TEXT)]


class Part(BaseModel):
    """A part of a message; only text is understood."""

    type: str = Field(max_length=100, examples=["text"])
    text: Text | None = None


class Message(BaseModel):
    """A message; those of the user are read, all others passed over."""

    role: str = Field(max_length=100, examples=["user"])
    content: Text | list[Part] | None = Field(default=None, examples=["what schools are being built?"])


class StreamOptions(BaseModel):
    """What a stream is to hold besides the text."""

    include_usage: bool | None = None


class Conversation(BaseModel):
    """What a client of OpenAI's sends; what is not named here, temperature and tools say, has no effect."""

    model_config = example(model=MODEL, messages=[{"role": "user", "content": "what schools are being built?"}])

    model: str = Field(max_length=600, examples=[MODEL, "planqa:luojiang-2021"])
    messages: list[Message] = Field(min_length=1, max_length=2000)
    n: int | None = None
    stream: bool | None = None
    stream_options: StreamOptions | None = None


class OpenAIError(BaseModel):
    """An error as OpenAI's clients read it."""

    message: str
    type: str
    param: str | None = None
    code: str


class OpenAIProblem(BaseModel):
    """The body of every status from 400 on."""

    error: OpenAIError


class Model(BaseModel):
    """Something that can be asked: all plans, or one."""

    id: str = Field(examples=["planqa:luojiang-2021"])
    object: Literal["model"] = "model"
    created: int = 0
    owned_by: Literal["planqa"] = "planqa"


class Models(BaseModel):
    """Everything that can be asked."""

    object: Literal["list"] = "list"
    data: list[Model]


_PROBLEMS: dict[int | str, dict[str, Any]] = {
    status: {"model": OpenAIProblem} for status in (400, 404, 413, 422, 429, 500, 503)
}
_COMPLETION: dict[int | str, dict[str, Any]] = {
    200: {
        "description": "a completion; with `stream`, chunks as server-sent events",
        "content": {"application/json": {"example": COMPLETION}, "text/event-stream": {}},
    }
}

openai_routes = APIRouter(prefix="/v1", tags=["OpenAI-compatible"], responses=_PROBLEMS)


@openai_routes.get("/models")
def models(services: Injected) -> Models:
    """`planqa`, which asks all plans, and a model for each plan alone."""
    plans = [f"{MODEL}:{info.id}" for info in services.library.documents()]
    return Models(data=[Model(id=name) for name in (MODEL, *plans)])


@openai_routes.get("/models/{name:path}")
def model(name: Annotated[str, Path(examples=[MODEL])], services: Injected) -> Model:
    """One of the models."""
    found = next((model for model in models(services).data if model.id == name), None)
    if found is None:
        raise NotFoundError(_no_model(name))
    return found


@openai_routes.post("/chat/completions", response_class=Response, responses=_COMPLETION)
async def complete(
    conversation: Conversation, request: Request, services: Injected, desk: AtDesk, metrics: Counted
) -> Response:
    """Answer the last message of the user, understood after those before it.

    `annotations` say where each [number] stands in the text (code points) and link to the plan; `planqa` is the
    whole answer, as from /api/v1/ask.
    """
    if (conversation.n or 1) != 1:
        raise InputError("n must be 1: there is one answer to a question.")
    *history, question = _questions(conversation.messages)
    name, _, plan = conversation.model.partition(":")
    known = {info.id for info in services.library.documents()}
    if name != MODEL or (plan and plan not in known):
        raise NotFoundError(_no_model(conversation.model))
    answer = await desk.ask(
        Question.model_construct(question=question, plan=plan or None, history=history[-LONGEST_HISTORY:], section=None)
    )
    links = str(request.base_url)
    if not conversation.stream:
        return JSONResponse(_completion(conversation.model, answer, links))
    usage = bool(conversation.stream_options and conversation.stream_options.include_usage)
    chunks = _chunks(conversation.model, answer, links, usage, instance(request.scope))
    return streamed(chunks, metrics)


def _no_model(name: str) -> str:
    return f"There is no model {name!r}; there are planqa and planqa:<plan id>, listed at /v1/models."


def _questions(messages: list[Message]) -> list[str]:
    """What the user said, first to last; the last is the question.

    :raises QuestionError: if there is none, or not all of it is text.
    """
    said = asked_before([message.model_dump() for message in messages])
    if not said:
        raise QuestionError("There is no message of the user's to answer.")
    texts = [text or "" for text in said] if isinstance(said, list) else []
    if not all(isinstance(text, str) for text in texts):
        raise QuestionError("Only text can be asked: a message has a part of another type.")
    return texts


def _completion(model: str, answer: Answer, links: str) -> dict[str, Any]:
    message = {
        "role": "assistant",
        "content": answer.text,
        "refusal": None,
        "annotations": numbers_linked(answer, links),
    }
    return {
        **_frame("chat.completion", model, answer),
        "choices": [{"index": 0, "message": message, "logprobs": None, "finish_reason": "stop"}],
        "usage": _usage(),
        "planqa": _ANSWER.dump_python(answer, mode="json"),
    }


def _chunks(model: str, answer: Answer, links: str, usage: bool, number: str) -> Iterator[bytes]:
    """The completion in server-sent events: the text, then the annotations and the answer, then the end."""
    frame = _frame("chat.completion.chunk", model, answer)

    def event(delta: dict[str, Any], end: str | None = None, **more: object) -> bytes:
        choice = {"index": 0, "delta": delta, "logprobs": None, "finish_reason": end}
        return _event({**frame, "choices": [choice], **({"usage": None} if usage else {}), **more})

    try:
        yield event({"role": "assistant", "content": ""})
        for piece in pieces(answer):
            yield event({"content": piece.text})
        whole = _ANSWER.dump_python(answer, mode="json")
        yield event({"annotations": numbers_linked(answer, links)}, planqa=whole)
        yield event({}, "stop")
        if usage:
            yield _event({**frame, "choices": [], "usage": _usage()})
    except Exception as error:
        yield _event(openai_error(tell(error, number)))
    yield format_sse_event(data_str="[DONE]")


def numbers_linked(answer: Answer, links: str) -> list[dict[str, Any]]:
    """Where in the text each number stands, and which place in which plan it means.

    :param links: what addresses of pages begin with.
    """
    found, end = [], 0
    numbered = {citation.number: citation for citation in answer.citations}
    for piece in pieces(answer):
        end += len(piece.text)
        citation = numbered.get(piece.number or 0)
        if citation is None:
            continue
        place = {
            "start_index": end - len(f"[{citation.number}]"),
            "end_index": end,
            "title": citation.document_title,
            "url": links + plan_link(citation),
        }
        ours = {"planqa": TypeAdapter(type(citation)).dump_python(citation, mode="json")}
        found.append({"type": "url_citation", "url_citation": {**place, **ours}})
    return found


def _frame(kind: str, model: str, answer: Answer) -> dict[str, Any]:
    return {"id": f"chatcmpl-{answer.id}", "object": kind, "created": int(time.time()), "model": model}


def _usage() -> dict[str, int]:
    # No model reads or writes tokens here, but clients expect the numbers.
    return {"prompt_tokens": 0, "completion_tokens": 0, "total_tokens": 0}


def _event(data: object) -> bytes:
    return format_sse_event(data_str=json.dumps(data, ensure_ascii=False))
