"""What an operator watches, in Prometheus' text form; no question and no client is in it.

requests, answers, refusals -> counters of this application -> GET /metrics
"""

from __future__ import annotations

import math
from collections.abc import Callable

from fastapi import APIRouter, Request
from fastapi.responses import PlainTextResponse, Response
from prometheus_client import CollectorRegistry, Counter, Gauge, Histogram, ProcessCollector
from prometheus_client.exposition import CONTENT_TYPE_LATEST, generate_latest

from rag.errors import PlanQAError
from rag.types import Answer

_SECONDS = (0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10)

metrics_routes = APIRouter(tags=["operation"])


class Metrics:
    """The counters of one application."""

    def __init__(self, plans: Callable[[], int]) -> None:
        """:param plans: tells how many plans the index holds."""
        own = CollectorRegistry()
        ProcessCollector(registry=own)
        self.registry = own
        self._requests = Counter("planqa_requests", "Requests answered", ["method", "route", "status"], registry=own)
        self._seconds = Histogram(
            "planqa_request_seconds", "Seconds from request to response", ["route"], buckets=_SECONDS, registry=own
        )
        self._answers = Counter("planqa_answers", "Answers given", ["status", "language"], registry=own)
        self.in_flight = Gauge(
            "planqa_questions_in_flight", "Questions, searches and the like worked on or waiting", registry=own
        )
        self.limited = Counter("planqa_rate_limited", "Requests refused: one client sent too many", registry=own)
        self.busy = Counter("planqa_refused_busy", "Requests refused: as many wait as may", registry=own)
        self.broken_off = Counter("planqa_streams_broken_off", "Streams whose reader went away", registry=own)
        Gauge("planqa_plans", "Plans in the index", registry=own).set_function(lambda: _or_nan(plans))

    def request(self, method: str, route: str, status: int, seconds: float) -> None:
        """Count a request under its route's template."""
        # Anybody may invent methods, and each would be a series of its own.
        known = method if method in ("GET", "POST", "HEAD", "OPTIONS", "PUT", "DELETE") else "other"
        self._requests.labels(known, route, str(status)).inc()
        self._seconds.labels(route).observe(seconds)

    def answer(self, answer: Answer) -> None:
        """Count an answer."""
        self._answers.labels(answer.status.value, answer.language).inc()


@metrics_routes.get("/metrics", response_class=PlainTextResponse)
def metrics(request: Request) -> Response:
    """Counters in Prometheus' text form."""
    own: Metrics = request.app.state.metrics  # app.injected, which gives it to others, imports this module
    return Response(generate_latest(own.registry), headers={"content-type": CONTENT_TYPE_LATEST})


def _or_nan(plans: Callable[[], int]) -> float:
    # The other numbers are wanted most when the index cannot be read.
    try:
        return plans()
    except PlanQAError:
        return math.nan
