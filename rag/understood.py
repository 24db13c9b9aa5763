"""A message as it is to be answered: its questions, each with the halves that are answered apart.

message -> Understood -> Answer
"""

from __future__ import annotations

from dataclasses import dataclass

from rag.conversation import Meant
from rag.scope import Scope
from rag.types import DocumentInfo
from rag.vernacular import standard


@dataclass(frozen=True, slots=True)
class Part:
    """One question of a message, and the halves that it asks, each with whose plan it is about."""

    question: str
    halves: tuple[tuple[str, Scope], ...]


@dataclass(frozen=True, slots=True)
class Understood:
    """A message as it is to be answered."""

    id: str
    question: str
    language: str
    meant: Meant  # with what it takes from those before it
    parts: tuple[Part, ...]
    infos: tuple[DocumentInfo, ...]  # the plans there are
    section: str | None
    seconds: float  # that it took

    @property
    def resolved(self) -> str | None:
        """What it was taken for, where that is not what it says."""
        if self.meant.among:
            return f"{self.meant.question} ({self.meant.among})"
        return self.meant.question if self.meant.question != standard(self.question.strip()) else None
