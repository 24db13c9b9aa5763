"""`planqa verify`: its options and what it prints; needs the index, not the encoder, so it starts at once.

    planqa verify TEXT | --file DRAFT [--out-dir DIR] | --batch FILE --out FILE

Exit status: 0 all of it is in the plans (exact, or with named differences set aside), 1 it is not, 2 wrong use.
"""

from __future__ import annotations

import argparse
import json
import sys
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import TYPE_CHECKING, Any

from rag.errors import InputError

if TYPE_CHECKING:
    from app.settings import Settings
    from rag.types import Citation
    from rag.wording.types import Verdict
    from rag.wording.verify import Verifier

Command = Callable[[argparse.Namespace, "Settings"], tuple[str, bool]]


def add_parser(commands: argparse._SubParsersAction[argparse.ArgumentParser], run: Callable[..., int]) -> None:
    """Put `verify` under the commands; `run` calls `options.verification`."""
    parser = commands.add_parser("verify", help="whether a plan says exactly what you paste; exit status 1 if not")
    parser.add_argument("text", nargs="?", help="a sentence or a passage; - reads standard input")
    parser.add_argument("--file", type=Path, metavar="DRAFT", help="a .txt, .md or .docx: sentence by sentence")
    parser.add_argument("--plan", metavar="ID", help="compare with this plan only")
    parser.add_argument("--json", action="store_true", help="the whole verdict as JSON")
    parser.add_argument("--batch", type=Path, metavar="FILE", help='JSON lines with "id" and "text"')
    parser.add_argument("--out", type=Path, metavar="FILE", help="where the verdicts on --batch go, as JSON lines")
    parser.add_argument(
        "--out-dir", type=Path, metavar="DIR", help="with --file: verdicts, marked copies of the draft, evidence sheet"
    )
    parser.set_defaults(command=run, verification=verify)


def verify(options: argparse.Namespace, settings: Settings) -> tuple[str, bool]:
    """What to print, and whether all was found."""
    if sum(given is not None for given in (options.text, options.file, options.batch)) != 1:
        raise InputError("Give one of these: a text, --file DRAFT or --batch FILE.")
    if (options.batch is None) != (options.out is None):
        raise InputError("--batch and --out go together.")
    if options.out_dir is not None and options.file is None:
        raise InputError("--out-dir goes with --file DRAFT.")
    from app.verifying import open_verifier

    verifier = open_verifier(settings)
    if options.file is not None:
        return _draft(options, verifier)
    if options.batch is not None:
        return _batch(options, verifier)
    text = sys.stdin.read() if options.text == "-" else options.text
    found = verifier.verify(text, options.plan)
    return to_json(found) if options.json else readable(found), passes(found)


def passes(verdict: Verdict) -> bool:
    """True where the plans say it."""
    return verdict.verdict in ("exact", "normalised")


def _draft(options: argparse.Namespace, verifier: Verifier) -> tuple[str, bool]:
    """Every sentence's verdict, in a line each; with --out-dir the files too."""
    from dataclasses import asdict

    from app.drafts import WORDS, note, read_draft, write_review
    from rag.wording.draft import review

    found = review(verifier, read_draft(options.file), options.plan)
    if options.out_dir is not None:
        write_review(found, options.out_dir, options.file)
    if options.json:
        return json.dumps(asdict(found), ensure_ascii=False), found.sound
    lines = []
    for piece in found.pieces:
        lines.append(f"{piece.verdict.id} {piece.verdict.verdict}: {' '.join(piece.verdict.text.split())}")
        lines += ["    " + line for line in note(piece).splitlines()]
    lines.append("; ".join(f"{WORDS[concern]}: {found.counts[concern]}" for concern in WORDS))
    return "\n".join(lines), found.sound


def _batch(options: argparse.Namespace, verifier: Verifier) -> tuple[str, bool]:
    """Every line's verdict; they appear in --out all together, or, after an error, not at all."""
    from tqdm import tqdm

    from rag.errors import InputError

    lines = list(read_texts(options.batch))
    temporary = options.out.with_name(options.out.name + ".part")
    well = True
    try:
        with temporary.open("w", encoding="utf-8") as out:
            for line in tqdm(lines, desc="verifying", unit="text", file=sys.stderr, disable=None):
                try:
                    found = verifier.verify(line["text"], line.get("plan", options.plan))
                except InputError as error:
                    raise type(error)(f"{options.batch}, id {line['id']}: {error}") from None
                well = well and passes(found)
                out.write(to_json(found, line["id"]) + "\n")
        temporary.replace(options.out)
    except OSError as error:
        raise InputError(f"{options.out} cannot be written: {error.strerror}.") from None
    finally:
        temporary.unlink(missing_ok=True)
    return f"{len(lines)} verdicts in {options.out}", well


def read_texts(file: Path) -> Iterator[dict[str, Any]]:
    """The lines of a batch.

    :raises InputError: naming file and line of what cannot be used.
    """
    try:
        lines = file.read_text(encoding="utf-8-sig").splitlines()
    except (OSError, UnicodeDecodeError) as error:
        raise InputError(f"{file} cannot be read as UTF-8 text: {error}.") from None
    for number, text in enumerate(lines, start=1):
        if not text.strip():
            continue
        try:
            line = json.loads(text)
        except ValueError as error:
            raise InputError(f"{file}, line {number}, is not JSON: {error}.") from None
        if not isinstance(line, dict) or not isinstance(line.get("text"), str) or "id" not in line:
            raise InputError(f'{file}, line {number}, needs "id" and "text" (a string).')
        yield line


def to_json(verdict: Verdict, id: object = None) -> str:
    """The contract's object; with `id` as it came, a number say."""
    from dataclasses import asdict

    value = asdict(verdict)
    if id is not None:
        value["id"] = id
    return json.dumps(value, ensure_ascii=False)


def readable(verdict: Verdict) -> str:
    """For a person: the verdict, what differs, the places."""
    lines = [verdict.verdict.replace("_", " ")]
    if verdict.verdict == "too_short":
        lines[0] += f": it stands in {verdict.places_total} places; paste more of the sentence"
    if verdict.normalised:
        lines[0] += f" (set aside: {', '.join(verdict.normalised)})"
    for change in verdict.changes:
        lines.append(f"  {change.kind}: {change.plan or '(nothing)'} → {change.pasted or '(nothing)'}")
    for part in verdict.joined:
        lines.append(f"  part, {part.verdict}: {part.text}" + (f"  {_place(part.match)}" if part.match else ""))
    for figure in verdict.figures:
        where = "is in the nearest passage" if figure.found else "is not in the nearest passage"
        lines.append(f"  {figure.text} {where}")
    shown = verdict.places or ((verdict.match,) if verdict.match else ())
    lines += [f"{_place(place)}\n    {place.quote}" for place in shown[:10]]
    if verdict.places_total > 10:
        lines.append(f"and {verdict.places_total - 10} more places")
    return "\n".join(lines)


def _place(citation: Citation) -> str:
    section = " > ".join(citation.section)
    return f"{citation.paragraph_id} lines {citation.line_start}-{citation.line_end} {section}"
