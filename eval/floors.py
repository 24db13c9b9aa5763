"""What the answers must not fall below, in a file that is only changed together with what earns it.

[dev.zh] all_facts = 0.8      the measure's mean must be at least this
[dev.all] answered_unanswerable = 0.1      one that is better when lower, at most
"""

from __future__ import annotations

import tomllib
from collections.abc import Mapping
from pathlib import Path
from typing import Any

from eval.lines import read_text
from eval.measures import LOWER_IS_BETTER
from rag.errors import InputError


def undercut(scores: Mapping[str, Mapping[str, Any]], floors: Path, split: str) -> list[str]:
    """A sentence for each floor of the split that the scores do not reach.

    :raises InputError: if the file cannot be used, or says nothing of the split.
    """
    try:
        table = tomllib.loads(read_text(floors)).get(split)
    except tomllib.TOMLDecodeError as error:
        raise InputError(f"{floors} is not TOML: {error}.") from None
    if not table:
        raise InputError(f"{floors} has no floors for the split {split!r}.")
    found = []
    for group, measures in table.items():
        for measure, floor in measures.items():
            value = scores.get(group, {}).get(measure)
            below = value is None or (value > floor if measure in LOWER_IS_BETTER else value < floor)
            if below:
                bound = "at most" if measure in LOWER_IS_BETTER else "at least"
                found.append(f"{group} {measure} is {value}, but must be {bound} {floor}.")
    return found
