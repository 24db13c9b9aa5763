"""Who may call: the names the service goes by, the pages that may call its tools, and how often one client asks.

request -> Host known? Origin our own? -> not too many in the last minute -> routes ; else 421, 403 or 429
"""

from __future__ import annotations

import math
import time
from collections.abc import Callable
from ipaddress import IPv4Address, IPv6Address, ip_address, ip_network
from urllib.parse import urlsplit

from limits import RateLimitItemPerMinute
from limits.storage import MemoryStorage
from limits.strategies import MovingWindowRateLimiter
from starlette.datastructures import Headers

from app.edge import ASGIApp, Receive, Scope, Send
from app.problems import Told, problem

TOOLS = "/mcp"
# What costs as much as a question; the page's go through Gradio's queue.
_COSTLY = {
    "POST": (
        "/api/v1/ask",
        "/api/v1/verify",
        "/api/v1/drafts/",
        "/api/v1/feedback",
        "/v1/chat/",
        TOOLS,
        "/gradio_api/queue/join",
        "/gradio_api/call/",
        "/gradio_api/run/",
    ),
    "GET": ("/api/v1/search",),
}


class Guard:
    """Turns away requests that nobody should send, before anything is done for them."""

    def __init__(
        self, app: ASGIApp, hosts: frozenset[str], rate_per_minute: int, limited: Callable[[], object]
    ) -> None:
        """:param hosts: names besides addresses and localhost; without any, all are taken outside the tools.
        :param rate_per_minute: costly requests of one client; 0 for any number.
        :param limited: called for each request that is one too many.
        """
        self._app = app
        self._hosts = hosts
        self._rate = RateLimitItemPerMinute(rate_per_minute) if rate_per_minute else None
        self._limited = limited
        self._window = MovingWindowRateLimiter(MemoryStorage())

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        told = self._objection(scope) if scope["type"] == "http" else None
        if told is None:
            await self._app(scope, receive, send)
        else:
            await problem(scope, told)(scope, receive, send)

    def _objection(self, scope: Scope) -> Told | None:
        path = scope["path"].removeprefix(scope.get("root_path", ""))
        headers = Headers(scope=scope)
        host = headers.get("host", "")
        # A browser sends its page's name: so a page that made its own name point here is told apart.
        if (self._hosts or path == TOOLS) and not self._known(host):
            return Told(421, "unknown_host", "The service is not called by this name. PLANQA_HOSTS lists those it has.")
        origin = headers.get("origin")
        if path == TOOLS and origin is not None and urlsplit(origin).netloc != host:
            return Told(403, "foreign_origin", "Pages of other sites may not call the tools.")
        if self._rate and path.startswith(_COSTLY.get(scope["method"], ())):
            return self._count(client(scope))
        return None

    def _known(self, host: str) -> bool:
        try:
            name = urlsplit(f"//{host}").hostname or ""
        except ValueError:
            return False
        return name in self._hosts or name == "localhost" or _address(name) is not None

    def _count(self, who: str) -> Told | None:
        assert self._rate is not None
        if self._window.hit(self._rate, who):
            return None
        self._limited()
        wait = max(1, math.ceil(self._window.get_window_stats(self._rate, who).reset_time - time.time()))
        sentence = f"At most {self._rate.amount} questions a minute are taken from one client. Wait {wait} seconds."
        return Told(429, "too_many_requests", sentence, wait)


def client(scope: Scope) -> str:
    """The peer's address, of IPv6 the network: one machine has all of its addresses."""
    name = scope["client"][0] if scope.get("client") else ""
    address = _address(name)
    return str(ip_network((address, 64), strict=False)) if isinstance(address, IPv6Address) else name


def _address(name: str) -> IPv4Address | IPv6Address | None:
    try:
        return ip_address(name)
    except ValueError:
        return None
