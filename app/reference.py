"""The HTTP interface described, as a page to read: every operation with a call to paste and what it answers.

OpenAPI description -> example requests -> curl lines -> HTML without scripts
"""

from __future__ import annotations

import json
from collections.abc import Iterator
from dataclasses import dataclass
from functools import partial
from shlex import quote as shell_quote
from typing import Any
from urllib.parse import quote, urlencode

from app.web import Reader, template

Json = dict[str, Any]


@dataclass(frozen=True, slots=True)
class Call:
    """A request that an operation takes, made of the examples in its description."""

    method: str
    path: str
    query: dict[str, Any]
    body: Json | None

    @property
    def address(self) -> str:
        """Path and query as they are sent."""
        return self.path + (f"?{urlencode(self.query)}" if self.query else "")


def render_docs(description: Json, host: str, reader: Reader) -> str:
    """The OpenAPI description as a page.

    :param host: where the reader's own browser found the service.
    """
    operations = [
        (call.method, path, {**operation, "responses": {"200": _success(operation)}}, _curl(call, operation))
        for path, operation, call in calls(description)
    ]
    return template("docs.html").render(
        info=description["info"],
        host=host,
        operations=operations,
        pretty=partial(json.dumps, ensure_ascii=False, indent=2),
        reader=reader,
    )


def calls(description: Json) -> Iterator[tuple[str, Json, Call]]:
    """Every operation with its path's template and a request that it takes."""
    for path, methods in description["paths"].items():
        for method, operation in methods.items():
            needed = [one for one in operation.get("parameters", []) if one["required"]]
            given = {(one["in"], one["name"]): _example(description, one["schema"]) for one in needed}
            places = {name: quote(str(value), safe="") for (where, name), value in given.items() if where == "path"}
            query = {name: value for (where, name), value in given.items() if where == "query"}
            body = operation.get("requestBody")
            sent = _example(description, body["content"]["application/json"]["schema"]) if body else None
            yield path, operation, Call(method.upper(), path.format(**places), query, sent)


def _example(description: Json, schema: Json) -> Any:  # noqa: ANN401  # whatever JSON can hold
    if "$ref" in schema:
        schema = description["components"]["schemas"][schema["$ref"].rpartition("/")[2]]
    return (schema.get("examples") or schema["enum"])[0]


def _curl(call: Call, operation: Json) -> str:
    """The call as a line for a shell, in which $PLANQA is where the service answers."""
    parts = ["curl"]
    if list(_success(operation)["content"]) == ["text/event-stream"]:
        parts.append("-N")
    if operation.get("security"):
        parts.append('-H "authorization: Bearer $PLANQA_TOKEN"')
    if call.body is not None:
        sent = shell_quote(json.dumps(call.body, ensure_ascii=False))
        parts += ["-H 'content-type: application/json' -d", sent]
    if call.query:
        parts.append("-G")
        parts += [f"--data-urlencode {shell_quote(f'{name}={value}')}" for name, value in call.query.items()]
    return " ".join([*parts, f'"$PLANQA{call.path}"'])


def _success(operation: Json) -> Json:
    """What the operation answers when all is well, whichever status says so."""
    found = next(response for status, response in operation["responses"].items() if status.startswith("2"))
    return {"content": {}, **found}
