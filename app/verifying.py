"""What verifies wordings, put together apart from app.wiring, which takes in the encoder's libraries.

Store -> StoredWordings + Tokenizer -> Verifier
"""

from __future__ import annotations

from app.settings import Settings
from index.store import Store
from index.wordings import StoredWordings
from rag.tokenizer import Tokenizer
from rag.wording.verify import Verifier


def open_verifier(settings: Settings) -> Verifier:
    """Open the index for verifying alone.

    :raises IndexStateError: if there is no index, or another format made it.
    """
    return make_verifier(Store.open(settings.index))


def make_verifier(store: Store) -> Verifier:
    """What verifies wordings against the plans of a store."""
    return Verifier(StoredWordings(store), Tokenizer())
