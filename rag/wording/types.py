"""What verifying a wording gives, and what it needs of an index."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum
from typing import Protocol

from rag.types import Citation, Document
from rag.wording.changes import Change


class Finding(StrEnum):
    """How a pasted text stands to the plans."""

    EXACT = "exact"
    NORMALISED = "normalised"
    ALTERED = "altered"
    ABSENT = "absent"
    TOO_SHORT = "too_short"


@dataclass(frozen=True, slots=True)
class Part:
    """A piece of a pasted text that was joined from several places, or cut with an ellipsis."""

    text: str
    verdict: Finding
    match: Citation | None


@dataclass(frozen=True, slots=True)
class Figure:
    """A figure of a text that is in no plan as it stands, and whether the nearest passage has it."""

    text: str
    found: bool


@dataclass(frozen=True, slots=True)
class Verdict:
    """Whether the plans say a text, where, and what differs."""

    id: str
    text: str
    verdict: Finding
    match: Citation | None = None  # the nearest place
    changes: tuple[Change, ...] = ()
    normalised: tuple[str, ...] = ()  # differences set aside, in their order in the text
    places: tuple[Citation, ...] = ()  # all that say it, the first hundred
    places_total: int = 0  # of a short text in a draft not counted
    joined: tuple[Part, ...] = ()
    figures: tuple[Figure, ...] = ()
    likeness: float = 0.0  # share of the text's words and figures that the nearest place has, 0..1


@dataclass(frozen=True, slots=True)
class Spot:
    """A stretch of a plan's source that may hold a wording; a little more or less than it."""

    document_id: str
    start: int
    end: int


class Wordings(Protocol):
    """An index of the plans' very characters."""

    def containing(self, form: str, plan: str | None) -> list[Spot]:
        """Stretches that hold the rarest piece of a searched form."""

    def containing_all(self, forms: list[str], plan: str | None) -> list[Spot]:
        """Stretches that hold every one of some pieces."""

    def near(self, form: str, k: int, plan: str | None) -> list[Spot]:
        """The k stretches that share most with a searched form, best first."""

    def holding(self, pieces: list[str], k: int, plan: str | None) -> list[Spot]:
        """The first k stretches that hold every one of some short pieces; reads every stretch."""

    def count(self, form: str, plan: str | None) -> int:
        """How often a searched form occurs."""

    def document(self, document_id: str) -> Document:
        """A plan, whole."""
