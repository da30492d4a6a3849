"""Errors of the API: a stable code, a sentence, and the HTTP status that goes with the code."""

from __future__ import annotations

from typing import Final, Self

from aiohttp import web

from signaling.show.reasons import ErrorCode, Reasoned
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
_COME_BACK: Final[dict[ErrorCode, str]] = {"too-many": "1", "busy": "2"}
"""Seconds to wait, for `Retry-After`."""


class Denied(Exception):
    """A request that is not granted. `answer` says why."""

    def __init__(self, code: ErrorCode, message: str, status: int | None = None) -> None:
        super().__init__(message)
        self.problem = Problem(code=code, message=message)
        self.status = status or STATUS[code]

    @classmethod
    def because(cls, fault: Reasoned, rev: int | None = None) -> Self:
        """For a reason that has a word of its own; `rev` is the state's revision, where that matters."""
        denied = cls(fault.code, str(fault))
        denied.problem = problem(fault, rev)
        return denied

    def answer(self) -> web.Response:
        """The problem as the API says it."""
        document = self.problem.model_dump(exclude_none=True)
        response = web.json_response(document, status=self.status)
        if (wait := _COME_BACK.get(self.problem.code)) is not None:
            response.headers["Retry-After"] = wait
        return response
