"""Errors of the API: a stable code, a sentence, and the HTTP status that goes with the code."""

from __future__ import annotations

from typing import Final, Self

from aiohttp import web

from signaling.show.reasons import ErrorCode, ProblemError
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
_RETRY_AFTER_S: Final[dict[ErrorCode, str]] = {"too-many": "1", "busy": "2"}
"""Values of the header `Retry-After`."""


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
        document = self.problem.model_dump(exclude_none=True)
        response = web.json_response(document, status=self.status)
        if (wait := _RETRY_AFTER_S.get(self.problem.code)) is not None:
            response.headers["Retry-After"] = wait
        return response
