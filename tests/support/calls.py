"""How much work something is, without a clock: the calls of Python functions that it makes."""

from __future__ import annotations

import sys
from collections.abc import Callable
from types import FrameType
from typing import Any


def calls(work: Callable[[], object], part: str = "kubectl_refs", *, everywhere: bool = False) -> int:
    """How many functions of a part of the program, given as a folder, some work calls; with `everywhere` those of libraries
    and those that are made as the program runs are counted too."""
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
