"""Questions and answers as messages of the chat: HTML in which nothing but our own links is markup.

Answer -> status in words + statements with links [n] into the plan -> one line of HTML
"""

from __future__ import annotations

import re
import string
from collections.abc import Iterator
from dataclasses import replace
from itertools import groupby
from urllib.parse import quote

from rag.types import Answer, Citation, Status

FEW_LINES = 3  # of an answer that are shown at a time
MOST_STEPS = 4
_MARKUP = {ord(char): f"&#{ord(char)};" for char in string.punctuation}
_NUMBER = re.compile(r"(?<= )\[(\d{1,3})\]")
_WORDS = {
    "zh": {
        Status.NOT_STATED: "规划未说明",
        Status.OUT_OF_SCOPE: "规划未涉及",
        Status.UNCLEAR: "问题不明确",
        "failed": "未能回答",
        "nearest": "最接近的原文",
        "translated": "最接近的段落（译文在前，原文在后）",
        "place": "{section}第{paragraph}段 · {first}–{last}行",
        "place_one": "{section}第{paragraph}段 · 第{first}行",
        "items": "列出 {items} 项，查阅了 {scanned} 段。",
        "resolved": "按前文理解为：",
        "incomplete": "可能还有未列出的。",
        "unexpected": "出现意外错误，请稍后再试。您的问题还在输入框里。",
        "busy": "现在提问的人很多，请稍等片刻再试。您的问题还在输入框里。",
        "reading": "正在查阅规划……",
    },
    "en": {
        Status.NOT_STATED: "Not stated in the plan",
        Status.OUT_OF_SCOPE: "Not a subject of the plan",
        Status.UNCLEAR: "Question not understood",
        "failed": "No answer",
        "nearest": "Nearest passages",
        "translated": "Nearest passages: a translation, then the original, which alone counts",
        "place": "{section}paragraph {paragraph} · lines {first}–{last}",
        "place_one": "{section}paragraph {paragraph} · line {first}",
        "items": "{items} items; {scanned} paragraphs were read.",
        "resolved": "Understood as: ",
        "incomplete": "There may be more.",
        "unexpected": "Something went wrong; please try again later. Your question is still in the box.",
        "busy": "The service is busy; please try again in a moment. Your question is still in the box.",
        "reading": "Reading the plan…",
    },
}


def plain(text: str) -> str:
    """Text that stays text: every mark that HTML, Markdown or TeX could read becomes a character reference."""
    return text.translate(_MARKUP)


def question_message(question: str) -> str:
    """A question as a message, line by line; without indents, which Markdown reads as code."""
    return "<br>".join(plain(" ".join(line.split())) for line in question.strip().splitlines())


def waiting_message(question_language: str) -> str:
    """What stands in an answer's place until there is one."""
    return f'<div class="pq-waiting"><p class="pq-note">{_words(question_language)["reading"]}</p></div>'


def growing_message(answer: Answer) -> Iterator[str]:
    """An answer as messages that grow, the last one whole; few, since each costs the server and the browser some."""
    lines = [line for line in answer.text.splitlines() if line.strip()]
    for shown in range(FEW_LINES, min(len(lines), MOST_STEPS * FEW_LINES), FEW_LINES):
        begun = replace(answer, text="\n".join(lines[:shown]), completeness=None, related=())
        yield answer_message(begun).replace(f"pq-message pq-{answer.status.value}", "pq-partial", 1)
    yield answer_message(answer)


def answer_message(answer: Answer) -> str:
    """An answer as a message; what states nothing is marked as such, in words.

    Its number is one of its classes, which is where the page's scripts find it: of a message's attributes only a few
    survive Gradio's cleaning.
    """
    words = _words(answer.language)
    parts = [f'<div class="pq-message pq-{answer.status.value} pq-answer-{plain(answer.id)}">']
    if answer.status in words:
        parts.append(f'<p class="pq-status">{words[answer.status]}</p>')
    if answer.resolved:
        parts.append(
            f'<p class="pq-note">{words["resolved"]}<span class="pq-resolved">{plain(answer.resolved)}</span></p>'
        )
    parts.append(_statements(answer))
    if answer.completeness is not None and answer.completeness.items > 1:
        count = words["items"].format(items=answer.completeness.items, scanned=answer.completeness.paragraphs_scanned)
        parts.append(
            f'<p class="pq-note">{count}{"" if answer.completeness.complete else " " + words["incomplete"]}</p>'
        )
    if answer.related:
        heading = words["translated" if any(item.translation for item in answer.related) else "nearest"]
        items = "".join(f"<li>{_nearest(item, words)}</li>" for item in answer.related)
        parts.append(f'<p class="pq-note">{heading}</p><ul class="pq-related">{items}</ul>')
    return "".join([*parts, "</div>"])


def failure_message(language: str, reason: str | None = None, *, busy: bool = False) -> str:
    """The message where an answer cannot be had; `reason` is for the reader, none if that is not."""
    words = _words(language)
    return (
        f'<div class="pq-message pq-failed"><p class="pq-status">{words["failed"]}</p>'
        f"<p>{plain(reason or words['busy' if busy else 'unexpected'])}</p></div>"
    )


def status_words(answer: Answer) -> list[str]:
    """What is said of an answer besides its text: which kind of nothing it is, and how the question was understood."""
    words = _words(answer.language)
    found = [words[answer.status]] if answer.status in words else []
    return found + ([words["resolved"] + answer.resolved] if answer.resolved else [])


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
    title = f"{plain(citation.document_title)} · {_place(citation, words)}"
    return f'<a class="pq-cite" href="{address}" title="{title}">&#91;{citation.number}&#93;</a>'


def _nearest(citation: Citation, words: dict[str, str]) -> str:
    """A passage that is near what was asked: for readers of another language its translation first."""
    place = f'<span class="pq-place">{_place(citation, words)}</span>'
    if not citation.translation:
        return f"{plain(citation.quote)} {_link(citation, words)}{place}"
    original = f'<span class="pq-place">{plain(citation.quote)}</span>'
    return f"{plain(citation.translation)} {_link(citation, words)}{original}{place}"


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
