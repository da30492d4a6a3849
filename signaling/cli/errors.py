"""Errors that end a command. Their texts are for people: what is wrong, where, and the remedy."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager


class InvalidInput(Exception):
    """A file, folder, port or link cannot be used. Exit code 1. The text has one line or more."""


class OptionConflict(Exception):
    """An option makes no sense, alone or with the others. Exit code 2."""


@contextmanager
def reported(*kinds: type[Exception]) -> Iterator[None]:
    """Raise errors of these kinds as `InvalidInput`, with their own texts."""
    try:
        yield
    except kinds as fault:
        raise InvalidInput(str(fault)) from fault
