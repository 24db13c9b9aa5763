"""A conversation as a file to keep: every answer with its quotes and where they stand.

Turns + address of the service -> Markdown ; -> Word
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from datetime import date
from urllib.parse import urljoin, urlsplit

from docx import Document as open_docx

from app.chat import Turn
from app.drafts import clean_text, docx_bytes, escaped_markdown, place
from app.messages import plan_address, status_words
from rag.types import Answer, Citation

_TITLE = "PlanQA 规划问答"


def conversation_markdown(turns: Sequence[Turn], base: str) -> str:
    """The conversation, its citations below each answer.

    :param base: where the service is, for links into the plans; left out unless it is an http address.
    """
    lines = [f"# {_TITLE}", "", _made(), ""]
    for turn, answer in _answered(turns):
        lines += [f"## {escaped_markdown(turn.question)}", ""]
        lines += [f"**{words}**\n" for words in status_words(answer)]
        lines += [f"{_text(line)}\n" for line in answer.text.splitlines() if line.strip()]
        for citation in (*answer.citations, *answer.related):
            link = _link(citation, base)
            said = f"\\[{citation.number}\\] “{escaped_markdown(citation.quote)}” {escaped_markdown(place(citation))}"
            lines.append(f"- {said}{f' <{link}>' if link else ''}")
        lines.append("")
    return "\n".join(lines)


def conversation_docx(turns: Sequence[Turn], base: str) -> bytes:
    """The same for Word."""
    document = open_docx()
    document.add_heading(_TITLE, 1)
    document.add_paragraph(_made())
    for turn, answer in _answered(turns):
        document.add_heading(clean_text(turn.question), 2)
        for words in status_words(answer):
            document.add_paragraph().add_run(words).bold = True
        for line in answer.text.splitlines():
            if line.strip():
                style = "List Bullet" if line.startswith("- ") else None
                document.add_paragraph(clean_text(line.removeprefix("- ")), style=style)
        for citation in (*answer.citations, *answer.related):
            said = f"[{citation.number}] “{citation.quote}” {place(citation)}  {_link(citation, base)}"
            document.add_paragraph(clean_text(said), style="Intense Quote")
    return docx_bytes(document)


def _answered(turns: Sequence[Turn]) -> Iterator[tuple[Turn, Answer]]:
    return ((turn, turn.answer) for turn in turns if turn.answer is not None)


def _made() -> str:
    return f"{date.today().isoformat()} · 回答均为规划原文 · every answer is in the plans' own words"


def _text(line: str) -> str:
    return f"- {escaped_markdown(line[2:])}" if line.startswith("- ") else escaped_markdown(line)


def _link(citation: Citation, base: str) -> str:
    """The passage's address, code points of the source marked."""
    if urlsplit(base).scheme not in ("http", "https"):
        return ""
    start, end, number = citation.start, citation.end, citation.paragraph_number
    return urljoin(base, f"{plan_address(citation.document_id)}?start={start}&end={end}#p{number}")
