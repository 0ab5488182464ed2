"""`python3 -m krew` builds a release of this platform: bundle, bill of materials, wheel and sdist. It needs no package."""

from __future__ import annotations

import argparse
import shutil
import subprocess
import sys
from pathlib import Path

from krew import bundle, glibc, project, wheel
from krew.contents import UnknownContentError
from krew.environment import Environment


def main() -> None:
    """Build from nothing but the source: what an earlier build left is removed first."""
    given = _arguments()
    work, dist = given.work.resolve(), given.dist.resolve()
    date = project.source_date()
    for folder in (work, dist):
        shutil.rmtree(folder, ignore_errors=True)
        folder.mkdir(parents=True)
    environment = Environment(work / "environment", date)
    environment.create()
    environment.install(wheel.build(environment, work, dist, date))
    bundle.build(environment, work, dist, date, given.glibc)
    for path in sorted(dist.iterdir()):
        print(f"{path.stat().st_size / 1e6:6.2f} MB  {path}")  # noqa: T201


def _arguments() -> argparse.Namespace:
    parser = argparse.ArgumentParser(prog="python3 -m krew", description=__doc__)
    parser.add_argument("--dist", type=Path, default=project.ROOT / "dist", help="where to write (dist)")
    parser.add_argument(
        "--work", type=Path, default=project.ROOT / "build" / "release", help="where to work (build/release)"
    )
    parser.add_argument("--glibc", type=_version, metavar="2.28", help="fail if the bundle needs a newer glibc")
    return parser.parse_args()


def _version(text: str) -> glibc.Version:
    major, minor = text.split(".")
    return int(major), int(minor)


if __name__ == "__main__":
    try:
        main()
    except (UnknownContentError, bundle.TooNewError) as error:
        sys.exit(str(error))
    except subprocess.CalledProcessError as error:
        sys.exit(error.returncode)
