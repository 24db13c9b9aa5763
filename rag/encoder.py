"""Any sentence-transformers model as an Encoder: the built-in one, a folder, or a name on a hub.

folder or name -> SentenceTransformer -> prompts for questions and passages -> unit vectors
"""

from __future__ import annotations

import json
import logging
import sys
import threading
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from hashlib import sha256
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np

from rag.errors import ModelError
from rag.ports import Adapter, Spans, Vectors

if TYPE_CHECKING:
    from sentence_transformers import SentenceTransformer

SAMPLED = 1 << 20  # bytes read from each end of a large file for the digest
BATCH = 32
MANY = 200  # texts from which progress is worth showing


class SentenceTransformerEncoder:
    """Encodes with one sentence-transformers model; may be called from several threads."""

    def __init__(self, model: SentenceTransformer, name: str) -> None:
        dim = model.get_embedding_dimension()
        if dim is None:
            raise ModelError(f"The model {name} does not say how long its vectors are. Choose another PLANQA_MODEL.")
        self.name = name
        self.dim = int(dim)
        self._model = model
        prompts = model.prompts or {}
        self._query_prompt = prompts.get("query") or ""
        self._passage_prompt = prompts.get("passage") or prompts.get("document") or ""
        self._lock = threading.Lock()

    @classmethod
    def load(cls, model: str | Path, *, threads: int | None = None) -> SentenceTransformerEncoder:
        """Open a model by its folder, or by its name on a hub.

        :param threads: of the processor, for each text; by default as many as there are cores.
        :raises ModelError: if there is no such model or it cannot be loaded.
        """
        folder = Path(model)
        local = folder.is_dir()
        if not local and (folder.is_absolute() or str(model).startswith(".")):
            raise ModelError(f"There is no model folder {model}. Run `planqa setup`, or set PLANQA_MODEL to one.")
        try:
            with _quiet():
                from sentence_transformers import SentenceTransformer

                loaded = SentenceTransformer(
                    str(model), device="cpu", local_files_only=local, trust_remote_code=local and _is_ours(folder)
                )
        except Exception as error:  # a model's own code may raise anything
            reason = str(error).splitlines()[0] if str(error) else type(error).__name__
            raise ModelError(
                f"The model {model} cannot be loaded: {reason}. Run `planqa setup` for the built-in one, "
                "or set PLANQA_MODEL to the folder of a sentence-transformers model."
            ) from None
        if threads:
            _use_threads(loaded, threads)
        return cls(loaded, f"{folder.name}@{_digest(folder)}" if local else str(model))

    def encode_queries(self, texts: Sequence[str]) -> Vectors:
        """Vectors of questions, shape (len(texts), dim)."""
        return self._encode(texts, self._query_prompt)

    def encode_passages(self, texts: Sequence[str]) -> Vectors:
        """Vectors of plan text, shape (len(texts), dim)."""
        return self._encode(texts, self._passage_prompt)

    def encode_in_context(self, texts: Sequence[str], parts: Sequence[Spans]) -> tuple[Vectors, Vectors] | None:
        """Vectors of plan texts, (n, dim), and of their parts, (m, dim): the mean of a part's tokens in the whole text.

        None of any model but the built-in one. Where a text is too long for the model to reach a part,
        that part has the vector of the text. "Late chunking" (Guenther et al. 2024, arXiv 2409.04701).
        """
        first: Any = self._model[0]
        if not hasattr(first, "tokens"):
            return None
        wholes, within = [], []
        prompt = self._passage_prompt
        for (states, places), spans in zip(first.tokens([prompt + text for text in texts]), parts, strict=True):
            wholes.append(states.mean(axis=0))
            for begin, stop in spans:
                held = [begin < end - len(prompt) and start - len(prompt) < stop for start, end in places]
                within.append(states[held].mean(axis=0) if any(held) else wholes[-1])
        return self._unit(wholes), self._unit(within)

    def halfway(self, text: str) -> Vectors | None:
        """What a question's tokens are halfway through the model, (length, dim), where adapters begin."""
        first: Any = self._model[0]
        return first.halfway(self._query_prompt + text) if hasattr(first, "halfway") else None

    def encode_adapted(self, text: str, adapter: Adapter) -> Vectors | None:
        """The vector of a question, (dim,), as an adapter makes it; None of any model but the built-in one."""
        halfway = self.halfway(text)
        if halfway is None or halfway.shape[1] != adapter.down.shape[1]:
            return None
        first: Any = self._model[0]
        pooled = first.adapted(halfway, adapter).mean(axis=0)
        return np.asarray(pooled / np.linalg.norm(pooled), dtype=np.float32)

    def _unit(self, vectors: Sequence[Vectors]) -> Vectors:
        if not vectors:
            return np.zeros((0, self.dim), dtype=np.float32)
        stacked = np.stack(vectors)
        return np.asarray(stacked / np.linalg.norm(stacked, axis=1, keepdims=True), dtype=np.float32)

    def _encode(self, texts: Sequence[str], prompt: str) -> Vectors:
        if not texts:
            return np.zeros((0, self.dim), dtype=np.float32)
        with self._lock:
            vectors = self._model.encode(
                list(texts),
                prompt=prompt,
                batch_size=BATCH,
                normalize_embeddings=True,
                show_progress_bar=len(texts) >= MANY and sys.stderr.isatty(),
            )
        return np.asarray(vectors, dtype=np.float32)


def _is_ours(folder: Path) -> bool:
    """True when a model's own code is all PlanQA's or sentence-transformers'; no other may run."""
    try:
        modules = json.loads((folder / "modules.json").read_text(encoding="utf-8"))
    except (OSError, ValueError):
        return False
    return all(module["type"].split(".")[0] in ("rag", "sentence_transformers") for module in modules)


def _use_threads(model: SentenceTransformer, threads: int) -> None:
    first: Any = model[0]
    if hasattr(first, "threads"):
        first.threads = threads
    else:
        import torch

        torch.set_num_threads(threads)


def _digest(folder: Path) -> str:
    """Twelve digits that change with the model's files: their names, sizes and both ends of each."""
    digest = sha256()
    for file in sorted(path for path in folder.rglob("*") if path.is_file()):
        size = file.stat().st_size
        digest.update(f"{file.relative_to(folder).as_posix()}\0{size}\0".encode())
        with file.open("rb") as stream:
            digest.update(stream.read(SAMPLED))
            if size > SAMPLED:
                stream.seek(max(SAMPLED, size - SAMPLED))
                digest.update(stream.read())
    return digest.hexdigest()[:12]


@contextmanager
def _quiet() -> Iterator[None]:
    """Keep the libraries' loading chatter off standard error."""
    loggers = [logging.getLogger(name) for name in ("sentence_transformers", "transformers", "torch")]
    levels = [logger.level for logger in loggers]
    for logger in loggers:
        logger.setLevel(logging.ERROR)
    try:
        yield
    finally:
        for logger, level in zip(loggers, levels, strict=True):
            logger.setLevel(level)
