"""Every folder here is a scenario of a check, found by itself: manifests, a command, what it must say, the whole text.

`input.yaml` is the whole cluster, `arguments` the command. `expect.yaml` is written by hand: the findings (all of them,
each as a subset of its fields) and the exit status. `text.txt` is the golden text (--update-golden).
"""

from __future__ import annotations

import json
import shlex
from pathlib import Path
from unicodedata import category

import pytest
import yaml

from kubectl_refs import check
from tests.running import Done, Program
from tests.scenarios.test_scenarios import CONTROLLING, NOW, missing

HERE = Path(__file__).parent
SCENARIOS = sorted(folder.parent.name for folder in HERE.glob("*/input.yaml"))


@pytest.fixture(params=SCENARIOS)
def scenario(request: pytest.FixtureRequest) -> Path:
    return HERE / str(request.param)


@pytest.fixture
def refs(capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> Program:
    monkeypatch.setattr(check, "now", lambda: NOW)
    return Program(capsys, monkeypatch, tmp_path)


def run(refs: Program, scenario: Path, *more: str) -> Done:
    words = shlex.split((scenario / "arguments").read_text())
    return refs(*words, "-f", str(scenario / "input.yaml"), *more)


def test_findings_and_exit_status_are_as_expected(refs: Program, scenario: Path) -> None:
    words = shlex.split((scenario / "arguments").read_text())
    expected = yaml.safe_load((scenario / "expect.yaml").read_text())
    done = refs(
        *(word for word in words if word != "-o" and word != "wide"), "-f", str(scenario / "input.yaml"), "-o", "json"
    )
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


def test_scenarios_are_found() -> None:
    assert len(SCENARIOS) >= 5
