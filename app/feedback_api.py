"""Votes on answers: anybody may give one, whoever holds the token may read them.

vote -> kept on disk -> its id ; token -> all votes
"""

from __future__ import annotations

import secrets
from typing import Annotated, Literal

from fastapi import APIRouter, Depends, Query
from fastapi.security import HTTPAuthorizationCredentials, HTTPBearer
from pydantic import BaseModel, Field
from starlette.exceptions import HTTPException

from app.examples import EXAMPLE, example
from app.injected import PROBLEM, PROBLEMS, Injected
from index.feedback import Feedback, FeedbackStore

LONGEST_COMMENT = 2000
MOST_AT_ONCE = 1000

feedback_routes = APIRouter(prefix="/api/v1", tags=["api"], responses=PROBLEMS)
_bearer = HTTPBearer(auto_error=False, description="the service's token, PLANQA_TOKEN")


class Vote(BaseModel):
    """What a reader says of an answer."""

    model_config = example(answer_id=EXAMPLE["id"], vote="down", comment="The second school is missing.")

    answer_id: str = Field(pattern=r"^[0-9a-f]{16}$", description="an answer's `id`", examples=[EXAMPLE["id"]])
    vote: Literal["up", "down"]
    comment: str | None = Field(default=None, max_length=LONGEST_COMMENT, examples=["The second school is missing."])


def _holder(services: Injected, shown: Annotated[HTTPAuthorizationCredentials | None, Depends(_bearer)]) -> None:
    token = services.settings.token.get_secret_value()
    if not token:
        raise HTTPException(403)
    # In constant time, so that nobody can guess it letter by letter. A header's bytes come as Latin-1.
    if shown is None or not secrets.compare_digest(shown.credentials.encode("latin-1"), token.encode()):
        raise HTTPException(401, headers={"www-authenticate": "Bearer"})


@feedback_routes.post("/feedback", status_code=201)
def vote(given: Vote, services: Injected) -> Feedback:
    """Say whether an answer was good. Only the vote and the comment are kept, not the question."""
    return FeedbackStore(services.settings.index).add(given.answer_id, given.vote, given.comment)


@feedback_routes.get("/feedback", dependencies=[Depends(_holder)], responses={401: PROBLEM, 403: PROBLEM})
def votes(
    services: Injected,
    after: Annotated[int, Query(ge=0, le=2**62, description="the id of the last one already read")] = 0,
    most: Annotated[int, Query(ge=1, le=MOST_AT_ONCE, description="how many")] = MOST_AT_ONCE,
) -> list[Feedback]:
    """The votes in the order they came; for holders of the token."""
    return FeedbackStore(services.settings.index).read(after, most)
