"""The entry point of the console script and of `python -m kubectl_refs`."""

from __future__ import annotations

import os
import sys


def main() -> None:
    bundle = getattr(sys, "_MEIPASS", None)
    if bundle is not None:
        from kubectl_refs.frozen import callers

        environment = callers(os.environ, bundle)
        os.environ.clear()
        os.environ.update(environment)

    from kubectl_refs import completion
    from kubectl_refs.cli import main as run
    from kubectl_refs.cli import refs
    from kubectl_refs.errors import INTERRUPTED

    if completion.asked(sys.argv[0]):
        sys.exit(completion.main(sys.argv[1:], refs))

    status = run(sys.argv)
    if status == INTERRUPTED:
        # Reads that wait for a server would keep the process until they time out.
        os._exit(status)
    sys.exit(status)


if __name__ == "__main__":
    main()
