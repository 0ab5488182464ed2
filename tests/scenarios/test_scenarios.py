"""Every folder below is a scenario, found automatically: manifests, a command, and what it must say.

`input.yaml` is part of a cluster, or all of it if the arguments say `--whole`. `scenario.yaml` is written by hand:
`arguments` of the command; `expect`, the exit status and the relevant parts of the data, as a subset (mappings may
have more, lists may not); and `says`, lines of the text, if no golden text of another scenario has the sentence.
`text.txt`, if it exists, is the complete golden text (--update-golden); if it is empty, nothing is printed.
"""

from __future__ import annotations

import json
import re
import shlex
from collections.abc import Sequence
from contextlib import chdir
from pathlib import Path
from typing import Any
from unicodedata import category

import pytest
import yaml

from kubectl_refs.app import output
from kubectl_refs.process.errors import USAGE
from tests.support.running import Done, Program

HERE = Path(__file__).parent
SCENARIOS = sorted(str(path.relative_to(HERE)) for path in HERE.glob("*/*/"))
NOW = 1767312000.0
"""2026-01-02T00:00:00Z: the current time in all scenarios."""
CONTROLLING = {"Cc", "Cf", "Zl", "Zp"}
"""Unicode categories of characters that move a cursor, hide, reorder or break lines: controls, formats, separators."""
TELLING_ALL = {"why", "can-i", "--findings"}
"""Words of commands whose text shows everything there is to do; all other texts are summaries."""


OWN = re.compile(r"\bkubectl refs (\S.*)$")
"""A command of the program itself, up to the end of its line."""


@pytest.fixture(params=SCENARIOS)
def scenario(request: pytest.FixtureRequest) -> Path:
    return HERE / str(request.param)


@pytest.fixture
def refs(capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> Program:
    monkeypatch.setattr(output, "now", lambda: NOW)
    return Program(capsys, monkeypatch, tmp_path)


def run(refs: Program, words: Sequence[str], scenario: Path, *more: str) -> Done:
    # The answer names the manifests by the path it was given.
    with chdir(scenario):
        return refs(*words, "-f", "input.yaml", *more)


def missing(expected: Any, found: Any, path: str = "") -> list[str]:
    """The places at which the data lacks something expected."""
    if isinstance(expected, dict) and isinstance(found, dict):
        return [line for key in expected for line in missing(expected[key], found.get(key), f"{path}.{key}")]
    if isinstance(expected, list) and isinstance(found, list) and len(expected) == len(found):
        pairs = enumerate(zip(expected, found, strict=True))
        return [line for index, (left, right) in pairs for line in missing(left, right, f"{path}[{index}]")]
    return [] if expected == found else [f"{path}: expected {json.dumps(expected)}, found {json.dumps(found)}"]


def test_it_says_what_is_expected(refs: Program, scenario: Path, request: pytest.FixtureRequest) -> None:
    written = yaml.load((scenario / "scenario.yaml").read_text(), yaml.CSafeLoader)
    words, expected = shlex.split(written["arguments"]), written["expect"]
    answered = run(refs, words, scenario, "-o", "json")
    data = json.loads(answered.out)
    assert answered.status == expected.pop("exitStatus")
    assert missing(expected, data) == []
    text = run(refs, words, scenario).out
    golden = scenario / "text.txt"
    if request.config.getoption("--update-golden") and golden.exists():
        golden.write_text(text)
    if golden.exists():
        assert text == golden.read_text()
    everything = text
    if not TELLING_ALL.isdisjoint(words):
        everything += run(refs, words, scenario, "-o", "wide").out
    lines = {line.strip() for line in everything.splitlines()}
    assert [line for line in written.get("says", ()) if line not in lines] == []
    assert [f"U+{ord(char):04X}" for char in everything if char != "\n" and category(char) in CONTROLLING] == []
    if not TELLING_ALL.isdisjoint(words):
        assert [command for command in commands_in(data) if command not in everything] == []
    assert not refused(refs, scenario, everything)


def refused(refs: Program, scenario: Path, text: str) -> list[Done]:
    """The program's own printed commands that it refuses to run. "More:" lines are left out; the caller ran those."""
    printed = {found[1] for line in text.splitlines() if not line.startswith("More: ") and (found := OWN.search(line))}
    with chdir(scenario):
        done = [refs(*shlex.split(command)) for command in sorted(printed)]
    return [each for each in done if each.status == USAGE]


def test_checking_all_objects_says_of_each_what_explaining_it_says(refs: Program, scenario: Path) -> None:
    manifests = ("-f", str(scenario / "input.yaml"), "-o", "json")
    checked, evaluated = (json.loads(refs(command, *manifests).out) for command in ("check", "why"))
    assert in_any_order(checked["references"]) == in_any_order(evaluated["references"])
    assert [each for each in evaluated["conditions"] if each not in checked["conditions"]] == []


def in_any_order(data: list[Any]) -> list[str]:
    return sorted(json.dumps(each, sort_keys=True) for each in data)


def commands_in(data: Any) -> list[str]:
    """All commands anywhere in the data."""
    if isinstance(data, list):
        return [command for each in data for command in commands_in(each)]
    if not isinstance(data, dict):
        return []
    own = [data["command"]] if isinstance(data.get("command"), str) else []
    return own + [command for each in data.values() for command in commands_in(each)]


@pytest.mark.parametrize(("folder", "least"), [("why", 150), ("grants", 15), ("check", 5)])
def test_scenarios_are_found(folder: str, least: int) -> None:
    assert sum(name.startswith(f"{folder}/") for name in SCENARIOS) >= least
