"""Everything that takes a processor's time, done in worker threads and bounded for all ways in together.

Question -> a slot, or a place in the queue -> assistant -> Answer ; BusyError when the queue is full
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from functools import partial
from typing import TypeVar

from anyio import CapacityLimiter, from_thread, to_thread

from app.log import note
from app.metrics import Metrics
from app.schemas import Pasted, Question, SearchResult, Sought, Verified, view_hit
from app.wiring import Services
from rag.errors import BusyError
from rag.types import Answer, Found
from rag.wording.draft import review, whole

T = TypeVar("T")


class Desk:
    """Asks, searches and verifies for every way in; at most so many at once, at most so many waiting."""

    def __init__(self, services: Services, metrics: Metrics) -> None:
        self.services = services
        self._metrics = metrics
        self._log_questions = services.settings.log_questions
        self._slots = CapacityLimiter(services.settings.at_once)
        self._most_waiting = services.settings.waiting

    async def run(self, work: Callable[[], T]) -> T:
        """What `work` returns, once there is a slot.

        :raises BusyError: if as many wait as may.
        """
        slots = self._slots.statistics()
        if slots.borrowed_tokens >= slots.total_tokens and slots.tasks_waiting >= self._most_waiting:
            self._metrics.busy.inc()
            raise BusyError("The service has as many questions as it can take. Ask again in a few seconds.")
        with self._metrics.in_flight.track_inprogress():
            return await to_thread.run_sync(work, limiter=self._slots)

    async def ask(self, question: Question) -> Answer:
        """Answer a question, or say which kind of nothing there is."""
        asked = (question.question, question.plan, question.history, question.section)
        self._note_question(question.question)
        answer = await self.run(partial(self.services.assistant.ask, *asked))
        self._metrics.answer(answer)
        note(answer_id=answer.id, answer_status=answer.status.value, language=answer.language)
        return answer

    async def search(self, sought: Sought) -> SearchResult:
        """The passages that bear most on a query, with their places."""

        def work() -> SearchResult:
            found = self.services.assistant.search(sought.query, sought.k, sought.plan, sought.section)
            document = self.services.library.document
            views = tuple(view_hit(hit, document(hit.passage.document.id)) for hit in found.hits)
            return SearchResult(sought.query, views, found.scope)

        self._note_question(sought.query)
        return await self.run(work)

    async def verify(self, pasted: Pasted) -> Verified:
        """One verdict a sentence and quotation of a text, and one on the whole."""

        def work() -> Verified:
            verifier = self.services.verifier
            found = review(verifier, pasted.text, pasted.plan)
            return Verified(whole(verifier, found, pasted.plan), found.pieces, found.counts, found.sound)

        return await self.run(work)

    def _note_question(self, text: str) -> None:
        if self._log_questions:
            note(question=text)


class ThreadsAssistant:
    """The assistant for the page, which calls it from worker threads of its own: under the desk's bounds too."""

    def __init__(self, desk: Desk) -> None:
        self._desk = desk

    def ask(
        self, question: str, plan: str | None = None, history: Sequence[str] = (), section: str | None = None
    ) -> Answer:
        """As the assistant's; waits for a slot."""
        asked = Question.model_construct(question=question, plan=plan, history=list(history), section=section)
        return from_thread.run(self._desk.ask, asked)

    def search(self, query: str, k: int, plan: str | None = None, section: str | None = None) -> Found:
        """As the assistant's; waits for a slot."""
        assistant = self._desk.services.assistant
        return from_thread.run(self._desk.run, partial(assistant.search, query, k, plan, section))
