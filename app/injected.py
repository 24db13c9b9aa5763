"""What every route is handed, and the problems that any of them may answer with."""

from __future__ import annotations

from typing import Annotated, Any

from fastapi import Depends, Request

from app.desk import Desk
from app.metrics import Metrics
from app.problems import Problem
from app.wiring import Services

PROBLEM: dict[str, Any] = {"model": Problem, "content": {"application/problem+json": {}}}
PROBLEMS: dict[int | str, dict[str, Any]] = {status: PROBLEM for status in (400, 404, 413, 422, 429, 500, 503)}


async def _services(request: Request) -> Services:
    services: Services = request.app.state.services
    return services


async def _desk(request: Request) -> Desk:
    desk: Desk = request.app.state.desk
    return desk


async def _metrics(request: Request) -> Metrics:
    metrics: Metrics = request.app.state.metrics
    return metrics


Injected = Annotated[Services, Depends(_services)]
AtDesk = Annotated[Desk, Depends(_desk)]  # for whatever takes a processor's time
Counted = Annotated[Metrics, Depends(_metrics)]
