"""Errors of the API: a stable code, a sentence, and the HTTP status that goes with the code."""

from __future__ import annotations

from typing import Final, Self

from aiohttp import web

from signaling.show.reasons import ErrorCode, ProblemError, ProblemReason
from signaling.show.wire.commands import Problem, problem

STATUS: Final[dict[ErrorCode, int]] = {
    "stale": 409,
    "invalid": 422,
    "unauthorized": 401,
    "forbidden": 403,
    "too-many": 429,
    "busy": 503,
    "offer": 422,
    "waiting": 409,
    "failed": 503,
}
RETRY_AFTER_BY_CODE: Final[dict[ErrorCode, int]] = {"too-many": 1, "busy": 2, "failed": 10}
"""Seconds after which a refused request or page may come back: a rate limit has a token again, a queue is shorter. A
fault of the server lasts until somebody mends it."""
RETRY_AFTER_BY_REASON: Final[dict[ProblemReason, int]] = {
    "messages-often": 5,
    "pages-full": 10,
    "guesses-often": 10,
}
"""Seconds for refusals that end a connection, or that people have to put right."""


class Denied(Exception):
    """A refused request."""

    def __init__(self, code: ErrorCode, message: str, status: int | None = None) -> None:
        super().__init__(message)
        self.problem = Problem(code=code, message=message)
        self.status = status or STATUS[code]

    @classmethod
    def because(cls, fault: ProblemError, rev: int | None = None) -> Self:
        """With a reason code. `rev` is the revision of the state that the refusal is based on."""
        denied = cls(fault.code, str(fault))
        denied.problem = problem(fault, rev)
        return denied

    def answer(self) -> web.Response:
        """The response."""
        document = {key: value for key, value in self.problem.model_dump().items() if value is not None}
        response = web.json_response(document, status=self.status)
        if (wait := retry_after_s(self.problem)) is not None:
            response.headers["Retry-After"] = str(wait)
        return response


def retry_after_s(found: Problem) -> int | None:
    """Seconds after which to try again; None: that would not help."""
    by_reason = None if found.reason is None else RETRY_AFTER_BY_REASON.get(found.reason)
    return by_reason or RETRY_AFTER_BY_CODE.get(found.code)
