"""What each step of retrieval costs beside the encoder, in indexes of growing size.

the shipped plan's sentences, varied -> Store of n passages -> questions -> median milliseconds of each step

The text is generated with a fixed seed. Vectors are real ones of a few hundred sentences with noise added: what a
search costs hangs on their number, and on their lying in clusters, not on what they mean.
"""

from __future__ import annotations

import gc
import json
import random
import re
import time
from collections import defaultdict
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path
from statistics import median
from tempfile import TemporaryDirectory
from typing import Any, ClassVar, TypeVar, cast

import numpy as np
from tqdm import tqdm

from app.settings import Settings, shipped_plans
from app.wiring import load_encoder
from index.database import Identity
from index.documents import find_plans, parse, read_document
from index.library import Library
from index.passages import passages, segments
from index.sidecar import Sidecar
from index.store import Indexed, Store
from rag.dictionary import Dictionary
from rag.ports import Encoder, Vectors
from rag.retrieve import HybridRetriever
from rag.scope import PlanNames, Scope, resolve
from rag.text import sentences
from rag.tokenizer import Tokenizer

HITS = 8  # passages read for an answer
PASSAGES_A_PLAN = 25
ROUNDS = 4  # times that every question is asked; the first is not counted
NOISE = 0.5  # length of the noise beside a unit vector
_PLACES = "青山 云溪 石桥 万安 河市 双阳 罗溪 马甲 虹山 杏宅 东明 西坡 南塘 北林 新田 古渡 长岭 白沙 金湖 玉泉".split()
_THINGS = "小学 中学 医院 公路 公园 博物馆 水库 产业园 养老院 幼儿园 图书馆 体育馆 污水厂 变电站 码头 市场".split()
QUESTIONS = (
    "新增基础教育学位多少个？",
    "青山小学什么时候建成",
    "有哪些医院要扩建",
    "云溪公路的长度是多少公里",
    "污水厂的投资总额是多少亿元",
    "卫生用品产值突破多少",
    "怎么治理河流污染",
    "居民人均可支配收入年均增长多少",
    "哪些企业和高校开展合作",
    "轨道交通和机场快速通道的规划",
    "How many new basic-education places will be added?",
    "When will the Qingshan primary school be finished?",
    "Which hospitals are being expanded?",
    "How long is the highway to be built in Yunxi?",
    "How will rivers be protected from pollution?",
    "What is the target for disposable income per resident?",
    "Which companies cooperate with universities?",
    "How much is invested in the sewage plant?",
    "What museums and libraries are planned?",
    "What is the output value of the sanitary products industry?",
)
STEPS = (
    "scope",
    "words",
    "frequencies",
    "spelt",
    "nearest",
    "matches",
    "best",
    "dense",
    "lexical",
    "passages",
    "found",
    "fusion",
)
_Result = TypeVar("_Result")


@dataclass(frozen=True, slots=True)
class Timing:
    """Median milliseconds of a question's steps in an index of so many passages."""

    passages: int
    vectors: int
    encode: float
    encode_in_batch: float  # a question's share, all questions encoded in one go
    steps: dict[str, float]
    together: float  # median of all of them in one question; on a shared machine some step is always held up

    @property
    def beyond(self) -> float:
        """All of retrieval but the encoder, as the sum of its steps' medians: what it costs when not interrupted."""
        return round(sum(self.steps.values()), 3)

    @property
    def ratio(self) -> float:
        """What retrieval adds to the encoder's own pass, as a share of that pass."""
        return self.beyond / self.encode


def benchmark(sizes: Sequence[int], settings: Settings) -> list[Timing]:
    """Time the steps of retrieval in an index of each size, in this one process."""
    encoder = load_encoder(settings)
    dictionary = Dictionary.load(settings.cache)
    gc.freeze()  # as the product does
    timings = []
    for size in sizes:
        with TemporaryDirectory(prefix="planqa-benchmark-") as folder:
            library = _generated(Path(folder), size, encoder)
            timings.append(_timed(library, encoder, dictionary))
            library.store.close()
    return timings


def describe(timings: Sequence[Timing]) -> str:
    """The timings as a table, a column a size: milliseconds, and their share of the encoder's own pass."""

    def cells(name: str, milliseconds: Callable[[Timing], float]) -> str:
        found = ((milliseconds(timing), timing.encode) for timing in timings)
        return f"{name:<15}" + "".join(f"{taken:>9.2f} {taken / encode:>5.0%}" for taken, encode in found)

    def counts(name: str, count: Callable[[Timing], int]) -> str:
        return f"{name:<15}" + "".join(f"{count(timing):>9}      " for timing in timings).rstrip()

    return "\n".join(
        [
            "Median milliseconds a question, and as a share of the encoder's own pass:",
            counts("passages", lambda timing: timing.passages),
            counts("vectors", lambda timing: timing.vectors),
            cells("encode", lambda timing: timing.encode),
            cells("  in a batch", lambda timing: timing.encode_in_batch),
            *(cells(f"  {step}", lambda timing, step=step: timing.steps[step]) for step in STEPS),  # type: ignore[misc]
            cells("in one go", lambda timing: timing.together),
            cells("beyond encode", lambda timing: timing.beyond),
        ]
    )


def as_json(timings: Sequence[Timing]) -> str:
    """The same for machines: milliseconds by step and size."""
    found = [
        {
            "passages": timing.passages,
            "vectors": timing.vectors,
            "ms": {
                "encode": timing.encode,
                "encode_in_batch": timing.encode_in_batch,
                **timing.steps,
                "together": timing.together,
                "beyond": timing.beyond,
            },
            "ratio": timing.ratio,
        }
        for timing in timings
    ]
    return json.dumps(found, indent=2) + "\n"


class _Stopwatch:
    """An index, or the words found in one, whose every method is timed; itself the same."""

    NAMES: ClassVar = {"dense_scores": "dense", "scores": "lexical"}

    def __init__(self, timed: Any, seconds: defaultdict[str, float]) -> None:  # noqa: ANN401 - either
        self._timed = timed
        self.seconds = seconds

    def __getattr__(self, name: str) -> Callable[..., Any]:
        method = getattr(self._timed, name)

        def timed(*arguments: Any) -> Any:  # noqa: ANN401 - as the method
            begun = time.perf_counter()
            found = method(*arguments)
            self.seconds[self.NAMES.get(name, name)] += time.perf_counter() - begun
            return _Stopwatch(found, self.seconds) if name == "matches" else found

        return timed


def _timed(library: Library, encoder: Encoder, dictionary: Dictionary) -> Timing:
    index = _Stopwatch(library, defaultdict(float))
    retriever = HybridRetriever(encoder, Tokenizer(), dictionary, cast(Any, index))
    names = PlanNames.of(library.documents())
    taken: dict[str, list[float]] = defaultdict(list)
    for number in range(ROUNDS):
        _, batch = _clocked(lambda: encoder.encode_queries(QUESTIONS))
        taken["encode_in_batch"].append(batch / len(QUESTIONS))
        for question in QUESTIONS:
            index.seconds.clear()
            vector, encode = _clocked(lambda asked=question: encoder.encode_queries([asked])[0])  # type: ignore[misc]
            _, scope = _clocked(lambda asked=question: _scoped(asked, library, names))  # type: ignore[misc]
            query, words = _clocked(lambda asked=question: retriever.query(asked))  # type: ignore[misc]
            in_words = sum(index.seconds.values())
            _, rank = _clocked(lambda made=query, at=vector: retriever.rank(made, at, HITS))  # type: ignore[misc]
            if not number:
                continue
            taken["encode"].append(encode)
            taken["scope"].append(scope)
            taken["together"].append(scope + words + rank)
            taken["words"].append(words - in_words)
            taken["fusion"].append(rank - (sum(index.seconds.values()) - in_words))
            for step in STEPS[2:-1]:
                taken[step].append(index.seconds[step])
    ms = {step: round(1000 * median(seconds), 3) for step, seconds in taken.items()}
    count = library.store.connection.execute("SELECT (SELECT count(*) FROM passage), (SELECT count(*) FROM vector)")
    held, vectors = count.fetchone()
    steps = {step: ms[step] for step in STEPS}
    return Timing(held, vectors, ms["encode"], ms["encode_in_batch"], steps, ms["together"])


def _scoped(question: str, library: Library, names: PlanNames) -> Scope:
    """As an assistant does, which makes the names anew only when a plan has come or gone."""
    return resolve(question, None, names if library.documents() is names.infos else PlanNames.of(library.documents()))


def _clocked(work: Callable[[], _Result]) -> tuple[_Result, float]:
    begun = time.perf_counter()
    found = work()
    return found, time.perf_counter() - begun


def _generated(folder: Path, size: int, encoder: Encoder) -> Library:
    """An index of `size` passages in plans of PASSAGES_A_PLAN."""
    chance = random.Random(size)
    noise = np.random.default_rng(size)
    document = read_document(next(iter(find_plans([shipped_plans()]))))
    stock = [
        paragraph.text[begin:stop]
        for paragraph in document.paragraphs
        for begin, stop in sentences(paragraph.text)
        if stop - begin >= 20
    ]
    real = encoder.encode_passages([_varied(sentence, chance) for sentence in stock for _ in range(3)])
    tokenizer = Tokenizer()
    store = Store.create(folder, Identity(encoder.name, encoder.dim, tokenizer.name))
    with store.transaction():
        for name, count in tqdm(list(_plans(size)), desc=f"{size} passages", unit="plan", leave=False, disable=None):
            store.put(_indexed(name, count, stock, real, chance, noise, tokenizer))
    return Library(store)


def _plans(size: int) -> Iterator[tuple[str, int]]:
    for number, first in enumerate(range(0, size, PASSAGES_A_PLAN)):
        yield f"plan{number}", min(PASSAGES_A_PLAN, size - first)


def _indexed(
    name: str,
    count: int,
    stock: Sequence[str],
    real: Vectors,
    chance: random.Random,
    noise: np.random.Generator,
    tokenizer: Tokenizer,
) -> Indexed:
    paragraphs = ["".join(_varied(chance.choice(stock), chance) for _ in range(4))[:280] for _ in range(count)]
    document = parse("\n\n".join(paragraphs), Sidecar(id=name, title=f"{name}号规划"), name=name)
    found = tuple(passages(document))[:count]
    parts = tuple(tuple(segments(passage)) for passage in found)
    rows = len(found) + sum(map(len, parts))
    vectors = real[noise.integers(len(real), size=rows)]
    vectors = vectors + noise.standard_normal(vectors.shape, dtype=np.float32) * (NOISE / real.shape[1] ** 0.5)
    vectors /= np.linalg.norm(vectors, axis=1, keepdims=True)
    tokens = tuple(tuple(tokenizer.index_tokens(passage.text)) for passage in found)
    return Indexed(document, name, "{}", (), found, tokens, parts, vectors)


def _varied(sentence: str, chance: random.Random) -> str:
    """The sentence with other figures, and a place and a thing put before it."""
    figures = re.sub(r"\d+", lambda _: str(chance.randrange(1, 9999)), sentence)
    return f"{chance.choice(_PLACES)}{chance.choice(_THINGS)}{figures}"
