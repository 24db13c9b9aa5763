"""Pages made on the server: a plan to read, the widget's demonstration, parts of the chat page.

Document, slice of its source -> sections with marked paragraphs -> HTML without scripts
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from functools import partial
from urllib.parse import quote

from jinja2 import Environment, PackageLoader, StrictUndefined, Template

from app.schemas import LARGEST_FILE, LONGEST_DRAFT, ParagraphView, view_paragraph
from rag.types import Citation, Document, Role

_environment = Environment(
    loader=PackageLoader("app"),
    autoescape=True,
    undefined=StrictUndefined,
    trim_blocks=True,
    lstrip_blocks=True,
)
WIDGET_CSP = "default-src 'none'; script-src 'self'; style-src 'self' 'unsafe-inline'; img-src 'self'; frame-src 'self'"
# Set by static/choices.js.
_LANGUAGE_COOKIE = "planqa_language"  # zh or en
_THEME_COOKIE = "planqa_theme"  # light or dark; none where the system decides
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
        "demo": "The question page on a site of yours",
        "demo_what": "The button in the corner comes of one line:",
        "demo_how": "The service lets in only the sites that its settings name:",
        "missing": "There is no such plan here",
        "missing_why": "This link names a plan that this service does not have, or has no longer:",
        "home": "To the plans that can be asked",
    },
    "zh-CN": {
        "outline": "章节",
        "whole": "原始文本",
        "ask": "就规划提问",
        "line": "第{0}行",
        "lines": "{0}–{1}行",
        "to_quote": "转到引文",
        "skip": "转到正文",
        "demo": "把规划问答放到您的网站上",
        "demo_what": "右下角的按钮只需一行代码：",
        "demo_how": "服务只接纳设置中列出的网站：",
        "missing": "这里没有这份规划",
        "missing_why": "链接所指的规划不在本服务中，或已被移除：",
        "home": "查看可以提问的规划",
    },
}


@dataclass(frozen=True, slots=True)
class Reader:
    """What a page's frame is like for whoever reads it."""

    language: str  # zh-CN or en
    theme: str = ""  # light, dark; empty: the system's

    @classmethod
    def of(cls, cookies: Mapping[str, str], accept_language: str) -> Reader:
        """As it was chosen on the chat page, else as the browser asks."""
        chosen, theme = cookies.get(_LANGUAGE_COOKIE), cookies.get(_THEME_COOKIE, "")
        wanted = chosen if chosen in ("zh", "en") else accept_language.lower()
        return cls("zh-CN" if wanted.startswith("zh") else "en", theme if theme in ("light", "dark") else "")


@dataclass(frozen=True, slots=True)
class _Piece:
    """A paragraph cut at the marked quote; `before` is all of it where nothing is marked."""

    view: ParagraphView
    before: str
    quote: str
    after: str


def template(name: str) -> Template:
    """One of ours, in which whatever is put in is text."""
    return _environment.get_template(name)


def render_plan(document: Document, start: int | None, end: int | None, reader: Reader) -> str:
    """A whole plan as HTML, `source[start:end]` marked; its frame in Chinese or English."""
    pieces = [_piece(view_paragraph(document, paragraph, start, end)) for paragraph in document.paragraphs]
    parts: list[list[_Piece]] = [[] for _ in document.sections]
    for paragraph, piece in zip(document.paragraphs, pieces, strict=True):
        parts[paragraph.section].append(piece)
    for part in parts:
        part.sort(key=lambda piece: (_ORDER.index(piece.view.role), piece.view.number))
    words = _WORDS[reader.language]
    return template("plan.html").render(
        info=document.info,
        language={"zh": "zh-CN"}.get(document.info.language, document.info.language),
        sections=[(section, part) for section, part in zip(document.sections, parts, strict=True) if part],
        marked=next((piece.view.number for piece in pieces if piece.quote), None),
        reader=reader,
        words=words,
        place=partial(_place, words),
    )


def render_part(name: str) -> str:
    """A part of the chat page, in both languages; the scripts in static fill it."""
    return template(f"{name}.html").render(longest=LONGEST_DRAFT, largest=LARGEST_FILE)


def render_missing(document_id: str, reader: Reader) -> str:
    """What a link to a plan shows that is not, or no longer, in the index."""
    return template("missing.html").render(id=document_id, reader=reader, words=_WORDS[reader.language])


def render_widget_demo(address: str, reader: Reader) -> str:
    """A page with the widget on it; `address` is the widget's own."""
    return template("widget_demo.html").render(address=address, reader=reader, words=_WORDS[reader.language])


def plan_link(citation: Citation) -> str:
    """The page of a plan with the quote marked, relative to where the service answers."""
    place = f"?start={citation.start}&end={citation.end}#p{citation.paragraph_number}"
    return f"plans/{quote(citation.document_id, safe='')}{place}"


def _place(words: dict[str, str], view: ParagraphView) -> str:
    return words["line" if view.line_start == view.line_end else "lines"].format(view.line_start, view.line_end)


def _piece(view: ParagraphView) -> _Piece:
    if view.mark is None:
        return _Piece(view, view.text, "", "")
    begin, stop = view.mark.begin, view.mark.stop
    return _Piece(view, view.text[:begin], view.text[begin:stop], view.text[stop:])
