"""checksums.txt of a release, in the form that `sha256sum --check` reads: `python3 -m krew.checksums dist`."""

from __future__ import annotations

import hashlib
import sys
from pathlib import Path

NAME = "checksums.txt"


def write(folder: Path) -> None:
    """Write the file into a folder, over all other files in it."""
    paths = sorted(path for path in folder.iterdir() if path.name != NAME)
    lines = [f"{hashlib.sha256(path.read_bytes()).hexdigest()}  {path.name}\n" for path in paths]
    (folder / NAME).write_text("".join(lines), newline="\n")


if __name__ == "__main__":
    write(Path(sys.argv[1]))
