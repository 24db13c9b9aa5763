"""What happens to every request before and after its route.

request -> number -> size limit -> routes -> security headers -> response -> log line, counters
"""

from __future__ import annotations

import logging
import re
import time
from collections.abc import Awaitable, Callable, MutableMapping
from typing import Any
from uuid import uuid4

from starlette.exceptions import HTTPException

from app.log import begin_request
from app.problems import instance, problem, tell

log = logging.getLogger(__name__)

Scope = MutableMapping[str, Any]
Message = MutableMapping[str, Any]
Receive = Callable[[], Awaitable[Message]]
Send = Callable[[Message], Awaitable[None]]
ASGIApp = Callable[[Scope, Receive, Send], Awaitable[None]]
Seen = Callable[[str, str, int, float], None]

# For what we write ourselves: no scripts at all. The chat page needs more and says so itself.
STRICT_CSP = (
    "default-src 'none'; style-src 'self'; img-src 'self'; base-uri 'none'; form-action 'none'; frame-ancestors 'self'"
)
_PLAIN = re.compile(rb"[A-Za-z0-9._-]{8,64}")
_LOUD = ("/api/", "/v1/", "/mcp", "/plans/", "/gradio_api/queue/join")  # logged each; the rest are files and checks
_HEADERS = {
    "content-security-policy": STRICT_CSP,
    "x-content-type-options": "nosniff",
    "referrer-policy": "no-referrer",
    "cross-origin-opener-policy": "same-origin",
}


class Edge:
    """Numbers requests, bounds their bodies, answers what nobody caught, and adds the security headers.

    FastAPI's own limit answers in plain text and outside our headers, hence this one.
    """

    def __init__(
        self, app: ASGIApp, max_body: int, roomy: dict[str, int] | None = None, seen: Seen = lambda *_: None
    ) -> None:
        """:param roomy: larger bodies that are taken, by the beginning of the path.
        :param seen: told method, route, status and seconds of every request.
        """
        self._app = app
        self._seen = seen
        self._max_body = max_body
        self._roomy = roomy or {}

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] != "http":
            await self._app(scope, receive, send)
            return
        begun, facts = time.perf_counter(), begin_request()
        number, status = _number(scope), 0
        scope.setdefault("state", {})["request_id"] = number
        taken, started = 0, False
        path = scope["path"].removeprefix(scope.get("root_path", ""))
        most = next((size for start, size in self._roomy.items() if path.startswith(start)), self._max_body)

        async def limited() -> Message:
            nonlocal taken
            message = await receive()
            taken += len(message.get("body", b""))
            if taken > most:
                raise HTTPException(413)
            return message

        async def marked(message: Message) -> None:
            nonlocal started, status
            if message["type"] == "http.response.start":
                started, status = True, message["status"]
                message["headers"] = with_headers(message["headers"], {**_HEADERS, "x-request-id": number})
            await send(message)

        try:
            await self._app(scope, limited, marked)
        except Exception as error:
            response = problem(scope, tell(error, f"{instance(scope)} {scope['path']}"))
            if started:
                raise
            await response(scope, receive, marked)
        finally:
            seconds = time.perf_counter() - begun
            self._seen(scope["method"], _route(scope), status, seconds)
            told = {"id": number, "method": scope["method"], "route": _route(scope), "status": status}
            loud = status >= 400 or path == "/" or path.startswith(_LOUD)
            log.log(
                logging.INFO if loud else logging.DEBUG,
                "request",
                extra={"facts": {**told, "ms": round(seconds * 1000, 1), **facts}},
            )


def _number(scope: Scope) -> str:
    """The request's: the one it came with, if a proxy gave it a plain one, or a new one."""
    given = next((value for name, value in scope["headers"] if name == b"x-request-id"), b"")
    return given.decode("ascii") if _PLAIN.fullmatch(given) else str(uuid4())


def _route(scope: Scope) -> str:
    """The template of the path, never the path: that may be anything."""
    route = scope.get("route")
    return getattr(route, "path", None) or "none"


def with_headers(present: list[tuple[bytes, bytes]], wanted: dict[str, str]) -> list[tuple[bytes, bytes]]:
    """The headers with those added that are not there yet."""
    names = {name.lower() for name, _ in present}
    added = [(name.encode(), value.encode()) for name, value in wanted.items() if name.encode() not in names]
    return [*present, *added]
