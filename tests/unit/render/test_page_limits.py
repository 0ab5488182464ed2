"""The page of `why` about one reference fits a terminal of 80 columns and 24 rows, in every scenario."""

from __future__ import annotations

import shlex
from collections.abc import Callable
from contextlib import chdir
from pathlib import Path
from typing import Any

import pytest
import yaml

from kubectl_refs.core.model.references import Verdict
from kubectl_refs.core.queries.why import investigate
from kubectl_refs.manifests.source import load
from kubectl_refs.render.kubectl import Kubectl
from kubectl_refs.render.text.style import Style
from kubectl_refs.render.why import render_why
from tests.support.fixing import resolved
from tests.support.reports import NOW
from tests.support.running import REFUSED, objects_of, written

SCENARIOS = Path(__file__).parents[2] / "scenarios" / "why"
COLUMNS, LINES, MOST = 80, 22, 30
LONGER = {
    "conformance-wrong-grants-together",
    "gateway-and-service-as-parents-and-no-such-port",
    "listener-waits-for-its-certificate",
    "name-is-misspelt-and-the-grant-is-for-another-kind",
    "similar-listener-that-does-not-admit-either",
    "status-falls-back-and-references-are-stale",
    "status-of-an-older-generation",
    "status-of-several-controllers",
    "status-true-by-a-controller-known-not-to-enforce",
    "status-true-though-nothing-permits",
    "status-undecided",
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


# One refused reference of a route on a cluster, whatever stands around it.


def _with_status(objects: list[dict[str, Any]], refs: str, reason: str) -> None:
    for route in (each for each in objects if each["kind"] == "HTTPRoute"):
        (parent,) = route["spec"]["parentRefs"]
        (entry,) = resolved(refs, reason, "2026-01-01T00:00:00Z")["parents"]
        route["metadata"]["generation"] = 1
        route["status"] = {"parents": [{**entry, "parentRef": parent}]}


def _agreeing(objects: list[dict[str, Any]]) -> None:
    _with_status(objects, "False", "RefNotPermitted")


def _contradicting(objects: list[dict[str, Any]]) -> None:
    _with_status(objects, "True", "ResolvedRefs")


def _silent(objects: list[dict[str, Any]]) -> None:
    pass


def _misplaced(objects: list[dict[str, Any]]) -> None:
    _agreeing(objects)
    for grant in (each for each in objects if each["kind"] == "ReferenceGrant"):
        grant["metadata"]["namespace"] = "frontend"
        grant["spec"]["from"][0]["namespace"] = "frontend"


def _with_another_port(objects: list[dict[str, Any]]) -> None:
    _agreeing(objects)
    for service in (each for each in objects if each["metadata"]["name"] == "auth-service"):
        service["spec"]["ports"] = [{"port": 8081, "targetPort": 8080}]


def _without_endpoints(objects: list[dict[str, Any]]) -> None:
    _agreeing(objects)
    objects += [
        {
            "apiVersion": "discovery.k8s.io/v1",
            "kind": "EndpointSlice",
            "metadata": {
                "name": f"{each['metadata']['name']}-1",
                "namespace": each["metadata"]["namespace"],
                "labels": {"kubernetes.io/service-name": each["metadata"]["name"]},
            },
            "addressType": "IPv4",
            "endpoints": [{"addresses": ["10.0.0.1"], "conditions": {"ready": False}}],
        }
        for each in objects
        if each["kind"] == "Service"
    ]


@pytest.mark.parametrize(
    "around", [_agreeing, _contradicting, _silent, _misplaced, _with_another_port, _without_endpoints]
)
def test_a_refused_reference_of_a_cluster_fits_a_screen(
    around: Callable[[list[dict[str, Any]]], None], tmp_path: Path
) -> None:
    objects = [dict(each) for each in objects_of(REFUSED)]
    around(objects)
    manifests = load(
        [written(tmp_path / "cluster.json", objects)],
        recursive=False,
        default_namespace="default",
        stdin=None,
        whole=True,
    )
    routes = [each for each in manifests.objects if each["metadata"]["name"] == "frontend-routes"]
    report = investigate(manifests, routes)
    assert [each.verdict for each in report.references if not each.in_order] == [Verdict.REFUSED]
    kubectl = Kubectl(manifests.catalog, asked=("why", "httproute/frontend-routes", "-n", "frontend"))
    lines = render_why(report, Style(NOW, width=COLUMNS), kubectl).splitlines()
    assert len(lines) <= LINES, "\n".join(lines)


def test_the_limits_hold_for_many_situations() -> None:
    assert sum(page(name)[0] == 1 for name in ALL if name not in LONGER) >= 25
