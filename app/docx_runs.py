"""Word's paragraphs and runs, addressed by characters.

document -> paragraphs in reading order ; (paragraph, begin, stop) -> runs cut so that they hold just that
"""

from __future__ import annotations

from copy import deepcopy

from docx.document import Document as Docx
from docx.table import Table
from docx.text.paragraph import Paragraph
from docx.text.run import Run


def paragraphs(document: Docx) -> list[Paragraph]:
    """The paragraphs of the body and of its tables' cells, in their order; a merged cell counts once."""
    return [paragraph for item in document.iter_inner_content() for paragraph in _of(item)]


def _of(item: Paragraph | Table) -> list[Paragraph]:
    if isinstance(item, Paragraph):
        return [item]
    cells = {id(cell._tc): cell for row in item.rows for cell in row.cells}
    return [paragraph for cell in cells.values() for inner in cell.iter_inner_content() for paragraph in _of(inner)]


def runs(paragraph: Paragraph, begin: int, stop: int) -> list[Run]:
    """The runs of `paragraph.text[begin:stop]`, cut at both ends where they hold plain text only.

    Links hold runs of their own, which a comment cannot begin at; they are passed over.
    """
    found: list[Run] = []
    position = 0
    for item in list(paragraph.iter_inner_content()):
        length = len(item.text)
        if isinstance(item, Run) and position < stop and begin < position + length:
            found.append(_cut(item, max(begin - position, 0), min(stop - position, length)))
        position += length
    return found


def _cut(run: Run, begin: int, stop: int) -> Run:
    """The part `begin:stop` of a run as one of its own; the whole run where it holds more than text."""
    text = run.text
    if (begin, stop) == (0, len(text)) or "".join(
        part for part in run.iter_inner_content() if isinstance(part, str)
    ) != text:
        return run
    for piece, before in ((text[:begin], True), (text[stop:], False)):
        if piece:
            copy = deepcopy(run._r)
            (run._r.addprevious if before else run._r.addnext)(copy)
            Run(copy, run._parent).text = piece
    run.text = text[begin:stop]
    return run
