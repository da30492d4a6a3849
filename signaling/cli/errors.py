"""Errors that end a command. Their texts are for people: what is wrong, where, and the remedy."""

from __future__ import annotations


class InvalidInput(Exception):
    """A file, folder, port or link cannot be used. Exit code 1. The text has one line or more."""


class OptionConflict(Exception):
    """An option makes no sense, alone or with the others. Exit code 2."""
