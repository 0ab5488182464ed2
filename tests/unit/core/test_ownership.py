"""The owner's questions: what a grant was meant for, who references a target, and what is read for the answers."""

from __future__ import annotations

from kubectl_refs.core.model.judgements import Verdict
from kubectl_refs.core.model.objects import GATEWAY_GROUP, JSON, GroupKind, ObjectKey
from kubectl_refs.core.queries.grant_targets import FEW
from kubectl_refs.core.view.reads import Get, List, Read
from tests.support.builders import from_entry, gateway, grant, namespaces, route_to, service, to_entry
from tests.support.surveying import Cluster, codes, described, report_on, surveyed

API = ObjectKey("", "Service", "backend", "api")
AROUND = (*namespaces("frontend", "backend", "other"), service(), route_to(("backend", "api")))


def failing(*objects: JSON, namespace: str = "backend") -> list[tuple[str, list[str]]]:
    found = described(report_on(*objects, *AROUND, namespace=namespace, everywhere=True)).meant_but_refused
    return [(reference.referrer.name, [each.path for each in miss.differences]) for reference, miss in found]


def test_what_a_grant_was_meant_for_and_does_not_permit_is_told_with_the_field() -> None:
    typo = grant([from_entry(namespace="fronted")], [to_entry(name="api")])
    assert failing(typo) == [("web", ["spec.from[0].namespace"])]


def test_a_reference_that_another_grant_permits_is_no_failure() -> None:
    typo = grant([from_entry(namespace="fronted")], [to_entry(name="api")])
    assert failing(typo, grant([from_entry()], [to_entry(name="api")], name="h")) == []


def test_a_grant_for_somebody_else_fails_nobody() -> None:
    assert failing(grant([from_entry(namespace="other")], [to_entry(name="api")])) == []


def test_a_grant_put_with_its_referrer_is_told_where_it_should_stand() -> None:
    misplaced = grant([from_entry()], [to_entry(name="api")], namespace="frontend")
    assert failing(misplaced, namespace="frontend") == [("web", ["metadata.namespace"])]


def test_a_grant_put_with_its_referrer_fails_nobody_whom_another_grant_lets_in() -> None:
    misplaced = grant([from_entry()], [to_entry(name="api")], namespace="frontend")
    right = grant([from_entry()], [to_entry(name="api")], name="h")
    assert failing(misplaced, right, namespace="frontend") == []


def test_nothing_is_called_refused_where_the_grants_of_its_target_could_not_be_read() -> None:
    misplaced = grant([from_entry()], [to_entry(name="api")], namespace="frontend")

    def refuses(read: Read) -> bool:
        return read == List(read.group_kind, "backend") and read.group_kind.kind == "ReferenceGrant"

    source = Cluster([misplaced, *AROUND], refuses=refuses)
    assert described(surveyed(source, "frontend", everywhere=True)).meant_but_refused == ()


def test_a_mesh_route_without_a_grant_is_not_called_refused() -> None:
    parents = [{"group": "", "kind": "Service", "name": "own"}]
    mesh = route_to(("backend", "api"), name="mesh", namespace="other", parents=parents)
    typo = grant([from_entry(namespace="othr")], [to_entry(name="api")])
    assert failing(typo, mesh) == []


def test_a_targets_view_has_referrers_of_every_namespace_the_refused_first() -> None:
    objects = [
        grant([from_entry()], [to_entry(name="api")]),
        *AROUND,
        route_to(("backend", "api"), ("backend", "more"), namespace="other", name="tries"),
        route_to(("backend", "api"), namespace="backend", name="local"),
        route_to(("backend", "more"), name="unconcerned"),
    ]

    report = report_on(*objects, namespace="backend", everywhere=True, target=API)

    assert [(each.reference.referrer.name, each.verdict) for each in report.references] == [
        ("tries", Verdict.REFUSED),
        ("local", Verdict.ALLOWED),
        ("web", Verdict.ALLOWED),
    ]
    assert [str(match.grant) for match in report.references[2].grants] == ["backend/g"]
    assert report.references[0].near_misses[0].grant.name == "g"
    assert report.complete


def test_a_targets_view_has_referrers_that_need_no_grant() -> None:
    policy = {
        "apiVersion": f"{GATEWAY_GROUP}/v1",
        "kind": "BackendTLSPolicy",
        "metadata": {"name": "verified", "namespace": "backend"},
        "spec": {"targetRefs": [{"group": "", "kind": "Service", "name": "api"}]},
    }
    elsewhere = {**policy, "metadata": {"name": "verified", "namespace": "frontend"}}
    source = Cluster([service(), policy, elsewhere])

    report = surveyed(source, "backend", everywhere=True, target=API)

    assert [str(each.reference.referrer) for each in report.references] == ["BackendTLSPolicy backend/verified"]
    kind = GroupKind(GATEWAY_GROUP, "BackendTLSPolicy")
    listed = {read.namespace for read in source.reads if isinstance(read, List) and read.group_kind == kind}
    assert listed == {"backend"}, "its fields have no namespace"


def test_a_target_is_judged_with_what_controllers_report() -> None:
    secret = {
        "apiVersion": "v1",
        "kind": "Secret",
        "metadata": {"name": "cert", "namespace": "infra"},
        "type": "example.com/certificate",
    }
    conditions = [{"type": "ResolvedRefs", "status": "True", "reason": "ResolvedRefs"}]
    status = {"listeners": [{"name": "http", "conditions": conditions}]}
    listener = {"protocol": "HTTPS", "tls": {"certificateRefs": [{"name": "cert"}]}}
    holder = {**gateway(listener=listener), "status": status}
    target = ObjectKey("", "Secret", "infra", "cert")

    report = report_on(secret, holder, namespace="infra", everywhere=True, target=target)

    assert [each.verdict for each in report.references] == [Verdict.ALLOWED]


def test_a_targets_view_of_a_gateway_has_the_routes_that_attach_to_it() -> None:
    public = {
        "apiVersion": f"{GATEWAY_GROUP}/v1",
        "kind": "Gateway",
        "metadata": {"name": "public", "namespace": "backend"},
        "spec": {"listeners": [{"name": "http", "port": 80, "protocol": "HTTP"}]},
    }
    parents = [{"name": "public", "namespace": "backend"}]
    objects = [*AROUND, public, route_to(name="outside", parents=parents)]
    objects.append(route_to(name="inside", parents=parents, namespace="backend"))

    target = ObjectKey(GATEWAY_GROUP, "Gateway", "backend", "public")
    report = report_on(*objects, namespace="backend", everywhere=True, target=target)

    assert [(each.reference.referrer.name, each.verdict) for each in report.references] == [
        ("outside", Verdict.REFUSED),
        ("inside", Verdict.ALLOWED),
    ]


def test_a_targets_view_falls_back_to_the_namespaces_that_may_be_read() -> None:
    objects = [
        grant([from_entry()], [to_entry(name="api")]),
        *AROUND,
        route_to(("backend", "api"), namespace="backend", name="local"),
        route_to(("backend", "api"), namespace="other", name="unseen"),
    ]
    source = Cluster(objects, refuses=lambda read: isinstance(read, List) and read.namespace in (None, "other"))

    report = surveyed(source, "backend", everywhere=True, target=API)

    assert [each.reference.referrer.name for each in report.references] == ["local", "web"]
    assert not report.complete
    assert "which HTTPRoutes in other namespaces reference Service backend/api is not known" in [
        gap.effect for gap in report.gaps
    ]


def test_many_targets_are_listed_and_few_are_asked_for_by_name() -> None:
    def reads_of(count: int) -> list[Read]:
        targets = [to_entry(name=f"s{number}") for number in range(count)]
        grants = [grant([from_entry()], targets[start : start + 16], name=f"g{start}") for start in range(0, count, 16)]
        services = [service(name=f"s{number}") for number in range(count)]
        source = Cluster([*grants, *services, *namespaces("frontend")])
        assert [code for each in surveyed(source).grants for code in codes(each.findings)] == [
            "no-known-user" for _ in grants
        ]
        return [read for read in source.reads if read.group_kind.kind == "Service"]

    assert {type(read) for read in reads_of(FEW)} == {Get}
    assert [type(read) for read in reads_of(FEW + 1)] == [List]


def test_secrets_are_never_read_whole() -> None:
    secret = {"apiVersion": "v1", "kind": "Secret", "metadata": {"name": "tls", "namespace": "backend"}, "data": {}}
    source = Cluster([grant([from_entry(kind="Gateway")], [to_entry(kind="Secret", name="tlss")]), secret, *AROUND])
    found = described(surveyed(source, "backend", everywhere=True)).findings
    assert codes(found)[0] == "to-name-missing"
    assert [read.metadata_only for read in source.reads if read.group_kind.kind == "Secret"] == [True, True]


def test_only_the_namespaces_that_grants_name_are_read_where_one_namespace_is_asked_about() -> None:
    source = Cluster([grant([from_entry()], [to_entry(name="api")]), *AROUND])
    surveyed(source, "backend")
    lists = [read for read in source.reads if isinstance(read, List) and read.group_kind.kind.endswith("Route")]
    assert [(read.group_kind.kind, read.namespace) for read in lists] == [("HTTPRoute", "frontend")]


def test_no_reading_is_asked_for_twice() -> None:
    source = Cluster([grant([from_entry()], [to_entry(name="apii")]), *AROUND])
    surveyed(source, "backend", everywhere=True, target=API)
    assert len(source.reads) == len(set(source.reads))
