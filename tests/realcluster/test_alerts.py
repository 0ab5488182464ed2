"""The alerts of examples/monitoring, evaluated by promtool: each fires for its cause, in time, and only then."""

from __future__ import annotations

import re
from collections.abc import Mapping
from pathlib import Path
from typing import Any, NamedTuple

import pytest
import yaml

from tests.realcluster.test_monitoring import objects
from tests.support.promtool import promtool

RULES = objects("prometheusrule.yaml")[0]["spec"]
ALERTS = {rule["alert"]: rule for group in RULES["groups"] for rule in group["rules"]}

WELL = {
    "kubectl_refs_connected": "1x90",
    'kubectl_refs_permission_changes_total{change="adds",kind="Secret"}': "0x90",
    'kubectl_refs_permission_changes_total{change="adds",kind="Service"}': "0+1x90",
    'kubectl_refs_permission_changes_total{change="removes",kind="Secret"}': "0+1x90",
    'kubectl_refs_references{verdict="allowed",namespace="shop",code="",title=""}': "5x90",
    'kubectl_refs_references{verdict="broken",namespace="shop",code="REF021",title="target-not-found"}': "1x90",
    'kubectl_refs_findings{code="REF108",title="unused-pairs",severity="info",namespace="shop"}': "1x90",
    "kubectl_refs_last_sync_timestamp_seconds": "0+60x90",
}
"""The samples of each minute when there is nothing to report."""

REFUSED = 'kubectl_refs_references{verdict="refused",namespace="shop",code="REF002",title="near-miss"}'
KEPT = 'kubectl_refs_findings{code="REF203",title="not-revoked",severity="error",namespace="shop"}'
USELESS = 'kubectl_refs_findings{code="REF101",title="never-matches",severity="error",namespace="shared"}'


class Case(NamedTuple):
    """Samples that differ from WELL (None: missing), the last minute checked for silence, the minute checked for the
    alert, and its labels."""

    scraped: dict[str, str | None]
    silent: int
    fires: int
    labels: dict[str, str]


CASES = {
    "NewAccessToSecrets": Case({'kubectl_refs_permission_changes_total{change="adds",kind="Secret"}': "0x19 1x70"}, 18, 21, {"change": "adds", "kind": "Secret"}),
    "ReferencesRefused": Case({REFUSED: "0x9 2x80"}, 18, 21, {"namespace": "shop", "title": "near-miss"}),
    "AccessNotRevoked": Case({KEPT: "0x9 1x80"}, 13, 16, {"namespace": "shop"}),
    "GrantsNeverMatch": Case({USELESS: "0x9 1x80"}, 68, 71, {"namespace": "shared"}),
}  # fmt: skip
AWAY = {
    "the server does not answer": Case({"kubectl_refs_connected": "1x9 0x80"}, 13, 16, {}),
    "nothing is heard": Case({"kubectl_refs_last_sync_timestamp_seconds": "0+60x9 540x80"}, 18, 22, {}),
    "nothing is scraped": Case(dict.fromkeys(WELL), 4, 6, {}),
}


def rules_file(folder: Path) -> Path:
    file = folder / "rules.yaml"
    file.write_text(yaml.safe_dump(RULES))
    return file


def judge(folder: Path, alert: str, case: Case) -> None:
    """Assert that the alert fires in time and no sooner, and that all others are silent throughout."""
    values = {name: value for name, value in {**WELL, **case.scraped}.items() if value is not None}
    labels = {**case.labels, "severity": ALERTS[alert]["labels"]["severity"]}
    expected: list[dict[str, Any]] = [
        {"eval_time": f"{minute}m", "alertname": name, "exp_alerts": []}
        for name in ALERTS
        for minute in (case.silent, *([case.fires] if name != alert else []))
    ]
    annotations = {name: _expanded(text, labels) for name, text in ALERTS[alert]["annotations"].items()}
    alerts = [{"exp_labels": labels, "exp_annotations": annotations}]
    firing = {"eval_time": f"{case.fires}m", "alertname": alert, "exp_alerts": alerts}
    series = [{"series": name, "values": value} for name, value in values.items()]
    test = {"interval": "1m", "input_series": series, "alert_rule_test": [*expected, firing]}
    file = folder / "test.yaml"
    file.write_text(yaml.safe_dump({"rule_files": [str(rules_file(folder))], "tests": [test]}))
    done = promtool("test", "rules", str(file))
    assert done.returncode == 0, done.stdout + done.stderr


def _expanded(text: str, labels: Mapping[str, str]) -> str:
    return re.sub(r"\{\{ \$labels\.(\w+) \}\}", lambda match: labels[match[1]], text)


def test_prometheus_takes_the_rules(tmp_path: Path) -> None:
    done = promtool("check", "rules", "--lint=all", "--lint-fatal", str(rules_file(tmp_path)))
    assert (done.returncode, f"{len(ALERTS)} rules found" in done.stdout) == (0, True), done.stdout + done.stderr


@pytest.mark.parametrize("alert", CASES)
def test_an_alert_fires_on_what_it_is_about_and_no_sooner(alert: str, tmp_path: Path) -> None:
    judge(tmp_path, alert, CASES[alert])


@pytest.mark.parametrize("what", AWAY)
def test_an_alert_fires_where_nothing_is_watched(what: str, tmp_path: Path) -> None:
    judge(tmp_path, "ReferencesNotWatched", AWAY[what])


def test_each_alert_has_a_case() -> None:
    assert {*CASES, "ReferencesNotWatched"} == set(ALERTS)
