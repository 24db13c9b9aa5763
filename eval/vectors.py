"""An encoder that remembers the vectors of passages between runs, since only a run's code changes, not its texts."""

from __future__ import annotations

import logging
import zipfile
from collections.abc import Sequence
from hashlib import sha256
from pathlib import Path

import numpy as np

from rag.ports import Adapter, Encoder, Spans, Vectors

_log = logging.getLogger(__name__)


class RememberingEncoder:
    """Another encoder's vectors: of passages kept in a file, of questions while the process lasts."""

    def __init__(self, encoder: Encoder, file: Path) -> None:
        self._encoder = encoder
        self._file = file
        self._passages = _load(file)
        self._queries: dict[str, Vectors] = {}
        self._saved = len(self._passages)

    @property
    def name(self) -> str:
        """The encoder's own name: the vectors are its own."""
        return self._encoder.name

    @property
    def dim(self) -> int:
        """Length of a vector."""
        return self._encoder.dim

    def encode_queries(self, texts: Sequence[str]) -> Vectors:
        """Vectors of questions, shape (len(texts), dim)."""
        unknown = [text for text in dict.fromkeys(texts) if text not in self._queries]
        if unknown:
            self._queries.update(zip(unknown, self._encoder.encode_queries(unknown), strict=True))
        return self._stacked([self._queries[text] for text in texts])

    def encode_passages(self, texts: Sequence[str]) -> Vectors:
        """Vectors of plan text, shape (len(texts), dim)."""
        keys = {text: _key(text) for text in texts}
        unknown = [text for text, key in keys.items() if key not in self._passages]
        if unknown:
            vectors = self._encoder.encode_passages(unknown)
            self._passages.update(zip((keys[text] for text in unknown), vectors, strict=True))
        return self._stacked([self._passages[keys[text]] for text in texts])

    def encode_in_context(self, texts: Sequence[str], parts: Sequence[Spans]) -> tuple[Vectors, Vectors] | None:
        """Vectors of plan texts, (n, dim), and of their parts, (m, dim)."""
        keys = [
            [_key(f"{begin}-{stop}\0{text}") for begin, stop in spans] for text, spans in zip(texts, parts, strict=True)
        ]
        rows = [
            row
            for row, (text, own) in enumerate(zip(texts, keys, strict=True))
            if any(key not in self._passages for key in (_key(text), *own))
        ]
        if rows:
            encoded = self._encoder.encode_in_context([texts[row] for row in rows], [parts[row] for row in rows])
            if encoded is None:
                return None
            wholes, within = encoded
            self._passages.update(zip((_key(texts[row]) for row in rows), wholes, strict=True))
            self._passages.update(zip((key for row in rows for key in keys[row]), within, strict=True))
        known = [self._passages[key] for own in keys for key in own]
        return self._stacked([self._passages[_key(text)] for text in texts]), self._stacked(known)

    def halfway(self, text: str) -> Vectors | None:
        """The encoder's own."""
        return self._encoder.halfway(text)

    def encode_adapted(self, text: str, adapter: Adapter) -> Vectors | None:
        """The encoder's own."""
        return self._encoder.encode_adapted(text, adapter)

    def save(self) -> None:
        """Keep what is new for the next run."""
        if len(self._passages) == self._saved:
            return
        self._file.parent.mkdir(parents=True, exist_ok=True)
        temporary = self._file.with_suffix(".part.npz")
        keys = np.frombuffer(b"".join(self._passages), dtype=np.uint8).reshape(-1, 32)
        np.savez(temporary, keys=keys, vectors=np.stack(list(self._passages.values())))
        temporary.replace(self._file)
        self._saved = len(self._passages)

    def _stacked(self, vectors: Sequence[Vectors]) -> Vectors:
        return np.stack(vectors) if vectors else np.zeros((0, self.dim), dtype=np.float32)


def _key(text: str) -> bytes:
    return sha256(text.encode("utf-8")).digest()


def _load(file: Path) -> dict[bytes, Vectors]:
    try:
        with np.load(file) as stored:
            return {key.tobytes(): vector for key, vector in zip(stored["keys"], stored["vectors"], strict=True)}
    except FileNotFoundError:
        return {}
    except (OSError, ValueError, KeyError, zipfile.BadZipFile) as error:
        _log.warning("The vectors kept in %s cannot be read (%s); they are made anew.", file, error)
        return {}
