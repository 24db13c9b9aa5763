"""What the service bears: many clients at once over HTTP, beside the same assistant called in process.

known questions -> in process | half of the load | in process | the other half | in process
-> throughput, percentiles, statuses, memory, and the ratio of both

A machine's pace drifts while others use it. So the assistant is called in process before, between and after, by as many
threads as the service works with at once, and the ratio is one of medians over short windows. The clients' own work
counts against the service: they run on the same cores.
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
from statistics import median

import numpy as np

from app.settings import Settings
from rag.errors import PlanQAError

READY_WITHIN = 120.0  # seconds
ANSWER_WITHIN = 60.0
REFUSALS = (429, 503)  # what a service with more to do than it can says; all else from 400 on is an error
WINDOWS = 5  # of each part, whose medians are compared
LONGEST_IN_PROCESS = 12.0  # seconds of each part in process

Ask = Callable[[str], str]  # the status of an answer; "200" is one
Found = list[tuple[str, float, float]]  # status, when it came, seconds it took


@dataclass(frozen=True, slots=True)
class Load:
    """A run under load; milliseconds are of answers with status 200, as the clients saw them."""

    clients: int
    seconds: float
    requests: int
    throughput: float  # answers a second, over the whole run
    at_once: int  # questions the service works on at once, and threads in process
    in_process: float  # answers a second in process: the median of all windows
    in_process_parts: tuple[float, ...]  # the same before, between and after
    ratio: float  # of the medians: under load to in process
    ms: dict[str, float]  # p50, p95, p99
    statuses: dict[str, int]  # "broken" where no answer came
    errors: int
    rss_mb: tuple[float, float]  # of the server, after its first answers and at the end


@dataclass(frozen=True, slots=True)
class Part:
    """What came of asking for some time."""

    found: Found
    begun: float
    ended: float

    @property
    def rates(self) -> list[float]:
        """Answers a second, window by window."""
        edges = np.linspace(self.begun, self.ended, WINDOWS + 1)
        counts, _ = np.histogram([when for status, when, _ in self.found if status == "200"], edges)
        return [float(count) for count in counts / np.diff(edges)]


def load(
    settings: Settings, ask: Callable[[str], object], questions: Sequence[str], clients: int, seconds: float
) -> Load:
    """Ask a server of our own with `clients` connections for `seconds`, and `ask` in process around it."""

    def answered(question: str) -> str:
        ask(question)
        return "200"

    def in_process(seconds: float = min(seconds / 4, LONGEST_IN_PROCESS)) -> Part:
        return _part([answered] * settings.at_once, questions, seconds)

    with _server(settings) as port:

        def over_http(connections: int, seconds: float) -> Part:
            callers = [_Client(port) for _ in range(connections)]
            try:
                return _part(callers, questions, seconds)
            finally:
                for caller in callers:
                    caller.close()

        # The first answers take longer: they load the model, and memory comes with them.
        in_process(1)
        over_http(settings.at_once, 1)
        alone, halves = [in_process()], []
        before = _rss(port)
        for _ in range(2):
            halves.append(over_http(clients, seconds / 2))
            alone.append(in_process())
        after = _rss(port)
    found = [one for half in halves for one in half.found]
    took = sum(half.ended - half.begun for half in halves)
    statuses = Counter(status for status, _, _ in found)
    milliseconds = [took * 1000 for status, _, took in found if status == "200"]
    percentiles = np.percentile(milliseconds, [50, 95, 99]) if milliseconds else [float("nan")] * 3
    pace = median(rate for part in alone for rate in part.rates)
    return Load(
        clients=clients,
        seconds=round(took, 2),
        requests=len(found),
        throughput=round(len(milliseconds) / took, 2),
        at_once=settings.at_once,
        in_process=round(pace, 2),
        in_process_parts=tuple(round(median(part.rates), 2) for part in alone),
        ratio=round(median(rate for half in halves for rate in half.rates) / pace, 3),
        ms={name: round(float(value), 1) for name, value in zip(("p50", "p95", "p99"), percentiles, strict=True)},
        statuses=dict(sorted(statuses.items())),
        errors=sum(count for status, count in statuses.items() if status not in {"200", *map(str, REFUSALS)}),
        rss_mb=(before, after),
    )


def describe(found: Load) -> str:
    """For a person."""
    times = ", ".join(f"{name} {value:.0f} ms" for name, value in found.ms.items())
    statuses = ", ".join(f"{status}: {count}" for status, count in found.statuses.items())
    parts = ", ".join(f"{part:.1f}" for part in found.in_process_parts)
    return (
        f"{found.clients} clients, {found.seconds:.0f} s: {found.throughput:.1f} answers a second; {times}\n"
        f"in process, {found.at_once} threads: {found.in_process:.1f} (before, between, after: {parts}); "
        f"ratio {found.ratio:.2f}\n"
        f"statuses {statuses}; errors {found.errors}; memory {found.rss_mb[0]:.0f} -> {found.rss_mb[1]:.0f} MB"
    )


def as_json(found: Load) -> str:
    """For a program."""
    return json.dumps(asdict(found), indent=2) + "\n"


def _part(callers: Sequence[Ask], questions: Sequence[str], seconds: float) -> Part:
    """All callers ask at once, a thread each, until the time is up."""
    found: Found = []
    begun = time.perf_counter()

    def asking(caller: Ask, number: int) -> None:
        # Each begins elsewhere, so that not all ask the same at the same time.
        for question in islice(cycle(questions), number * 7 % len(questions), None):
            sent = time.perf_counter()
            if sent >= begun + seconds:
                break
            status = caller(question)
            came = time.perf_counter()
            found.append((status, came, came - sent))
            if status in map(str, REFUSALS):
                time.sleep(1)

    threads = [threading.Thread(target=asking, args=(caller, number)) for number, caller in enumerate(callers)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    return Part(found, begun, time.perf_counter())


class _Client:
    """One connection to the server."""

    def __init__(self, port: int) -> None:
        self._connection = _connection(port)

    def __call__(self, question: str) -> str:
        body = json.dumps({"question": question}).encode()
        try:
            self._connection.request("POST", "/api/v1/ask", body, {"content-type": "application/json"})
            response = self._connection.getresponse()
            response.read()
        except (OSError, http.client.HTTPException):
            self._connection.close()
            return "broken"
        return str(response.status)

    def close(self) -> None:
        self._connection.close()


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


def _connection(port: int) -> http.client.HTTPConnection:
    return http.client.HTTPConnection("127.0.0.1", port, timeout=ANSWER_WITHIN)


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
