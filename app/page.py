"""The page with its two tabs, and the only module that knows Gradio.

question -> assistant -> messages.py -> chat ; a click on [n] is static/page.js's
wording -> static/verify.js, which asks the HTTP interface
"""

from __future__ import annotations

import logging
import os
import traceback
from collections.abc import Iterator
from functools import partial
from hashlib import sha256
from html import escape
from importlib.resources import files
from typing import Any

# Before any Blocks is built: Gradio otherwise reports each one to its makers.
os.environ["GRADIO_ANALYTICS_ENABLED"] = "False"

import gradio as gr
from fastapi import FastAPI
from gradio.routes import INTERNAL_ROUTES

from app.edge import ASGIApp, Message, Receive, Scope, Send, with_headers
from app.messages import answer_message, failure_message, plan_address, question_message
from app.page_words import WORDS
from app.problems import status_of
from app.web import render_verify_tab
from app.wiring import Services
from rag.errors import PlanQAError
from rag.language import detect_language

log = logging.getLogger(__name__)

EXAMPLES = (
    "洛江要建哪些学校？",
    "到2025年每千常住人口有多少张床位？",
    "卫生用品产值目标是多少？",
    "What schools are being built?",
    "How many new basic-education places will be added?",
    "Which roads will be built?",
)
AT_ONCE = 16  # questions; Gradio's own default is one
WAITING = 64
LONGEST_CHAT = 50  # turns kept and sent again with every answer
FEW_PLANS = 3
FORGET_AFTER = 2 * 60 * 60  # seconds without a question
# Gradio compiles its components in the browser and writes styles into them; nothing may come from or go elsewhere.
PAGE_CSP = (
    "default-src 'self'; script-src 'self' 'unsafe-inline' 'unsafe-eval'; style-src 'self' 'unsafe-inline'; "
    "img-src 'self' data: blob:; media-src 'self'; font-src 'self' data:; connect-src 'self'; "
    "form-action 'self'; frame-ancestors 'self'; object-src 'none'; base-uri 'self'"
)

Turn = tuple[str, str, str]  # the question; then it and its answer as HTML made here
Chat = list[dict[str, str]]


def mount_page(app: FastAPI, services: Services) -> FastAPI:
    """Put the chat page at /, behind all other routes."""
    i18n = gr.I18n(**WORDS)
    blocks = _build(services, i18n)
    gr.mount_gradio_app(
        app,
        blocks,
        path="/",
        theme=gr.themes.Default(
            primary_hue="blue",
            font=["system-ui", "PingFang SC", "Microsoft YaHei", "Noto Sans CJK SC", "sans-serif"],
            font_mono=["ui-monospace", "monospace"],
        ),
        head=_head(),
        i18n=i18n,
        favicon_path=str(files("app") / "static" / "icon.svg"),
        max_file_size="1kb",  # nothing is uploaded here, but the path for it is open
        show_error=False,
        run_history=False,
        footer_links=[],
    )
    # Gradio only refuses to hand out the server's files once this is set, and mounting does not set it.
    blocks.has_launched = True
    # A mount at / would take what belongs to other routes: a wrong method, a misspelt path.
    page: ASGIApp = app.router.routes.pop().app  # type: ignore[attr-defined]
    app.router.default = _only_own_paths(page, app.router.not_found)
    return app


def _only_own_paths(page: ASGIApp, otherwise: ASGIApp) -> ASGIApp:
    """Gradio for the paths that are Gradio's, under its own content security policy."""

    async def route(scope: Scope, receive: Receive, send: Send) -> None:
        path = scope["path"].removeprefix(scope.get("root_path", ""))
        if path.split("/")[1:2] not in [[""], *([name] for name in INTERNAL_ROUTES)]:
            await otherwise(scope, receive, send)
            return

        async def allowed(message: Message) -> None:
            if message["type"] == "http.response.start":
                message["headers"] = with_headers(message["headers"], {"content-security-policy": PAGE_CSP})
            await send(message)

        await page(scope, receive, allowed)

    return route


def _build(services: Services, i18n: gr.I18n) -> gr.Blocks:
    blocks = gr.Blocks(title="PlanQA", analytics_enabled=False, fill_width=True)
    with blocks:
        turns = gr.State([], time_to_live=FORGET_AFTER)
        with gr.Column(elem_id="pq-head"):
            gr.Markdown(i18n("what"), elem_id="pq-what")
            plans = gr.HTML(elem_id="pq-plans")
        with gr.Tabs(elem_id="pq-tabs"):
            with gr.Tab(i18n("ask_tab"), id="ask"), gr.Row(elem_id="pq-main", equal_height=False):
                with gr.Column(scale=3, min_width=0, elem_id="pq-left"):
                    chat = gr.Chatbot(
                        elem_id="pq-chat",
                        label=i18n("chat"),
                        show_label=False,
                        container=False,
                        height=None,
                        layout="bubble",
                        buttons=[],
                        latex_delimiters=[],
                        feedback_options=None,
                        allow_tags=False,
                    )
                    plan = gr.Dropdown(
                        label=i18n("plan"), choices=[("", "")], value="", visible=False, elem_id="pq-plan"
                    )
                    question = gr.Textbox(
                        elem_id="pq-question",
                        label=i18n("question"),
                        placeholder=i18n("placeholder"),
                        show_label=False,
                        container=False,
                        lines=1,
                        max_lines=4,
                        max_length=services.settings.max_question_chars,
                        submit_btn=i18n("ask"),  # type: ignore[arg-type]  # its annotation lags behind
                        autofocus=True,
                    )
                    with gr.Row(elem_id="pq-examples"):
                        examples = [gr.Button(text, size="sm", min_width=0) for text in EXAMPLES]
                gr.HTML(_source_panel(), elem_id="pq-side", padding=False)
            with gr.Tab(i18n("verify_tab"), id="verify", render_children=True):
                gr.HTML(render_verify_tab(), elem_id="pq-verify-tab", padding=False)

        answer = partial(_answer, services)
        settings: dict[str, Any] = {
            "outputs": [chat, question, turns],
            "show_progress": "hidden",
            "api_visibility": "private",
            "concurrency_limit": AT_ONCE,
            "concurrency_id": "ask",
        }
        question.submit(answer, [question, plan, turns], **settings)
        for text, button in zip(EXAMPLES, examples, strict=True):
            button.click(partial(answer, text), [plan, turns], **settings)
        chat.clear(list, None, turns, api_visibility="private")
        blocks.load(
            partial(_plans, services),
            None,
            [plans, plan],
            show_progress="hidden",
            api_visibility="private",
        )
    blocks.queue(max_size=WAITING, api_open=False)
    return blocks


def _answer(
    services: Services, question: object, plan: object, turns: list[Turn]
) -> Iterator[tuple[Any, Any, list[Turn]]]:
    """The chat with the question, then with its answer as well.

    What is shown comes from `turns`, which lies on the server, never from what a browser claims was said.
    """
    if not isinstance(question, str) or not question.strip():
        yield gr.skip(), gr.skip(), turns
        return
    asked = question_message(question)
    yield [*_chat(turns), {"role": "user", "content": asked}], "", turns
    reply = _reply(services, question, plan if isinstance(plan, str) and plan else None, [turn[0] for turn in turns])
    turns = [*turns, (question, asked, reply)]
    turns = turns[-LONGEST_CHAT:]
    yield _chat(turns), gr.skip(), turns


def _reply(services: Services, question: str, plan: str | None, history: list[str]) -> str:
    try:
        return answer_message(services.assistant.ask(question, plan, history))
    except PlanQAError as error:
        if status_of(error) < 500:
            return failure_message(str(error), detect_language(question))
        log.error("page: %s: %s", error.code, error)
    except Exception as error:
        # Without its message, which may quote the question.
        log.error("page: %s\n%s", type(error).__name__, "".join(traceback.format_tb(error.__traceback__)))
    return failure_message(None, detect_language(question))


def _chat(turns: list[Turn]) -> Chat:
    return [
        {"role": role, "content": html}
        for turn in turns
        for role, html in zip(("user", "assistant"), turn[1:], strict=True)
    ]


def _plans(services: Services) -> tuple[str, Any]:
    """Links to the plans, and the chooser, which shows only where there is a choice."""
    infos = services.library.documents()
    items = "".join(
        f'<li><a href="{plan_address(info.id)}">{escape(info.title)}</a>'
        f"<span>{escape(' · '.join(filter(None, (info.issuer, info.kind, info.published))))}</span></li>"
        for info in infos
    )
    links = f'<ul class="pq-plans">{items}</ul>'
    if len(infos) > FEW_PLANS:
        links = f"<details><summary>{len(infos)} 份规划 / plans</summary>{links}</details>"
    choices = [("全部规划 / All plans", ""), *((info.title, info.id) for info in infos)]
    return links, gr.update(choices=choices, visible=len(infos) > 1)


def _head() -> str:
    """Links to our own files, their addresses changing with their content so that no browser keeps an old one."""
    address = {
        name: f"page/{name}?v={sha256((files('app') / 'static' / name).read_bytes()).hexdigest()[:8]}"
        for name in ("page.css", "verify.css", "page.js", "wording.js", "compare.js", "verify.js")
    }
    return "".join(
        f'<link rel="stylesheet" href="{where}">' if name.endswith(".css") else f'<script src="{where}"></script>'
        for name, where in address.items()
    )


def _source_panel() -> str:
    return (files("app") / "static" / "source.html").read_text("utf-8")
