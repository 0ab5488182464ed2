"""A measure of work that needs no clock: the number of calls of Python functions."""

from __future__ import annotations

import sys
from collections.abc import Callable
from types import FrameType
from typing import Any


def calls(work: Callable[[], object], part: str = "kubectl_refs", *, everywhere: bool = False) -> int:
    """Count the calls that `work` makes to functions of a part of the program, given as a folder. With `everywhere`,
    also count calls to libraries and to functions generated at run time."""
    count = 0

    def note(frame: FrameType, event: str, _: Any) -> None:
        nonlocal count
        count += event == "call" and (everywhere or f"/{part}/" in frame.f_code.co_filename)

    before = sys.getprofile()
    sys.setprofile(note)
    try:
        work()
    finally:
        sys.setprofile(before)
    return count
