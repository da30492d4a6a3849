"""A line as a process: `python -m tests.network --to 127.0.0.1:8081 --delay 125ms --loss 5%`.

It writes its address as a JSON object to stdout. Then it answers each line of stdin with one: the counts of both
directions, or the fault. It ends when its input ends.
"""

from __future__ import annotations

import argparse
import asyncio
import json
import sys
from collections.abc import Callable, Sequence
from dataclasses import asdict
from typing import Any

from tests.network.direction import Direction
from tests.network.options import OPTIONS, OptionError, set_option
from tests.network.relay import Address, Relay


def main(arguments: Sequence[str]) -> int:
    """Returns the exit code: 2 for a wrong command line."""
    parser = _parser()
    options = vars(parser.parse_args(arguments))
    up, down = Direction(f"{options['seed']} up"), Direction(f"{options['seed']} down")
    try:
        for name, value in options.items():
            option = name.replace("_", "-")
            if value is not None and option not in ("to", "listen", "seed"):
                set_option(option, value, up, down)
        asyncio.run(_run(options["listen"], options["to"], up, down))
    except OptionError as fault:
        parser.error(f"--{fault}")
    except OSError as fault:
        parser.error(
            f"--listen {':'.join(map(str, options['listen']))}: {fault.strerror}; choose another port"
        )
    return 0


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(
        "python -m tests.network", description="An emulated bad network in front of a bridge."
    )
    parser.add_argument("--to", type=_address, required=True, metavar="HOST:PORT", help="the bridge")
    parser.add_argument("--listen", type=_address, default=("127.0.0.1", 0), metavar="HOST:PORT")
    parser.add_argument("--seed", type=int, default=1)
    for name, (unit, meaning) in OPTIONS.items():
        for prefix in ("", "up-", "down-"):
            help_ = meaning if not prefix else argparse.SUPPRESS
            parser.add_argument(
                f"--{prefix}{name}", metavar="on|off" if unit == "switch" else unit, help=help_
            )
    return parser


def _address(text: str) -> Address:
    host, _, port = text.rpartition(":")
    if not host or not port.isdecimal():
        raise argparse.ArgumentTypeError(f"{text!r} is not HOST:PORT, such as 127.0.0.1:8081")
    return host, int(port)


async def _run(listen: Address, to: Address, up: Direction, down: Direction) -> None:
    relay = Relay(to, up, down)
    relay.open(listen)
    try:
        _print({"host": listen[0], "port": relay.port})
        reader = asyncio.StreamReader()
        pipe, _ = await asyncio.get_running_loop().connect_read_pipe(
            lambda: asyncio.StreamReaderProtocol(reader), sys.stdin
        )
        while line := await reader.readline():
            _print(_execute(line.decode(errors="replace").split(), relay))
        pipe.close()
    finally:
        relay.close()


def _execute(words: Sequence[str], relay: Relay) -> dict[str, Any]:
    """Any number of `rebind`, `cut-off` and `option=value`. Without words it returns only the counts."""
    actions: dict[str, Callable[[], None]] = {"rebind": relay.rebind, "cut-off": relay.cut_off}
    try:
        for word in words:
            if word in actions:
                actions[word]()
            else:
                name, _, value = word.partition("=")
                set_option(name, value, relay.up, relay.down)
    except OptionError as fault:
        return {"fault": f"{fault}. The actions are {' and '.join(actions)}."}
    return {"up": asdict(relay.up.counts), "down": asdict(relay.down.counts)}


def _print(found: dict[str, Any]) -> None:
    print(json.dumps(found), flush=True)


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
