"""Errors as problem details (RFC 9457), from one table, telling a client nothing of the inside.

exception -> status, code, sentence -> application/problem+json
"""

from __future__ import annotations

import logging
import traceback
from collections.abc import MutableMapping
from dataclasses import dataclass
from http import HTTPStatus
from typing import Any
from uuid import UUID

from fastapi import FastAPI, Request
from fastapi.exceptions import RequestValidationError
from fastapi.responses import JSONResponse
from pydantic import BaseModel, Field, ValidationError
from starlette.exceptions import HTTPException

from rag import errors

log = logging.getLogger(__name__)

STATUS: dict[type[errors.PlanQAError], HTTPStatus] = {
    errors.PlanQAError: HTTPStatus.INTERNAL_SERVER_ERROR,
    errors.InputError: HTTPStatus.BAD_REQUEST,
    errors.QuestionError: HTTPStatus.UNPROCESSABLE_ENTITY,
    errors.DocumentError: HTTPStatus.UNPROCESSABLE_ENTITY,
    errors.NotFoundError: HTTPStatus.NOT_FOUND,
    errors.IndexStateError: HTTPStatus.SERVICE_UNAVAILABLE,
    errors.IndexMissingError: HTTPStatus.SERVICE_UNAVAILABLE,
    errors.IndexMismatchError: HTTPStatus.SERVICE_UNAVAILABLE,
    errors.IndexBusyError: HTTPStatus.SERVICE_UNAVAILABLE,
    errors.IndexDamagedError: HTTPStatus.SERVICE_UNAVAILABLE,
    errors.ModelError: HTTPStatus.SERVICE_UNAVAILABLE,
    errors.FeedbackError: HTTPStatus.SERVICE_UNAVAILABLE,
    errors.BusyError: HTTPStatus.SERVICE_UNAVAILABLE,
}
_HTTP = {
    401: (
        "token_needed",
        "This needs the service's token, as `Authorization: Bearer TOKEN`.",
    ),
    403: ("not_open", "This is open only where the service was given a token, and this one was not."),
    404: ("no_such_path", "There is nothing at this path."),
    405: ("method_not_allowed", "This path does not take that method."),
    413: ("body_too_large", "The request's body is larger than is taken."),
}
OPENAI_PREFIX = "/v1/"
BUSY_FOR = 2  # seconds until a client may try again
_OURS = "The service cannot answer this at the moment. Its log tells why, under the instance given here."


class Problem(BaseModel):
    """What went wrong; programs test `code`, people read `detail`."""

    type: str = Field(default="about:blank", description="always about:blank: `code` tells problems apart")
    title: str = Field(examples=["Not Found"])
    status: int = Field(examples=[404])
    detail: str = Field(examples=["There is no plan 'nowhere' in the index."])
    code: str = Field(description="a stable name", examples=["not_found"])
    instance: str = Field(examples=["urn:uuid:5e0a1b3c-1f2d-4c5b-9a77-0c6a8f0e2d11"])
    errors: list[dict[str, str]] | None = Field(
        default=None, description="of an invalid request: each place and what is wrong there"
    )


@dataclass(frozen=True, slots=True)
class Told:
    """What a client is told of an error, whichever way it came in."""

    status: int
    code: str
    detail: str
    retry_after: int | None = None  # seconds


def tell(error: Exception, number: str) -> Told:
    """The error as a client may know it; what is for operators goes to the log, under the request's number."""
    if isinstance(error, errors.BusyError):
        return Told(status_of(error), error.code, str(error), BUSY_FOR)
    if isinstance(error, errors.PlanQAError):
        status = status_of(error)
        if status < 500:
            return Told(status, error.code, str(error))
        # Such messages are for operators: they name folders and commands.
        log.error("%s: %s: %s", number, error.code, error)
        return Told(status, error.code, _OURS)
    if isinstance(error, RequestValidationError | ValidationError):
        return Told(422, "invalid_request", "; ".join(f"{place}: {message}" for place, message in _wrong(error)) + ".")
    # Without the message: that may quote the question.
    log.error("%s: %s\n%s", number, type(error).__name__, "".join(traceback.format_tb(error.__traceback__)))
    return Told(500, "unexpected", _OURS)


def problem(
    scope: MutableMapping[str, Any],
    told: Told,
    *,
    wrong: list[dict[str, str]] | None = None,
    headers: dict[str, str] | None = None,
) -> JSONResponse:
    """The response for one problem; `scope` is the request's, for its number and its path."""
    if told.retry_after is not None:
        headers = {**(headers or {}), "retry-after": str(told.retry_after)}
    if scope["path"].removeprefix(scope.get("root_path", "")).startswith(OPENAI_PREFIX):
        return JSONResponse(openai_error(told), told.status, headers=headers)
    body = problem_of(told, instance(scope))
    body.errors = wrong
    return JSONResponse(
        body.model_dump(exclude_none=True), told.status, headers=headers, media_type="application/problem+json"
    )


def problem_of(told: Told, instance: str) -> Problem:
    """The problem details of what is told."""
    title = HTTPStatus(told.status).phrase
    return Problem(title=title, status=told.status, detail=told.detail, code=told.code, instance=instance)


def openai_error(told: Told) -> dict[str, dict[str, str | None]]:
    """The same in the shape that OpenAI's clients read."""
    kind = {429: "rate_limit_error"}.get(told.status, "server_error" if told.status >= 500 else "invalid_request_error")
    return {"error": {"message": told.detail, "type": kind, "param": None, "code": told.code}}


def instance(scope: MutableMapping[str, Any]) -> str:
    """The address of this very request, as the log has it."""
    number: str = scope["state"]["request_id"]
    try:
        return UUID(number).urn
    except ValueError:  # a proxy's, which may have any form
        return number


def status_of(error: errors.PlanQAError) -> HTTPStatus:
    """The status of an error, or of the nearest class above it that the table holds."""
    return next(STATUS[kind] for kind in type(error).__mro__ if kind in STATUS)


def add_problem_handlers(app: FastAPI) -> None:
    """Let every error of the routes leave as a problem."""
    app.add_exception_handler(errors.PlanQAError, _planqa_error)
    app.add_exception_handler(RequestValidationError, _invalid_request)
    app.add_exception_handler(HTTPException, _http_exception)


def _planqa_error(request: Request, error: Exception) -> JSONResponse:
    return problem(request.scope, tell(error, f"{instance(request.scope)} {request.url.path}"))


def _invalid_request(request: Request, error: Exception) -> JSONResponse:
    assert isinstance(error, RequestValidationError)
    wrong = [{"place": place, "message": message} for place, message in _wrong(error)]
    return problem(request.scope, tell(error, instance(request.scope)), wrong=wrong)


def _wrong(error: RequestValidationError | ValidationError) -> list[tuple[str, str]]:
    # What was sent is left out: it may be the question, and it may be long.
    return [(".".join(map(str, item["loc"])), item["msg"]) for item in error.errors()]


def _http_exception(request: Request, error: Exception) -> JSONResponse:
    assert isinstance(error, HTTPException)
    status = error.status_code
    code, detail = _HTTP.get(status, (f"http_{status}", f"{HTTPStatus(status).phrase}."))
    headers = dict(error.headers) if error.headers else None
    return problem(request.scope, Told(status, code, detail), headers=headers)
