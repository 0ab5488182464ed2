"""The entry point of the console script and of `python -m kubectl_refs`."""

from __future__ import annotations

import os
import sys


def main() -> None:
    from kubectl_refs.cli import main as run
    from kubectl_refs.errors import INTERRUPTED

    status = run(sys.argv)
    if status == INTERRUPTED:
        # Reads that wait for a server would keep the process until they time out.
        os._exit(status)
    sys.exit(status)


if __name__ == "__main__":
    main()
