"""Every folder here is a scenario, found by itself: manifests, what the report must say, and the text in full.

`input.yaml` is the whole cluster. `expect.yaml` is written by hand: the parts of the report that matter, as a subset
(mappings may hold more, lists may not), and the exit status. `why.txt` is the golden text (--update-golden). What to
ask stands in the optional `arguments`; without it, everything in the manifests is explained.
"""

from __future__ import annotations

import json
import shlex
from pathlib import Path
from typing import Any
from unicodedata import category

import pytest
import yaml

from kubectl_refs.core.analysis import investigate
from kubectl_refs.core.commands import Kubectl
from kubectl_refs.core.model import Report
from kubectl_refs.errors import exit_status
from kubectl_refs.place import Place
from kubectl_refs.question import ask
from kubectl_refs.render.data import to_data
from kubectl_refs.render.style import Style
from kubectl_refs.render.why import render_why

HERE = Path(__file__).parent
SCENARIOS = sorted(folder.parent.name for folder in HERE.glob("*/input.yaml"))
NOW = 1767312000.0
"""2026-01-02T00:00:00Z: the moment at which scenarios are looked at."""
CONTROLLING = {"Cc", "Cf", "Zl", "Zp"}
"""Unicode's categories of what moves a cursor, hides, reorders or breaks lines: controls, formats, separators."""


@pytest.fixture(params=SCENARIOS)
def scenario(request: pytest.FixtureRequest) -> Path:
    return HERE / str(request.param)


def report_on(scenario: Path) -> Report:
    arguments = scenario / "arguments"
    words = shlex.split(arguments.read_text()) if arguments.exists() else []
    question = ask(Place(files=[str(scenario / "input.yaml")]), words)
    assert not question.problems
    return investigate(question.source, question.objects, Kubectl(question.source.catalog))


def missing(expected: Any, found: Any, path: str = "") -> list[str]:
    """Where what was found lacks what is expected."""
    if isinstance(expected, dict) and isinstance(found, dict):
        return [line for key in expected for line in missing(expected[key], found.get(key), f"{path}.{key}")]
    if isinstance(expected, list) and isinstance(found, list) and len(expected) == len(found):
        pairs = enumerate(zip(expected, found, strict=True))
        return [line for index, (left, right) in pairs for line in missing(left, right, f"{path}[{index}]")]
    return [] if expected == found else [f"{path}: expected {json.dumps(expected)}, found {json.dumps(found)}"]


def test_report_says_what_is_expected(scenario: Path) -> None:
    report = report_on(scenario)
    expected = yaml.safe_load((scenario / "expect.yaml").read_text())
    status = expected.pop("exitStatus")
    assert missing(expected, to_data(report)) == []
    assert exit_status(report) == status


def test_text_is_the_golden_one(scenario: Path, request: pytest.FixtureRequest) -> None:
    text = render_why(report_on(scenario), Style(now=NOW))
    golden = scenario / "why.txt"
    if request.config.getoption("--update-golden"):
        golden.write_text(text)
    assert text == golden.read_text()


def test_no_character_of_a_text_but_the_newline_controls_a_terminal(scenario: Path) -> None:
    text = (scenario / "why.txt").read_bytes().decode()
    assert [f"U+{ord(char):04X}" for char in text if char != "\n" and category(char) in CONTROLLING] == []


def test_every_command_to_copy_stands_in_the_text_as_the_report_has_it(scenario: Path) -> None:
    text = (scenario / "why.txt").read_text()
    fixes = [fix for explained in report_on(scenario).references for fix in explained.fixes]
    assert [fix.command for fix in fixes if fix.command not in text] == []


def test_scenarios_are_found() -> None:
    assert len(SCENARIOS) >= 100
