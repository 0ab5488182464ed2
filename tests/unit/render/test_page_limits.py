"""The page of `why` about one reference fits a terminal of 80 columns and 24 rows, in every scenario."""

from __future__ import annotations

import shlex
from contextlib import chdir
from pathlib import Path

import pytest
import yaml

from kubectl_refs.core.queries.why import investigate
from kubectl_refs.manifests.source import load
from kubectl_refs.render.kubectl import Kubectl
from kubectl_refs.render.text.style import Style
from kubectl_refs.render.why import render_why
from tests.support.reports import NOW

SCENARIOS = Path(__file__).parents[2] / "scenarios" / "why"
COLUMNS, LINES, MOST = 80, 22, 30
LONGER = {
    "a-grant-with-more-entries-than-an-api-server-takes",
    "conformance-wrong-grants-together",
    "gateway-and-service-as-parents-and-no-such-port",
    "kong-plugin-in-an-annotation",
    "listener-waits-for-its-certificate",
    "name-is-misspelt-and-the-grant-is-for-another-kind",
    "part-of-a-cluster",
    "security-policy-with-a-grant-for-routes",
    "similar-listener-that-does-not-admit-either",
    "status-falls-back-and-references-are-stale",
    "status-of-an-older-generation",
    "status-of-several-controllers",
    "status-true-by-a-controller-known-not-to-enforce",
    "status-true-though-nothing-permits",
    "status-undecided",
    "status-with-another-reason",
}
"""Two changes are needed, the owner is asked, or a controller says something else: a screen does not hold all of that."""

TO_COPY = ("kubectl ", ' {"op"', "metadata:", "  from:", "  to:")
"""How lines begin that are copied whole, and so are never wrapped."""


def page(name: str) -> tuple[int, list[str]]:
    """How many references of a scenario fail, and the lines of its page."""
    arguments = shlex.split(yaml.safe_load((SCENARIOS / name / "scenario.yaml").read_text())["arguments"])
    with chdir(SCENARIOS / name):
        manifests = load(
            ["input.yaml"], recursive=False, default_namespace="default", stdin=None, whole="--whole" in arguments
        )
    report = investigate(manifests, manifests.objects)
    source = ("-f", "input.yaml")
    kubectl = Kubectl(manifests.catalog, asked=(*arguments, *source), source=source)
    lines = render_why(report, Style(NOW, width=COLUMNS), kubectl).splitlines()
    return sum(not each.in_order for each in report.references), lines


ALL = sorted(path.name for path in SCENARIOS.iterdir())


@pytest.mark.parametrize("name", ALL)
def test_a_page_about_one_reference_fits_a_screen(name: str) -> None:
    failing, lines = page(name)
    assert [line for line in lines if len(line) > COLUMNS and not line.startswith(TO_COPY)] == []
    if failing == 1:
        assert len(lines) <= (MOST if name in LONGER else LINES)


def test_the_limits_hold_for_many_situations() -> None:
    assert sum(page(name)[0] == 1 for name in ALL if name not in LONGER) >= 25
