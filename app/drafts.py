"""Drafts as files: a .txt, .md or .docx in; verdicts, marked copies and an evidence sheet out.

DRAFT -> text -> Review -> verdicts.json, annotated.html, annotated.docx, evidence.md, evidence.csv, evidence.docx
"""

from __future__ import annotations

import csv
import io
import json
import re
from collections.abc import Callable
from dataclasses import asdict
from itertools import accumulate
from pathlib import Path
from typing import BinaryIO
from zipfile import BadZipFile, ZipFile

from docx import Document as open_docx
from docx.document import Document as Docx
from docx.opc.exceptions import PackageNotFoundError
from jinja2 import Environment, PackageLoader, StrictUndefined

from app.docx_runs import paragraphs, runs
from rag.errors import InputError
from rag.types import Citation
from rag.wording.draft import Checked, Concern, Review
from rag.wording.types import Verdict

WORDS = {
    Concern.SOUND: "in the plan 与规划一致",
    Concern.WRONG: "differs from the plan 与规划不符",
    Concern.UNSUPPORTED: "not in the plan 规划中未见",
    Concern.OWN: "the writer's own 作者自述",
    Concern.UNCHECKED: "too short to check 过短，未核",
}
KINDS = {
    "changed": "changed 改",
    "omitted": "left out 漏",
    "inserted": "put in 增",
    "moved": "moved 移",
    "joined": "from elsewhere 拼接",
}
_PLACE = ("document_id", "paragraph_id", "line_start", "line_end", "start", "end", "quote")
LARGEST_UNPACKED = 100_000_000  # bytes of all parts of a .docx
_CONTROL = re.compile(r"[\x00-\x08\x0b\x0c\x0e-\x1f\ufffe\uffff]|[\ud800-\udfff]")
_environment = Environment(
    loader=PackageLoader("app"), autoescape=True, undefined=StrictUndefined, trim_blocks=True, lstrip_blocks=True
)


def read_draft(file: Path) -> str:
    """The text of a draft on disk.

    :raises InputError: if it cannot be read, or is of another kind.
    """
    try:
        content = file.read_bytes()
    except OSError as error:
        raise InputError(f"{file} cannot be read: {error.strerror}.") from None
    return draft_text(str(file), content)


def draft_text(name: str, content: bytes) -> str:
    """The text of a draft; of a .docx its paragraphs and the cells of its tables, a line each, in their order.

    :raises InputError: if it cannot be read, or is of another kind.
    """
    suffix = Path(name).suffix.lower()
    if suffix == ".docx":
        return "\n".join(paragraph.text for paragraph in paragraphs(_open(io.BytesIO(content), name)))
    if suffix not in (".txt", ".md"):
        raise InputError(f"{name} is no draft that can be read: .txt, .md and .docx are.")
    try:
        text = content.decode("utf-8-sig")
    except UnicodeDecodeError as error:
        raise InputError(f"{name} cannot be read as UTF-8 text: {error}.") from None
    return re.sub(r"\*\*|__|`", "", text) if suffix == ".md" else text


def write_review(review: Review, folder: Path, draft: Path | None = None) -> list[Path]:
    """Write everything into a folder; a .docx draft is marked in a copy that keeps its form.

    :raises InputError: if the folder cannot be written.
    """
    writers: dict[str, Callable[[Path], None]] = {
        "verdicts.json": lambda path: _text(path, json.dumps(asdict(review), ensure_ascii=False, indent=1)),
        "annotated.html": lambda path: _text(path, annotated_html(review)),
        "annotated.docx": lambda path: _marked_copy(review, draft).save(str(path)),
        "evidence.md": lambda path: _text(path, evidence_markdown(review)),
        "evidence.csv": lambda path: _text(path, evidence_csv(review)),
        "evidence.docx": lambda path: evidence_docx(review).save(str(path)),
    }
    try:
        folder.mkdir(parents=True, exist_ok=True)
        for name, write in writers.items():
            write(folder / name)
    except OSError as error:
        raise InputError(f"{folder} cannot be written: {error.strerror}.") from None
    return [folder / name for name in writers]


def note(checked: Checked) -> str:
    """What a reader is told of a piece, in a few lines."""
    verdict = checked.verdict
    lines = [WORDS[checked.concern]]
    if checked.concern in (Concern.OWN, Concern.UNCHECKED):
        return lines[0]
    if verdict.normalised:
        lines.append("set aside 不计: " + ", ".join(verdict.normalised))
    for change in verdict.changes:
        lines.append(f"{KINDS[change.kind]}: {change.plan or '∅'} → {change.pasted or '∅'}")
    lines += [
        f"{figure.text}: not in the nearest passage 最近段落中无此数" for figure in verdict.figures if not figure.found
    ]
    if verdict.match:
        lines.append(f"{place(verdict.match)}: {verdict.match.quote}")
    return "\n".join(lines)


def place(citation: Citation) -> str:
    """Where a quote stands: plan, paragraph, lines."""
    return f"{citation.document_title} ¶{citation.paragraph_number}, lines {citation.line_start}-{citation.line_end}"


def annotated_html(review: Review) -> str:
    """The draft with every sentence marked by colour and word; everything escaped, no scripts."""
    pieces: list[tuple[str, Concern, Checked | None]] = []  # text, how it is marked, what is said behind it
    position = 0
    for sentence in (piece for piece in review.pieces if not piece.quotation):
        pieces.append((review.draft[position : sentence.begin], Concern.OWN, None))
        position = sentence.begin
        for quoted in review.pieces:
            if quoted.quotation and sentence.begin <= quoted.begin < sentence.stop:
                pieces.append((review.draft[position : quoted.begin], sentence.concern, None))
                pieces.append((review.draft[quoted.begin : quoted.stop], quoted.concern, quoted))
                position = quoted.stop
        last = sentence if sentence.concern is not Concern.OWN else None
        pieces.append((review.draft[position : sentence.stop], sentence.concern, last))
        position = sentence.stop
    pieces.append((review.draft[position:], Concern.OWN, None))
    return _environment.get_template("review.html").render(
        pieces=pieces, note=note, words=WORDS, counts=review.counts, concerns=list(Concern)
    )


def annotated_docx(review: Review, draft: BinaryIO | None = None) -> Docx:
    """The draft with a comment on every sentence and quotation that is not the writer's own.

    :param draft: the .docx that the draft was read from, which then keeps its form.
    """
    if draft is not None:
        document = _open(draft, "The draft")
        lines = paragraphs(document)
    else:
        document = open_docx()
        lines = [document.add_paragraph(clean_text(line)) for line in re.split(r"\r\n|\r|\n", review.draft)]
    breaks = [match.end() for match in re.finditer(r"\r\n|\r|\n", review.draft)]
    if len(breaks) + 1 != len(lines):  # a paragraph of a .docx may hold line breaks of its own
        breaks = list(accumulate(len(line.text) + 1 for line in lines))[:-1]
    for start, paragraph in zip([0, *breaks], lines, strict=True):
        end = start + len(paragraph.text)
        for piece in review.pieces:
            if piece.concern is Concern.OWN or not start <= piece.begin < max(end, start + 1):
                continue
            marked = runs(paragraph, piece.begin - start, piece.stop - start)
            if marked:
                document.add_comment(marked, text=clean_text(note(piece)), author="PlanQA", initials="PQ")
    return document


def sources(review: Review) -> list[tuple[int, Checked, Citation]]:
    """The verified pieces, numbered as footnotes: only what the plans say has a source."""
    found: list[tuple[int, Checked, Citation]] = []
    for piece in review.pieces:
        if piece.concern is Concern.SOUND and piece.verdict.match:
            found.append((len(found) + 1, piece, piece.verdict.match))
    return found


def evidence_markdown(review: Review) -> str:
    """The draft's verified sentences with footnotes, then what is not verified, without any."""
    lines = ["# Evidence 核对单", ""]
    for number, piece, _ in sources(review):
        lines.append(f"- {escaped_markdown(piece.verdict.text)}[^{number}]")
    lines += ["", "## Not verified 未核实", ""]
    for piece in review.pieces:
        if piece.concern in (Concern.WRONG, Concern.UNSUPPORTED):
            said = escaped_markdown(piece.verdict.text) + escaped_markdown(_changes(piece.verdict))
            lines.append(f"- {WORDS[piece.concern]}: {said}")
    lines.append("")
    for number, _, citation in sources(review):
        lines.append(f"[^{number}]: {escaped_markdown(place(citation))}: {escaped_markdown(citation.quote)}")
    return "\n".join(lines) + "\n"


def evidence_csv(review: Review) -> str:
    """A row a piece; a cell that a spreadsheet would compute is made text."""
    out = io.StringIO()
    writer = csv.writer(out)
    writer.writerow([*"id concern verdict text changes".split(), *_PLACE])
    for piece in review.pieces:
        verdict = piece.verdict
        match = verdict.match if piece.concern is Concern.SOUND else None
        row = [verdict.id, piece.concern.value, verdict.verdict.value, verdict.text, _changes(verdict).strip(" ()")]
        row += [str(getattr(match, name)) if match else "" for name in _PLACE]
        writer.writerow([_inert(cell) for cell in row])
    return "\ufeff" + out.getvalue()


def evidence_docx(review: Review) -> Docx:
    """The same sheet for Word: a table of the verified pieces and their sources, and the rest named as such."""
    document = open_docx()
    document.add_heading("Evidence 核对单", 1)
    table = document.add_table(rows=1, cols=3)
    table.style = "Table Grid"
    for cell, title in zip(table.rows[0].cells, ("No.", "Text 文句", "Source 出处"), strict=True):
        cell.text = title
    for number, piece, citation in sources(review):
        cells = table.add_row().cells
        texts = (str(number), piece.verdict.text, f"{place(citation)}: {citation.quote}")
        for cell, text in zip(cells, texts, strict=True):
            cell.text = clean_text(text)
    document.add_heading("Not verified 未核实", 2)
    for piece in review.pieces:
        if piece.concern in (Concern.WRONG, Concern.UNSUPPORTED):
            text = f"{WORDS[piece.concern]}: {piece.verdict.text}{_changes(piece.verdict)}"
            document.add_paragraph(clean_text(text), style="List Bullet")
    return document


def _marked_copy(review: Review, draft: Path | None) -> Docx:
    if draft is None or draft.suffix.lower() != ".docx":
        return annotated_docx(review)
    with draft.open("rb") as file:
        return annotated_docx(review, file)


def _changes(verdict: Verdict) -> str:
    named = "; ".join(f"{change.plan or '∅'} → {change.pasted or '∅'}" for change in verdict.changes)
    return f" ({named})" if named else ""


def _inert(cell: str) -> str:
    """Spreadsheets compute what begins like this: =, +, -, @, tab, return, and their full-width forms."""
    return "'" + cell if cell.lstrip()[:1] in set("=+-@＝＋－＠") - {""} or cell[:1] in ("\t", "\r", "\n") else cell


def escaped_markdown(text: str) -> str:
    """Text on one line in which Markdown reads no marks."""
    return re.sub(r"([\\`*_\[\]<>#|&!~])", r"\\\1", " ".join(text.split()))


def clean_text(text: str) -> str:
    """Without the characters that XML cannot hold."""
    return _CONTROL.sub("�", text)


def _text(path: Path, text: str) -> None:
    path.write_text(text, encoding="utf-8", newline="")


def docx_bytes(document: Docx) -> bytes:
    """A Word document as a file has it."""
    out = io.BytesIO()
    document.save(out)
    return out.getvalue()


def _open(file: BinaryIO, name: str) -> Docx:
    try:
        with ZipFile(file) as parts:
            unpacked = sum(part.file_size for part in parts.infolist())
        if unpacked > LARGEST_UNPACKED:
            raise InputError(f"{name} is larger unpacked than is taken: {unpacked} bytes.")
        return open_docx(file)
    except (OSError, PackageNotFoundError, BadZipFile, KeyError, ValueError) as error:
        raise InputError(f"{name} cannot be read as a Word document: {error}.") from None
