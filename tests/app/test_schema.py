"""The description of the HTTP interface holds: generated requests never meet a 500 nor an undescribed answer."""

from __future__ import annotations

import schemathesis
from hypothesis import HealthCheck, given, settings
from hypothesis.errors import Unsatisfiable
from hypothesis.strategies import booleans
from schemathesis import GenerationMode
from schemathesis.checks import not_a_server_error
from schemathesis.specs.openapi.checks import (
    content_type_conformance,
    response_schema_conformance,
    status_code_conformance,
)

from app.api import create_app

CHECKS = [not_a_server_error, status_code_conformance, content_type_conformance, response_schema_conformance]


PLAN = "luojiang-2021"
KNOWN = {"plan": PLAN, "model": f"planqa:{PLAN}"}
EXAMPLES = 25  # requests a route, the same ones in every run


def _malformed(operation):
    try:
        wrong = operation.as_strategy(generation_mode=GenerationMode.NEGATIVE)
        wrong.validate()
    except Unsatisfiable:  # it takes nothing that could be wrong
        return operation.as_strategy()
    return wrong


def _name_what_there_is(case):
    """Else nearly all that is generated ends at a plan or a model that does not exist."""
    if "document_id" in case.path_parameters:
        case.path_parameters["document_id"] = PLAN
    if isinstance(case.body, dict):
        case.body.update({name: value for name, value in KNOWN.items() if name in case.body})


def test_every_answer_is_as_described(services, subtests):
    schema = schemathesis.openapi.from_asgi("/openapi.json", create_app(services, page=False))
    operations = [result.ok() for result in schema.get_all_operations()]
    assert len(operations) == sum(len(methods) for methods in schema.raw_schema["paths"].values())
    for operation in operations:
        with subtests.test(operation.label):

            @settings(
                max_examples=EXAMPLES,
                derandomize=True,
                deadline=None,
                database=None,
                suppress_health_check=list(HealthCheck),
            )
            @given(case=operation.as_strategy() | _malformed(operation), known=booleans())
            def holds(case, known):
                if known:
                    _name_what_there_is(case)
                case.call_and_validate(checks=CHECKS)

            holds()
