"""A conversation as the server keeps it, and as a browser remembers it.

question + those before it -> assistant -> Turn ; Turn -> messages ; what a browser kept -> questions to ask anew
"""

from __future__ import annotations

import logging
import traceback
from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from app.messages import answer_message, failure_message, question_message
from app.problems import status_of
from app.wiring import Services
from rag.errors import BusyError, PlanQAError
from rag.language import detect_language
from rag.types import Answer

log = logging.getLogger(__name__)

LONGEST_CHAT = 50  # turns kept and sent again with every answer
LONGEST_MEMORY = 12  # turns a browser remembers: each is asked anew when the page is opened again
LONGEST_PLAN = 500  # characters of a plan's id


@dataclass(frozen=True, slots=True)
class Turn:
    """A question with what was answered, or why nothing was."""

    question: str
    plan: str | None
    answer: Answer | None
    failure: str = ""  # HTML
    ours: bool = False  # the failure is the service's, and the same question may succeed later

    @property
    def reply(self) -> str:
        """The answer as a message of the chat: HTML made here."""
        return self.failure if self.answer is None else answer_message(self.answer)


def take_turn(services: Services, question: str, plan: str | None, turns: Sequence[Turn]) -> Turn:
    """Ask, after those before."""
    busy = False
    try:
        return Turn(question, plan, services.assistant.ask(question, plan, [turn.question for turn in turns]))
    except BusyError:
        busy = True
    except PlanQAError as error:
        if status_of(error) < 500:
            return Turn(question, plan, None, failure_message(detect_language(question), str(error)))
        log.error("page: %s: %s", error.code, error)
    except Exception as error:
        # Without its message, which may quote the question.
        log.error("page: %s\n%s", type(error).__name__, "".join(traceback.format_tb(error.__traceback__)))
    return Turn(question, plan, None, failure_message(detect_language(question), busy=busy), ours=True)


def messages(turns: Sequence[Turn]) -> list[dict[str, str]]:
    """What the chat shows."""
    return [
        {"role": role, "content": content}
        for turn in turns
        for role, content in (("user", question_message(turn.question)), ("assistant", turn.reply))
    ]


def memory(turns: Sequence[Turn]) -> list[list[str]]:
    """What a browser is given to remember: questions and the plans they were asked of, never an answer."""
    return [[turn.question, turn.plan or ""] for turn in turns[-LONGEST_MEMORY:] if turn.answer is not None]


def remembered(kept: object, longest: int) -> Iterator[tuple[str, str | None]]:
    """The questions in what a browser says it kept; what is not of that form is left out."""
    for item in kept[-LONGEST_MEMORY:] if isinstance(kept, list) else []:
        if isinstance(item, list) and len(item) == 2 and all(isinstance(part, str) for part in item):
            question, plan = item
            if question.strip() and len(question) <= longest and len(plan) <= LONGEST_PLAN:
                yield question, plan or None
