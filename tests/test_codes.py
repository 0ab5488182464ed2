"""Every finding's code is explained on the page of codes, with an example that yields it, and shown by a scenario."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest
import yaml

from docs import codes
from kubectl_refs.core.findings.explanations import EXPLANATIONS
from kubectl_refs.core.model.codes import Circumstance, Code, Severity
from tests.support.running import Program

SCENARIOS = Path(__file__).parent / "scenarios"
COMMANDS = (
    ("check", "-A", "--severity", "info"),
    ("check", "-A", "--ungranted"),
    ("grants", "-A"),
    ("check", "-A", "--baseline", str(Path(__file__).parent / "support" / "nothing-accepted.json")),
)
"""Commands that yield findings, the first of them most."""


def test_no_code_is_used_twice() -> None:
    assert len({str(code) for code in Code}) == len(Code.__members__)


def test_every_code_is_explained() -> None:
    assert set(EXPLANATIONS) == set(Code)


def test_the_page_of_codes_is_up_to_date() -> None:
    assert codes.PAGE.read_text(encoding="utf-8") == codes.page(), "run python -m docs.codes"


@pytest.mark.parametrize("code", Code)
def test_an_example_makes_the_finding_that_it_is_for(
    code: Code, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    refs = Program(capsys, monkeypatch, tmp_path)
    example = tmp_path / "example.yaml"
    example.write_text(EXPLANATIONS[code].example)
    # Assumptions are only made about manifests that are part of a cluster.
    whole = () if code in (Code.NEAR_TARGET, Code.OUTDATED_GRANT) else ("--whole",)
    reports = (json.loads(refs(*words, "-f", str(example), *whole, "-o", "json").out) for words in COMMANDS)
    found = next((finding for report in reports for finding in findings_in(report) if finding["code"] == code), None)
    assert found is not None
    assert found["severity"] in {code.severity, *code.exceptions.values()}


def findings_in(report: dict[str, Any]) -> list[dict[str, Any]]:
    on_grants = [finding for grant in report.get("grants", ()) for finding in grant["findings"]]
    return [*report.get("findings", ()), *on_grants]


@pytest.fixture(scope="module")
def expected() -> set[str]:
    """Every string that some scenario expects as a value in the data."""
    files = SCENARIOS.glob("*/*/scenario.yaml")
    return {word for file in files for word in words_in(yaml.safe_load(file.read_text())["expect"])}


def words_in(data: Any) -> list[str]:
    if isinstance(data, dict | list):
        return [word for each in (data.values() if isinstance(data, dict) else data) for word in words_in(each)]
    return [data] if isinstance(data, str) else []


@pytest.mark.parametrize("code", Code)
def test_a_scenario_expects_the_code(code: Code, expected: set[str]) -> None:
    assert code in expected


def test_a_circumstance_that_is_not_an_exception_of_a_code_leaves_its_severity() -> None:
    assert Code.ANY_NAME.severity_in(Circumstance.SECRETS) is Severity.ERROR
    assert Code.NO_GRANT.severity_in(Circumstance.SECRETS) is Code.NO_GRANT.severity


def test_what_is_only_not_known_is_no_error() -> None:
    """These codes are for references with the verdict unknown; an error would say that the references do not work."""
    for code in (Code.UNREADABLE, Code.PARENT_KIND):
        assert code.severity_in(Circumstance.NOT_KNOWN) is Severity.WARNING
