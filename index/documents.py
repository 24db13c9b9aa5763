"""Plans in: a text or Markdown file, with the sidecar beside it, becomes a Document.

file -> source text -> restored paragraphs -> sections -> Document
"""

from __future__ import annotations

import codecs
import hashlib
import re
from collections.abc import Iterable, Iterator
from itertools import takewhile
from pathlib import Path

from index.outline import outline, settled
from index.restore import restore, split_lines
from index.sidecar import Sidecar
from index.translation import translated, translations_beside
from rag.errors import DocumentError
from rag.text import cells_of, mostly_latin, squeeze
from rag.types import Document, DocumentInfo, Paragraph, Role

SUFFIXES = (".txt", ".md")
LARGEST = 20_000_000  # bytes; a plan of a million characters has three


def find_plans(paths: Iterable[Path]) -> list[Path]:
    """The plan files among `paths`; a folder stands for all the plans in it and below.

    :raises DocumentError: if a path does not exist, or is no .txt or .md file, or a folder holds none.
    """
    found: dict[Path, None] = {}
    for path in paths:
        if path.is_dir():
            inside = sorted(file for file in path.rglob("*") if file.suffix.lower() in SUFFIXES and file.is_file())
            if not inside:
                raise DocumentError(f"{path} holds no plan. A plan is a {' or '.join(SUFFIXES)} file.")
            found.update(dict.fromkeys(inside))
        elif not path.exists():
            raise DocumentError(f"{path} does not exist. Give the path of a {' or '.join(SUFFIXES)} file or a folder.")
        elif path.suffix.lower() not in SUFFIXES:
            raise DocumentError(f"{path} is not a plan PlanQA can read. Save it as {' or '.join(SUFFIXES)} in UTF-8.")
        else:
            found[path] = None
    return list(found)


def read_document(path: Path) -> Document:
    """Read the plan at `path` without losing a character.

    :raises DocumentError: if the file is empty, too large or not text, or contradicts its sidecar.
    """
    sidecar = Sidecar.beside(path)
    data = _read_bytes(path)
    source = decode(data, path)
    digest = hashlib.sha256(source.encode("utf-8")).hexdigest()
    if sidecar.sha256 and sidecar.sha256 != digest:
        raise DocumentError(
            f"{path} has changed since {path.with_suffix('.toml').name} was written (sha256 {digest[:12]}…, "
            f"expected {sidecar.sha256[:12]}…). Put the original back, or bring the sidecar up to date."
        )
    return translated(parse(source, sidecar, name=path.stem), translations_beside(path))


def parse(source: str, sidecar: Sidecar, *, name: str) -> Document:
    """A Document from source text; the same text and sidecar always give the same Document.

    :raises DocumentError: if there is no text, or the sidecar's outline does not fit it.
    """
    if not source.strip():
        raise DocumentError(f"{name} is empty. A plan needs some text.")
    last_line = split_lines(source)[-1].number
    ranges = settled(sidecar)
    for item in ranges:
        if item.last > last_line:
            raise DocumentError(f"The outline of {name} names line {item.last}, but the text has {last_line} lines.")
    restored = restore(source, ranges)
    for found in restored:
        if squeeze(found.text) != squeeze(source[found.start : found.end]):
            raise DocumentError(
                f"The outline of {name} says {found.text!r} for lines {found.first_line}-{found.last_line}, "
                f"where the text has {source[found.start : found.end]!r}. They may differ in white space only."
            )
    sections, paragraphs = outline(restored, sidecar)
    info = DocumentInfo(
        id=sidecar.id or _slug(name),
        title=sidecar.title or _title(paragraphs) or name,
        issuer=sidecar.issuer,
        kind=sidecar.kind,
        language=sidecar.language or ("en" if mostly_latin(source) else "zh"),
        published=sidecar.published,
    )
    digest = hashlib.sha256(source.encode("utf-8")).hexdigest()
    return Document(info, source, digest, tuple(sections), tuple(paragraphs))


def _read_bytes(path: Path) -> bytes:
    try:
        if path.stat().st_size > LARGEST:
            raise DocumentError(f"{path} is larger than {LARGEST // 1_000_000} MB. Split it into its parts.")
        return path.read_bytes()
    except OSError as error:
        raise DocumentError(f"{path} cannot be read: {error.strerror}.") from None


def decode(data: bytes, path: Path) -> str:
    """Text of a file: UTF-8, UTF-16 by its mark, or the Chinese national encoding GB 18030."""
    encodings = ["utf-16"] if data.startswith((codecs.BOM_UTF16_LE, codecs.BOM_UTF16_BE)) else ["utf-8-sig", "gb18030"]
    for encoding in encodings:
        try:
            text = data.decode(encoding)
        except UnicodeDecodeError:
            continue
        if "\0" not in text:
            return text
    raise DocumentError(f"{path} is not text in UTF-8, UTF-16 or GB 18030. Save it as UTF-8.")


def _slug(name: str) -> str:
    """A stable id that can stand in an address: "规划 2025（草案）" -> "规划-2025-草案"."""
    return re.sub(r"[^\w.]+", "-", name).strip("-.") or "plan"


_TITLE_FIELD = re.compile(r"标题\s*(?:[(（][^)）]*[)）])?\s*[:：]\s*(\S.*)")


def _title(paragraphs: list[Paragraph]) -> str:
    for candidate in _title_candidates(paragraphs):
        if 4 <= len(candidate) <= 200:
            return candidate
    return ""


def _title_candidates(paragraphs: list[Paragraph]) -> Iterator[str]:
    head = [p for p in paragraphs[:20] if p.role is not Role.FURNITURE and not cells_of(p.text)]
    yield from (p.text.lstrip("# ") for p in head if p.role is Role.TITLE)
    yield from (match.group(1) for p in head if (match := _TITLE_FIELD.fullmatch(p.text)))
    before_prose = takewhile(lambda paragraph: paragraph.text[-1] not in "。；", head)
    plain = (p.text for p in before_prose if p.role is Role.BODY and p.text[-1] not in "：，")
    yield from (text for text in plain if not re.search(r"://|^\S{1,12}[:：]", text))
