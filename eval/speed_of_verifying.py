"""How long verifying a draft takes as the plans grow: `python -m eval.speed_of_verifying TEXTS --out report.json`.

texts cut into sentences -> mixed plans, fixed seed -> an index of 10, 100, 1,000 -> medians of a 5,000-character draft

No encoder is needed: the plans' characters alone are stored. A third of the draft's sentences are the plans' own,
a third have one figure or word changed, a third are of no plan.
"""

from __future__ import annotations

import argparse
import hashlib
import json
import random
import re
import statistics
import sys
import tempfile
import time
from collections.abc import Sequence
from pathlib import Path

from index.database import Identity
from index.documents import parse
from index.sidecar import Sidecar
from index.store import Indexed, Store
from index.wordings import StoredWordings
from rag.text import sentences
from rag.tokenizer import Tokenizer
from rag.wording.draft import review
from rag.wording.verify import Verifier

SIZES = (10, 100, 1000)
PLAN = 15_000  # characters
DRAFT = 5_000
REPEATS = 3
_SEED = 6


def main(arguments: Sequence[str] | None = None) -> int:
    """Measure and write the report."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("texts", type=Path, help="a folder of .txt and .md files to cut plans from")
    parser.add_argument("--out", type=Path, required=True)
    options = parser.parse_args(arguments)
    own = sorted({sentence for text in _texts(options.texts) for sentence in _sentences(text)})
    rnd = random.Random(_SEED)
    rnd.shuffle(own)
    strangers, stock = own[: len(own) // 10], own[len(own) // 10 :]
    rows = [measure(size, stock, strangers) for size in SIZES]
    options.out.write_text(json.dumps({"draft_characters": DRAFT, "rows": rows}, indent=1), encoding="utf-8")
    sys.stdout.write("".join(f"{row}\n" for row in rows))
    return 0


def measure(size: int, stock: Sequence[str], strangers: Sequence[str]) -> dict[str, float]:
    """Seconds for one index size: building it, the first look of a fresh process's caches, the median after."""
    rnd = random.Random(_SEED + size)
    with tempfile.TemporaryDirectory() as folder:
        store = Store.create(Path(folder), Identity("none", 1, "none"))
        begun = time.perf_counter()
        with store.transaction():
            for number in range(size):
                store.put(_plan(f"plan-{number}", _mix(rnd, stock, PLAN)))
        built = time.perf_counter() - begun
        draft = _draft(rnd, [text for (text,) in store.connection.execute("SELECT source FROM document")], strangers)
        verifier = Verifier(StoredWordings(store), Tokenizer())
        seconds = [_timed(verifier, draft) for _ in range(REPEATS + 1)]
        disk = sum(file.stat().st_size for file in Path(folder).iterdir())
        store.close()
    return {
        "plans": size,
        "characters": size * PLAN,
        "build_s": round(built, 2),
        "first_s": round(seconds[0], 3),
        "median_s": round(statistics.median(seconds[1:]), 3),
        "megabytes": round(disk / 1e6, 1),
    }


def _timed(verifier: Verifier, draft: str) -> float:
    begun = time.perf_counter()
    review(verifier, draft)
    return time.perf_counter() - begun


def _texts(folder: Path) -> list[str]:
    files = sorted(file for file in folder.rglob("*") if file.suffix in (".txt", ".md"))
    return [file.read_text(encoding="utf-8", errors="replace") for file in files]


def _sentences(text: str) -> list[str]:
    lines = (line[begin:stop].strip() for line in text.splitlines() for begin, stop in sentences(line))
    return [line for line in lines if 15 <= len(line) <= 150]


def _mix(rnd: random.Random, stock: Sequence[str], characters: int) -> str:
    lines: list[str] = []
    while sum(map(len, lines)) < characters:
        lines += ["".join(rnd.choice(stock) for _ in range(4)), ""]
    return "\n".join(lines)


def _draft(rnd: random.Random, plans: Sequence[str], strangers: Sequence[str]) -> str:
    lines: list[str] = []
    while sum(map(len, lines)) < DRAFT:
        own = rnd.choice(_sentences(rnd.choice(plans)))
        changed = re.sub(r"\d", lambda digit: str((int(digit[0]) + 1) % 10), own, count=1)
        changed = changed if changed != own else own[:6] + "不再" + own[8:]
        lines.append([own, changed, rnd.choice(strangers)][len(lines) % 3])
    return "\n".join(lines)


def _plan(name: str, text: str) -> Indexed:
    import numpy as np

    document = parse(text, Sidecar(id=name, title=name), name=name)
    assert document.sha256 == hashlib.sha256(text.encode()).hexdigest()
    return Indexed(document, name, "{}", (), (), (), (), np.zeros((0, 1), dtype=np.float32))


if __name__ == "__main__":
    sys.exit(main())
