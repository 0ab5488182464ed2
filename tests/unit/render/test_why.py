"""The page of `why`: the cause comes in its first lines, and one refused reference fits 80 columns and 24 rows."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest
import yaml

from kubectl_refs.core.model.hints import Hint
from kubectl_refs.core.model.report import Report
from kubectl_refs.core.queries.why import investigate
from kubectl_refs.manifests.source import Manifests, load
from kubectl_refs.render.kubectl import Kubectl
from kubectl_refs.render.text.brevity import Brevity
from kubectl_refs.render.text.style import Style
from kubectl_refs.render.why import render_why, render_why_with_brevity
from tests.support.builders import from_entry, grant, namespaces, route_to, service, to_entry
from tests.support.reports import ALLOWED, KUBECTL, NOW, REFUSED, changed, with_reference

EXAMPLES = Path(__file__).parents[3] / "examples"
ROWS, PROMPT = 24, 2
COLUMNS = 80

CAUSES = {
    "shared-services/from-does-not-match.yaml": 'spec.from[0].namespace is "fronted", expected "frontend"',
    "shared-services/to-name-does-not-match.yaml": 'spec.to[0].name is "auth", expected "auth-service"',
    "shared-services/to-kind-does-not-match.yaml": 'spec.to[0].kind is "services", expected "Service"',
    "shared-services/grant-missing.yaml": "there is no ReferenceGrant in namespace shared-services",
    "shared-services/grant-in-wrong-namespace.yaml": "ReferenceGrant frontend/allow-app-routes is in namespace frontend",
}
"""Examples with one refused reference in a route, and the words that must appear in the first three lines."""


def page(name: str) -> list[str]:
    """The answer about the first route of an example, on a terminal of 80 columns, as a user of a cluster sees it."""
    manifests = load([str(EXAMPLES / name)], recursive=False, default_namespace="default", stdin=None, whole=True)
    routes = [each for each in manifests.objects if each["metadata"]["name"] == "frontend-routes"]
    asked = ("why", "httproute/frontend-routes", "-n", "frontend")
    kubectl = Kubectl(manifests.catalog, rerun_words=asked)
    return render_why(investigate(manifests, routes), Style(NOW, width=COLUMNS), kubectl).splitlines()


def text(*references: Any, **more: Any) -> str:
    return render_why(Report(references), Style(NOW), replace(KUBECTL, **more))


@pytest.mark.parametrize("name", CAUSES)
def test_the_cause_is_in_the_first_three_lines(name: str) -> None:
    assert CAUSES[name] in "\n".join(page(name)[:3])


@pytest.mark.parametrize("name", CAUSES)
def test_one_refused_reference_fits_a_screen(name: str) -> None:
    lines = page(name)
    assert len(lines) <= ROWS - PROMPT
    assert [
        line for line in lines if len(line) > COLUMNS and not line.startswith(("kubectl ", "metadata:", "  from:"))
    ] == []


@pytest.mark.parametrize(("source", "deleted"), [((), True), (("-f", "DIR"), False)])
def test_what_follows_a_command_that_only_prints_a_grant_has_no_command(source: tuple[str, ...], deleted: bool) -> None:
    wrong = grant([from_entry()], [to_entry(name="api")], namespace="frontend")
    route = route_to(("backend", "api"))
    manifests = Manifests([*namespaces("frontend", "backend"), service(), route, wrong], "default")
    kubectl = Kubectl(manifests.catalog, rerun_words=("why",), source=source)
    lines = render_why(investigate(manifests, [route]), Style(NOW, width=40), kubectl).splitlines()
    assert any(line.startswith("kubectl refs fix httproute/web ") for line in lines)
    assert any(line.startswith("  then:    delete") for line in lines)
    assert any(line.startswith("kubectl delete ") for line in lines) is deleted


@pytest.mark.parametrize("name", CAUSES)
def test_its_last_lines_are_the_counts_and_the_next_command(name: str) -> None:
    counts, more = page(name)[-2:]
    assert counts.endswith("references: 2 allowed, 1 refused")
    assert more == "More: kubectl refs why httproute/frontend-routes -n frontend -o wide"


def test_a_new_grant_is_compact_yaml_that_says_what_the_manifest_says() -> None:
    lines = page("shared-services/grant-missing.yaml")
    first, last = lines.index("kubectl create -f - <<'EOF'"), lines.index("EOF")
    written = lines[first + 1 : last]
    assert len(written) <= 8
    assert yaml.safe_load("\n".join(written)) == {
        "apiVersion": "gateway.networking.k8s.io/v1beta1",
        "kind": "ReferenceGrant",
        "metadata": {"name": "httproute-frontend-to-auth-service", "namespace": "shared-services"},
        "spec": {
            "from": [{"group": "gateway.networking.k8s.io", "kind": "HTTPRoute", "namespace": "frontend"}],
            "to": [{"group": "", "kind": "Service", "name": "auth-service"}],
        },
    }


def test_a_repair_is_a_line_of_what_changes_and_the_command_that_makes_it() -> None:
    lines = page("shared-services/from-does-not-match.yaml")
    fix = next(number for number, line in enumerate(lines) if line.startswith("  fix:"))
    assert lines[fix : fix + 2] == [
        '  fix:     set spec.from[0].namespace to "frontend", which permits nothing else:',
        "           kubectl refs fix httproute/frontend-routes -n frontend --apply",
    ]


def test_the_same_cause_in_several_places_is_one_block_with_the_places() -> None:
    second = with_reference(REFUSED, replace(REFUSED.reference, path="spec.rules[1].backendRefs[0]"))
    shown = text(REFUSED, second)
    assert shown.count("refused: ") == 1
    assert f"  at:      {REFUSED.reference.path}, {second.reference.path}\n" in shown


def test_what_is_allowed_is_a_count_where_something_is_wrong_and_a_line_for_each_target_otherwise() -> None:
    assert "allowed: " not in text(REFUSED, ALLOWED)
    assert text(ALLOWED, ALLOWED).count("allowed: ") == 1
    many = [with_reference(ALLOWED, replace(ALLOWED.reference, port=port)) for port in range(1, 31)]
    assert text(*many).count("\nallowed: ") + 1 == 10
    assert "and 20 more targets that are allowed\n" in text(*many)


def test_a_grant_that_differs_in_three_unrelated_fields_is_no_near_miss() -> None:
    miss = REFUSED.near_misses[0]
    far = replace(
        miss,
        differences=tuple(
            replace(miss.differences[0], path=f"spec.from[0].{name}", hint=Hint.OTHER_KIND)
            for name in ("group", "kind", "namespace")
        ),
    )
    assert (
        "  cause:   no ReferenceGrant in namespace backend permits HTTPRoutes in frontend to reference Service api"
        in text(changed(REFUSED, near_misses=(far,)))
    )


def test_a_question_from_standard_input_is_not_told_to_be_asked_again() -> None:
    assert "More: " not in text(REFUSED)
    assert "More: kubectl refs why -f a.yaml -o wide\n" in text(REFUSED, rerun_words=("why", "-f", "a.yaml"))


def test_other_ways_to_mend_are_counted_at_last_where_they_take_more_than_a_line() -> None:
    manifests = Manifests(
        [
            *namespaces("frontend", "backend"),
            service(),
            route_to(("backend", "api")),
            grant([from_entry(namespace="frontnd")]),
        ],
        "default",
    )
    report = investigate(manifests, manifests.objects)
    kubectl = Kubectl(manifests.catalog, rerun_words=("why",))
    for brevity, told in ((Brevity.BESIDES, False), (Brevity.WAYS, True)):
        lines = render_why_with_brevity(brevity, report, Style(NOW, width=60), kubectl).splitlines()
        assert ("  or:      1 other change (see -o wide)" in lines) is told, "\n".join(lines)
        assert sum(line.startswith("  or: ") for line in lines) == 1
