"""What the service bears: many clients at once over HTTP, beside the same assistant called in process by one thread.

known questions -> own `planqa serve` <- clients for some seconds -> throughput, percentiles, statuses, memory
"""

from __future__ import annotations

import http.client
import json
import os
import re
import socket
import subprocess
import sys
import threading
import time
from collections import Counter
from collections.abc import Callable, Iterator, Sequence
from contextlib import closing, contextmanager
from dataclasses import asdict, dataclass
from itertools import cycle, islice

import numpy as np

from app.settings import Settings
from rag.errors import PlanQAError

READY_WITHIN = 120.0  # seconds
ANSWER_WITHIN = 60.0
REFUSALS = (429, 503)  # what a service with more to do than it can says; all else from 400 on is an error


@dataclass(frozen=True, slots=True)
class Load:
    """A run under load; milliseconds are of answers with status 200, as the clients saw them."""

    clients: int
    seconds: float
    requests: int
    throughput: float  # answers a second
    in_process: float  # answers a second of one thread that calls the assistant itself
    ratio: float  # of the two
    ms: dict[str, float]  # p50, p95, p99
    statuses: dict[str, int]  # "broken" where no answer came
    errors: int
    rss_mb: tuple[float, float]  # of the server, after its first answer and at the end


def in_process(ask: Callable[[str], object], questions: Sequence[str], seconds: float) -> float:
    """Answers a second of one thread."""
    ask(questions[0])
    begun, answers = time.perf_counter(), 0
    for question in cycle(questions):
        ask(question)
        answers += 1
        if time.perf_counter() - begun >= seconds:
            break
    return answers / (time.perf_counter() - begun)


def load(settings: Settings, questions: Sequence[str], clients: int, seconds: float, alone: float) -> Load:
    """Ask a server of our own with `clients` connections for `seconds`.

    :param alone: answers a second in process.
    """
    found: list[tuple[str, float]] = []
    with _server(settings) as port:
        with closing(_connection(port)) as connection:
            _ask(connection, questions[0])
        before = _rss(port)
        begun = time.perf_counter()
        threads = [
            threading.Thread(target=_client, args=(port, questions, number, begun + seconds, found))
            for number in range(clients)
        ]
        for thread in threads:
            thread.start()
        for thread in threads:
            thread.join()
        took = time.perf_counter() - begun
        after = _rss(port)
    statuses = Counter(status for status, _ in found)
    answered = [took * 1000 for status, took in found if status == "200"]
    percentiles = np.percentile(answered, [50, 95, 99]) if answered else [float("nan")] * 3
    throughput = len(answered) / took
    return Load(
        clients=clients,
        seconds=round(took, 2),
        requests=len(found),
        throughput=round(throughput, 2),
        in_process=round(alone, 2),
        ratio=round(throughput / alone, 3),
        ms={name: round(float(value), 1) for name, value in zip(("p50", "p95", "p99"), percentiles, strict=True)},
        statuses=dict(sorted(statuses.items())),
        errors=sum(count for status, count in statuses.items() if status not in {"200", *map(str, REFUSALS)}),
        rss_mb=(before, after),
    )


def describe(found: Load) -> str:
    """For a person."""
    times = ", ".join(f"{name} {value:.0f} ms" for name, value in found.ms.items())
    statuses = ", ".join(f"{status}: {count}" for status, count in found.statuses.items())
    return (
        f"{found.clients} clients, {found.seconds:.0f} s: {found.throughput:.1f} answers a second, "
        f"{found.ratio:.2f} of one thread in process ({found.in_process:.1f}); {times}\n"
        f"statuses {statuses}; errors {found.errors}; memory {found.rss_mb[0]:.0f} -> {found.rss_mb[1]:.0f} MB"
    )


def as_json(found: Load) -> str:
    """For a program."""
    return json.dumps(asdict(found), indent=2) + "\n"


@contextmanager
def _server(settings: Settings) -> Iterator[int]:
    """`planqa serve` without page and rate limit, in a process of its own; its port."""
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        port: int = free.getsockname()[1]
    process = subprocess.Popen(
        [sys.executable, "-m", "app.cli", "serve", "--no-page", "--port", str(port)],
        env={
            **os.environ,
            "PLANQA_INDEX": str(settings.index),
            "PLANQA_RATE_PER_MINUTE": "0",
            "PLANQA_LOG_LEVEL": "WARNING",
        },
    )
    try:
        deadline = time.monotonic() + READY_WITHIN
        while not _ready(port):
            if process.poll() is not None or time.monotonic() > deadline:
                raise PlanQAError("The server does not start; what it wrote stands above.")
            time.sleep(0.1)
        yield port
    finally:
        process.terminate()
        process.wait()


def _client(port: int, questions: Sequence[str], number: int, until: float, found: list[tuple[str, float]]) -> None:
    connection = _connection(port)
    refused = {str(status) for status in REFUSALS}
    # Each begins elsewhere, so that not all ask the same at the same time.
    for question in islice(cycle(questions), number * 7 % len(questions), None):
        begun = time.perf_counter()
        if begun >= until:
            break
        try:
            status = str(_ask(connection, question))
        except (OSError, http.client.HTTPException):
            status = "broken"
            connection.close()
        found.append((status, time.perf_counter() - begun))
        if status in refused:
            time.sleep(1)
    connection.close()


def _connection(port: int) -> http.client.HTTPConnection:
    return http.client.HTTPConnection("127.0.0.1", port, timeout=ANSWER_WITHIN)


def _ask(connection: http.client.HTTPConnection, question: str) -> int:
    body = json.dumps({"question": question}).encode()
    connection.request("POST", "/api/v1/ask", body, {"content-type": "application/json"})
    response = connection.getresponse()
    response.read()
    return response.status


def _ready(port: int) -> bool:
    try:
        return _get(port, "/readyz")[0] == 200
    except OSError:
        return False


def _rss(port: int) -> float:
    """Megabytes of the server's memory, by its own account."""
    told = re.search(r"^process_resident_memory_bytes (\S+)$", _get(port, "/metrics")[1], re.MULTILINE)
    return round(float(told[1]) / 1e6, 1) if told else float("nan")


def _get(port: int, path: str) -> tuple[int, str]:
    with closing(_connection(port)) as connection:
        connection.request("GET", path)
        response = connection.getresponse()
        return response.status, response.read().decode("utf-8")
