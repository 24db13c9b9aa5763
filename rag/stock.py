"""Stock questions and sentences by language, as stock.toml has them."""

from __future__ import annotations

import tomllib
from importlib.resources import files

_STOCK = tomllib.loads(files("rag").joinpath("stock.toml").read_text(encoding="utf-8"))

QUESTIONS: dict[str, tuple[str, ...]] = {language: tuple(texts) for language, texts in _STOCK["questions"].items()}
PASSAGES: dict[str, tuple[str, ...]] = {language: tuple(texts) for language, texts in _STOCK["passages"].items()}
