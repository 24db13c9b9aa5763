"""What stands beside the clauses of an answer and completes them: a note of who does it by when, the next sentence.

chosen clauses, the likeliest first -> the same, with what goes with the likeliest
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import replace

from rag.choose import SEVERAL
from rag.demands import met
from rag.evidence import Evidence
from rag.fits import Wanted
from rag.headed import note_of, notes
from rag.query import Query
from rag.question import DEFINITE, Asked, holds
from rag.text import sentences
from rag.tokenizer import plain

WHO_DOES = re.compile(r"负责|牵头|责任单位|哪[个些]?(?:单位|部门)|\bresponsible\b|in charge", re.IGNORECASE)
OF_BODIES = frozenset(["who", "body", "role"])  # demands that a note can meet
# How a sentence goes on about what the one before it names, and one that says what that is made up of.
_GOES_ON = re.compile(
    r"该|其中|当中|此|这[些一项]|上述|(?:Of (?:this|these|that|them)|It|This|These|They|The (?:plan|project|scheme))\b"
)
_SHARES_OUT = re.compile(r"其中|当中|Of (?:this|these|that|them)\b")


def completed(items: Sequence[Evidence], query: Query, wanted: Wanted) -> list[Evidence]:
    """The clauses with what completes the best of them."""
    return _with_next(_with_notes(items, query, wanted), wanted)


def _with_notes(items: Sequence[Evidence], query: Query, wanted: Wanted) -> list[Evidence]:
    """The clauses with what is noted of the best one's measure, where that tells who does it, by when, at what cost."""
    items = _with_measures(items)
    best = items[0]
    asks = {
        "who": WHO_DOES.search(query.text) or any(demand.what in OF_BODIES for demand in wanted.demands),
        "when": Asked.TIME in wanted.asked and not any(holds(Asked.TIME, item.text) for item in items),
        "cost": Asked.MONEY in wanted.asked and not any(holds(Asked.MONEY, item.text) for item in items),
    }
    noted = {span for kind, asked in asks.items() if asked for span in notes(best.document, best.paragraph, kind)}
    told = [
        replace(best, paragraph=paragraph, begin=first, stop=last)
        for paragraph, first, last in sorted(noted, key=lambda span: (span[0].number, span[1]))
    ]
    return [best, *told, *items[1:]]


def _with_measures(items: Sequence[Evidence]) -> list[Evidence]:
    """The clauses, each that is of a note with how its measure opens before it and the whole note in its place."""
    found: list[Evidence] = []
    for item in items:
        begin, stop = note_of(item.paragraph), len(item.paragraph.text)
        if 0 < begin <= item.begin:
            opening = replace(item, begin=0, stop=sentences(item.paragraph.text)[0][1])
            if not any(other.paragraph is item.paragraph and other.begin == begin for other in found):
                found += [opening, replace(item, begin=begin, stop=stop)]
        else:
            found.append(item)
    return found


def _with_next(items: Sequence[Evidence], wanted: Wanted) -> list[Evidence]:
    """The clauses with the sentence behind the best one's, where that goes on about it and tells what this leaves open.

    「……计划将扩展。该计划由基层医疗署推行。」 ; "It needs $1.24 billion. Of this, $520 million will come from ..."
    """
    best = items[0]
    end = best.sentence[1]
    following = plain(best.paragraph.text)[end:]
    if not _GOES_ON.match(following):
        return list(items)
    stop = end + sentences(following)[0][1]
    said = plain(best.paragraph.text)[end:stop]
    open_still = [demand for demand in wanted.demands if not met([demand], best.text, best.around)]
    tells = any(met([demand], said, said) for demand in open_still)
    tells = tells or any(not holds(kind, best.around) and holds(kind, said) for kind in wanted.asked & DEFINITE)
    if not tells and not (wanted.asked & SEVERAL and _SHARES_OUT.match(said)):
        return list(items)
    following_item = replace(best, begin=end, stop=stop)
    others = [item for item in items[1:] if item.paragraph is not best.paragraph or not end <= item.begin < stop]
    return [best, following_item, *others]
