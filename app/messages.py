"""Questions and answers as messages of the chat: HTML in which nothing but our own links is markup.

Answer -> status in words + statements with links [n] into the plan -> one line of HTML
"""

from __future__ import annotations

import re
import string
from collections.abc import Iterator
from itertools import groupby
from urllib.parse import quote

from rag.types import Answer, Citation, Status

_MARKUP = {ord(char): f"&#{ord(char)};" for char in string.punctuation}
_NUMBER = re.compile(r"(?<= )\[(\d{1,3})\]")
_WORDS = {
    "zh": {
        Status.NOT_STATED: "规划未说明",
        Status.OUT_OF_SCOPE: "规划未涉及",
        Status.UNCLEAR: "问题不明确",
        "failed": "未能回答",
        "nearest": "最接近的原文",
        "place": "{section}第{paragraph}段 · {first}–{last}行",
        "place_one": "{section}第{paragraph}段 · 第{first}行",
        "items": "列出 {items} 处，查阅了 {scanned} 段。",
        "resolved": "按前文理解为：",
        "incomplete": "可能还有未列出的。",
        "unexpected": "出现意外错误，请稍后再试。",
    },
    "en": {
        Status.NOT_STATED: "Not stated in the plan",
        Status.OUT_OF_SCOPE: "Not a subject of the plan",
        Status.UNCLEAR: "Question not understood",
        "failed": "No answer",
        "nearest": "Nearest passages",
        "place": "{section}paragraph {paragraph} · lines {first}–{last}",
        "place_one": "{section}paragraph {paragraph} · line {first}",
        "items": "{items} statements; {scanned} paragraphs were read.",
        "resolved": "Understood as: ",
        "incomplete": "There may be more.",
        "unexpected": "Something went wrong; please try again later.",
    },
}


def plain(text: str) -> str:
    """Text that stays text: every mark that HTML, Markdown or TeX could read becomes a character reference."""
    return text.translate(_MARKUP)


def question_message(question: str) -> str:
    """A question as a message, line by line; without indents, which Markdown reads as code."""
    return "<br>".join(plain(" ".join(line.split())) for line in question.strip().splitlines())


def answer_message(answer: Answer) -> str:
    """An answer as a message; what states nothing is marked as such, in words."""
    words = _words(answer.language)
    parts = [f'<div class="pq-message pq-{answer.status.value}">']
    if answer.status in words:
        parts.append(f'<p class="pq-status">{words[answer.status]}</p>')
    if answer.resolved:
        parts.append(f'<p class="pq-note">{words["resolved"]}{plain(answer.resolved)}</p>')
    parts.append(_statements(answer))
    if answer.completeness is not None and answer.completeness.items > 1:
        count = words["items"].format(items=answer.completeness.items, scanned=answer.completeness.paragraphs_scanned)
        parts.append(
            f'<p class="pq-note">{count}{"" if answer.completeness.complete else " " + words["incomplete"]}</p>'
        )
    if answer.related:
        items = "".join(
            f'<li>{plain(item.quote)} {_link(item, words)}<span class="pq-place">{_place(item, words)}</span></li>'
            for item in answer.related
        )
        parts.append(f'<p class="pq-note">{words["nearest"]}</p><ul class="pq-related">{items}</ul>')
    return "".join([*parts, "</div>"])


def failure_message(reason: str | None, language: str) -> str:
    """The message where an answer cannot be had; `reason` is for the reader, none if that is not."""
    words = _words(language)
    return (
        f'<div class="pq-message pq-failed"><p class="pq-status">{words["failed"]}</p>'
        f"<p>{plain(reason or words['unexpected'])}</p></div>"
    )


def plan_address(document_id: str) -> str:
    """The page of a plan, relative to the chat's, so that it holds behind any path prefix."""
    return f"plans/{quote(document_id, safe='')}"


def _words(language: str) -> dict[str, str]:
    return {str(key): text for key, text in _WORDS["zh" if language == "zh" else "en"].items()}


def _statements(answer: Answer) -> str:
    """Lines of the answer's text: those that begin with a dash make lists."""
    cited = {citation.number: citation for citation in answer.citations}
    lines = [line for line in answer.text.splitlines() if line.strip()]
    html: list[str] = []
    for listed, group in groupby(lines, key=lambda line: line.startswith("- ")):
        tag = "li" if listed else "p"
        inner = "".join(f"<{tag}>{_statement(line.removeprefix('- '), cited, answer)}</{tag}>" for line in group)
        html.append(f"<ul>{inner}</ul>" if listed else inner)
    return "".join(html)


def _statement(line: str, cited: dict[int, Citation], answer: Answer) -> str:
    def pieces() -> Iterator[str]:
        for position, piece in enumerate(_NUMBER.split(line)):  # text, number, text, ..., text
            if position % 2 == 0:
                yield plain(piece)
            elif int(piece) in cited:
                yield _link(cited[int(piece)], _words(answer.language))
            else:
                yield plain(f"[{piece}]")

    return "".join(pieces())


def _link(citation: Citation, words: dict[str, str]) -> str:
    address = (
        f"{plan_address(citation.document_id)}?start={citation.start}&amp;end={citation.end}"
        f"#p{citation.paragraph_number}"
    )
    return f'<a class="pq-cite" href="{address}" title="{_place(citation, words)}">&#91;{citation.number}&#93;</a>'


def _place(citation: Citation, words: dict[str, str]) -> str:
    section = " › ".join(citation.section)
    one = citation.line_start == citation.line_end
    return plain(
        words["place_one" if one else "place"].format(
            section=f"{section} · " if section else "",
            paragraph=citation.paragraph_number,
            first=citation.line_start,
            last=citation.line_end,
        )
    )
