"""What all tests share."""

from __future__ import annotations

import gc
import os
from collections.abc import Iterator

import pytest
from hypothesis import HealthCheck, settings

from tests.network.namespaces import Net, net
from tests.server import process
from tests.server.forks import ForkServer

# The same examples on every run, on fast and slow machines alike: a red run must mean a change in the code.
# HYPOTHESIS_PROFILE=explore looks for new ones.
settings.register_profile(
    "steady", derandomize=True, deadline=None, suppress_health_check=[HealthCheck.too_slow]
)
settings.register_profile(
    "explore", max_examples=2_000, deadline=None, suppress_health_check=[HealthCheck.too_slow]
)
settings.load_profile(os.environ.get("HYPOTHESIS_PROFILE", "steady"))


def pytest_collection_finish() -> None:
    """Exclude the thousands of collected tests from garbage collection.

    A full collection took 0.3 s at the end of a run, as long as a source needs to be reported stalled.
    """
    gc.collect()
    gc.freeze()


@pytest.fixture(scope="session", autouse=True)
def forked_servers() -> Iterator[None]:
    """Servers are forked from a process with all imports done."""
    process.fork_server = ForkServer()
    yield
    process.fork_server.close()


@pytest.fixture(scope="session", autouse=True)
def patient_clients() -> Iterator[None]:
    """On a busy machine an answer takes longer than a room or a hall would wait for it."""
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr("signaling.client.PONG_WITHIN_S", 60)
        patch.setattr("signaling.client.REPLY_TIMEOUT_S", 60.0)
        yield


@pytest.fixture
def internet() -> Iterator[Net]:
    """A small internet of network namespaces; skips the test where the system permits none."""
    with net() as made:
        yield made
