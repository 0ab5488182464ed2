"""The profile of the benchmarks counts time for the module that spends it."""

from __future__ import annotations

from benchmarks.profiling import LIBRARIES, SOURCES, STARTING, WAITING, leading, shares

OURS = (str(SOURCES / "core" / "fields" / "extraction.py"), 38, "references_of")
CLICK = ("/lib/click/core.py", 1, "invoke")


def test_what_is_written_in_c_counts_for_its_caller_and_waiting_for_itself() -> None:
    stats = {
        OURS: (1, 1, 2.0, 6.0, {}),
        CLICK: (1, 1, 0.5, 0.5, {}),
        ("~", 0, "<method 'get' of 'dict' objects>"): (
            9,
            9,
            1.5,
            1.5,
            {OURS: (8, 8, 1.0, 1.0), CLICK: (1, 1, 0.5, 0.5)},
        ),
        ("~", 0, "<method 'acquire' of '_thread.lock' objects>"): (1, 1, 4.0, 4.0, {CLICK: (1, 1, 4.0, 4.0)}),
        ("<frozen importlib._bootstrap>", 1, "_load"): (1, 1, 0.25, 0.25, {}),
    }
    assert shares(stats) == {"core/fields/extraction.py": 3.0, LIBRARIES: 1.0, WAITING: 4.0, STARTING: 0.25}


def test_what_takes_less_is_summed_up() -> None:
    assert leading({"a": 1.0, "b": 4.0, "c": 2.0, "d": 1.0}, 2) == [("b", 0.5), ("c", 0.25), ("all others", 0.25)]
