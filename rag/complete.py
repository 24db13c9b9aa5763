"""Whether a clause tells anything that the question does not say itself.

Plan prose states the case first and the answer after the comma: 「受影响的中小企业，可延期缴纳税款3个月」.
"""

from __future__ import annotations

import re

from rag.query import Query
from rag.tokenizer import Tokenizer, is_stop_word, normalise

# Between 2 and 3, and .2 and .3, quotes that overlap the gold span on 122 policy questions vary by .02.
NEW = 2  # characters of words that the question does not have: a name, a figure, a verb and its object
SHARE = 0.25  # of all its words that these must be at least
# The case and not yet what follows from it: 「对……，」「……的，」「……期间，」, a heading, an announcement.
_CASE = re.compile(
    r"^(?:对于?|凡|如果?|若|当|根据|按照|为了?|针对|依托|围绕|聚焦|立足|借助|随着|结合|通过|抢抓|坚持|秉持|以).{0,60}[，,]$|(?:的|后|前|时|上|期间|方面|以下|如下)[，,：:]$|[：:]$"
)
_TOKENIZER = Tokenizer()


def tells(statement: str, query: Query) -> bool:
    """Whether a statement says more than the question does, and not only when or for whom."""
    if states_the_case(statement):
        return False
    question = normalise(query.text)
    if set(re.findall(r"\d[\d.]*", normalise(statement))) - set(re.findall(r"\d[\d.]*", question)):
        return True  # a figure is news by itself
    words = [word for word in _TOKENIZER.plain_words(statement) if re.search(r"\w", word) and not is_stop_word(word)]
    known = {form for term in query.terms for form in term.forms}
    new = sum(len(word) for word in words if word not in question and word not in known)
    return new >= NEW and new >= SHARE * sum(map(len, words))


def states_the_case(statement: str) -> bool:
    """Whether a statement says for whom or when, and not yet what: 「对按期缴税有困难的企业，」."""
    return _CASE.search(statement) is not None
