"""What stands beside a plan's text and cannot be read from it: names, and the outline by line ranges.

plan.toml -> Sidecar(info, sha256, front, sections)
"""

from __future__ import annotations

import tomllib
from pathlib import Path
from typing import Annotated, Any

from pydantic import AfterValidator, BaseModel, ConfigDict, Field, ValidationError

from rag.errors import DocumentError


def _ordered(lines: tuple[int, int]) -> tuple[int, int]:
    if not 1 <= lines[0] <= lines[1]:
        raise ValueError("a line range is [first, last], counted from 1")
    return lines


LineRange = Annotated[tuple[int, int], AfterValidator(_ordered)]


class _Strict(BaseModel):
    model_config = ConfigDict(extra="forbid", frozen=True)


class Front(_Strict):
    """Line ranges of what stands before the first section."""

    title: LineRange | None = None
    introduction: LineRange | None = None


class SectionLines(_Strict):
    """One section: its heading as a reader should see it, and where its parts stand in the source."""

    heading: str = Field(min_length=1)
    heading_lines: LineRange
    introduction: LineRange | None = None
    body: LineRange


class Sidecar(_Strict):
    """A plan's TOML file; every key is optional, an unknown one is an error."""

    id: str | None = Field(default=None, pattern=r"^[\w][\w.-]*$")
    title: str | None = None
    issuer: str = ""
    kind: str = ""
    language: str | None = None
    published: str = ""
    sha256: str | None = None
    front: Front = Front()
    section: tuple[SectionLines, ...] = ()

    @classmethod
    def beside(cls, path: Path) -> Sidecar:
        """The sidecar of the plan at `path`, empty where there is none.

        :raises DocumentError: if the file is no TOML, or has a key or value that is not understood.
        """
        file = path.with_suffix(".toml")
        if not file.is_file():
            return cls()
        try:
            values: dict[str, Any] = tomllib.loads(file.read_text(encoding="utf-8"))
            return cls.model_validate(values)
        except (tomllib.TOMLDecodeError, UnicodeDecodeError) as error:
            raise DocumentError(f"{file} is not valid TOML in UTF-8: {error}. Mend or remove it.") from None
        except ValidationError as error:
            first = error.errors()[0]
            place = ".".join(map(str, first["loc"]))
            raise DocumentError(
                f"{file}: {place}: {first['msg']}. See seeds/luojiang-party-congress.toml for the form."
            ) from None
