"""Vectors in FAISS, derived from the store: loaded from a snapshot, brought up to date, or rebuilt.

    store.vector + store.change -> FAISS (exact, fp16) ; vector -> passages ; passages -> exact cosines
    many vectors -> a sketch of one bit a dimension (RaBitQ) finds a few hundred, exact cosines sort them

RaBitQ: Gao and Long 2024. On 26,400 vectors of plans 400 candidates held .994 of the nearest 20 and .94 of the
nearest 100; on 110,000 it takes a quarter of the time of looking at all.

A snapshot is written aside, synced and renamed, then named with its checksum in the manifest; one
that is damaged, foreign or missing costs a rebuild, never an answer.
"""

from __future__ import annotations

import json
import logging
import os
import threading
from collections.abc import Sequence
from hashlib import file_digest
from pathlib import Path
from typing import Any

import faiss
import numpy as np
import numpy.typing as npt

from index.database import FORMAT
from index.halves import Halves, cosines, singles
from index.store import Store
from rag.ports import DenseScores, Ids, SegmentScore, Vectors

MANIFEST = "manifest.json"
EXACT = 20_000  # vectors up to which all are looked at
SKETCHED = 400  # candidates that the sketch gives
_CHUNK = 50_000  # vectors made floats at once
Rows = npt.NDArray[np.int64]  # places among the vectors
_log = logging.getLogger(__name__)


class DenseIndex:
    """Exact inner-product search over all vectors of a store; follows changes made by any process."""

    def __init__(self, store: Store) -> None:
        self._store = store
        self._lock = threading.Lock()
        self._seq = -1
        self._faiss: Any = None
        self._sketch: Any = None  # where there are more than EXACT vectors
        self._refined: Any = None  # what the sketch finds, sorted by the vectors themselves
        self._vids: Rows = np.empty(0, dtype=np.int64)  # sorted
        self._pids: Rows = np.empty(0, dtype=np.int64)  # passage of each vid; sorted too
        self._passages: Rows = np.empty(0, dtype=np.int64)  # each once, and where its vectors begin
        self._begins: Rows = np.empty(0, dtype=np.int64)
        if not self._load_snapshot():
            self._rebuild()
        self.refresh()

    def refresh(self) -> None:
        """Apply what the store has gained or lost since; cheap when that is nothing."""
        if self._store.last_change() == self._seq:
            return
        with self._lock:
            last = self._store.last_change()  # again: another thread may have been here meanwhile
            if last < self._seq:  # the store was made anew
                self._rebuild()
                return
            net: dict[int, int] = {}
            for vid, op in self._store.changes(self._seq):
                net[vid] = net.get(vid, 0) + op
            removed = [vid for vid, change in net.items() if change < 0]
            added = [vid for vid, change in net.items() if change > 0]
            if removed:
                self._faiss.remove_ids(faiss.IDSelectorBatch(np.array(removed, dtype=np.int64)))
            if added:
                vids, vectors = self._store.vectors(added)
                self._faiss.add_with_ids(vectors, np.array(vids, dtype=np.int64))
            self._seq = last
            if not self._map_ids():
                _log.warning("The vector snapshot does not follow from the store; it is rebuilt.")
                self._rebuild()

    def nearest(self, vector: Vectors, k: int) -> list[int]:
        """Passages, by ascending pid, that the `k` vectors nearest to `vector` (dim,) belong to."""
        self.refresh()
        with self._lock:
            faiss.omp_set_num_threads(1)  # for one question, more only wait for the encoder's to leave the cores
            if self._refined is None:
                _, found = self._stored().search(vector[None, :], k)
            else:
                self._refined.k_factor = max(1.0, SKETCHED / k)
                _, found = self._refined.search(vector[None, :], k)
            return list(np.unique(self._pids[found[found >= 0]]).tolist())

    def nearest_among(self, vector: Vectors, k: int, pids: Sequence[int]) -> list[int]:
        """The same, of the vectors of some passages only."""
        self.refresh()
        with self._lock:
            rows, _ = self._rows_of(np.unique(np.asarray(pids, dtype=np.int64)))
            best = rows
            if rows.size > k:
                best = rows[np.argpartition(cosines(self._halves(), rows, vector), -k)[-k:]]
            return list(np.unique(self._pids[best]).tolist())

    def _rows_of(self, pids: Ids) -> tuple[Rows, Rows]:
        """The rows of the passages' vectors, which lie side by side, and how many each of the passages has (n,)."""
        at = np.searchsorted(self._passages[:-1], pids)
        first = self._begins[at]
        sizes = np.where(self._passages[at] == pids, self._begins[at + 1] - first, 0)
        before = np.cumsum(sizes) - sizes
        return np.arange(sizes.sum()) + np.repeat(first - before, sizes), sizes

    def _stored(self) -> Any:  # noqa: ANN401 - FAISS is untyped
        """The vectors in FAISS by row, in the order of `_vids`."""
        return faiss.downcast_index(self._faiss.index)

    def _halves(self) -> Halves:
        """All vectors (n, dim) where FAISS has them; its own lookup would cost more than the cosines."""
        stored = self._stored()
        if not stored.ntotal:
            return np.zeros((0, stored.d), dtype=np.int16)
        codes = faiss.rev_swig_ptr(stored.codes.data(), stored.ntotal * stored.code_size)
        return np.asarray(codes.view("<i2").reshape(stored.ntotal, stored.d))

    def scores(self, vector: Vectors, pids: Ids) -> DenseScores:
        """Exact cosines of `vector` (dim,) with the given passages; of one without segments that part is -1."""
        self.refresh()
        with self._lock:
            rows, sizes = self._rows_of(pids)
            found = cosines(self._halves(), rows, vector)
        passage = np.full(pids.size, np.nan, dtype=np.float32)
        segment = np.full(pids.size, np.nan, dtype=np.float32)
        there = sizes > 0
        begins = (np.cumsum(sizes) - sizes)[there]
        passage[there] = found[begins]  # a passage's own vector is stored before those of its segments
        found[begins] = -1.0
        segment[there] = np.maximum.reduceat(found, begins)
        return DenseScores(passage, segment)

    def segment_scores(self, vectors: Vectors, pids: Sequence[int]) -> list[SegmentScore]:
        """Cosines of `vectors` (n, dim) with every segment of the given passages, in the order of the plans."""
        self.refresh()
        rows = self._store.connection.execute(
            "SELECT vid, pid, paragraph, begin, stop FROM vector WHERE paragraph IS NOT NULL "
            "AND pid IN (SELECT value FROM json_each(?)) ORDER BY vid",
            (json.dumps(list(pids)),),
        ).fetchall()
        with self._lock:
            held = [row for row in rows if _holds(self._vids, row[0])]
            if not held:
                return []
            held_vids = np.array([row[0] for row in held], dtype=np.int64)
            found = cosines(self._halves(), np.searchsorted(self._vids, held_vids), vectors)
        return [
            SegmentScore(pid, paragraph, begin, stop, tuple(row))
            for (_, pid, paragraph, begin, stop), row in zip(held, found.tolist(), strict=True)
        ]

    def save_snapshot(self) -> None:
        """Write the vectors aside and name them in the manifest; a crash at any point loses nothing."""
        folder = self._store.folder
        with self._lock:
            name = f"vectors-{self._seq}.faiss"
            temporary = folder / f".{name}.{os.getpid()}"
            faiss.write_index(self._faiss, str(temporary))
            digest = _digest(temporary)
            _put_in_place(temporary, folder / name)
            meta = self._store.meta()
            manifest = {
                **{key: meta[key] for key in ("format", "encoder", "dim", "tokenizer", "store")},
                "plans": {source.id: source.sha256 for source in self._store.sources()},
                "vectors": {"file": name, "sha256": digest, "seq": self._seq, "count": int(self._vids.size)},
            }
        temporary = folder / f".{MANIFEST}.{os.getpid()}"
        temporary.write_text(json.dumps(manifest, ensure_ascii=False, indent=2) + "\n", encoding="utf-8")
        _put_in_place(temporary, folder / MANIFEST)
        for old in folder.glob("vectors-*.faiss"):
            if old.name != name:
                old.unlink(missing_ok=True)

    def problems(self) -> list[str]:
        """What is wrong with the snapshot on disk, in sentences; empty when nothing is."""
        manifest = read_manifest(self._store.folder)
        if not manifest:
            return ["The manifest is missing or damaged."]
        found = []
        meta = self._store.meta()
        for key in ("format", "encoder", "dim", "tokenizer", "store"):
            if manifest.get(key) != meta.get(key):
                found.append(f"The manifest names {key} {manifest.get(key)}, the store {meta.get(key)}.")
        if manifest.get("plans") != {source.id: source.sha256 for source in self._store.sources()}:
            found.append("The manifest lists other plans than the store holds.")
        file = self._store.folder / str(manifest.get("vectors", {}).get("file"))
        if not file.is_file() or _digest(file) != manifest["vectors"].get("sha256"):
            found.append("The vector snapshot is missing or damaged.")
        vids, vectors = self._store.vectors()
        with self._lock:
            same = np.array_equal(self._vids, np.array(vids, dtype=np.int64))
            if not same or not np.allclose(singles(self._halves()), vectors, atol=1e-3):
                found.append("FAISS does not hold the vectors that the store holds.")
        return found

    def _load_snapshot(self) -> bool:
        manifest = read_manifest(self._store.folder)
        vectors = manifest.get("vectors", {})
        if not vectors:
            return False
        file = self._store.folder / str(vectors.get("file"))
        if manifest.get("format") != FORMAT or manifest.get("store") != self._store.meta().get("store"):
            return False
        if not file.is_file() or _digest(file) != vectors.get("sha256"):
            _log.warning("The vector snapshot is missing or damaged; it is rebuilt from the store.")
            return False
        loaded = faiss.read_index(str(file))
        if int(vectors["seq"]) > self._store.last_change():
            return False
        self._faiss, self._seq = loaded, int(vectors["seq"])
        return self._seq < self._store.last_change() or self._map_ids()

    def _rebuild(self) -> None:
        dim = int(self._store.meta()["dim"])
        self._faiss = faiss.index_factory(dim, "IDMap2,SQfp16", faiss.METRIC_INNER_PRODUCT)
        self._seq = self._store.last_change()
        vids, vectors = self._store.vectors()
        if vids:
            self._faiss.train(vectors)
            self._faiss.add_with_ids(vectors, np.array(vids, dtype=np.int64))
        self._map_ids()

    def _map_ids(self) -> bool:
        """Learn which passage each vector belongs to; False when FAISS does not hold the store's in their order."""
        rows = self._store.connection.execute("SELECT vid, pid FROM vector ORDER BY vid").fetchall()
        self._vids, self._pids = np.array(rows, dtype=np.int64).reshape(len(rows), 2).T.copy()
        passages, begins = np.unique(self._pids, return_index=True)
        self._passages = np.append(passages, -1)  # what stands behind the last is no passage, and has no vectors
        self._begins = np.append(begins, [len(rows), len(rows)])
        if not np.array_equal(faiss.vector_to_array(self._faiss.id_map), self._vids):
            return False
        self._sketch = self._refined = None
        if self._vids.size > EXACT:
            self._sketch = self._made_sketch()
            self._refined = faiss.IndexRefine(self._sketch, self._stored())
        return True

    def _made_sketch(self) -> Any:  # noqa: ANN401 - FAISS is untyped
        halves = self._halves()
        sketch = faiss.index_factory(self._faiss.d, "RaBitQfs", faiss.METRIC_INNER_PRODUCT)
        sketch.train(singles(halves[:_CHUNK]))
        for begin in range(0, len(halves), _CHUNK):
            sketch.add(singles(halves[begin : begin + _CHUNK]))
        return sketch


def _holds(sorted_ids: Rows, wanted: int) -> bool:
    position = int(np.searchsorted(sorted_ids, wanted))
    return position < sorted_ids.size and int(sorted_ids[position]) == wanted


def read_manifest(folder: Path) -> dict[str, Any]:
    """The manifest of an index folder; empty when it is missing or damaged."""
    try:
        manifest = json.loads((folder / MANIFEST).read_text(encoding="utf-8"))
    except (OSError, ValueError):
        return {}
    return manifest if isinstance(manifest, dict) else {}


def _digest(file: Path) -> str:
    with file.open("rb") as stream:
        return file_digest(stream, "sha256").hexdigest()


def _put_in_place(temporary: Path, target: Path) -> None:
    """Rename a finished file over its target, so that a crash leaves the old one or the new one, whole."""
    with temporary.open("rb") as stream:
        os.fsync(stream.fileno())
    temporary.replace(target)
    folder = os.open(target.parent, os.O_RDONLY)
    os.fsync(folder)
    os.close(folder)
