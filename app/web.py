"""Pages made on the server: a plan to read, the description of the HTTP interface, the tab that verifies.

Document, slice of its source -> sections with marked paragraphs -> HTML without scripts
"""

from __future__ import annotations

import json
from dataclasses import dataclass
from functools import partial
from typing import Any
from urllib.parse import quote

from jinja2 import Environment, PackageLoader, StrictUndefined

from app.schemas import LARGEST_FILE, LONGEST_DRAFT, ParagraphView, view_paragraph
from rag.types import Citation, Document, Role

_environment = Environment(
    loader=PackageLoader("app"),
    autoescape=True,
    undefined=StrictUndefined,
    trim_blocks=True,
    lstrip_blocks=True,
)
_ORDER = (Role.TITLE, Role.HEADING, Role.INTRODUCTION, Role.BODY, Role.FURNITURE)
_WORDS = {
    "en": {
        "outline": "Sections",
        "whole": "Source text",
        "ask": "Ask this plan",
        "line": "line {0}",
        "lines": "lines {0}–{1}",
        "to_quote": "To the quote",
        "skip": "To the text",
    },
    "zh-CN": {
        "outline": "章节",
        "whole": "原始文本",
        "ask": "就规划提问",
        "line": "第{0}行",
        "lines": "{0}–{1}行",
        "to_quote": "转到引文",
        "skip": "转到正文",
    },
}


@dataclass(frozen=True, slots=True)
class _Piece:
    """A paragraph cut at the marked quote; `before` is all of it where nothing is marked."""

    view: ParagraphView
    before: str
    quote: str
    after: str


def render_plan(document: Document, start: int | None, end: int | None, accept_language: str) -> str:
    """A whole plan as HTML, `source[start:end]` marked; its frame in Chinese or English."""
    pieces = [_piece(view_paragraph(document, paragraph, start, end)) for paragraph in document.paragraphs]
    parts: list[list[_Piece]] = [[] for _ in document.sections]
    for paragraph, piece in zip(document.paragraphs, pieces, strict=True):
        parts[paragraph.section].append(piece)
    for part in parts:
        part.sort(key=lambda piece: (_ORDER.index(piece.view.role), piece.view.number))
    interface = "zh-CN" if accept_language.lower().startswith("zh") else "en"
    words = _WORDS[interface]
    return _environment.get_template("plan.html").render(
        info=document.info,
        language={"zh": "zh-CN"}.get(document.info.language, document.info.language),
        sections=[(section, part) for section, part in zip(document.sections, parts, strict=True) if part],
        marked=next((piece.view.number for piece in pieces if piece.quote), None),
        interface=interface,
        words=words,
        place=partial(_place, words),
    )


def plan_link(citation: Citation) -> str:
    """The page of a plan with the quote marked, relative to where the service answers."""
    place = f"?start={citation.start}&end={citation.end}#p{citation.paragraph_number}"
    return f"plans/{quote(citation.document_id, safe='')}{place}"


def render_verify_tab() -> str:
    """The page's tab that verifies a wording; static/verify.js fills it."""
    return _environment.get_template("verify_tab.html").render(longest=LONGEST_DRAFT, largest=LARGEST_FILE)


def render_docs(description: dict[str, Any]) -> str:
    """The OpenAPI description as a page to read."""
    operations = [
        (method.upper(), path, {**operation, "responses": {"200": _success(operation)}})
        for path, methods in description["paths"].items()
        for method, operation in methods.items()
    ]
    return _environment.get_template("docs.html").render(
        info=description["info"],
        operations=operations,
        pretty=partial(json.dumps, ensure_ascii=False, indent=2),
    )


def _success(operation: dict[str, Any]) -> dict[str, Any]:
    """What the operation answers when all is well, whichever status says so."""
    found = next(response for status, response in operation["responses"].items() if status.startswith("2"))
    return {"content": {}, **found}


def _place(words: dict[str, str], view: ParagraphView) -> str:
    return words["line" if view.line_start == view.line_end else "lines"].format(view.line_start, view.line_end)


def _piece(view: ParagraphView) -> _Piece:
    if view.mark is None:
        return _Piece(view, view.text, "", "")
    begin, stop = view.mark.begin, view.mark.stop
    return _Piece(view, view.text[:begin], view.text[begin:stop], view.text[stop:])
