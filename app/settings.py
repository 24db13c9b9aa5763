"""Every setting, from the environment, once; values only, never live objects.

PLANQA_CACHE    folder of the encoder that set-up builds      default: the user's cache folder
PLANQA_INDEX    folder of the index                           default: the user's data folder
PLANQA_MODEL    another sentence-transformers model: its folder or hub name; empty for the built-in one
PLANQA_THREADS  texts that are encoded side by side; 0 for as many as there are processors
PLANQA_EMBED_ORIGINS    sites that may show the page in a frame: https://a.example https://b.example   default: none
PLANQA_AT_ONCE, PLANQA_WAITING  questions that are worked on at once, and that may wait behind them
PLANQA_RATE_PER_MINUTE  questions, searches and the like that one client may send in a minute; 0 for any number
PLANQA_HOSTS    names under which the service may be called, with commas; addresses and localhost always may
PLANQA_TOKEN    what a client must show to read the feedback
PLANQA_LOG_FORMAT  of `planqa serve`: json or text; auto means text on a terminal
PLANQA_LOG_QUESTIONS  1 puts the questions into the log, which is without them otherwise
PLANQA_MAX_QUESTION_CHARS, PLANQA_LOG_LEVEL
"""

from __future__ import annotations

from importlib.resources import files
from pathlib import Path
from typing import Literal

from platformdirs import user_cache_path, user_data_path
from pydantic import Field, SecretStr, ValidationError
from pydantic_settings import BaseSettings, SettingsConfigDict

from rag.errors import InputError

_ORIGIN = r"https?://[A-Za-z0-9.\-]+(:\d{1,5})?"
_ORIGINS = rf"^\s*({_ORIGIN}(\s+{_ORIGIN})*)?\s*$"


class Settings(BaseSettings):
    """What an operator can choose; see the module's own lines for the names."""

    model_config = SettingsConfigDict(env_prefix="PLANQA_", frozen=True)

    cache: Path = Field(default_factory=lambda: user_cache_path("planqa"))
    index: Path = Field(default_factory=lambda: user_data_path("planqa") / "index")
    model: str = ""
    threads: int = Field(default=0, ge=0, le=256)
    max_question_chars: int = Field(default=2000, ge=1, le=100_000)
    embed_origins: str = Field(default="", pattern=_ORIGINS)
    at_once: int = Field(default=4, ge=1, le=256)
    waiting: int = Field(default=64, ge=0, le=10_000)
    rate_per_minute: int = Field(default=120, ge=0)
    hosts: str = ""
    token: SecretStr = SecretStr("")
    log_questions: bool = False
    log_format: Literal["auto", "json", "text"] = "auto"
    log_level: Literal["DEBUG", "INFO", "WARNING", "ERROR"] = "INFO"

    def summary(self) -> dict[str, str]:
        """All of them by name, for the log; what is secret only shows whether it is there."""
        return {name: str(value) for name, value in self}

    @property
    def host_names(self) -> frozenset[str]:
        """The names in `hosts`."""
        return frozenset(name.strip().lower() for name in self.hosts.split(",") if name.strip())

    @classmethod
    def from_environment(cls) -> Settings:
        """Settings of this process.

        :raises InputError: naming the variable whose value cannot be used.
        """
        try:
            return cls()
        except ValidationError as error:
            first = error.errors()[0]
            name = "PLANQA_" + "_".join(map(str, first["loc"])).upper()
            raise InputError(f"{name} is {first['input']!r}: {first['msg']}.") from None


def shipped_plans() -> Path:
    """The folder of the plans that come with PlanQA."""
    # seeds is a namespace package: its own path is a list of folders, that of a file in it is plain.
    return Path(str(files("seeds").joinpath("luojiang-party-congress.txt"))).parent
