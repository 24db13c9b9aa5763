"""Errors as problem details (RFC 9457), from one table, telling a client nothing of the inside.

exception -> status, code, sentence -> application/problem+json
"""

from __future__ import annotations

import logging
import traceback
from collections.abc import MutableMapping
from http import HTTPStatus
from typing import Any

from fastapi import FastAPI, Request
from fastapi.exceptions import RequestValidationError
from fastapi.responses import JSONResponse
from pydantic import BaseModel, Field
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
}
_HTTP = {
    404: ("no_such_path", "There is nothing at this path."),
    405: ("method_not_allowed", "This path does not take that method."),
    413: ("body_too_large", "The request's body is larger than is taken."),
}
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


def problem(
    scope: MutableMapping[str, Any],
    status: int,
    code: str,
    detail: str,
    *,
    wrong: list[dict[str, str]] | None = None,
    headers: dict[str, str] | None = None,
) -> JSONResponse:
    """The response for one problem; `scope` is the request's, for its number."""
    title = HTTPStatus(status).phrase
    body = Problem(title=title, status=status, detail=detail, code=code, instance=instance(scope), errors=wrong)
    return JSONResponse(
        body.model_dump(exclude_none=True), status, headers=headers, media_type="application/problem+json"
    )


def instance(scope: MutableMapping[str, Any]) -> str:
    """The address of this very request, as the log has it."""
    return f"urn:uuid:{scope['state']['request_id']}"


def status_of(error: errors.PlanQAError) -> HTTPStatus:
    """The status of an error, or of the nearest class above it that the table holds."""
    return next(STATUS[kind] for kind in type(error).__mro__ if kind in STATUS)


def add_problem_handlers(app: FastAPI) -> None:
    """Let every error of the routes leave as a problem."""
    app.add_exception_handler(errors.PlanQAError, _planqa_error)
    app.add_exception_handler(RequestValidationError, _invalid_request)
    app.add_exception_handler(HTTPException, _http_exception)


def unexpected(scope: MutableMapping[str, Any], error: Exception) -> JSONResponse:
    """The response to what nobody foresaw.

    Logged without the message: that may quote the question.
    """
    where = "".join(traceback.format_tb(error.__traceback__))
    log.error("%s %s: %s\n%s", instance(scope), scope["path"], type(error).__name__, where)
    return problem(scope, 500, "unexpected", _OURS)


def _planqa_error(request: Request, error: Exception) -> JSONResponse:
    assert isinstance(error, errors.PlanQAError)
    status = status_of(error)
    if status < 500:
        return problem(request.scope, status, error.code, str(error))
    # Such messages are for operators: they name folders and commands.
    log.error("%s %s: %s: %s", instance(request.scope), request.url.path, error.code, error)
    return problem(request.scope, status, error.code, _OURS)


def _invalid_request(request: Request, error: Exception) -> JSONResponse:
    assert isinstance(error, RequestValidationError)
    # What was sent is left out: it may be the question, and it may be long.
    wrong = [{"place": ".".join(map(str, item["loc"])), "message": item["msg"]} for item in error.errors()]
    detail = "; ".join(f"{item['place']}: {item['message']}" for item in wrong) + "."
    return problem(request.scope, 422, "invalid_request", detail, wrong=wrong)


def _http_exception(request: Request, error: Exception) -> JSONResponse:
    assert isinstance(error, HTTPException)
    status = error.status_code
    code, detail = _HTTP.get(status, (f"http_{status}", f"{HTTPStatus(status).phrase}."))
    headers = dict(error.headers) if error.headers else None
    return problem(request.scope, status, code, detail, headers=headers)
