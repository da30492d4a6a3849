"""The command line: the only place that joins the control plane to the media plane."""

from __future__ import annotations

import sys

from signaling.cli.errors import InvalidInput, OptionConflict
from signaling.cli.options import parser
from signaling.cli.output import drop_output, is_disk_full, prepare_streams

OK, WRONG_INPUT, WRONG_COMMAND_LINE = 0, 1, 2


def main(argv: list[str] | None = None) -> int:
    """Run one command. Exit codes: 0 done, 1 the input is wrong, 2 the command line is wrong."""
    prepare_streams()
    try:
        try:
            options = parser().parse_args(argv)
            return int(options.run(options) or OK)
        finally:
            sys.stdout.flush()  # here, because an error while the interpreter ends cannot be reported
    except InvalidInput as fault:
        sys.stderr.write(f"{fault}\n")
        return WRONG_INPUT
    except OptionConflict as fault:
        sys.stderr.write(f"schalte: error: {fault}\n")
        return WRONG_COMMAND_LINE
    except BrokenPipeError:
        # The reader has closed the pipe, as in `schalte rehearse … | head`.
        drop_output()
        return OK
    except OSError as fault:
        if not is_disk_full(fault):
            raise
        drop_output()
        sys.stderr.write(f"The output cannot be written ({fault.strerror}). Free some space.\n")
        return WRONG_INPUT
    except KeyboardInterrupt:
        return OK
