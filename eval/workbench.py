"""A passing index of a set's own documents, built and asked by the product's own code.

{key: text} -> files -> Builder -> Services, with the set's keys for the index's plan ids
"""

from __future__ import annotations

import logging
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from hashlib import sha256
from importlib.resources import files
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

from app.settings import Settings
from app.wiring import Services, load_plain_encoder, make_builder, open_services
from eval.questions import Question
from eval.vectors import RememberingEncoder
from index.library import Library
from rag.centring import CentredEncoder
from rag.errors import DocumentError
from rag.ports import Encoder

_log = logging.getLogger(__name__)
_CODE = ("rag", "index", "app")
_IN_USE = (".py", ".sql", ".toml", ".npz")


@dataclass(frozen=True, slots=True)
class Workbench:
    """What a set is measured with."""

    services: Services
    encoder: Encoder
    plain: Encoder  # the same model without centring
    keys: Mapping[str, str]  # the index's plan id -> the set's key

    @property
    def plans(self) -> dict[str, str]:
        """The set's key -> the index's plan id."""
        return {key: plan for plan, key in self.keys.items()}

    def put(self, questions: Sequence[Question]) -> list[Question]:
        """The set's questions, each on the index's plan; one on a document that was left out names its key still."""
        plans = self.plans
        return [item.model_copy(update={"plan": plans.get(item.plan or "", item.plan)}) for item in questions]


@contextmanager
def workbench(name: str, texts: Mapping[str, str], settings: Settings) -> Iterator[Workbench]:
    """Index `texts` for as long as the context lasts; their vectors are kept in the cache, under `name`."""
    digest = sha256(name.encode("utf-8")).hexdigest()[:16]
    model = load_plain_encoder(settings)
    model_digest = sha256(model.name.encode("utf-8")).hexdigest()[:16]
    plain = RememberingEncoder(model, settings.cache / "eval" / f"{digest}-{model_digest}.npz")
    with TemporaryDirectory(prefix="planqa-eval-") as folder:
        encoder = CentredEncoder(plain)
        own = settings.model_copy(update={"index": Path(folder) / "index"})
        keys = index_texts(texts, Path(folder) / "plans", own, encoder)
        plain.save()
        yield Workbench(open_services(own, encoder), encoder, plain, keys)


def index_texts(texts: Mapping[str, str], folder: Path, settings: Settings, encoder: Encoder) -> dict[str, str]:
    """Write each text to a file and index it as any plan; an empty one is left out with a warning.

    :returns: the key of each plan id.
    """
    folder.mkdir(parents=True)
    keys: dict[str, str] = {}
    width = len(str(len(texts)))
    for number, (key, text) in enumerate(texts.items()):
        if not text.strip():
            _log.warning("document %s is left out: it is empty", key)
            continue
        plan = f"d{number:0{width}}"
        (folder / f"{plan}.txt").write_text(text, encoding="utf-8", newline="")
        keys[plan] = key
    if not keys:
        raise DocumentError("None of the documents has any text.")
    make_builder(settings, encoder).build([folder])
    return keys


def provenance(library: Library) -> dict[str, Any]:
    """What a report was made with: the index's makers, and digests of its documents and of the code."""
    meta = library.store.meta()
    documents = [f"{source.id} {source.sha256} {source.sidecar}" for source in library.store.sources()]
    return {
        "encoder": meta["encoder"],
        "tokenizer": meta["tokenizer"],
        "documents": len(documents),
        "documents_sha256": sha256("\n".join(sorted(documents)).encode("utf-8")).hexdigest(),
        "code_sha256": code_digest(),
    }


def code_digest() -> str:
    """One digest of all the code that makes an index and answers from it."""
    digest = sha256()
    for package in _CODE:
        root = Path(str(files(package)))
        for file in sorted(root.rglob("*")):
            if file.suffix in _IN_USE:
                digest.update(f"{package}/{file.relative_to(root).as_posix()}\0".encode())
                digest.update(file.read_bytes())
    return digest.hexdigest()


def file_digest(*paths: Path) -> str:
    """One digest of what a set's files hold."""
    digest = sha256()
    for path in paths:
        digest.update(path.read_bytes())
    return digest.hexdigest()
