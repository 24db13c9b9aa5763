"""From plan files to an index: read, cut, encode, store; one transaction a plan.

files -> Document -> passages, segments -> vectors -> Store ; then a snapshot for a quick start
"""

from __future__ import annotations

import logging
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from enum import StrEnum
from itertools import chain
from pathlib import Path

import numpy as np
from tqdm import tqdm

from index.database import Identity
from index.documents import find_plans, parse, read_document
from index.library import Library
from index.passages import Segment, passages, segments, spans_within
from index.sidecar import Sidecar
from index.store import Indexed, Source, Store
from index.translation import translated, translations_beside
from rag.dictionary import words_and_lemmas
from rag.errors import DocumentError
from rag.headed import head_of, read
from rag.ports import Encoder, Vectors
from rag.tokenizer import Tokenizer, plain
from rag.types import Document, Passage

_log = logging.getLogger(__name__)


class Change(StrEnum):
    """What adding a plan did."""

    ADDED = "added"
    REPLACED = "replaced"
    UNCHANGED = "unchanged"


@dataclass(frozen=True, slots=True)
class Outcome:
    """One plan that was given to the index, and what came of it."""

    id: str
    title: str
    change: Change


class Builder:
    """Writes plans into the index of one folder, with one encoder and tokenizer."""

    def __init__(self, folder: Path, encoder: Encoder, tokenizer: Tokenizer) -> None:
        self._folder = folder
        self._encoder = encoder
        self._tokenizer = tokenizer
        self.identity = Identity(encoder.name, encoder.dim, tokenizer.name)

    def build(self, plans: Iterable[Path]) -> list[Outcome]:
        """Make the index hold the given plans besides those it has, all of them by the present encoder.

        An index that another encoder, tokenizer or format made is built anew from the sources it keeps.

        :raises DocumentError: if a plan cannot be read; nothing is changed then.
        """
        files = [(path, read_document(path)) for path in find_plans(plans)]
        store = Store(self._folder)
        if not store.exists():
            store = Store.create(self._folder, self.identity)
        elif not store.made_by(self.identity):
            self._rebuild(store)
        return self._add(store, files)

    def add(self, paths: Iterable[Path]) -> list[Outcome]:
        """Add plan files, or all in a folder; a plan of a known id replaces it.

        :raises DocumentError: if any cannot be read, or two have one id; nothing is changed then.
        :raises IndexStateError: if there is no index yet, or another encoder made it.
        """
        files = [(path, read_document(path)) for path in find_plans(paths)]
        return self._add(Store.open(self._folder, self.identity), files)

    def remove(self, document_id: str) -> None:
        """Take a plan out.

        :raises NotFoundError: if there is none of that id.
        """
        store = Store.open(self._folder, self.identity)
        with store.transaction():
            store.remove(document_id)
        Library(store).save_snapshot()

    def _add(self, store: Store, files: Sequence[tuple[Path, Document]]) -> list[Outcome]:
        _refuse_doubles(files)
        known = {source.id: source for source in store.sources()}
        outcomes = []
        for path, document in tqdm(files, desc="indexing", unit="plan", leave=False, disable=None):
            sidecar = Sidecar.beside(path).model_dump_json(exclude_defaults=True)
            translations = translations_beside(path)
            old = known.get(document.info.id)
            given = (path.stem, document.sha256, sidecar, translations)
            if old and (old.name, old.sha256, old.sidecar, old.translations) == given:
                outcomes.append(Outcome(document.info.id, document.info.title, Change.UNCHANGED))
                continue
            item = self._prepare(document, path.stem, sidecar, translations)
            with store.transaction():
                store.put(item)
            _log.debug("indexed %s: %d passages", document.info.id, len(item.passages))
            outcomes.append(Outcome(document.info.id, document.info.title, Change.REPLACED if old else Change.ADDED))
        Library(store).save_snapshot()
        return outcomes

    def _rebuild(self, store: Store) -> None:
        """Index every stored plan anew; until the one transaction commits, the old index stays."""
        sources = store.sources()
        _log.info("building the index anew for %s: %d plans", self._encoder.name, len(sources))
        items = [self._prepare(_parse(source), source.name, source.sidecar, source.translations) for source in sources]
        with store.transaction():
            store.reset(self.identity)
            for item in items:
                store.put(item)

    def _prepare(self, document: Document, name: str, sidecar: str, translations: tuple[str, ...]) -> Indexed:
        found = tuple(passages(document))
        foreign = [tuple(_translated_segments(document, passage)) for passage in found]
        parts = tuple((*segments(passage), *own) for passage, own in zip(found, foreign, strict=True))
        texts = [_with_headings(document, passage.section, passage.text) for passage in found]
        heads = [_heads_of_rows(document, passage) for passage in found]
        return Indexed(
            document=document,
            name=name,
            sidecar=sidecar,
            translations=translations,
            passages=found,
            tokens=tuple(
                (
                    *self._tokenizer.index_tokens(text),
                    *(words_and_lemmas(text) if document.info.language != "zh" else ()),
                    *dict.fromkeys(word for unit in own for word in words_and_lemmas(unit.text)),
                )
                for text, own in zip(map(" ".join, zip(texts, heads, strict=True)), foreign, strict=True)
            ),
            segments=parts,
            vectors=self._vectors(texts, found, parts, _read(document, parts)),
        )

    def _vectors(
        self,
        texts: Sequence[str],
        found: Sequence[Passage],
        parts: Sequence[Sequence[Segment]],
        read: Sequence[str],
    ) -> Vectors:
        """Of the passages, then of their segments, (n, dim): the plan's own half by itself, half as in its passage.

        :param read: all segments as they are read by themselves.

        By itself alone 「力争达到5%」 does not say of what; within its passage alone it is like its neighbours.
        """
        texts, read = [*map(plain, texts)], [*map(plain, read)]  # the encoder has seen little in traditional characters
        alone = self._encoder.encode_passages(read)
        spans = [
            spans_within(passage, len(text) - len(passage.text)) for text, passage in zip(texts, found, strict=True)
        ]
        encoded = self._encoder.encode_in_context(texts, spans)
        if encoded is None:
            return np.concatenate([self._encoder.encode_passages(texts), alone])
        wholes, within = encoded
        own = [number < len(places) for each, places in zip(parts, spans, strict=True) for number in range(len(each))]
        alone[own] += within
        return np.concatenate([wholes, alone / np.linalg.norm(alone, axis=1, keepdims=True)])


def _translated_segments(document: Document, passage: Passage) -> Iterator[Segment]:
    """The translated pieces of a passage: found by what they say in their language, placed where the plan says it."""
    for sentence in passage.sentences:
        for translation in document.translations:
            for unit in translation.units:
                if unit.paragraph == sentence.paragraph and sentence.begin <= unit.begin < sentence.stop:
                    yield Segment(unit.paragraph, unit.begin, unit.stop, unit.text)


def _read(document: Document, parts: Sequence[Sequence[Segment]]) -> list[str]:
    """The segments of all passages as they are read by themselves, with what heads them (`rag/headed.py`)."""
    found = []
    for segment in chain.from_iterable(parts):
        paragraph = document.paragraphs[segment.paragraph - 1]
        own = segment.text == paragraph.text[segment.begin : segment.stop]
        found.append(read(document, paragraph, segment.begin, segment.stop) if own else segment.text)
    return found


def _heads_of_rows(document: Document, passage: Passage) -> str:
    """The heads of the tables and measures whose lines a passage holds, but not the heads."""
    numbers = {sentence.paragraph for sentence in passage.sentences}
    heads = [head_of(document, document.paragraphs[number - 1]) for number in sorted(numbers)]
    said = [head[0].text[head[1] : head[2]] for head in heads if head and head[0].number not in numbers]
    return " ".join(dict.fromkeys(said))


def _with_headings(document: Document, section: int, text: str) -> str:
    """A passage under its heading path: what is searched; what is cited never holds the path."""
    headings = [heading for heading in document.sections[section].headings if heading not in text]
    return "\n".join([*headings, text])


def _parse(source: Source) -> Document:
    document = parse(source.source, Sidecar.model_validate_json(source.sidecar), name=source.name)
    return translated(document, source.translations)


def _refuse_doubles(files: Sequence[tuple[Path, Document]]) -> None:
    seen: dict[str, Path] = {}
    for path, document in files:
        if document.info.id in seen:
            raise DocumentError(
                f"{path} and {seen[document.info.id]} have the same id {document.info.id!r}. "
                "Rename one, or give it an id in a .toml file beside it."
            )
        seen[document.info.id] = path
