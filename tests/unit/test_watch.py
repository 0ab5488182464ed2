"""`kubectl refs watch`, and -w of `check` and `grants`, as they are called; what they tell is tested on a real API server."""

from __future__ import annotations

import pytest

from tests.support.running import Program


@pytest.mark.parametrize(
    ("words", "line"),
    [
        (["watch", "--only", "everything"], 'invalid argument "everything" for "--only" flag: must be one of breaks, fixes, adds, removes, alters, conditions, permissions, gaps'),
        (["check", "-f", "web.yaml", "-w"], "--filename and --watch are mutually exclusive"),
        (["check", "--watch-only", "--code", "not-granted"], "--code and --watch-only are mutually exclusive"),
        (["check", "-w", "-o", "sarif"], 'unable to match a printer suitable for the output format "sarif", allowed formats are: json,jsonpath,text,wide,yaml'),
        (["grants", "-w", "--unused"], "--unused and --watch are mutually exclusive"),
    ],
)  # fmt: skip
def test_wrong_use_is_one_line(refs: Program, words: list[str], line: str) -> None:
    done = refs(*words)
    assert (done.status, done.out) == (2, "")
    assert done.err.splitlines()[0] == f"error: {line}"
