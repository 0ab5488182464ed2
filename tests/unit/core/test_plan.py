"""The plan puts what is refused into few grants, and changes existing grants as wished, or says why it does not."""

from __future__ import annotations

import copy
from collections.abc import Iterable, Sequence
from typing import Any

import pytest

from kubectl_refs.core.fixes.edits import non_grant_fixes
from kubectl_refs.core.model.judgements import Verdict
from kubectl_refs.core.model.kinds import REFERENCE_GRANT
from kubectl_refs.core.model.objects import GATEWAY_GROUP, JSON
from kubectl_refs.core.model.values import key_of
from kubectl_refs.core.queries.fix import FixOptions, Plan, PlanError, plan
from kubectl_refs.core.queries.why import investigate
from kubectl_refs.core.view.catalog import Catalog, ServedKind
from kubectl_refs.core.view.offline import offline_catalog
from kubectl_refs.core.view.reads import Answer, Failure, List, Read
from kubectl_refs.manifests.source import Manifests
from tests.support.builders import CATALOG, from_entry, grant, patched, route_to, service, to_entry
from tests.support.planning import only, planned, report_on


def test_what_is_refused_gets_a_minimal_grant_in_the_targets_namespace() -> None:
    change = only(planned(route_to(("backend", "api"))))
    assert change.after == {
        "apiVersion": f"{GATEWAY_GROUP}/v1beta1",
        "kind": "ReferenceGrant",
        "metadata": {
            "name": "httproute-frontend-to-api",
            "namespace": "backend",
            "annotations": {"kubectl-refs/for": "HTTPRoute frontend/web references Service api"},
        },
        "spec": {"from": [from_entry()], "to": [to_entry(name="api")]},
    }
    assert (change.before, change.patch, change.widens, change.certain) == (None, (), (), True)


def test_nothing_refused_is_an_empty_plan() -> None:
    found = planned(route_to(("frontend", "api"), ("backend", "api")), grant(to=[to_entry(name="api")]))
    assert found == Plan()
    assert found.empty


def test_a_slip_in_a_part_of_a_cluster_is_corrected_before_a_grant_is_written_unless_new_ones_are_asked_for() -> None:
    objects = [route_to(("backend", "chekout")), service("backend", "checkout"), grant(to=[to_entry(name="checkout")])]
    report = investigate(Manifests(objects, "frontend", whole=False), objects[:1])
    found = plan(report, FixOptions(), offline_catalog())
    assert (found.changes, [edit.fixes[0].title for edit in found.edits]) == (
        (),
        ["write name checkout at spec.rules[0].backendRefs[0] in HTTPRoute frontend/web"],
    )
    (change,) = plan(report, FixOptions(new=True), offline_catalog()).changes
    assert change.after["spec"]["to"] == [to_entry(name="chekout")]


def test_references_of_several_objects_are_gathered_by_referrers_and_target_namespace() -> None:
    found = planned(
        route_to(("backend", "api"), ("backend", "web"), name="one"),
        route_to(("backend", "api"), ("other", "api"), name="two"),
        route_to(("backend", "api"), name="three", kind="GRPCRoute"),
        route_to(("backend", "api"), namespace="shop"),
    )
    gathered = {
        (
            change.object.namespace,
            change.after["spec"]["from"][0]["kind"],
            change.after["spec"]["from"][0]["namespace"],
        ): {entry["name"] for entry in change.after["spec"]["to"]}
        for change in found.changes
    }
    assert gathered == {
        ("backend", "HTTPRoute", "frontend"): {"api", "web"},
        ("other", "HTTPRoute", "frontend"): {"api"},
        ("backend", "GRPCRoute", "frontend"): {"api"},
        ("backend", "HTTPRoute", "shop"): {"api"},
    }
    assert len(found.changes) == len(gathered)
    evaluated = [each.reference.referrer.name for change in found.changes for each in change.evaluated]
    assert sorted(evaluated) == ["one", "one", "three", "two", "two", "web"]


def test_names_of_new_grants_are_free() -> None:
    taken = grant([from_entry(namespace="shop")], name="httproute-frontend-to-api")
    name = only(planned(route_to(("backend", "api")), taken)).object
    assert (name.namespace, name.name[:-8]) == ("backend", "httproute-frontend-to-api-")


def test_more_targets_than_a_grant_holds_take_several_grants() -> None:
    found = planned(route_to(*(("backend", f"s{number:02}") for number in range(17))))
    assert [len(change.after["spec"]["to"]) for change in found.changes] == [16, 1]


# repairs


@pytest.mark.parametrize("wishes", [{"new": True}, {"broad": True}, {"name": "mine"}])
def test_in_place_of_a_repair_a_new_grant_is_made_where_one_is_asked_for(wishes: dict[str, Any]) -> None:
    typo = grant([from_entry(namespace="fronted")], [to_entry(name="api")])
    assert only(planned(route_to(("backend", "api")), typo, **wishes)).before is None


def test_a_near_miss_with_which_only_slips_are_wrong_is_repaired() -> None:
    typo = grant([from_entry(namespace="fronted")], [to_entry(name="api")])
    change = only(planned(route_to(("backend", "api")), typo))
    assert (change.before, change.object.path) == (typo, "backend/g")
    assert change.after == grant(to=[to_entry(name="api")])
    assert change.patch == (
        {"op": "test", "path": "/spec", "value": typo["spec"]},
        {"op": "replace", "path": "/spec/from/0/namespace", "value": "frontend"},
    )
    assert change.title == "repair spec.from[0].namespace of ReferenceGrant backend/g"


def test_repairs_of_one_grant_for_several_references_are_one_change() -> None:
    slips = grant(to=[to_entry(name="Api"), to_entry("core", name="web")])
    found = planned(route_to(("backend", "api"), name="one"), route_to(("backend", "web"), name="two"), slips)
    change = only(found)
    assert change.after["spec"] == {"from": [from_entry()], "to": [to_entry(name="api"), to_entry(name="web")]}
    assert change.widens == ()
    assert [each.reference.referrer.name for each in change.evaluated] == ["one", "two"]
    assert patched(slips, change.patch) == change.after


def test_of_two_references_that_want_different_things_of_one_field_the_second_gets_a_grant_of_its_own() -> None:
    slip = grant([from_entry(kind="httproute", namespace="frontent")], [to_entry()])
    found = planned(
        route_to(("backend", "api"), namespace="frontend"),
        route_to(("backend", "api"), namespace="frontens"),
        slip,
    )
    repaired, created = found.changes
    assert repaired.after["spec"]["from"] == [from_entry()]
    assert created.after["spec"]["from"] == [from_entry(namespace="frontens")]
    assert created.before is None


def test_a_value_that_may_be_meant_is_not_replaced_a_new_grant_is_made() -> None:
    numbered = grant([from_entry(namespace="frontend2")], [to_entry(name="api")])
    assert only(planned(route_to(("backend", "api")), numbered)).before is None


def test_in_place_of_a_repair_that_permits_more_a_new_grant_is_made() -> None:
    wide = grant([from_entry(kind="httproute")], [to_entry()])
    change = only(planned(route_to(("backend", "api")), wide))
    assert (change.before, change.widens) == (None, ())


def test_what_the_server_and_kubectl_keep_in_a_grant_is_not_part_of_its_manifest() -> None:
    stored = grant([from_entry(namespace="fronted")], [to_entry(name="api")])
    stored["metadata"] |= {
        "uid": "1",
        "resourceVersion": "2",
        "generation": 3,
        "creationTimestamp": "2026-01-01T00:00:00Z",
        "managedFields": [{"manager": "kubectl"}],
        "labels": {"app": "shop"},
        "annotations": {"kubectl.kubernetes.io/last-applied-configuration": "{}", "owner": "team-a"},
    }
    stored["status"] = {}
    change = only(planned(route_to(("backend", "api")), stored))
    kept = {"name": "g", "namespace": "backend", "labels": {"app": "shop"}, "annotations": {"owner": "team-a"}}
    assert change.after == grant(to=[to_entry(name="api")]) | {"metadata": kept}
    assert change.before is not None
    assert change.before["metadata"] == kept


def test_a_field_that_no_server_stores_is_neither_printed_nor_tested() -> None:
    """`kubectl apply` refuses it, and a test of it never holds."""
    written = grant([from_entry(namespace="fronted")], [{**to_entry(name="api"), "namespace": "backend"}])
    change = only(planned(route_to(("backend", "api")), {**written, "spec": {**written["spec"], "mode": "strict"}}))
    stored = grant([from_entry(namespace="fronted")], [to_entry(name="api")])
    assert change.after == grant(to=[to_entry(name="api")])
    assert change.before == stored
    assert change.patch[0] == {"op": "test", "path": "/spec", "value": stored["spec"]}
    gone = "spec.mode and spec.to[0].namespace, which the kind does not have"
    assert change.title == f"repair spec.from[0].namespace of ReferenceGrant backend/g, and leave out {gone}"


def test_a_field_that_a_later_release_has_stays() -> None:
    """A server took it, so its kind has the field."""
    later = grant([{**from_entry(namespace="fronted"), "cluster": "a"}], [to_entry(name="api")])
    later["metadata"]["creationTimestamp"] = "2026-01-01T00:00:00Z"
    change = only(planned(route_to(("backend", "api")), later))
    assert change.after["spec"]["from"] == [{**from_entry(), "cluster": "a"}]
    assert change.patch[0]["value"] == later["spec"]


# --into


def test_missing_entries_are_added_to_the_grant_that_is_named() -> None:
    there = grant([from_entry(namespace="shop")], [to_entry(name="web")])
    change = only(planned(route_to(("backend", "api")), there, into="g"))
    assert change.after == grant(
        [from_entry(namespace="shop"), from_entry()], [to_entry(name="web"), to_entry(name="api")]
    )
    assert patched_with_additions(there, change.patch) == change.after
    assert change.widens == (
        'HTTPRoutes in shop to reference Service "api"',
        'HTTPRoutes in frontend to reference Service "web"',
    )
    assert (
        change.title
        == 'add HTTPRoutes in frontend to spec.from and Service "api" to spec.to of ReferenceGrant backend/g'
    )


def patched_with_additions(obj: JSON, operations: Sequence[JSON]) -> JSON:
    """An object with entries added to its lists, after the patch's `test` has succeeded."""
    test, *additions = operations
    assert (test["op"], test["path"], test["value"]) == ("test", "/spec", obj["spec"])
    result = copy.deepcopy(dict(obj))
    for operation in additions:
        assert operation["op"] == "add"
        result["spec"][operation["path"].split("/")[2]].append(operation["value"])
    return result


@pytest.mark.parametrize(
    ("there", "wishes", "added"),
    [
        (grant([from_entry(namespace="shop")], [to_entry()]), {}, {"from"}),
        (grant([from_entry()], [to_entry(name="web")]), {}, {"to"}),
        (grant([from_entry()], [to_entry(name="web")]), {"broad": True}, {"to"}),
        (grant([from_entry(namespace="shop")], [to_entry(name="api")]), {"broad": True}, {"from", "to"}),
        (grant([from_entry(namespace="shop")], [to_entry()]), {"broad": True}, {"from"}),
    ],
)
def test_only_what_is_missing_is_added(there: JSON, wishes: dict[str, Any], added: set[str]) -> None:
    change = only(planned(route_to(("backend", "api")), there, into="g", **wishes))
    assert {operation["path"].split("/")[2] for operation in change.patch[1:]} == added
    if "to" in added:
        assert change.after["spec"]["to"][-1] == (to_entry() if wishes else to_entry(name="api"))


@pytest.mark.parametrize(("more", "fits"), [(15, True), (16, False)])
@pytest.mark.parametrize("field", ["from", "to"])
def test_a_grant_takes_sixteen_entries_and_no_more(field: str, more: int, fits: bool) -> None:
    others = {
        "from": [from_entry(namespace=f"n{number}") for number in range(more if field == "from" else 1)],
        "to": [to_entry(name=f"s{number}") for number in range(more if field == "to" else 1)],
    }
    full = grant(others["from"], others["to"])
    if fits:
        assert len(only(planned(route_to(("backend", "api")), full, into="g")).after["spec"][field]) == 16
        return
    with pytest.raises(PlanError, match=rf"would have 17 entries in spec\.{field}, and 16 are allowed"):
        planned(route_to(("backend", "api")), full, into="g")


def test_a_grant_to_add_to_must_be_there() -> None:
    with pytest.raises(PlanError, match='there is no ReferenceGrant "absent" in namespace backend'):
        planned(route_to(("backend", "api")), grant([from_entry(namespace="shop")]), into="absent")


def test_one_grant_cannot_take_references_into_two_namespaces() -> None:
    with pytest.raises(PlanError, match="the references lead to 2 namespaces: backend, other"):
        planned(route_to(("backend", "api"), ("other", "api")), into="g")


# --broad, --name


def test_a_broad_grant_names_no_target_and_says_what_that_means() -> None:
    change = only(planned(route_to(("backend", "api"), ("backend", "web")), broad=True))
    assert change.after["spec"]["to"] == [to_entry()]
    assert change.object.name == "httproute-frontend-to-any-service"
    assert change.widens == ("HTTPRoutes in frontend to reference any Service",)


def test_a_new_grant_can_be_named() -> None:
    change = only(planned(route_to(("backend", "api")), name="mine"))
    assert change.object.path == "backend/mine"
    assert change.after["metadata"]["name"] == "mine"


def test_a_name_for_two_grants_is_an_error() -> None:
    with pytest.raises(PlanError, match="2 are needed"):
        planned(route_to(("backend", "api"), ("other", "api")), name="mine")


def test_a_name_that_is_taken_is_an_error() -> None:
    with pytest.raises(PlanError, match="ReferenceGrant backend/g exists already: --into g adds to it"):
        planned(route_to(("backend", "api")), grant([from_entry(namespace="shop")]), name="g")


# What is not known, and what no grant helps with.


class Unreadable(Manifests):
    """Manifests in which the grants of some namespaces may not be listed."""

    def __init__(self, objects: Iterable[JSON], namespaces: Iterable[str]) -> None:
        super().__init__(objects, "default")
        self._hidden = set(namespaces)

    def read(self, reads: Iterable[Read]) -> dict[Read, Answer]:
        answers = dict(super().read(reads))
        for read in answers:
            if isinstance(read, List) and read.group_kind == REFERENCE_GRANT and read.namespace in self._hidden:
                answers[read] = Answer(failure=Failure(403, "forbidden"))
        return answers


def unreadable(**wishes: Any) -> Plan:
    """The plan for two targets, one of them in a namespace whose grants could not be read."""
    objects = (route_to(("backend", "api"), ("other", "api")), service("backend", "api"), service("other", "api"))
    report = investigate(Unreadable(objects, ["backend"]), objects[:1])
    return plan(report, FixOptions(**wishes), CATALOG)


def test_where_grants_cannot_be_read_the_manifest_is_there_and_not_certain() -> None:
    certain = {change.object.namespace: change.certain for change in unreadable().changes}
    assert certain == {"backend": False, "other": True}


def test_nothing_is_added_to_a_grant_that_cannot_be_read() -> None:
    objects = (route_to(("backend", "api")), service("backend", "api"))
    report = investigate(Unreadable(objects, ["backend"]), objects[:1])
    with pytest.raises(PlanError, match="the ReferenceGrants in backend could not be read"):
        plan(report, FixOptions(into="g"), CATALOG)


def test_a_server_without_the_kind_gets_no_grants() -> None:
    live = Catalog([kind for kind in offline_catalog() if kind.group_kind != REFERENCE_GRANT], live=True)
    objects = (route_to(("backend", "api")), service("backend", "api"))
    report = investigate(Unreadable(objects, ["backend"]), objects[:1])
    found = plan(report, FixOptions(), live)
    assert found.changes == ()
    assert [each.verdict for each in found.left] == [Verdict.UNKNOWN]


def test_a_grant_is_written_in_the_version_that_is_served() -> None:
    served = Catalog([ServedKind(GATEWAY_GROUP, "ReferenceGrant", "referencegrants", ("v1", "v1beta1"))])
    found = plan(report_on(route_to(("backend", "api"))), FixOptions(), served)
    assert only(found).after["apiVersion"] == f"{GATEWAY_GROUP}/v1"


def test_what_a_grant_does_not_help_is_left_with_its_other_fixes() -> None:
    obj = {**route_to(), "spec": {"rules": [{"backendRefs": [{"name": "api", "port": 80}]}]}}
    found = planned(obj, service("backend", "api"))
    (left,) = found.left
    assert found.changes == ()
    assert [fix.object for fix in non_grant_fixes(left)] == [edit.object for edit in found.edits] == [key_of(obj)]
    assert not found.empty


def test_a_reference_to_a_service_that_does_not_exist_is_left_without_a_grant() -> None:
    objects = (route_to(("backend", "api")), service("backend", "other-name"))
    source = Manifests(objects, "default")
    found = plan(investigate(source, objects[:1]), FixOptions(), CATALOG)
    assert [each.reference.to.name for each in found.left] == ["api"]
    assert found.changes == ()


def test_of_many_references_that_a_grant_is_written_for_its_annotation_names_the_first() -> None:
    routes = [route_to(("backend", "api"), name=f"route-{number}") for number in range(500)]
    (change,) = planned(*routes).changes
    purpose = change.after["metadata"]["annotations"]["kubectl-refs/for"]
    assert purpose.startswith("HTTPRoute frontend/route-0 references Service api; ")
    assert purpose.endswith(" more")
    assert len(purpose) < 2000
