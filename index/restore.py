"""Damaged lines in, whole paragraphs out: every non-space character kept, in order, exactly once.

    source -> lines -> groups of lines that are one paragraph -> readable text

A PDF breaks lines in mid-sentence, drops the indent of first lines, leaves blank lines where a
column ends and spaces inside words. What a line break means is read from the widths of the lines
around it: a line that is full and has no final stop goes on in the next one.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass, replace
from itertools import pairwise

from index.spacing import readable_text
from rag.text import CLOSERS, GAP, OPENERS, SENTENCE_END, columns, is_wide, mostly_latin

MARKER = re.compile(
    r"""\s*(?:
        \#{1,6}\s | [-*+•·●■◆]\s | [>|] | ```
      | 第\s*[零〇一二三四五六七八九十百\d]+\s*[编篇章节条部]
      | [一二三四五六七八九十]+、
      | [（(]\s*[一二三四五六七八九十\d]+\s*[）)]
      | \d{1,3}\s*(?:[、．)）]|[.]\s*(?!\d))
      | [①-⑳]
      | 附\s*(?:件|表|录|图)\s*\d*\s*[:：]?
      | [\w（）()]{2,12}[:：](?!//)
    )""",
    re.VERBOSE,
)
FURNITURE = re.compile(
    r"""\s*(?:
        [-—–·•\s]*\d{1,4}[-—–·•\s]*        # 12, - 12 -, — 12 —
      | 第\s*\d+\s*页(?:\s*[共/]\s*\d+\s*页)?
      | [-*_=—]{3,}                         # rules
      | [^。]{0,80}(?:\.{6,}|…{3,}|(?:\.\s){6,}|·{6,})\s*\d*   # contents lists with dot leaders
      | <!--.*-->
      | 【?\s*字号.* | 】 | 加大 | 减小 | 还原 | 下载 | 打印 | 全屏 | 收藏 | 关闭 | 返回顶部   # a web page's buttons
    )\s*""",
    re.VERBOSE,
)
_NUMBERED_HEADING = re.compile(
    r"\s*(?:\#{1,6}\s|第\s*\S{1,4}\s*[编篇章节]|[一二三四五六七八九十]+、|[（(][一二三四五六七八九十]+[）)])"
)

_COLUMN_GAP = re.compile(r"[ \u3000\xa0]*\t[ \u3000\xa0]*|[ \u3000\xa0]{2,}")
FEWEST_CELLS = 3  # of a row in plain text; two may be a line with a wide gap in it

# Widths in columns: a Chinese character is two.
SLACK = 5  # how far a full line may fall short of the widest one: uneven glyphs, one odd character
INDENT = 4  # what a first line loses when its two-character indent is lost
HEADING_SLACK = 2  # what a numbered heading may fall short and still go on in the next line
NARROWEST, WIDEST = 18, 120  # column widths within which text counts as broken into lines
NEARBY = 8  # lines on either side from which the width of a line's column is read
LONGEST_QUOTE = 12  # lines; an opening mark that is never closed must not swallow the document


@dataclass(frozen=True, slots=True)
class Line:
    """One line of the source without its surrounding white space; `start == end` when blank."""

    number: int
    start: int
    end: int
    text: str
    indent: int  # columns of white space before the text
    width: int  # columns of the text as printed, without the spaces that were put into its words
    cells: tuple[str, ...] = ()  # of a row of a table that is set with tabs or wide gaps


@dataclass(frozen=True, slots=True)
class Block:
    """Lines without a blank one between them, with the width that they were broken at."""

    width: int
    lines: int
    wrapped: bool


@dataclass(frozen=True, slots=True)
class Restored:
    """A paragraph of the source: its place and its readable form."""

    start: int
    end: int
    first_line: int
    last_line: int
    text: str
    furniture: bool


def split_lines(source: str) -> list[Line]:
    """Lines ended by LF, CRLF or CR, numbered from 1 as an editor does; other controls are plain space."""
    lines: list[Line] = []
    position = 0
    for number, raw in enumerate(re.split(r"\r\n|\n|\r", source), start=1):
        text = raw.strip()
        lead = len(raw) - len(raw.lstrip()) if text else 0
        start = position + lead
        indent = sum(2 if char == "\u3000" else 1 for char in raw[:lead].expandtabs(4))
        width = columns(readable_text(text)) if text else 0
        lines.append(Line(number, start, start + len(text), text, indent, width))
        position += len(raw) + (2 if source.startswith("\r\n", position + len(raw)) else 1)
    return lines


@dataclass(frozen=True, slots=True)
class Settled:
    """Lines whose structure a person has settled: one paragraph, or several that end where the range does."""

    first: int
    last: int
    whole: bool = True  # the range is one paragraph
    text: str = ""  # its readable form, where its spacing is settled too


def restore(source: str, settled: Sequence[Settled] = ()) -> list[Restored]:
    """Paragraphs of a plan in source order; what the sidecar has settled is not guessed at."""
    lines = _with_rows([line for line in split_lines(source) if line.text])
    readable = {item.first: item.text for item in settled if item.text}
    restored = []
    for group in _group(lines, settled):
        first, last = group[0], group[-1]
        text = readable.get(first.number) or _readable(first, source[first.start : last.end])
        furniture = len(group) == 1 and FURNITURE.fullmatch(first.text) is not None
        restored.append(Restored(first.start, last.end, first.number, last.number, text, furniture))
    return restored


def _with_rows(lines: list[Line]) -> list[Line]:
    """The lines, those that are rows of a table with their cells: as many as the next line's or the last one's."""
    furniture = {line.number for line in lines if FURNITURE.fullmatch(line.text)}
    cells = {line.number: _cells(line) for line in lines if line.number not in furniture}
    rows: set[int] = set()
    for one, other in pairwise(cells):  # across a page number, but not a blank line
        if furniture.issuperset(range(one + 1, other)) and cells[one] and len(cells[one]) == len(cells[other]):
            rows |= {one, other}
    return [replace(line, cells=cells[line.number]) if line.number in rows else line for line in lines]


def _cells(line: Line) -> tuple[str, ...]:
    """What may be the cells of a row: three or more, none of them prose, and words rather than single characters."""
    cells = tuple(cell.strip() for cell in _COLUMN_GAP.split(line.text) if cell.strip())
    prose = any(re.search(r"[，。；！？]|[.!?]$", cell) for cell in cells[:-1])
    letters = sum(len(cell) == 1 and not cell.isdigit() for cell in cells)
    return cells if len(cells) >= FEWEST_CELLS and not prose and 2 * letters < len(cells) else ()


def _readable(line: Line, text: str) -> str:
    return GAP.join(map(readable_text, line.cells)) if line.cells else readable_text(text)


def _group(lines: list[Line], settled: Sequence[Settled]) -> list[list[Line]]:
    blocks = _blocks(lines)
    lost_indent = _indent_is_lost(lines, blocks)
    borders = {border for item in settled for border in (item.first, item.last + 1)}
    inside = {number for item in settled if item.whole for number in range(item.first + 1, item.last + 1)}
    groups: list[list[Line]] = []
    for index, line in enumerate(lines):
        crossed = groups and any(groups[-1][-1].number < border <= line.number for border in borders)
        if (
            groups
            and not crossed
            and (
                line.number in inside
                or _goes_on(groups[-1], line, blocks[index - 1], blocks[index], lost_indent=lost_indent)
            )
        ):
            groups[-1].append(line)
        else:
            groups.append([line])
    return groups


def _blocks(lines: list[Line]) -> list[Block]:
    """For every line the block it stands in: the width there, the lines between two blank ones."""
    runs: list[list[Line]] = []
    for line in lines:
        if runs and line.number == runs[-1][-1].number + 1:
            runs[-1].append(line)
        else:
            runs.append([line])
    return [_block(run, position) for run in runs for position in range(len(run))]


def _block(run: list[Line], position: int) -> Block:
    around = run[max(0, position - NEARBY) : position + NEARBY + 1]
    widths = sorted(line.width for line in around)
    # Most lines of broken text are full ones; the few wider ones are contents lists or addresses.
    width = widths[-1] if len(widths) < 5 else widths[int(len(widths) * 0.8)]
    breaks = [line for line in around[:-1] if not _ends_sentence(line.text)]
    full = [line for line in breaks if line.width >= width - SLACK - INDENT]
    wrapped = NARROWEST <= width <= WIDEST and len(breaks) > 0 and len(full) >= 0.6 * len(breaks)
    return Block(width, len(run), wrapped)


def _indent_is_lost(lines: list[Line], blocks: list[Block]) -> bool:
    """True when lines that surely begin a paragraph are short by an indent that the text no longer has."""
    short = total = 0
    for index in range(1, len(lines) - 1):
        before, line = lines[index - 1], lines[index]
        surely_begins = _ends_sentence(before.text) and before.width < blocks[index - 1].width - SLACK - INDENT
        if surely_begins and blocks[index].wrapped and not _ends_sentence(line.text) and not line.indent:
            total += 1
            short += line.width <= blocks[index].width - INDENT + 1
    return total >= 3 and short >= 0.7 * total


def _goes_on(group: list[Line], line: Line, block: Block, next_block: Block, *, lost_indent: bool) -> bool:
    """Whether `line` continues the paragraph that `group` has begun."""
    last = group[-1]
    gap = line.number - last.number > 1
    if _stands_alone(last) or _stands_alone(line) or "://" in last.text:
        return False
    if not gap and len(group) < LONGEST_QUOTE and _is_open("".join(member.text for member in group[-3:])):
        return True
    marked = MARKER.match(line.text) is not None
    if mostly_latin(last.text) and mostly_latin(line.text):
        return not gap and not marked and _latin_full(last, line, block)
    if not gap and not marked and _was_cut(last):
        return True
    width = max(block.width, next_block.width) if gap or block.lines < 3 else block.width
    if not NARROWEST <= width <= WIDEST:
        return False
    full = last.width >= width - _shortfall(group)
    wrapped = block.wrapped
    if gap:
        wrapped = (wrapped or next_block.wrapped) and block.lines + next_block.lines >= 4
    full_break = full and wrapped
    if _ends_sentence(last.text):
        whole_width = line.width > width - INDENT + 1
        return full_break and whole_width and not marked and not line.indent and (lost_indent or not gap)
    if marked:
        listed = len(group) == 1 and MARKER.match(last.text) is not None
        return full_break and not gap and not listed and last.text[-1] not in "：:；;"
    return _inside_sentence(last, line, full_break=full_break, gap=gap)


def _stands_alone(line: Line) -> bool:
    """A page number, a rule, a table row, a Markdown heading or quotation: one line is all of it."""
    return line.text[0] in "|#>" or bool(line.cells) or FURNITURE.fullmatch(line.text) is not None


def _shortfall(group: list[Line]) -> int:
    """How much narrower than its column the last line of a paragraph may be and still be full."""
    only = group[-1].text
    if len(group) > 1:
        return SLACK
    return HEADING_SLACK if _NUMBERED_HEADING.match(only) and "，" not in only else SLACK + INDENT


def _inside_sentence(last: Line, line: Line, *, full_break: bool, gap: bool) -> bool:
    """Whether a line that no sentence ends on goes on in the next."""
    if line.indent >= INDENT and last.indent < line.indent:
        return False
    if line.text[0] in "，。、；：！？" + CLOSERS or last.text[-1] in "，、" + OPENERS:
        return True
    return full_break and last.text[-1] not in ("：:" if gap else "")


def _was_cut(line: Line) -> bool:
    """Whether a line as long as a paragraph stops in mid-sentence, as where a web page was taken apart."""
    return line.width > WIDEST and "，" in line.text and is_wide(line.text[-1]) and line.text[-1].isalnum()


def _is_open(text: str) -> bool:
    """True when a quotation or bracket has been opened and not yet closed."""
    return any(text.rfind(opener) > text.rfind(closer) for opener, closer in ("“”", "（）", "《》", "「」"))


def _latin_full(last: Line, line: Line, block: Block) -> bool:
    """The next word would not have fitted on the line, so the break is the page's and not the author's."""
    first_word = line.text.split(maxsplit=1)[0]
    return last.width + 1 + columns(first_word) > block.width - SLACK


def _ends_sentence(text: str) -> bool:
    return text.rstrip(CLOSERS)[-1:] in tuple(SENTENCE_END) or (text.rstrip(CLOSERS)[-1:] == "." and mostly_latin(text))
