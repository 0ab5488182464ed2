"""The entry point of the console script and of `python -m kubectl_refs`."""

from __future__ import annotations

import gc
import os
import sys

FEW_COLLECTIONS = 50_000
"""Objects that are made before the collector looks for cycles among them: nearly all that a start makes stays."""


def main() -> None:
    """Run the program and end the process, in whatever phase an interrupt comes, without a traceback."""
    gc.set_threshold(FEW_COLLECTIONS)
    try:
        from kubectl_refs.process.errors import INTERRUPTED

        status = _run()
    except KeyboardInterrupt:
        # Once more: it may have come while that was loaded.
        from kubectl_refs.process.errors import INTERRUPTED

        status = INTERRUPTED
    from kubectl_refs.process.interrupt import exit_now

    # Reads that wait for a server would keep the process until they time out, and to take the interpreter apart takes a
    # fifteenth of the time of a short command. What is to be written has been written.
    exit_now(status)


def _run() -> int:
    bundle = getattr(sys, "_MEIPASS", None)
    if bundle is not None:
        from kubectl_refs.process.bundle import callers

        environment = callers(os.environ, bundle)
        os.environ.clear()
        os.environ.update(environment)

    from kubectl_refs.process import interrupt, streams

    streams.make_streams_safe()
    interrupt.watch()
    from kubectl_refs.cli import completion
    from kubectl_refs.cli.main import main as run
    from kubectl_refs.cli.main import refs

    if completion.is_requested(sys.argv[0]):
        return completion.main(sys.argv[1:], refs)
    return run(sys.argv)


if __name__ == "__main__":
    main()
