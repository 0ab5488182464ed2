"""The entry point of the console script and of `python -m kubectl_refs`."""

from __future__ import annotations

import sys


def main() -> None:
    from kubectl_refs.cli import main as run

    sys.exit(run(sys.argv))


if __name__ == "__main__":
    main()
