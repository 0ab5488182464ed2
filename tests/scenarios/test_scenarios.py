"""Every folder below is a scenario, found by itself: manifests, a command, what it must say, the whole text.

`input.yaml` is the whole cluster, `arguments` the command. `expect.yaml` is written by hand: the exit status, and the
parts of the data that matter, as a subset (mappings may hold more, lists may not). `text.txt` is the golden text
(--update-golden); where it is empty, nothing is said on standard output.
"""

from __future__ import annotations

import json
import shlex
from pathlib import Path
from typing import Any
from unicodedata import category

import pytest
import yaml

from kubectl_refs.app import can_i, check, grants, why
from tests.support.running import Done, Program

HERE = Path(__file__).parent
SCENARIOS = sorted(str(path.parent.relative_to(HERE)) for path in HERE.glob("*/*/input.yaml"))
NOW = 1767312000.0
"""2026-01-02T00:00:00Z: the moment at which scenarios are looked at."""
CONTROLLING = {"Cc", "Cf", "Zl", "Zp"}
"""Unicode's categories of what moves a cursor, hides, reorders or breaks lines: controls, formats, separators."""
TELLING_ALL = {"why", "can-i", "--findings"}
"""Words by which a command's text says everything that there is to do; other texts are summaries."""


@pytest.fixture(params=SCENARIOS)
def scenario(request: pytest.FixtureRequest) -> Path:
    return HERE / str(request.param)


@pytest.fixture
def refs(capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> Program:
    for module in (can_i, check, grants, why):
        monkeypatch.setattr(module, "now", lambda: NOW)
    return Program(capsys, monkeypatch, tmp_path)


def words_of(scenario: Path) -> list[str]:
    return shlex.split((scenario / "arguments").read_text())


def run(refs: Program, scenario: Path, *more: str) -> Done:
    return refs(*words_of(scenario), "-f", str(scenario / "input.yaml"), *more)


def data_of(refs: Program, scenario: Path) -> tuple[int, Any]:
    """The exit status and the data; an -o that comes later counts."""
    done = run(refs, scenario, "-o", "json")
    return done.status, json.loads(done.out)


def missing(expected: Any, found: Any, path: str = "") -> list[str]:
    """Where what was found lacks what is expected."""
    if isinstance(expected, dict) and isinstance(found, dict):
        return [line for key in expected for line in missing(expected[key], found.get(key), f"{path}.{key}")]
    if isinstance(expected, list) and isinstance(found, list) and len(expected) == len(found):
        pairs = enumerate(zip(expected, found, strict=True))
        return [line for index, (left, right) in pairs for line in missing(left, right, f"{path}[{index}]")]
    return [] if expected == found else [f"{path}: expected {json.dumps(expected)}, found {json.dumps(found)}"]


def test_data_and_exit_status_are_as_expected(refs: Program, scenario: Path) -> None:
    expected = yaml.safe_load((scenario / "expect.yaml").read_text())
    status, data = data_of(refs, scenario)
    assert status == expected.pop("exitStatus")
    assert missing(expected, data) == []


def test_text_is_the_golden_one(refs: Program, scenario: Path, request: pytest.FixtureRequest) -> None:
    text = run(refs, scenario).out
    golden = scenario / "text.txt"
    if request.config.getoption("--update-golden"):
        golden.write_text(text)
    assert text == golden.read_text()


def test_no_character_of_a_text_but_the_newline_controls_a_terminal(scenario: Path) -> None:
    text = (scenario / "text.txt").read_bytes().decode()
    assert [f"U+{ord(char):04X}" for char in text if char != "\n" and category(char) in CONTROLLING] == []


def test_every_command_to_copy_stands_in_the_text(refs: Program, scenario: Path) -> None:
    if TELLING_ALL.isdisjoint(words_of(scenario)):
        return
    text = (scenario / "text.txt").read_text()
    _, data = data_of(refs, scenario)
    assert [command for command in commands_in(data) if command not in text] == []


def test_checking_all_objects_says_of_each_what_explaining_it_says(refs: Program, scenario: Path) -> None:
    manifests = ("-f", str(scenario / "input.yaml"), "-o", "json")
    checked, explained = (json.loads(refs(command, *manifests).out) for command in ("check", "why"))
    assert in_any_order(checked["references"]) == in_any_order(explained["references"])
    assert [each for each in explained["conditions"] if each not in checked["conditions"]] == []


def in_any_order(data: list[Any]) -> list[str]:
    return sorted(json.dumps(each, sort_keys=True) for each in data)


def commands_in(data: Any) -> list[str]:
    """Every command anywhere in the data."""
    if isinstance(data, list):
        return [command for each in data for command in commands_in(each)]
    if not isinstance(data, dict):
        return []
    own = [data["command"]] if isinstance(data.get("command"), str) else []
    return own + [command for each in data.values() for command in commands_in(each)]


@pytest.mark.parametrize(("folder", "least"), [("why", 150), ("grants", 15), ("check", 5)])
def test_scenarios_are_found(folder: str, least: int) -> None:
    assert sum(name.startswith(f"{folder}/") for name in SCENARIOS) >= least
