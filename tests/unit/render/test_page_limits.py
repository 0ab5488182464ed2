"""The page of `why` about one reference fits a terminal of 80 columns and 24 rows, in every scenario."""

from __future__ import annotations

import shlex
from collections.abc import Callable, Sequence
from contextlib import chdir
from dataclasses import dataclass
from functools import cache
from math import ceil
from pathlib import Path
from typing import Any

import pytest
import yaml

from kubectl_refs.core.model.judgements import Verdict
from kubectl_refs.core.model.references import EvaluatedReference
from kubectl_refs.core.queries.why import investigate
from kubectl_refs.core.references.cause import cause_of
from kubectl_refs.manifests.source import load
from kubectl_refs.render.kubectl import Kubectl
from kubectl_refs.render.text.block_lines import with_short_name
from kubectl_refs.render.text.style import Style
from kubectl_refs.render.text.words import target_of
from kubectl_refs.render.why import render_why
from tests.support.fixing import resolved
from tests.support.longer_names import LONG, LONGEST, Longer
from tests.support.reports import NOW
from tests.support.running import REFUSED, objects_of, written

SCENARIOS = Path(__file__).parents[2] / "scenarios" / "why"
COLUMNS, ROWS = 80, 22
TO_COPY = ("kubectl ", ' {"op"')
"""Starts of lines that are copied as a whole, and so are never wrapped."""

ALL = sorted(path.name for path in SCENARIOS.iterdir())


@dataclass(frozen=True)
class Shown:
    """A page, and the references that fail on it."""

    failing: Sequence[EvaluatedReference]
    lines: Sequence[str]

    @property
    def rows(self) -> int:
        """The number of rows on a terminal, which wraps long lines."""
        return sum(max(ceil(len(line) / COLUMNS), 1) for line in self.lines)


@cache
def page(name: str, folder: Path | None = None, names: Longer | None = None) -> Shown:
    """The page of a scenario, or of the scenario's manifests with longer names in `folder`."""
    arguments = shlex.split(yaml.load((SCENARIOS / name / "scenario.yaml").read_text(), yaml.CSafeLoader)["arguments"])
    if names is not None:
        arguments = names.words(arguments)
    with chdir(folder or SCENARIOS / name):
        manifests = load(
            ["input.yaml"], recursive=False, default_namespace="default", stdin=None, whole="--whole" in arguments
        )
    report = investigate(manifests, manifests.objects)
    source = ("-f", "input.yaml")
    kubectl = Kubectl(manifests.catalog, rerun_words=(*arguments, *source), source=source)
    lines = render_why(report, Style(NOW, width=COLUMNS), kubectl).splitlines()
    return Shown([each for each in report.references if not each.in_order], lines)


@pytest.mark.parametrize("name", ALL)
def test_a_page_about_one_reference_fits_a_screen(name: str) -> None:
    shown = page(name)
    assert [line for line in shown.lines if len(line) > COLUMNS and not line.startswith(TO_COPY)] == []
    if len(shown.failing) == 1:
        assert shown.rows <= ROWS
        _begins_with_the_answer(shown)


def _begins_with_the_answer(shown: Shown) -> None:
    """Assert that the page begins with verdict and reference, and has the cause in the third line at the latest."""
    (evaluated,) = shown.failing
    said = " ".join(line.strip() for line in shown.lines[:2])
    assert said.startswith(f"{evaluated.verdict}: {evaluated.reference.referrer} -> {target_of(evaluated)}")
    (cause,) = (number for number, line in enumerate(shown.lines) if line.startswith("  cause:"))
    assert cause <= 2
    words = shown.lines[cause].removeprefix("  cause:").strip().removesuffix(f"  [{evaluated.code}]")
    assert any(
        each.startswith(words)
        for each in (cause_of(evaluated), with_short_name(cause_of(evaluated), evaluated.reference.to))
    )


@pytest.mark.parametrize("names", [LONG, LONGEST], ids=["long", "longest"])
@pytest.mark.parametrize("name", ALL)
def test_a_page_with_long_names_fits_a_screen_and_breaks_no_word(name: str, names: Longer, tmp_path: Path) -> None:
    documents = yaml.load_all((SCENARIOS / name / "input.yaml").read_text(), yaml.CSafeLoader)
    (tmp_path / "input.yaml").write_text(yaml.dump_all(names.documents(documents), Dumper=yaml.CSafeDumper))
    shown = page(name, tmp_path, names)
    # The names in hostile scenarios are no valid namespaces, so they stay as they are and exceed a line.
    if "hostile" not in name:
        assert [line for line in shown.lines if len(line) > COLUMNS and not line.startswith((*TO_COPY, "More:"))] == []
    if len(shown.failing) == 1:
        assert shown.rows <= ROWS
        # Above are the verdict and the two objects, each with kind, namespace and name on lines of their own.
        assert [number for number, line in enumerate(shown.lines) if line.startswith("  cause:")] <= [6]


@pytest.mark.parametrize(
    ("name", "line"),
    [
        ("security-policy-with-a-grant-for-routes", "no backend: 1 rule (see -o wide)"),
        ("repair-does-not-widen", "2 references: 1 allowed, 1 refused; nothing serves 2 of the objects"),
    ],
)
def test_what_a_page_with_long_names_leaves_out_it_counts(name: str, line: str, tmp_path: Path) -> None:
    documents = yaml.load_all((SCENARIOS / name / "input.yaml").read_text(), yaml.CSafeLoader)
    (tmp_path / "input.yaml").write_text(yaml.dump_all(LONGEST.documents(documents), Dumper=yaml.CSafeDumper))
    assert line in page(name, tmp_path, LONGEST).lines


def test_a_short_page_keeps_who_reports_false_and_the_message() -> None:
    shown = page("false-beside-what-another-controller-left")
    text = " ".join(line.strip() for line in shown.lines)
    assert shown.rows <= ROWS
    assert "ResolvedRefs=False (RefNotPermitted)" in text
    assert "by example.com/gateway nothing here explains it" in text
    assert 'the controller says: "backend api is not permitted"' in text


# One refused reference of a route on a cluster, in various surroundings.


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


def _not_matching(objects: list[dict[str, Any]]) -> None:
    """The controller that resolves the reference does not accept the route."""
    _contradicting(objects)
    for entry in (each["status"]["parents"][0] for each in objects if each["kind"] == "HTTPRoute"):
        told = {
            "type": "Accepted",
            "status": "False",
            "reason": "NoMatchingParent",
            "message": "no ready listeners " * 9,
        }
        entry["controllerName"] = "gateway.envoyproxy.io/gatewayclass-controller"
        entry["conditions"] = [{**entry["conditions"][0], **told}, *entry["conditions"]]


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
    "around", [_agreeing, _contradicting, _not_matching, _silent, _misplaced, _with_another_port, _without_endpoints]
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
    kubectl = Kubectl(manifests.catalog, rerun_words=("why", "httproute/frontend-routes", "-n", "frontend"))
    lines = render_why(report, Style(NOW, width=COLUMNS), kubectl).splitlines()
    assert len(lines) <= ROWS, "\n".join(lines)
    if around is _not_matching:
        # The deciding condition is shown, even if space is short.
        assert "Accepted=False (NoMatchingParent)" in " ".join(" ".join(lines).split())
    assert not any(" of the objects" in line for line in lines)


def test_the_limits_hold_for_many_situations() -> None:
    single = [shown.failing[0] for shown in map(page, ALL) if len(shown.failing) == 1]
    assert len(single) >= 150
    assert len({each.reference.referrer.group_kind for each in single}) >= 12
    assert len({each.reference.to.group_kind for each in single}) >= 12
    assert len({each.code for each in single}) >= 15
