"""Plots as SVG text that stands in a page by itself."""

from __future__ import annotations

import io
import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import matplotlib as mpl
from matplotlib.figure import Figure

from eval.statistics import RiskCoverage

_BLUE, _GREY, _RED = "#1f5fa8", "#8a8f98", "#b3261e"
# Text stays text, in the reader's own fonts; a fixed salt keeps the same plot the same bytes.
_STYLE: Any = {"svg.fonttype": "none", "svg.hashsalt": "planqa", "font.family": "sans-serif", "axes.spines.top": False,
          "axes.spines.right": False, "axes.edgecolor": _GREY, "font.size": 9}  # fmt: skip


@dataclass(frozen=True, slots=True)
class Plot:
    """A drawing and what it shows."""

    title: str
    svg: str


def bars(title: str, values: Mapping[str, float], intervals: Mapping[str, Sequence[float]]) -> Plot:
    """A bar a group, 0 to 1, with its 95 % interval."""
    with mpl.rc_context(_STYLE):
        figure = Figure(figsize=(6.4, 0.6 + 0.28 * max(len(values), 1)), layout="constrained")
        axes = figure.subplots()
        names = list(values)[::-1]
        heights = [values[name] for name in names]
        errors = [
            [max(0.0, values[name] - intervals[name][0]) for name in names],
            [max(0.0, intervals[name][1] - values[name]) for name in names],
        ]
        axes.barh(names, heights, color=_BLUE, height=0.62)
        axes.errorbar(heights, names, xerr=errors, fmt="none", ecolor=_GREY, capsize=2)
        for position, height in enumerate(heights):
            axes.text(0.01, position, f"{height:.2f}", va="center", color="white" if height > 0.1 else "black")
        axes.set_xlim(0, 1)
        return Plot(title, _svg(figure))


def curve(title: str, found: RiskCoverage) -> Plot:
    """Risk over coverage."""
    with mpl.rc_context(_STYLE):
        figure = Figure(figsize=(6.4, 3.2), layout="constrained")
        axes = figure.subplots()
        axes.step(found.coverage, found.risk, where="post", color=_RED)
        axes.set(xlim=(0, 1), ylim=(0, 1), xlabel="coverage: share of all questions that is answered",
                 ylabel="risk: share wrong of these")  # fmt: skip
        axes.grid(color="#e3e5e8")
        return Plot(title, _svg(figure))


def histogram(title: str, milliseconds: Sequence[float]) -> Plot:
    """How long each question took; the slowest hundredth is left out."""
    with mpl.rc_context(_STYLE):
        figure = Figure(figsize=(6.4, 2.4), layout="constrained")
        axes = figure.subplots()
        ordered = sorted(milliseconds)
        axes.hist(ordered[: max(1, int(0.99 * len(ordered)))], bins=40, color=_BLUE)
        axes.set(xlabel="ms a question", ylabel="questions")
        return Plot(title, _svg(figure))


def _svg(figure: Figure) -> str:
    text = io.StringIO()
    figure.savefig(text, format="svg", metadata={"Date": None, "Creator": None})
    return re.sub(r"^.*?(?=<svg)", "", text.getvalue(), flags=re.DOTALL)
