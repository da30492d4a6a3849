"""Texts are read one at a time, one per sender, and none that nobody waits for."""

from __future__ import annotations

import asyncio
import gc
import threading
from collections.abc import Callable

import pytest

from signaling import reading
from signaling.reading import NotWanted, TextReader
from signaling.show.reasons import ProblemError

HANGS_S = 30
"""Seconds until a test gives up waiting."""


class Desk:
    """Reads texts, each until it is released, and records their order."""

    def __init__(self) -> None:
        self.reader = TextReader()
        self.read: list[str] = []
        self.at_once = 0
        self.most_at_once = 0
        self._lock = threading.Lock()
        self._begun: dict[str, threading.Event] = {}
        self._may_end: dict[str, threading.Event] = {}

    def ask(
        self,
        text: str,
        sender: str | None = None,
        is_wanted: Callable[[], bool] | None = None,
        fault: Exception | None = None,
    ) -> asyncio.Task[str]:
        self._begun[text], self._may_end[text] = threading.Event(), threading.Event()

        def work() -> str:
            with self._lock:
                self.read.append(text)
                self.at_once += 1
                self.most_at_once = max(self.most_at_once, self.at_once)
            self._begun[text].set()
            assert self._may_end[text].wait(HANGS_S)
            with self._lock:
                self.at_once -= 1
            if fault is not None:
                raise fault
            return f"{text} was read"

        return asyncio.create_task(self.reader.run(work, sender=sender, is_wanted=is_wanted))

    async def begun(self, text: str) -> None:
        assert await asyncio.to_thread(self._begun[text].wait, HANGS_S)

    def let_go(self, *texts: str) -> None:
        for text in texts:
            self._may_end[text].set()


async def settled() -> None:
    """Let the event loop run until only threads are left to wait for."""
    for _ in range(5):
        await asyncio.sleep(0)


async def test_texts_are_read_one_at_a_time_in_the_order_in_which_they_came() -> None:
    desk = Desk()
    asked = [desk.ask(text, sender=text) for text in "abc"]
    desk.let_go(*"abc")
    assert await asyncio.gather(*asked) == ["a was read", "b was read", "c was read"]
    assert desk.read == ["a", "b", "c"]
    assert desk.most_at_once == 1


async def test_a_second_text_of_one_sender_is_refused_at_once_and_the_first_is_read() -> None:
    desk = Desk()
    first = desk.ask("a", sender="desk-1")
    await desk.begun("a")
    with pytest.raises(ProblemError, match="Wait for its answer"):
        await desk.ask("b", sender="desk-1")
    waits = desk.ask("c", sender="desk-2")
    await settled()
    with pytest.raises(ProblemError, match="Wait for its answer"):
        await desk.ask("d", sender="desk-2")
    desk.let_go("a", "c")
    assert await first == "a was read"
    assert await waits == "c was read"
    assert desk.read == ["a", "c"]


async def test_a_sender_may_send_the_next_text_after_the_answer() -> None:
    desk = Desk()
    for text in ("a", "b"):
        asked = desk.ask(text, sender="desk")
        desk.let_go(text)
        assert await asked == f"{text} was read"


async def test_the_servers_own_texts_have_no_sender_and_none_is_refused() -> None:
    desk = Desk()
    asked = [desk.ask(text) for text in "ab"]
    desk.let_go(*"ab")
    assert await asyncio.gather(*asked) == ["a was read", "b was read"]


async def test_a_text_that_nobody_waits_for_any_more_is_not_read() -> None:
    desk = Desk()
    here = {"b", "c"}
    asked = [desk.ask("b", "b", lambda: "b" in here), desk.ask("c", "c", lambda: "c" in here)]
    await desk.begun("b")
    here.clear()  # both go; the one that is being read is past asking
    desk.let_go("b")
    assert await asked[0] == "b was read"
    with pytest.raises(NotWanted):
        await asked[1]
    assert desk.read == ["b"]
    again = desk.ask("d", sender="c")
    desk.let_go("d")
    assert await again == "d was read"


async def test_a_text_cancelled_before_its_turn_is_dropped_and_may_be_sent_again() -> None:
    desk = Desk()
    first, second = desk.ask("a", sender="desk-1"), desk.ask("b", sender="desk-2")
    await desk.begun("a")
    second.cancel()
    await asyncio.gather(second, return_exceptions=True)
    again = desk.ask("c", sender="desk-2")
    desk.let_go("a", "c")
    assert await first == "a was read"
    assert await again == "c was read"
    assert desk.read == ["a", "c"]


async def test_a_text_cancelled_while_it_is_read_keeps_the_turn_until_its_end() -> None:
    """The thread goes on reading, and a second thread would slow down the loop."""
    logged: list[object] = []
    asyncio.get_running_loop().set_exception_handler(lambda _, context: logged.append(context))
    desk = Desk()
    first = desk.ask("a", sender="desk-1", fault=ValueError("nobody hears this"))
    await desk.begun("a")
    second = desk.ask("b", sender="desk-2")
    first.cancel()
    await asyncio.gather(first, return_exceptions=True)
    with pytest.raises(ProblemError):
        await desk.ask("c", sender="desk-1")
    await settled()
    assert desk.read == ["a"]
    desk.let_go("a", "b")
    assert await second == "b was read"
    assert desk.most_at_once == 1
    after = desk.ask("d", sender="desk-1")
    desk.let_go("d")
    assert await after == "d was read"
    del first
    gc.collect()
    assert logged == []


async def test_an_exception_reaches_the_caller_and_the_next_text_is_read() -> None:
    desk = Desk()
    first, second = desk.ask("a", "desk", fault=ValueError("faulty")), desk.ask("b")
    desk.let_go("a", "b")
    with pytest.raises(ValueError, match="faulty"):
        await first
    assert await second == "b was read"


async def test_a_loop_that_ends_leaves_no_text_behind(monkeypatch: pytest.MonkeyPatch) -> None:
    """A closed executor takes no work; the turn is free again."""
    desk = Desk()
    loop = asyncio.get_running_loop()
    with monkeypatch.context() as patch:

        def shut(*_: object) -> None:
            raise RuntimeError("cannot schedule new futures after shutdown")

        patch.setattr(loop, "run_in_executor", shut)
        with pytest.raises(RuntimeError, match="shutdown"):
            await desk.ask("a", sender="desk")
    again = desk.ask("b", sender="desk")
    desk.let_go("b")
    assert await again == "b was read"


async def test_the_texts_of_all_senders_together_are_limited(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(reading, "MAX_TEXTS", 2)
    desk = Desk()
    asked = [desk.ask(text, sender=text) for text in "ab"]
    await desk.begun("a")
    with pytest.raises(ProblemError, match="in a moment"):
        await desk.ask("c", sender="c")
    desk.let_go("a", "b")
    await asyncio.gather(*asked)
    again = desk.ask("d", sender="c")
    desk.let_go("d")
    assert await again == "d was read"
