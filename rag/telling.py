"""What was composed, put into words: of several answers each under its question, statements numbered through.

[(question, Composed)] -> text with [n], citations, the nearest passages
"""

from __future__ import annotations

import re
from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from itertools import zip_longest

import rjieba
from pypinyin import lazy_pinyin

from rag.answer import Composed
from rag.claims import other_figure
from rag.phrases import phrase
from rag.statements import citations_of
from rag.text import is_han
from rag.translated import translation_for
from rag.types import Citation, Status

LONGEST_NAME = 3  # characters; what jieba takes for a longer one is none
MOST_NAMES = 16  # told in pinyin
# What the name of a place stands before; what jieba takes for the name of a person (小微, 高水平) is mostly none.
_PLACES = re.compile(
    r"[省市区县镇乡村州港河江湖海岛山桥路站库]|大桥|大学|学院|医院|中学|小学|学校|高速|高铁|铁路|机场|水库|核电|电站|新城|园区|工程"
)
_BULLET = re.compile(r"^(?:[-*•·]\s+)+")
_TRIM = "，,；;：:。、 |"


@dataclass(frozen=True, slots=True)
class Told:
    """An answer's words, and what they rest on."""

    status: Status
    text: str
    citations: tuple[Citation, ...]
    related: tuple[Citation, ...]


@dataclass(frozen=True, slots=True)
class Teller:
    """Puts answers into words.

    :param titled: name each plan over its statements, since there are several.
    :param is_common: whether a Chinese word has a meaning of its own, and is no name to be told in pinyin.
    """

    titled: bool
    is_common: Callable[[str], bool]

    def tell(self, answers: Sequence[tuple[str, Composed]]) -> Told:
        """One text from the answers to the questions of one message; where none quotes anything, the first."""
        if len(answers) == 1 or not any(composed.spans for _, composed in answers):
            question, composed = answers[0]
            citations = citations_of(composed.spans, composed.told_in)
            related = citations_of(composed.related, composed.told_in)
            return Told(composed.status, self._one(question, composed, citations), citations, related)
        texts: list[str] = []
        found: list[Citation] = []
        for question, composed in answers:
            citations = tuple(
                replace(citation, number=citation.number + len(found))
                for citation in citations_of(composed.spans, composed.told_in)
            )
            own = citations or composed.status is Status.GREETING
            said = self._one(question, composed, citations) if own else phrase("open", composed.told_in)
            asked = question.rstrip("?？。.！!；; ")
            texts.append(f"{asked}{'？' if any(map(is_han, asked)) else '?'}\n{said}")
            found += citations
        return Told(Status.ANSWERED, "\n\n".join(texts), tuple(found), ())

    def _one(self, question: str, composed: Composed, citations: Sequence[Citation]) -> str:
        """One answer: a figure that the question has wrong, the frame, each statement, what it leaves open."""
        if not citations:
            return composed.said
        language = composed.told_in
        lines: list[str] = []
        if other := other_figure(question, [one.translation or one.quote for one in citations]):
            lines.append(phrase("other_figure", language).format(other))
        if language != composed.spans[0].document.info.language:
            lines.append(self._frame(composed, citations))
        title = ""
        for citation in citations:
            if self.titled and citation.document_title != title:
                title = citation.document_title
                lines.append(f"《{title}》")
            said = _BULLET.sub("", citation.translation or citation.quote).strip(_TRIM)
            statement = f"{said} [{citation.number}]"
            lines.append(f"- {statement}" if len(citations) > 1 else statement)
        lines += [phrase("left_open", language).format(part.rstrip("?？。 ")) for part in composed.left_open]
        return "\n".join(lines)

    def _frame(self, composed: Composed, citations: Sequence[Citation]) -> str:
        """What stands over a plan's words for readers of another language, with untranslated names in pinyin.

        "The plan says (常泰 Changtai, 南通 Nantong):"
        """
        language = composed.told_in
        translation = translation_for(composed.spans[0].document, language)
        if translation is not None and not translation.official:
            return phrase("frame_unofficial", language)
        frame = phrase("frame", language)
        names = [] if language == "zh" else self._names([one.quote for one in citations if one.translation is None])
        return f"{frame.rstrip(':')} ({', '.join(names)}):" if names else frame

    def _names(self, quotes: Sequence[str]) -> list[str]:
        tagged = [word for quote in quotes for word in rjieba.tag(quote)]
        names = [
            word
            for (word, tag), (behind, _) in zip_longest(tagged, tagged[1:], fillvalue=("", ""))
            if 1 < len(word) <= LONGEST_NAME and is_han(word[0]) and not self.is_common(word)
            and (tag == "ns" or (tag in ("nr", "nrt") and _PLACES.match(behind)))
        ]  # fmt: skip
        return [f"{name} {''.join(lazy_pinyin(name)).capitalize()}" for name in list(dict.fromkeys(names))[:MOST_NAMES]]
