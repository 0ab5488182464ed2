"""Where the time of one command goes, module by module."""

from __future__ import annotations

import subprocess
import sys
from collections import defaultdict
from collections.abc import Iterable, Mapping
from pathlib import Path
from pstats import Stats
from typing import TYPE_CHECKING, Any

import kubectl_refs

if TYPE_CHECKING:
    Function = tuple[str, int, str]

SOURCES = Path(kubectl_refs.__file__).parent
STARTING = "starting: imports"
WAITING = "waiting for the server"
LIBRARIES = "libraries"

_PROFILED = """
import cProfile, sys
profile = cProfile.Profile()
profile.enable()
from kubectl_refs.cli.main import main
main(["kubectl-refs", *sys.argv[2:]])
profile.dump_stats(sys.argv[1])
"""


def profiled(words: Iterable[str], env: Mapping[str, str], folder: Path) -> dict[str, float]:
    """Seconds by module of this project, in the main thread, for `kubectl-refs` with these words.

    The profiler doubles the time of code that makes many calls, so only the shares mean something.
    """
    file = folder / "profile"
    line = [sys.executable, "-c", _PROFILED, str(file), *words]
    subprocess.run(line, env=env, capture_output=True, check=False)
    return shares(Stats(str(file)).stats)  # type: ignore[attr-defined]


def shares(
    stats: Mapping[Function, tuple[int, int, float, float, Mapping[Function, tuple[Any, ...]]]],
) -> dict[str, float]:
    """Own time by module; code written in C counts for the module that called it."""
    found: dict[str, float] = defaultdict(float)
    for function, (_, _, own, _, callers) in stats.items():
        if "acquire" in function[2]:
            found[WAITING] += own
        elif function[0] == "~" and callers:
            for caller, (_, _, share, _) in callers.items():
                found[_module(caller)] += share
        else:
            found[_module(function)] += own
    return found


def _module(function: Function) -> str:
    file = Path(function[0])
    if file.is_relative_to(SOURCES):
        return str(file.relative_to(SOURCES))
    return STARTING if "importlib" in function[0] else LIBRARIES


def leading(parts: Mapping[str, float], number: int) -> list[tuple[str, float]]:
    """The largest parts with their shares of the whole, and all others as one."""
    total = sum(parts.values())
    ordered = sorted(parts.items(), key=lambda part: -part[1])
    rest = sum(seconds for _, seconds in ordered[number:])
    return [(name, seconds / total) for name, seconds in [*ordered[:number], ("all others", rest)]]
