"""The one place where concrete parts are chosen and put together.

Settings -> encoder + tokenizer + library -> assistant -> Services
"""

from __future__ import annotations

from dataclasses import dataclass

from app.settings import Settings
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
from rag.weights.build import ensure_model


@dataclass(frozen=True, slots=True)
class Services:
    """What the edges use: questions go to the assistant, places in a plan to the library."""

    settings: Settings
    library: Library
    assistant: Assistant


def load_encoder(settings: Settings) -> Encoder:
    """The encoder that the settings name; the built-in one is made first where it is missing."""
    model = settings.model or ensure_model(settings.cache)
    return CentredEncoder(SentenceTransformerEncoder.load(model, threads=settings.threads or None))


def make_builder(settings: Settings) -> Builder:
    """What writes the index."""
    return Builder(settings.index, load_encoder(settings), Tokenizer())


def open_services(settings: Settings) -> Services:
    """Open the index and load the encoder.

    :raises IndexStateError: if there is no index, or another encoder made it.
    :raises ModelError: if the encoder cannot be had.
    """
    Store.open(settings.index).close()  # seconds sooner than the encoder would be loaded
    encoder, tokenizer = load_encoder(settings), Tokenizer()
    library = Library.open(settings.index, Identity(encoder.name, encoder.dim, tokenizer.name))
    dictionary = Dictionary.load(settings.cache)
    assistant = Assistant(encoder, tokenizer, dictionary, library, settings.max_question_chars)
    return Services(settings, library, assistant)
