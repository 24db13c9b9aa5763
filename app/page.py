"""The page with its two tabs, and the only module that knows Gradio.

question -> assistant -> messages.py -> chat ; a click on [n] is static/page.js's
wording -> static/verify.js, which asks the HTTP interface
"""

from __future__ import annotations

import os
from base64 import b64encode
from collections.abc import Iterator
from functools import partial
from hashlib import sha256
from importlib.resources import files
from typing import Any

# Before any Blocks is built: Gradio otherwise reports each one to its makers.
os.environ["GRADIO_ANALYTICS_ENABLED"] = "False"
# After every event Gradio sums up all events so far, in pandas, for a dashboard that is not shown here.
os.environ["GRADIO_ANALYTICS_CACHE_FREQUENCY"] = str(10**9)

import gradio as gr
from fastapi import FastAPI
from gradio.routes import INTERNAL_ROUTES

from app.chat import LONGEST_CHAT, Turn, memory, messages, remembered, take_turn
from app.edge import ASGIApp, Message, Receive, Scope, Send, with_headers
from app.export import conversation_docx, conversation_markdown
from app.messages import growing_message, question_message, waiting_message
from app.offer import offer_plans
from app.page_words import EXAMPLES, WORDS
from app.problems import BUSY_FOR
from app.web import render_part
from app.wiring import Services
from rag.language import detect_language

AT_ONCE = 16  # questions; Gradio's own default is one
WAITING = 64
FORGET_AFTER = 2 * 60 * 60  # seconds without a question
# Gradio compiles its components in the browser and writes styles into them; nothing may come from or go elsewhere.
PAGE_CSP = (
    "default-src 'self'; script-src 'self' 'unsafe-inline' 'unsafe-eval'; style-src 'self' 'unsafe-inline'; "
    "img-src 'self' data: blob:; media-src 'self'; font-src 'self' data:; connect-src 'self'; "
    "form-action 'self'; object-src 'none'; base-uri 'self'; frame-ancestors 'self'"
)  # and the sites that an operator names
FIRST_FILES = ("choices.js", "queue.js")  # before anything of Gradio's
# Each adds to the one before; style sheets first.
OWN_FILES = (
    "page.css", "source.css", "verify.css", "plans.css", "wording.js", "reader.js", "page.js", "actions.js",
    "compare.js", "verify.js", "plans.js",
)  # fmt: skip


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
        head="".join(map(_tag, OWN_FILES)),
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
    app.router.default = _only_own_paths(
        page, app.router.not_found, " ".join([PAGE_CSP, *services.settings.embed_origins.split()])
    )
    return app


def _only_own_paths(page: ASGIApp, otherwise: ASGIApp, policy: str) -> ASGIApp:
    """Gradio for the paths that are Gradio's, under its own content security policy."""
    # Gradio adds what it is given for the head only once it runs, by when it has settled for a language.
    first = "".join(map(_tag, FIRST_FILES)).encode()

    async def route(scope: Scope, receive: Receive, send: Send) -> None:
        path = scope["path"].removeprefix(scope.get("root_path", ""))
        if path.split("/")[1:2] not in [[""], *([name] for name in INTERNAL_ROUTES)]:
            await otherwise(scope, receive, send)
            return

        async def allowed(message: Message) -> None:
            if message["type"] == "http.response.start":
                headers = {"content-security-policy": policy}
                if message["status"] == 503:  # its queue is full
                    headers["retry-after"] = str(BUSY_FOR)
                message["headers"] = with_headers(message["headers"], headers)
            await send(message)

        if path == "/" and scope["type"] == "http":
            await page(scope, receive, _with_head(first, allowed))
        else:
            await page(scope, receive, allowed)

    return route


def _with_head(tags: bytes, send: Send) -> Send:
    """Send a page with these tags at the end of its head."""
    start: Message = {}
    body = bytearray()

    async def sent(message: Message) -> None:
        if message["type"] == "http.response.start":
            start.update(message)
            return
        if message["type"] != "http.response.body":
            await send(message)
            return
        body.extend(message.get("body", b""))
        if message.get("more_body"):
            return
        whole = bytes(body).replace(b"</head>", tags + b"</head>", 1)
        headers = [(name, value) for name, value in start["headers"] if name.lower() != b"content-length"]
        await send({**start, "headers": [*headers, (b"content-length", str(len(whole)).encode())]})
        await send({"type": "http.response.body", "body": whole})

    return sent


def _build(services: Services, i18n: gr.I18n) -> gr.Blocks:
    first = offer_plans(services.library)  # what is there before the page asks, and where it finds the service busy
    blocks = gr.Blocks(title="PlanQA", analytics_enabled=False, fill_width=True)
    with blocks:
        turns = gr.State([], time_to_live=FORGET_AFTER)
        # Not a secret: it must outlive a restart, and what comes back is read as a stranger's word anyway.
        kept = gr.BrowserState([], storage_key="planqa-questions", secret="planqa-questions")
        with gr.Column(elem_id="pq-head"):
            gr.HTML(render_part("page_head"), padding=False)
            plans = gr.HTML(first.html, elem_id="pq-plans", padding=False)
        with gr.Tabs(elem_id="pq-tabs"):
            with gr.Tab(i18n("ask_tab"), id="ask"), gr.Row(elem_id="pq-main", equal_height=False):
                with gr.Column(scale=3, min_width=0, elem_id="pq-left"):
                    with gr.Row(elem_id="pq-tools"):
                        new_chat = gr.Button(i18n("new_chat"), size="sm", min_width=0)
                        save_markdown = gr.Button(i18n("save_markdown"), size="sm", min_width=0)
                        save_word = gr.Button(i18n("save_word"), size="sm", min_width=0)
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
                    with gr.Row(elem_id="pq-examples", visible=first.examples) as offered:
                        gr.HTML(render_part("examples_label"), padding=False)
                        examples = [
                            (
                                text,
                                gr.Button(f"{kind}\n{text}", size="sm", min_width=0, elem_classes=[f"pq-{language}"]),
                            )
                            for language, offers in EXAMPLES.items()
                            for kind, text in offers
                        ]
                with gr.Column(scale=2, min_width=0, elem_id="pq-side"):
                    gr.HTML(render_part("promises"), elem_id="pq-about", padding=False)
                    gr.HTML(render_part("source"), elem_id="pq-beside", padding=False)
            with gr.Tab(i18n("verify_tab"), id="verify", render_children=True):
                gr.HTML(render_part("verify_tab"), elem_id="pq-verify-tab", padding=False)
            with gr.Tab(i18n("plans_tab"), id="plans", render_children=True):
                gr.HTML(render_part("plans_tab"), elem_id="pq-plans-pane", padding=False)
        base = gr.Textbox(visible=False)
        file = gr.Textbox(visible="hidden")

        answer = partial(_answer, services)
        quiet: dict[str, Any] = {"show_progress": "hidden", "api_visibility": "private"}
        asking = {**quiet, "concurrency_limit": AT_ONCE, "concurrency_id": "ask"}
        outputs = [chat, question, turns, kept]
        question.submit(answer, [question, plan, turns], outputs, **asking)
        for text, button in examples:
            button.click(partial(answer, text), [plan, turns], outputs, **asking)
        new_chat.click(lambda: ([], [], []), None, [chat, turns, kept], **quiet)
        for button, form in ((save_markdown, "md"), (save_word, "docx")):
            # In a browser a state is nothing; the address is what links in the file are made with.
            button.click(
                partial(_file, form), [turns, base], file, js="(turns) => [turns, document.baseURI]", **quiet
            ).then(None, file, None, js="(file) => planqaActions.save(file)")

        def offer(request: gr.Request) -> tuple[str, Any, Any]:  # Gradio fills this in by its type, in plain functions
            found = offer_plans(services.library, request.query_params.get("plan", ""))
            chooser = gr.update(choices=found.choices, value=found.chosen, visible=len(found.choices) > 2)
            return found.html, chooser, gr.update(visible=found.examples)

        blocks.load(offer, None, [plans, plan, offered], **quiet)
        blocks.load(partial(_restore, services), kept, [chat, turns], **asking)
    blocks.queue(max_size=WAITING, api_open=False)
    return blocks


def _answer(services: Services, question: object, plan: object, turns: list[Turn]) -> Iterator[tuple[Any, ...]]:
    """The chat with the question, then with its answer as well, line by line.

    What is shown comes from `turns`, which lies on the server, never from what a browser claims was said.
    """
    if not isinstance(question, str) or not question.strip():
        yield gr.skip(), gr.skip(), turns, gr.skip()
        return
    before = messages(turns)
    asked = {"role": "user", "content": question_message(question)}

    def chat(reply: str) -> list[dict[str, str]]:
        return [*before, asked, {"role": "assistant", "content": reply}]

    yield chat(waiting_message(detect_language(question))), "", turns, gr.skip()
    turn = take_turn(services, question, plan if isinstance(plan, str) and plan else None, turns)
    *growing, _ = growing_message(turn.answer) if turn.answer else [""]
    for reply in growing:
        yield chat(reply), gr.skip(), turns, gr.skip()
    turns = [*turns, turn][-LONGEST_CHAT:]
    yield messages(turns), question if turn.ours else gr.skip(), turns, memory(turns)


def _restore(services: Services, kept: object) -> Iterator[tuple[Any, list[Turn]]]:
    """The conversation that a browser remembers: its questions asked anew, so that nothing but answers is shown."""
    turns: list[Turn] = []
    for question, plan in remembered(kept, services.settings.max_question_chars):
        turns = [*turns, take_turn(services, question, plan, turns)]
    yield (messages(turns) if turns else gr.skip()), turns


def _file(form: str, turns: list[Turn], base: object) -> str:
    """The conversation as a file, in a form that travels as text."""
    where = base if isinstance(base, str) else ""
    made = conversation_docx(turns, where) if form == "docx" else conversation_markdown(turns, where).encode()
    return f"planqa.{form}," + b64encode(made).decode()


def _tag(name: str) -> str:
    """A link to a file of ours, its address changing with its content so that no browser keeps an old one."""
    content = (files("app") / "static" / name).read_bytes()
    address = f"page/{name}?v={sha256(content).hexdigest()[:8]}"
    if name.endswith(".css"):
        return f'<link rel="stylesheet" href="{address}">'
    return f'<script src="{address}"></script>'
