"""What is wrong with a grant: each code, where it applies and where it does not, and the effect of its change."""

from __future__ import annotations

from typing import Any

import pytest

from kubectl_refs.core.model.codes import Severity
from kubectl_refs.core.model.fixes import Confidence
from kubectl_refs.core.model.objects import GATEWAY_GROUP, JSON
from kubectl_refs.core.view.reads import Read
from tests.support.builders import from_entry, grant, namespaces, route_to, service, to_entry
from tests.support.surveying import LIVE, Cluster, applied, codes, described, findings_on, report_on, surveyed

AROUND = (*namespaces("frontend", "backend", "other"), service(), route_to(("backend", "api")))
"""A route that uses Service backend/api, and everything it needs except a grant."""
QUIET = (*namespaces("frontend", "backend", "other"), service())
"""The same without the route."""
GOOD = grant([from_entry()], [to_entry(name="api")])
GATEWAY = {"group": GATEWAY_GROUP, "kind": "Gateway"}


def test_a_minimal_grant_that_is_used_has_no_findings() -> None:
    assert findings_on(GOOD, *AROUND) == ()


@pytest.mark.parametrize(
    ("wrong", "wanted"),
    [
        ({"to": [to_entry(group="core", name="api")]}, {"group": ""}),
        ({"to": [to_entry(group="v1", name="api")]}, {"group": ""}),
        ({"to": [to_entry(kind="services", name="api")]}, {"kind": "Service"}),
        ({"to": [to_entry(kind="service", name="api")]}, {"kind": "Service"}),
        ({"to": [to_entry(kind="Servcie", name="api")]}, {"kind": "Service"}),
        ({"to": [to_entry(group="core", kind="services", name="api")]}, {"group": "", "kind": "Service"}),
        ({"to": [to_entry(group=GATEWAY_GROUP, name="api")]}, {"group": ""}),
        ({"from_": [from_entry(kind="HttpRoute")]}, {"kind": "HTTPRoute"}),
        ({"from_": [from_entry(kind="httproutes")]}, {"kind": "HTTPRoute"}),
        ({"from_": [from_entry(group="")]}, {"group": GATEWAY_GROUP}),
        ({"from_": [from_entry(group="networking.gateway.k8s.io")]}, {"group": GATEWAY_GROUP}),
        ({"from_": [from_entry(group="networking.x-k8s.io")]}, {"group": GATEWAY_GROUP}),
        ({"from_": [from_entry(group="gateway.networking.x-k8s.io")]}, {"group": GATEWAY_GROUP}),
    ],
)
@pytest.mark.parametrize("catalog", [pytest.param(None, id="manifests"), pytest.param(LIVE, id="cluster")])
def test_an_entry_that_names_no_kind_never_matches_and_its_repair_lets_the_route_in(
    wrong: dict[str, Any], wanted: dict[str, str], catalog: Any
) -> None:
    objects = [grant(**({"from_": [from_entry()], "to": [to_entry(name="api")]} | wrong)), *AROUND]

    (finding,) = described(surveyed(Cluster(objects, catalog))).findings

    assert (finding.code.slug, finding.severity) == ("never-matches", Severity.ERROR)
    assert {each.path.rpartition(".")[2]: each.wanted for each in finding.differences} == wanted
    repaired = applied(objects, finding.fixes)
    assert findings_on(*repaired) == ()
    assert described(report_on(*repaired)).usage.users != ()


@pytest.mark.parametrize(
    ("entry", "said"),
    [
        ({"to": [{"kind": "Service"}]}, "spec.to[0] never matches: it has no group, which is required"),
        ({"to": [{"group": ""}]}, "spec.to[0] never matches: it has no kind, which is required"),
        ({"to": [to_entry(name="*")]}, 'spec.to[0] never matches: no Service is named "*"'),
        ({"to": [to_entry(kind="Namespace", name="a")]}, "spec.to[0] never matches: Namespace objects live in no"),
        ({"from_": [from_entry(namespace="*")]}, 'spec.from[0] never matches: no namespace is named "*"'),
        ({"from_": [from_entry(namespace=None)]}, "spec.from[0] never matches: it has no namespace"),
        (
            {"from_": [from_entry(namespace=True)]},
            "spec.from[0] never matches: its namespace is true, not a string; quote it in YAML",
        ),
        (
            {"to": [to_entry(name=["api", "web"])]},
            "spec.to[0] never matches: its name is a list, not a string; an entry names one",
        ),
        ({"from_": []}, "spec.from has no entries"),
        ({"to": []}, "spec.to has no entries"),
        (
            {"from_": [from_entry(namespace=f"n{number}") for number in range(17)]},
            "spec.from has 17 entries: an API server takes 16 at most, and refuses the grant",
        ),
        (
            {"to": [to_entry(name=f"n{number}") for number in range(20)]},
            "spec.to has 20 entries: an API server takes 16 at most, and refuses the grant",
        ),
    ],
)
def test_what_only_a_manifest_can_hold_never_matches_either(entry: dict[str, Any], said: str) -> None:
    objects = grant(**({"from_": [from_entry()], "to": [to_entry(name="api")]} | entry)), *AROUND

    (finding,) = findings_on(*objects)

    assert finding.code.slug == "never-matches"
    assert finding.message.startswith(said)
    assert described(report_on(*objects)).usage.users == ()


def test_a_kind_that_the_cluster_does_not_serve_never_matches_and_no_other_is_suggested() -> None:
    without = type(LIVE)([kind for kind in LIVE if kind.kind != "TCPRoute"])
    objects = [grant([from_entry(kind="TCPRoute")], [to_entry(name="api")]), *AROUND]

    (finding,) = described(surveyed(Cluster(objects, without))).findings

    assert finding.message == (
        f"spec.from[0] never matches: the server has no kind TCPRoute.{GATEWAY_GROUP}, whose CRD is not installed"
    )
    assert finding.differences == ()
    assert findings_on(*applied(objects, finding.fixes), GOOD) == ()


def test_kinds_that_manifests_do_not_speak_of_are_not_called_unserved() -> None:
    to_pool = grant([from_entry()], [to_entry("inference.networking.k8s.io", "InferencePool", "pool")])
    assert findings_on(to_pool, *AROUND) == ()
    live = described(surveyed(Cluster([to_pool, *AROUND], LIVE))).findings
    assert codes(live) == ["never-matches"]


def test_a_group_whose_api_does_not_answer_proves_nothing() -> None:
    stale = type(LIVE)(tuple(LIVE), stale_groups=["example.org"])
    objects = [grant([from_entry("example.org", "Widget")], [to_entry(name="api")]), *AROUND]
    assert described(surveyed(Cluster(objects, stale))).findings == ()


def test_a_grant_to_a_gateway_has_no_effect_on_parents() -> None:
    parents = [{"name": "public", "namespace": "backend"}]
    objects = [grant([from_entry()], [GATEWAY]), *AROUND, route_to(name="attached", parents=parents)]

    found = findings_on(*objects)

    assert codes(found) == ["no-effect-on-parents"]
    assert "allowedRoutes" in found[0].message
    assert applied(objects, found[0].fixes) == objects[1:]


def test_a_grant_to_a_gateway_that_a_backend_ref_uses_is_not_called_without_effect() -> None:
    chained = route_to(("backend", "public"), name="chained", target=GATEWAY)
    assert codes(findings_on(grant([from_entry()], [{**GATEWAY, "name": "public"}]), *AROUND, chained)) == [
        "to-name-missing"
    ]


def test_a_grant_to_a_gateway_is_not_called_without_effect_where_routes_could_not_be_read() -> None:
    source = Cluster([grant([from_entry()], [GATEWAY]), *AROUND], refuses=listing("HTTPRoute"))
    assert codes(described(surveyed(source)).findings) == ["any-name"]


def test_a_policy_that_selects_gateways_keeps_its_permission_where_routes_lose_theirs() -> None:
    policy = from_entry("gateway.envoyproxy.io", "SecurityPolicy")
    objects = [grant([from_entry(), policy], [GATEWAY, to_entry(name="api")]), *AROUND]
    (finding,) = [each for each in findings_on(*objects) if each.code.slug == "no-effect-on-parents"]

    after = applied(objects, finding.fixes)

    left = {
        (entry["kind"], target["kind"])
        for obj in after
        if obj["kind"] == "ReferenceGrant"
        for entry in obj["spec"]["from"]
        for target in obj["spec"]["to"]
    }
    assert left == {("HTTPRoute", "Service"), ("SecurityPolicy", "Service"), ("SecurityPolicy", "Gateway")}


def test_a_from_namespace_that_does_not_exist_is_told_with_the_one_like_it() -> None:
    objects = [grant([from_entry(namespace="fronted")], [to_entry(name="api")]), *AROUND]

    (finding,) = findings_on(*objects)

    assert finding.code.slug == "from-namespace-missing"
    assert finding.path == "spec.from[0].namespace"
    assert finding.message == 'spec.from[0] names namespace "fronted", which does not exist; "frontend" does'
    assert finding.fixes[0].confidence is Confidence.LIKELY
    assert findings_on(*applied(objects, finding.fixes)) == ()


@pytest.mark.parametrize(
    ("entry", "target", "field", "sure"),
    [
        (from_entry(namespace="fronted"), to_entry(name="checkout"), "namespace", True),
        (from_entry(), to_entry(name="checkuot"), "name", True),
        (from_entry(namespace="fronted"), to_entry(name="other"), "namespace", False),
    ],
)
def test_a_slip_is_as_sure_as_the_repair_for_the_reference_that_it_is_meant_for(
    entry: JSON, target: JSON, field: str, sure: bool
) -> None:
    refused = route_to(("backend", "checkout"), name="refused")
    services = service(name="checkout"), service(name="other")
    found = findings_on(grant([entry], [target]), *namespaces("frontend", "backend"), *services, refused)
    (fix,) = (each.fixes[0] for each in found if each.path.endswith(field))
    assert fix.confidence is (Confidence.LIKELY if sure else Confidence.GUESS)


def test_a_from_namespace_like_no_other_is_taken_out() -> None:
    objects = [grant([from_entry(), from_entry(namespace="gone")], [to_entry(name="api")]), *AROUND]
    (finding,) = findings_on(*objects)
    assert finding.message == 'spec.from[1] names namespace "gone", which does not exist'
    assert applied(objects, finding.fixes)[0] == GOOD


def test_namespaces_that_could_not_be_read_are_not_called_missing() -> None:
    objects = [grant([from_entry(namespace="fronted")], [to_entry(name="api")]), *AROUND]
    source = Cluster(objects, refuses=listing("Namespace"))
    assert codes(described(surveyed(source)).findings) == ["no-known-user"]


def test_a_to_name_that_does_not_exist_is_told_with_the_one_like_it() -> None:
    objects = [grant([from_entry()], [to_entry(name="apii")]), *AROUND]

    (finding,) = findings_on(*objects)

    assert finding.code.slug == "to-name-missing"
    assert finding.message == 'spec.to[0] names Service "apii", which does not exist in backend; "api" does'
    assert findings_on(*applied(objects, finding.fixes)) == ()


def test_a_missing_target_that_is_referred_to_keeps_its_permission() -> None:
    objects = [grant([from_entry()], [to_entry(name="gone")]), *AROUND, route_to(("backend", "gone"), name="early")]
    (finding,) = findings_on(*objects)
    assert finding.code.slug == "to-name-missing"
    assert finding.fixes == ()


def test_a_missing_target_that_one_of_two_namespaces_refers_to_is_not_split_off() -> None:
    """The finding would remain for the permission that is used; unused permissions are reported separately."""
    both = grant([from_entry(), from_entry(namespace="other")], [to_entry(name="gone"), to_entry(name="api")])
    objects = [
        both,
        *AROUND,
        route_to(("backend", "gone"), name="early"),
        route_to(("backend", "api"), namespace="other"),
    ]
    missing, unused = findings_on(*objects)
    assert (missing.code.slug, missing.fixes) == ("to-name-missing", ())
    assert unused.message.startswith(
        "nothing known uses 1 of its 4 permissions (each from with each to): HTTPRoutes in other"
    )
    after = described(report_on(*applied(objects, unused.fixes)))
    assert codes(after.findings) == ["to-name-missing"]


def test_nothing_is_taken_away_from_users_that_could_not_be_looked_at() -> None:
    """An owner of backend may not list the Gateways in frontend, one of which may use what no route uses."""
    from_gateways = from_entry(kind="Gateway")
    changes = {
        name: [fix for finding in each.findings for fix in finding.fixes if fix.action != "edit"]
        for name, each in {
            name: described(surveyed(Cluster([grant([from_gateways], to), *AROUND], refuses=listing("Gateway"))))
            for name, to in {
                "a name that is missing": [to_entry(name="gone")],
                "one that looks like another": [to_entry(name="apii")],
                "no name": [to_entry(kind="Secret")],
                "several": [to_entry(name="gone"), to_entry(name="api"), to_entry(kind="Secret")],
            }.items()
        }.items()
    }
    assert [name for name, taking in changes.items() if taking] == []


def test_what_never_matches_is_taken_out_whether_users_are_known_or_not() -> None:
    wrong = grant([from_entry(kind="Gateway"), from_entry(kind="Gatway")], [to_entry(name="gone")])
    found = described(surveyed(Cluster([wrong, *AROUND], LIVE, refuses=listing("Gateway")))).findings
    assert [(each.code.slug, [fix.action for fix in each.fixes]) for each in found] == [
        ("never-matches", ["patch"]),
        ("to-name-missing", []),
    ]
    assert found[1].message == (
        'spec.to[0] names Service "gone", which does not exist in backend; whether anything uses it is not known'
    )


def test_a_target_that_could_not_be_read_is_not_called_missing() -> None:
    objects = [grant([from_entry()], [to_entry(name="gone")]), *AROUND]
    source = Cluster(objects, refuses=lambda read: read.group_kind.kind == "Service")
    assert codes(described(surveyed(source)).findings) == ["no-known-user"]


def test_a_grant_without_a_known_user_is_never_called_safe_to_delete() -> None:
    (finding,) = findings_on(grant([from_entry(namespace="other")], [to_entry(name="api")]), *QUIET)
    assert finding.code.slug == "no-known-user"
    assert finding.message == "no object of the kinds that could be read uses it"
    assert finding.fixes[0].confidence is Confidence.GUESS
    assert "safe" not in finding.message + finding.fixes[0].title


@pytest.mark.parametrize(
    ("entry", "target"),
    [
        (from_entry("example.org", "Widget", "other"), to_entry(name="api")),
        (from_entry("", "Pod", "other"), to_entry(name="api")),
        (from_entry(namespace="other"), to_entry("configuration.konghq.com", "KongPlugin", "auth")),
    ],
)
def test_what_is_beyond_the_table_of_reference_fields_is_never_called_unused(
    entry: dict[str, Any], target: dict[str, Any]
) -> None:
    found = described(report_on(grant([entry], [target]), *AROUND))
    assert found.findings == ()
    assert not found.usage.known


def test_unread_referrers_are_never_called_absent() -> None:
    source = Cluster(
        [grant([from_entry(namespace="other")], [to_entry(name="api")]), *AROUND], refuses=listing("HTTPRoute")
    )
    found = described(surveyed(source))
    assert found.findings == ()
    assert not found.usage.known


def test_a_mesh_route_counts_as_a_user() -> None:
    parents = [{"group": "", "kind": "Service", "name": "web"}]
    mesh = route_to(("backend", "api"), parents=parents)
    found = described(report_on(GOOD, *AROUND[:-1], mesh))
    assert codes(found.findings) == []
    assert found.usage.mesh == frozenset(found.usage.users)
    assert found.usage.sole == ()


def test_of_two_equal_grants_only_one_is_redundant() -> None:
    twin = grant([from_entry()], [to_entry(name="api")], name="h")
    assert codes(findings_on(GOOD, twin, *AROUND)) == []
    (finding,) = findings_on(GOOD, twin, *AROUND, name="h")
    assert (finding.code.slug, finding.message) == ("redundant", "everything it permits is also permitted by backend/g")


def test_grants_that_only_overlap_are_not_redundant() -> None:
    overlapping = grant([from_entry()], [to_entry(name="api"), to_entry(name="more")], name="h")
    used = route_to(("backend", "more"), name="more")
    assert codes(findings_on(GOOD, overlapping, *AROUND, service(name="more"), used, name="h")) == []


def test_a_grant_of_another_namespace_makes_none_redundant() -> None:
    elsewhere = grant([from_entry()], [to_entry(name="api")], namespace="other", name="h")
    assert codes(findings_on(GOOD, elsewhere, *AROUND)) == []


def test_all_redundant_grants_may_go_at_once() -> None:
    """Each of three grants is covered by the other two, but only one of them can be removed."""
    names = ("api", "b", "c")
    three = [
        grant([from_entry()], [to_entry(name=names[one]), to_entry(name=names[(one + 1) % 3])], name=f"g{one}")
        for one in range(3)
    ]
    report = report_on(*three, *AROUND)
    assert [codes(each.findings).count("redundant") for each in report.grants] == [0, 0, 1]


@pytest.mark.parametrize(("kind", "severity"), [("Secret", Severity.ERROR), ("Service", Severity.WARNING)])
def test_an_entry_without_a_name_is_too_broad_and_worst_for_secrets(kind: str, severity: Severity) -> None:
    from_ = from_entry(kind="Gateway" if kind == "Secret" else "HTTPRoute")
    found = findings_on(grant([from_], [to_entry(kind=kind)]), *AROUND)
    assert [each.severity for each in found if each.code.slug == "any-name"] == [severity]


def test_what_is_used_is_named_in_the_place_of_no_name() -> None:
    more = route_to(("backend", "b"), ("backend", "api"), name="more")
    objects = [grant([from_entry()], [to_entry()]), *AROUND, service(name="b"), more]

    (finding,) = findings_on(*objects)

    assert (
        finding.message == "spec.to[0] has no name: it permits every Service in backend; of these, api and b are used"
    )
    after = applied(objects, finding.fixes)
    assert after[0]["spec"]["to"] == [to_entry(name="api"), to_entry(name="b")]
    assert findings_on(*after) == ()


@pytest.mark.parametrize("name", ["ap1", "gone"])
def test_an_entry_without_a_name_is_not_narrowed_to_what_does_not_exist(name: str) -> None:
    objects = [grant([from_entry()], [to_entry()]), *AROUND, route_to(("backend", name), name="shop")]
    (finding,) = findings_on(*objects)
    assert (finding.code.slug, finding.fixes) == ("any-name", ())
    assert finding.message == (
        f"spec.to[0] has no name: it permits every Service in backend; of these, api is used; {name} is referenced but does not "
        "exist"
    )
    assert finding.advice == f"look at HTTPRoute frontend/shop first: Service backend/{name} does not exist"


def test_that_it_is_not_known_whether_what_is_used_exists_is_told() -> None:
    source = Cluster(
        [grant([from_entry()], [to_entry()]), *AROUND], LIVE, lambda read: read.group_kind.kind == "Service"
    )
    report = surveyed(source)
    (finding,) = described(report).findings
    assert [fix.action for fix in finding.fixes] == ["patch"]
    assert {gap.effect for gap in report.gaps} == {"whether Service backend/api exists, or is a typo, is not known"}


def test_a_grant_that_the_cause_of_a_refused_reference_names_is_not_to_be_deleted() -> None:
    (finding,) = findings_on(grant([from_entry(namespace="other")], [to_entry(name="api")]), *AROUND)
    assert (finding.code.slug, finding.fixes) == ("no-known-user", ())
    assert finding.advice == ("look at HTTPRoute frontend/web first, which is refused and may be meant to use it")


@pytest.mark.parametrize(
    ("namespace", "from_namespace", "wrong"),
    [
        ("other", "frontend", "metadata.namespace"),
        ("frontend", "frontend", "metadata.namespace"),
        ("backend", "backend", "spec.from[0].namespace"),
        ("backend", "*", "spec.from[0].namespace"),
        ("backend", "", "spec.from[0].namespace"),
        ("backend", None, "spec.from[0].namespace"),
    ],
)
def test_a_grant_that_is_of_no_use_as_it_is_fails_the_reference_whose_cause_it_is(
    namespace: str, from_namespace: str | None, wrong: str
) -> None:
    useless = grant([from_entry(namespace=from_namespace)], [to_entry(name="api")], namespace=namespace)
    ((failing, miss),) = described(report_on(useless, *AROUND, namespace=namespace, everywhere=True)).meant_but_refused
    assert str(failing.to) == "Service backend/api"
    assert [each.path for each in miss.differences] == [wrong]


@pytest.mark.parametrize(
    "other",
    [
        grant([from_entry(namespace="other")], [to_entry(name="api")]),
        grant([from_entry(namespace="backend")], [to_entry(name="auth")]),
        grant([from_entry()], [to_entry(name="auth")], namespace="other"),
    ],
)
def test_a_grant_that_may_be_meant_for_others_fails_nothing(other: JSON) -> None:
    place = other["metadata"]["namespace"]
    assert (
        described(report_on(other, *AROUND, service(name="auth"), namespace=place, everywhere=True)).meant_but_refused
        == ()
    )


def test_a_grant_whose_users_are_not_known_is_perhaps_in_place_and_one_that_is_used_is() -> None:
    kind = {"group": "example.org", "kind": "Thing"}
    elsewhere = route_to(("backend", "api"), name="refused", target=kind)
    there = grant([from_entry()], [kind], namespace="other")
    thing = {"apiVersion": "example.org/v1", "kind": "Thing", "metadata": {"name": "api", "namespace": "backend"}}
    objects = [*namespaces("frontend", "backend", "other"), thing, there, elsewhere]
    assert "in-another-namespace" in codes(findings_on(*objects))
    assert "in-another-namespace" not in codes(
        findings_on(*objects, route_to(("other", "api"), name="used", target=kind))
    )


def test_a_grant_that_is_meant_for_a_refused_reference_is_neither_narrowed_nor_deleted() -> None:
    """The grant's two namespaces are swapped, so it is in the route's namespace."""
    wrong = grant([from_entry(namespace="backend")], [to_entry()], namespace="frontend")
    found = described(report_on(wrong, *AROUND, namespace="frontend", everywhere=True))
    assert found.meant_but_refused != ()
    assert [finding.fixes for finding in found.findings] == [(), ()]
    assert {finding.advice for finding in found.findings} == {
        "look at HTTPRoute frontend/web first, which is refused and may be meant to use it"
    }


@pytest.mark.parametrize("namespace", ["frontend", "backend"])
@pytest.mark.parametrize("name", [None, "web"])
def test_a_grant_with_from_and_to_swapped_permits_nothing_and_its_swap_lets_the_route_in(
    namespace: str, name: str | None
) -> None:
    wrong = grant([from_entry("", "Service", namespace)], [to_entry(GATEWAY_GROUP, "HTTPRoute", name)])
    objects = [wrong, *AROUND]
    found = described(report_on(*objects, everywhere=True))
    (finding,) = found.findings
    assert (finding.code.slug, finding.path, found.unused) == ("never-matches", "spec.from[0]", True)
    assert finding.message == (
        "spec.from[0] permits nothing: Services do not reference HTTPRoutes, HTTPRoutes reference Services; from and to are "
        "swapped"
    )
    assert [fix.widens for fix in finding.fixes] == [()]
    after = applied(objects, finding.fixes)
    assert findings_on(*after) == ()
    assert described(report_on(*after)).usage.users != ()


def test_a_swap_is_left_to_the_owner_where_it_is_not_known_what_is_meant() -> None:
    (finding,) = findings_on(grant([from_entry("", "Service")], [to_entry(GATEWAY_GROUP, "HTTPRoute")]), *QUIET)
    assert [(fix.action, fix.title) for fix in finding.fixes] == [
        ("edit", "swap from and to in ReferenceGrant backend/g, and name what is meant")
    ]


def test_a_grant_without_a_name_that_nobody_uses_is_to_be_named_or_deleted_each_said_once() -> None:
    broad, unused = findings_on(grant([from_entry(namespace="other")], [to_entry()]), *QUIET)
    assert [finding.code.slug for finding in (broad, unused)] == ["any-name", "no-known-user"]
    assert [fix.action for fix in (*broad.fixes, *unused.fixes)] == ["edit", "delete"]


def test_no_names_are_guessed_where_users_may_be_unknown() -> None:
    objects = [grant([from_entry(), from_entry("example.org", "Widget")], [to_entry()]), *AROUND]
    (finding,) = findings_on(*objects)
    assert [fix.action for fix in finding.fixes] == ["edit"]


def test_more_names_than_a_grant_holds_are_left_to_the_owner() -> None:
    many = [("backend", f"s{number}") for number in range(17)]
    (finding,) = findings_on(
        grant([from_entry()], [to_entry()]),
        *AROUND,
        *(service(name=name) for _, name in many),
        route_to(*many, name="many"),
    )
    assert [fix.action for fix in finding.fixes] == ["edit"]


def test_unused_permissions_of_a_product_are_told_and_taken_out() -> None:
    objects = [
        grant([from_entry(), from_entry(namespace="other")], [to_entry(name="api"), to_entry(name="b")]),
        *AROUND,
        service(name="b"),
        route_to(("backend", "b"), namespace="other", name="b"),
    ]

    (finding,) = findings_on(*objects)

    assert finding.code.slug == "unused-pairs"
    assert finding.message.startswith(
        "nothing known uses 2 of its 4 permissions (each from with each to): HTTPRoutes in"
    )
    assert [(fix.action, fix.follows) for fix in finding.fixes] == [("create", False), ("patch", True)]
    after = report_on(*applied(objects, finding.fixes))
    assert [codes(each.findings) for each in after.grants] == [[], []]
    assert [len(each.usage.users) for each in after.grants] == [1, 1]


def test_an_entry_for_the_grants_own_namespace_is_needless() -> None:
    objects = [grant([from_entry(), from_entry(namespace="backend")], [to_entry(name="api")]), *AROUND]
    (finding,) = findings_on(*objects)
    assert finding.code.slug == "own-namespace"
    assert applied(objects, finding.fixes)[0] == GOOD


def listing(kind: str) -> Any:
    """Refuse all reads of a kind."""

    def refuses(read: Read) -> bool:
        return read.group_kind.kind == kind

    return refuses


@pytest.mark.parametrize(
    ("wrong", "message"),
    [
        ({"from_": [{**from_entry(), "name": "site"}]}, "spec.from[0].name is not a field of ReferenceGrant: from cannot name single objects"),
        ({"to": [{**to_entry(name="api"), "namespace": "backend"}]}, "spec.to[0].namespace is not a field of ReferenceGrant: it permits references into its own namespace only"),
        ({"to": [{**to_entry(), "nmae": "api"}]}, "spec.to[0].nmae is not a field of ReferenceGrant; name may be meant"),
        ({"to": [{**to_entry(), "Name": "api"}]}, "spec.to[0].Name is not a field of ReferenceGrant; name may be meant"),
        ({"to": [{**to_entry(name="api"), "names": "api"}]}, "spec.to[0].names is not a field of ReferenceGrant"),
        ({"to": [{**to_entry(name="api"), "port": 80}]}, "spec.to[0].port is not a field of ReferenceGrant"),
    ],
)  # fmt: skip
def test_a_field_that_the_kind_does_not_have(wrong: dict[str, Any], message: str) -> None:
    written = grant(**({"from_": [from_entry()], "to": [to_entry(name="api")]} | wrong))

    finding = findings_on(written, *AROUND)[0]

    assert (finding.code.slug, finding.severity, finding.message) == ("unknown-field", Severity.ERROR, message)
    taken = {**written, "metadata": {**written["metadata"], "creationTimestamp": "2026-01-01T00:00:00Z"}}
    assert "unknown-field" not in codes(findings_on(taken, *AROUND))


def test_a_field_beside_spec_or_within_it_that_the_kind_does_not_have() -> None:
    misplaced = {**grant([from_entry()], [to_entry(name="api")]), "to": []}
    misplaced["spec"] = {"form": misplaced["spec"]["from"], "to": misplaced["spec"]["to"]}

    told = {each.path: each.message for each in findings_on(misplaced, *AROUND) if each.code.slug == "unknown-field"}

    assert told == {
        "to": "to is not a field of ReferenceGrant: it belongs in spec",
        "spec.form": "spec.form is not a field of ReferenceGrant; from may be meant",
    }
