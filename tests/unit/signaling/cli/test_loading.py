"""A command loads what it needs: the media libraries alone take most of a second."""

from __future__ import annotations

import subprocess
import sys

import pytest

HEAVY = {"aiohttp", "aiortc", "av", "bridge.switchboard"}


@pytest.mark.parametrize("command", ["check", "demo", "links", "report", "rehearse", "serve"])
def test_before_its_options_and_the_event_file_are_checked_a_command_loads_no_media_library(
    command: str,
) -> None:
    script = f"import sys, signaling.cli.{command}; print(*{HEAVY} & sys.modules.keys())"
    done = subprocess.run([sys.executable, "-c", script], check=True, capture_output=True, text=True)
    assert done.stdout.split() == []
