"""Every folder here is a scenario of grants, found by itself: manifests, a command, what it must say, the whole text.

`input.yaml` is the whole cluster, `arguments` the command. `expect.yaml` is written by hand: the parts of the data
that matter, as a subset (mappings may hold more, lists may not), and the exit status. `text.txt` is the golden text
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

from kubectl_refs import can_i, grants
from tests.running import Done, Program
from tests.scenarios.test_scenarios import CONTROLLING, NOW, missing

HERE = Path(__file__).parent
SCENARIOS = sorted(folder.parent.name for folder in HERE.glob("*/input.yaml"))


@pytest.fixture(params=SCENARIOS)
def scenario(request: pytest.FixtureRequest) -> Path:
    return HERE / str(request.param)


@pytest.fixture
def refs(capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> Program:
    for module in (grants, can_i):
        monkeypatch.setattr(module, "now", lambda: NOW)
    return Program(capsys, monkeypatch, tmp_path)


def run(refs: Program, scenario: Path, *more: str) -> Done:
    words = shlex.split((scenario / "arguments").read_text())
    return refs(*words, "-f", str(scenario / "input.yaml"), *more)


def test_data_and_exit_status_are_as_expected(refs: Program, scenario: Path) -> None:
    done = run(refs, scenario, "-o", "json")
    expected = yaml.safe_load((scenario / "expect.yaml").read_text())
    assert done.status == expected.pop("exitStatus")
    assert missing(expected, json.loads(done.out)) == []


def test_text_is_the_golden_one(refs: Program, scenario: Path, request: pytest.FixtureRequest) -> None:
    text = run(refs, scenario).out
    golden = scenario / "text.txt"
    if request.config.getoption("--update-golden"):
        golden.write_text(text)
    assert text == golden.read_text()


def test_no_character_of_a_text_but_the_newline_controls_a_terminal(scenario: Path) -> None:
    text = (scenario / "text.txt").read_bytes().decode()
    assert [f"U+{ord(char):04X}" for char in text if char != "\n" and category(char) in CONTROLLING] == []


def test_every_command_to_copy_stands_in_the_text_that_tells_findings(refs: Program, scenario: Path) -> None:
    if not {"--findings", "can-i"} & set(shlex.split((scenario / "arguments").read_text())):
        return
    text = (scenario / "text.txt").read_text()
    assert [
        command for command in _commands(json.loads(run(refs, scenario, "-o", "json").out)) if command not in text
    ] == []


def _commands(data: Any) -> list[str]:
    """Every command anywhere in the data."""
    if isinstance(data, list):
        return [command for each in data for command in _commands(each)]
    if not isinstance(data, dict):
        return []
    own = [data["command"]] if isinstance(data.get("command"), str) else []
    return own + [command for each in data.values() for command in _commands(each)]


def test_scenarios_are_found() -> None:
    assert len(SCENARIOS) >= 15
