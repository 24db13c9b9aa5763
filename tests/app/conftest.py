"""The service as it is served, over the real index and encoder, and one browser for all tests of the page."""

from __future__ import annotations

import os
import shutil
import threading
import time
from collections.abc import Awaitable, Callable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import replace
from pathlib import Path
from typing import TypeVar

import pytest
import uvicorn
from anyio.from_thread import start_blocking_portal
from fastapi import FastAPI
from fastapi.testclient import TestClient
from playwright.sync_api import Browser, expect, sync_playwright

from app.serve import warm_up
from app.wiring import Services
from rag.types import Answer, Found

T = TypeVar("T")
HOSTILE = (
    '<img src=https://evil.example/a onerror="window.PWNED=1"><script>window.PWNED=1</script> '
    "![x](https://evil.example/b) [click](javascript:window.PWNED=1) `code` **bold** $$x$$ &lt;b&gt;"
)


class HostileAssistant:
    """The real one, but to the question `hostile` it answers as if a plan were full of markup."""

    def __init__(self, services: Services) -> None:
        self._real = services.assistant

    def ask(
        self, question: str, plan: str | None = None, history: Sequence[str] = (), section: str | None = None
    ) -> Answer:
        if question != "hostile":
            return self._real.ask(question, plan, history, section)
        answer = self._real.ask("How many new basic-education places will be added?", plan)
        bad = replace(
            answer.citations[0],
            quote=HOSTILE,
            document_title=HOSTILE,
            section=('"><img src=x onerror=PWNED=1>',),
        )
        return replace(answer, text=f"{HOSTILE}\n- {HOSTILE} [1]", citations=(bad,), related=(bad,))

    def search(self, query: str, k: int, plan: str | None = None, section: str | None = None) -> Found:
        return self._real.search(query, k, plan, section)


@pytest.fixture(scope="session")
def uploads(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Where Gradio puts every file that it is going to hand out."""
    folder = tmp_path_factory.mktemp("gradio")
    os.environ["GRADIO_TEMP_DIR"] = str(folder)
    return folder


@pytest.fixture(scope="session")
def served(services: Services, uploads: Path) -> FastAPI:
    """The whole service, page included."""
    from app.api import create_app

    hostile = HostileAssistant(services)
    return create_app(replace(services, assistant=hostile))


@pytest.fixture(scope="session")
def client(served: FastAPI) -> TestClient:
    """Calls the service without a network."""
    return TestClient(served, raise_server_exceptions=False)


@contextmanager
def serving(app: FastAPI) -> Iterator[str]:
    """Serve an application over real HTTP; the address has a slash at the end."""
    server = uvicorn.Server(uvicorn.Config(app, port=0, log_config=None, access_log=False, timeout_graceful_shutdown=1))
    thread = threading.Thread(target=server.run, daemon=True)
    thread.start()
    deadline = time.monotonic() + 60
    while not server.started:
        assert thread.is_alive() and time.monotonic() < deadline, "the service does not start"
        time.sleep(0.02)
    port = server.servers[0].sockets[0].getsockname()[1]
    try:
        yield f"http://127.0.0.1:{port}/"
    finally:
        server.should_exit = True
        thread.join(10)


def run_async(function: Callable[[], Awaitable[T]]) -> T:
    """What a coroutine function returns, run in a thread: Playwright keeps a loop running in this one."""
    with start_blocking_portal() as portal:
        return portal.call(function)


@pytest.fixture(scope="session")
def address(served: FastAPI) -> Iterator[str]:
    """Where the service answers, with a slash at the end."""
    warm_up(served.state.services)  # as `planqa serve` does
    with serving(served) as address:
        yield address


@pytest.fixture(scope="session")
def browser() -> Iterator[Browser]:
    """Chromium, whichever this machine has."""
    names = [os.environ.get("PLANQA_CHROMIUM"), "chromium", "chromium-browser", "google-chrome"]
    path = next((found for name in names if name and (found := shutil.which(name))), None)
    if path is None:
        reason = "no Chromium: install it or name it in PLANQA_CHROMIUM"
        if os.environ.get("CI") == "true":
            pytest.fail(reason)
        pytest.skip(reason)
    expect.set_options(timeout=15_000)  # a machine may have more to do than these tests
    arguments = ["--no-sandbox"] if hasattr(os, "geteuid") and os.geteuid() == 0 else []
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=path, args=arguments)
        yield browser
        browser.close()


class Visit:
    """A visitor's window; what it must not do is gathered and checked when it closes."""

    def __init__(self, browser, address, **options):
        self.context = browser.new_context(**{"viewport": {"width": 1280, "height": 800}, **options})
        self.context.set_default_timeout(15_000)
        self.faults = []
        self.context.route(lambda url: not url.startswith((address, "data:", "blob:")), self._outside)
        self.page = self.context.new_page()
        self.page.on("pageerror", lambda error: self.faults.append(f"error: {error}"))
        self.page.goto(address)

    def _outside(self, route):
        self.faults.append(f"asked for {route.request.url}")
        route.abort()

    def ask(self, question):
        """The message that answers."""
        answers = self.page.locator("#pq-chat .pq-message")
        before = answers.count()
        box = self.page.get_by_role("textbox")
        box.fill(question)
        box.press("Enter")
        expect(answers).to_have_count(before + 1)
        return answers.last

    @property
    def source(self):
        return self.page.locator("#pq-source")


@pytest.fixture
def visit(browser, address):
    visits = []

    def start(locale="zh-CN", **options):
        visits.append(Visit(browser, address, locale=locale, **options))
        return visits[-1]

    yield start
    for one in visits:
        one.context.close()
    assert not [fault for one in visits for fault in one.faults]
