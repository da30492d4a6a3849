"""A line as a process."""

from __future__ import annotations

import asyncio
import socket

import pytest

from tests.network.__main__ import main
from tests.network.process import line


async def test_it_relays_counts_and_takes_options_while_it_runs() -> None:
    with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as bridge:
        bridge.bind(("127.0.0.1", 0))
        bridge.setblocking(False)
        async with line(bridge.getsockname()[1], "--up-delay", "5ms", "--seed", "3") as running:
            with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as room:
                room.sendto(b"hello", ("127.0.0.1", running.port))
                async with asyncio.timeout(60):
                    assert await asyncio.get_running_loop().sock_recv(bridge, 2000) == b"hello"
                counts = await running.send("dark=on", "rebind")
                assert counts["up"]["delivered"] == 1
                room.sendto(b"lost", ("127.0.0.1", running.port))
                async with asyncio.timeout(60):
                    while not counts["up"]["dark"]:
                        counts = await running.send()
                assert counts["up"]["packets"] == 2


async def test_it_listens_on_the_given_address_and_rejects_unknown_words() -> None:
    async with line(9, host="127.0.0.2") as running:
        with pytest.raises(ValueError, match=r"delai: no such option.* The actions are rebind and cut-off"):
            await running.send("delai=3s")
        assert (await running.send("loss=5%"))["up"]["packets"] == 0


@pytest.mark.parametrize(
    ("arguments", "says"),
    [
        (["--to", "127.0.0.1"], "'127.0.0.1' is not HOST:PORT, such as 127.0.0.1:8081"),
        (
            ["--to", "127.0.0.1:9", "--delay", "soon"],
            "--delay: 'soon' is not a number of seconds, such as 125ms",
        ),
        (["--to", "127.0.0.1:9", "--listen", "192.0.2.1:1"], "--listen 192.0.2.1:1: Cannot assign"),
    ],
)
def test_a_wrong_command_line_is_reported(
    capsys: pytest.CaptureFixture[str], arguments: list[str], says: str
) -> None:
    with pytest.raises(SystemExit) as ended:
        main(arguments)
    assert ended.value.code == 2
    assert says in capsys.readouterr().err
