"""`planqa serve` and `planqa mcp`: their options, and the processes that go on until they are stopped.

planqa serve [--host H] [--port N] [--no-page] | mcp
"""

from __future__ import annotations

import argparse
import logging
import sys
from typing import TYPE_CHECKING

from app.log import configure
from rag.errors import PlanQAError

if TYPE_CHECKING:
    from app.settings import Settings
    from app.wiring import Services

log = logging.getLogger(__name__)

FINISH_WITHIN = 8  # seconds for the answers in flight when it is stopped; container hosts kill after ten


def add_parsers(commands: argparse._SubParsersAction[argparse.ArgumentParser]) -> None:
    """Put `serve` and `mcp` under the commands."""
    parser = commands.add_parser("serve", help="the page and the HTTP interface")
    parser.add_argument("--host", default="127.0.0.1")
    parser.add_argument("--port", type=int, default=7860)
    parser.add_argument("--no-page", action="store_true", help="the HTTP interface only")
    parser.set_defaults(command=serve)

    tools = commands.add_parser("mcp", help="the tools for a language-model client, over standard input and output")
    tools.set_defaults(command=serve_tools)


def serve(options: argparse.Namespace, settings: Settings) -> int:
    """Serve HTTP until a signal ends it."""
    import uvicorn

    from app.api import create_app
    from app.wiring import open_services

    as_json = settings.log_format == "json" or (settings.log_format == "auto" and not sys.stderr.isatty())
    configure(settings.log_level, as_json=as_json)
    services = open_services(settings)
    warm_up(services)
    app = create_app(services, page=not options.no_page)
    place = f"http://{options.host}:{options.port}"
    log.info("PlanQA answers on %s (Ctrl-C stops it)", place, extra={"facts": settings.summary()})
    # One worker: the page's queue lives in one process. No access log: a search's address holds its question.
    uvicorn.run(
        app,
        host=options.host,
        port=options.port,
        log_config=None,
        access_log=False,
        timeout_graceful_shutdown=FINISH_WITHIN,
    )
    return 0


def warm_up(services: Services) -> None:
    """Ask once in each language: what is only loaded when it is needed is then there before anybody waits for it."""
    for question in ("要建哪些学校？", "What schools are being built?"):
        try:
            services.assistant.ask(question)
        except PlanQAError as error:
            # Readiness tells it as well, for as long as it lasts.
            log.warning("The first question failed: %s: %s", error.code, error)


def serve_tools(_options: argparse.Namespace, settings: Settings) -> int:
    """Serve the tools until the client closes standard input."""
    from importlib.metadata import version

    import anyio

    from app.desk import Desk
    from app.mcp_server import serve_stdio
    from app.metrics import Metrics
    from app.wiring import open_services

    services = open_services(settings)
    desk = Desk(services, Metrics(lambda: len(services.library.documents())))
    anyio.run(serve_stdio, desk, version("planqa"))
    return 0
