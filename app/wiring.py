"""The one place where concrete parts are chosen and put together.

Settings -> encoder + tokenizer + library -> assistant -> Services
"""

from __future__ import annotations

import gc
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Protocol

from app.settings import Settings
from app.verifying import make_verifier
from index.build import Builder
from index.database import Identity
from index.library import Library
from index.store import Store
from rag.centring import CentredEncoder
from rag.dictionary import Dictionary
from rag.encoder import SentenceTransformerEncoder
from rag.pipeline import Assistant
from rag.ports import Encoder
from rag.tokenizer import Tokenizer
from rag.types import Answer, Found
from rag.weights.build import ensure_model
from rag.wording.verify import Verifier


class Asks(Protocol):
    """What answers and searches: the assistant itself, or what stands before it."""

    def ask(
        self, question: str, plan: str | None = None, history: Sequence[str] = (), section: str | None = None
    ) -> Answer:
        """Answer a question in the plan's own words, or say why there is no answer."""

    def search(self, query: str, k: int, plan: str | None = None, section: str | None = None) -> Found:
        """The `k` passages that bear most on a query, best first."""


@dataclass(frozen=True, slots=True)
class Services:
    """What the edges use: questions go to the assistant, places in a plan to the library."""

    settings: Settings
    library: Library
    assistant: Asks
    verifier: Verifier


def load_plain_encoder(settings: Settings) -> Encoder:
    """The model that the settings name, as it is; the built-in one is made first where it is missing."""
    model = settings.model or ensure_model(settings.cache)
    return SentenceTransformerEncoder.load(model, threads=settings.threads or None)


def load_encoder(settings: Settings) -> Encoder:
    """The encoder that plans are indexed and questions are asked with."""
    return CentredEncoder(load_plain_encoder(settings))


def make_builder(settings: Settings, encoder: Encoder | None = None) -> Builder:
    """What writes the index; loads the encoder unless one is given."""
    return Builder(settings.index, encoder or load_encoder(settings), Tokenizer())


def open_services(settings: Settings, encoder: Encoder | None = None) -> Services:
    """Open the index, and load the encoder unless one is given.

    :raises IndexStateError: if there is no index, or another encoder made it.
    :raises ModelError: if the encoder cannot be had.
    """
    library, assistant = _opened(settings, encoder)
    return Services(settings, library, assistant, make_verifier(library.store))


def open_assistant(settings: Settings) -> Assistant:
    """What answers, alone: for many questions at once. Raises what `open_services` does."""
    return _opened(settings, None)[1]


def _opened(settings: Settings, encoder: Encoder | None) -> tuple[Library, Assistant]:
    Store.open(settings.index).close()  # seconds sooner than the encoder would be loaded
    if gc.get_freeze_count():  # opened before in this process: what that left behind may go now
        gc.unfreeze()
        gc.collect()
    encoder, tokenizer = encoder or load_encoder(settings), Tokenizer()
    library = Library.open(settings.index, Identity(encoder.name, encoder.dim, tokenizer.name))
    dictionary = Dictionary.load(settings.cache)
    gc.freeze()  # the dictionary's million objects stay: looking through them again would stop a question for 0.1 s
    return library, Assistant(encoder, tokenizer, dictionary, library, settings.max_question_chars)
