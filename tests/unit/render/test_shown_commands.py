"""Commands within one answer: none is repeated, and none fails after another without a warning."""

from __future__ import annotations

from dataclasses import replace

import pytest

from kubectl_refs.core.fixes.edits import Edit
from kubectl_refs.core.model.fixes import Confidence, Fix
from kubectl_refs.core.model.objects import GATEWAY_GROUP, ObjectKey
from kubectl_refs.core.model.report import Report
from kubectl_refs.core.queries.fix import Plan
from kubectl_refs.render.details import render_details
from kubectl_refs.render.fix import render_words
from kubectl_refs.render.text.shown_commands import ShownCommands
from kubectl_refs.render.text.style import Style
from tests.support.builders import from_entry, grant, namespaces, route_to, service, to_entry
from tests.support.reports import KUBECTL, NOW, REFUSED, changed, with_reference
from tests.support.surveying import described, findings_page, report_on

GATEWAY = ObjectKey(GATEWAY_GROUP, "Gateway", "infra", "public")
ASK_AGAIN = "the patch below will no longer apply"


def patch(tests: str, changes: str, key: ObjectKey = GATEWAY) -> Fix:
    operations = ({"op": "test", "path": tests, "value": 1}, {"op": "replace", "path": changes, "value": 2})
    return Fix("patch", key, "admit", Confidence.CERTAIN, patch=operations)


FIRST = patch("/spec/listeners/0/allowedRoutes", "/spec/listeners/0/allowedRoutes/namespaces")


@pytest.mark.parametrize(
    ("later", "outdated"),
    [
        (patch("/spec/listeners/0/allowedRoutes/namespaces", "/spec/listeners/0/x"), True),
        (patch("/spec", "/spec/listeners/1/x"), True),
        (patch("/spec/listeners/0/allowedRoutes/namespaces/from", "/spec/listeners/0/x"), True),
        (patch("/spec/listeners/1/allowedRoutes", "/spec/listeners/1/x"), False),
        (patch("/spec/listeners/0/allowedRoutesToo", "/spec/listeners/0/x"), False),
        (patch("/spec", "/spec/x", GATEWAY._replace(name="other")), False),
    ],
)
def test_a_patch_is_outdated_by_one_that_changes_what_it_tests(later: Fix, outdated: bool) -> None:
    shown = ShownCommands(KUBECTL)
    shown.add(FIRST, "one route")
    assert shown.place_that_outdates(later, "another route") == ("one route" if outdated else None)


@pytest.mark.parametrize(("tested", "outdated"), [("parentRefs/1/name", True), ("rules/1/name", False)])
def test_a_removed_entry_outdates_patches_of_the_entries_after_it(tested: str, outdated: bool) -> None:
    shown = ShownCommands(KUBECTL)
    shown.add(replace(FIRST, patch=({"op": "remove", "path": "/spec/parentRefs/0"},)), "the first parent")
    found = shown.place_that_outdates(patch(f"/spec/{tested}", "/spec/x"), "the second parent")
    assert found == ("the first parent" if outdated else None)


def test_a_guess_that_a_surer_change_of_fix_outdates_says_to_ask_again() -> None:
    guess = replace(FIRST, title="admit otherwise", confidence=Confidence.GUESS)
    other = with_reference(REFUSED, replace(REFUSED.reference, path="spec.parentRefs[1]"))
    edits = (Edit((FIRST,), FIRST.patch, (REFUSED,)), Edit((guess,), guess.patch, (other,)))
    text = render_words(Plan(edits=edits), Style(NOW), KUBECTL, new=False)
    first = f"{REFUSED.reference.referrer} {REFUSED.reference.path}"
    assert text.count(f"run this command again after the change for {first}; {ASK_AGAIN}") == 1


def test_the_ways_to_mend_one_thing_do_not_outdate_each_other() -> None:
    shown = ShownCommands(KUBECTL)
    shown.add(FIRST, "one route")
    assert shown.place_that_outdates(patch("/spec", "/spec/x"), "one route") is None


def test_a_second_patch_of_what_another_reference_has_patched_says_to_ask_again() -> None:
    key = ObjectKey(GATEWAY_GROUP, "ReferenceGrant", "backend", "g")
    first = changed(REFUSED, near_misses=(), fixes=(replace(FIRST, object=key),))
    own = replace(first.reference, path="spec.parentRefs[1]")
    stranger = replace(own, referrer=own.referrer._replace(name="other"))
    second = with_reference(changed(first, fixes=(patch("/spec", "/spec/x", key),)), own)
    third = with_reference(changed(first, fixes=(patch("/spec", "/spec/y", key),)), stranger)
    text = render_details(Report((first, second, third)), Style(NOW), KUBECTL)
    assert f"            run this command again after the change for {first.reference.path}; {ASK_AGAIN}\n" in text
    assert f" the change for HTTPRoute frontend/web {first.reference.path}; {ASK_AGAIN}\n" in text
    assert text.count(ASK_AGAIN) == 2


def test_the_same_command_for_another_object_names_that_object() -> None:
    first = changed(REFUSED, near_misses=(), fixes=(FIRST,))
    other = replace(first.reference, referrer=first.reference.referrer._replace(name="other"))
    text = render_details(Report((first, with_reference(first, other))), Style(NOW), KUBECTL)
    assert f"  fix:      the same as for HTTPRoute frontend/web {first.reference.path}\n" in text


def test_the_second_change_of_one_grant_says_to_ask_again() -> None:
    objects = [
        grant([from_entry(), from_entry(namespace="other")], [to_entry()]),
        *namespaces("frontend", "backend", "other"),
        service(),
        route_to(("backend", "api")),
    ]
    text = findings_page(report_on(*objects))
    assert text.count("kubectl patch referencegrant/g -n backend") == 2
    assert text.count(f"run this command again after the change for REF107 at spec.to[0].name; {ASK_AGAIN}") == 1


@pytest.mark.parametrize(
    ("entries", "wanted"),
    [
        ([from_entry(kind="HTTPRoutes"), from_entry(kind="HTTPRoutes", namespace="other")], "/kind"),
        ([from_entry(namespace="fronted"), from_entry(kind="GRPCRoute", namespace="fronted")], "/namespace"),
    ],
)
def test_the_same_slip_in_several_entries_is_one_patch(entries: list[dict[str, str]], wanted: str) -> None:
    """Two patches would each test the whole spec, so the second would fail."""
    report = report_on(
        grant(entries, [to_entry(name="api")]),
        *namespaces("frontend", "backend", "other"),
        service(),
        everywhere=True,
    )
    text = findings_page(report)
    assert text.count("kubectl patch referencegrant/g -n backend") == 1
    assert text.count("in spec.from[0] and spec.from[1] of ReferenceGrant backend/g\n") == 1
    assert text.count("  fix:      the same as above\n") == 1
    assert "no longer apply" not in text
    slips = [
        each for each in described(report).findings if each.code.slug in ("never-matches", "from-namespace-missing")
    ]
    assert len(slips) == 2
    for each in slips:
        (fix,) = each.fixes
        assert [op["path"] for op in fix.patch] == ["/spec", f"/spec/from/0{wanted}", f"/spec/from/1{wanted}"]


def test_a_command_that_two_findings_share_is_printed_once() -> None:
    """The second of two equal grants may go because the first permits the same, and because nothing uses it."""
    twins = [grant([from_entry()], [to_entry(name="api")], name=name) for name in ("g", "h")]
    text = findings_page(report_on(*twins, *namespaces("frontend", "backend"), service()))
    assert text.count("kubectl delete referencegrant/h -n backend\n") == 1
    assert text.count("  fix:      the same as above\n") == 1


def test_changes_of_one_object_for_several_are_one_patch() -> None:
    def admitting(namespace: str) -> Fix:
        place = "/spec/listeners/0/allowedRoutes/namespaces"
        value = {"from": "Selector", "selector": {"matchExpressions": [{**_NAMED, "values": [namespace]}]}}
        operations = (
            {"op": "test", "path": place, "value": {"from": "Same"}},
            {"op": "replace", "path": place, "value": value},
        )
        return Fix("patch", GATEWAY, f"admit {namespace}", Confidence.CERTAIN, patch=operations)

    first = changed(REFUSED, near_misses=(), fixes=(admitting("frontend"),))
    other = replace(first.reference, referrer=first.reference.referrer._replace(namespace="other"))
    second = with_reference(changed(first, fixes=(admitting("other"),)), other)
    text = render_details(Report((first, second)), Style(NOW), KUBECTL)
    assert "  fix:      admit frontend; admit other\n" in text
    assert '"values": ["frontend", "other"]' in text
    assert text.count("kubectl patch") == 1
    assert f"  fix:      the same as for HTTPRoute frontend/web {first.reference.path}\n" in text
    assert ASK_AGAIN not in text


_NAMED = {"key": "kubernetes.io/metadata.name", "operator": "In"}
