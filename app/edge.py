"""What happens to every request before and after its route.

request -> number -> size limit -> routes -> security headers -> response
"""

from __future__ import annotations

from collections.abc import Awaitable, Callable, MutableMapping
from typing import Any
from uuid import uuid4

from starlette.exceptions import HTTPException

from app.problems import instance, problem, tell

Scope = MutableMapping[str, Any]
Message = MutableMapping[str, Any]
Receive = Callable[[], Awaitable[Message]]
Send = Callable[[Message], Awaitable[None]]
ASGIApp = Callable[[Scope, Receive, Send], Awaitable[None]]

# For what we write ourselves: no scripts at all. The chat page needs more and says so itself.
STRICT_CSP = (
    "default-src 'none'; style-src 'self'; img-src 'self'; base-uri 'none'; form-action 'none'; frame-ancestors 'self'"
)
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

    def __init__(self, app: ASGIApp, max_body: int, roomy: dict[str, int] | None = None) -> None:
        """:param roomy: larger bodies that are taken, by the beginning of the path."""
        self._app = app
        self._max_body = max_body
        self._roomy = roomy or {}

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] != "http":
            await self._app(scope, receive, send)
            return
        number = str(uuid4())
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
            nonlocal started
            if message["type"] == "http.response.start":
                started = True
                message["headers"] = with_headers(message["headers"], {**_HEADERS, "x-request-id": number})
            await send(message)

        try:
            await self._app(scope, limited, marked)
        except Exception as error:
            response = problem(scope, tell(error, f"{instance(scope)} {scope['path']}"))
            if started:
                raise
            await response(scope, receive, marked)


def with_headers(present: list[tuple[bytes, bytes]], wanted: dict[str, str]) -> list[tuple[bytes, bytes]]:
    """The headers with those added that are not there yet."""
    names = {name.lower() for name, _ in present}
    added = [(name.encode(), value.encode()) for name, value in wanted.items() if name.encode() not in names]
    return [*present, *added]
