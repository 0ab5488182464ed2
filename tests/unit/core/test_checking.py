"""Checking many objects: what costs a read, what a finding is and remains, and which findings are shown."""

from __future__ import annotations

import hashlib
from collections import Counter
from collections.abc import Sequence
from dataclasses import replace
from itertools import permutations

import pytest

from kubectl_refs.core.findings.filters import FindingFilters, Ignored
from kubectl_refs.core.model.codes import Code, Severity
from kubectl_refs.core.model.findings import Finding
from kubectl_refs.core.model.judgements import Verdict
from kubectl_refs.core.model.kinds import GATEWAY, REFERENCE_GRANT, SERVICE
from kubectl_refs.core.model.objects import JSON, GroupKind
from kubectl_refs.core.model.values import key_of
from kubectl_refs.core.queries.check import CheckReport, check, filtered, worst
from kubectl_refs.core.references.cause import cause_of
from kubectl_refs.core.view.reads import Get, List, Read
from kubectl_refs.core.view.store import Library
from tests.support.builders import from_entry, grant, namespaces, route_to, service, to_entry
from tests.support.surveying import Cluster

HTTP_ROUTE = GroupKind("gateway.networking.k8s.io", "HTTPRoute")
SOUND = (*namespaces("frontend", "backend"), service(), grant([from_entry()], [to_entry(name="api")]))


def checked(*objects: JSON, cluster: Cluster | None = None, ungranted: bool = False) -> CheckReport:
    source = cluster or Cluster(objects)
    referring = [obj for obj in objects if key_of(obj).group_kind in (HTTP_ROUTE, GATEWAY)]
    return check(source, Library(), referring, ungranted=ungranted)


def told(report: CheckReport) -> list[tuple[Code, str]]:
    return [(finding.code, finding.object.name) for finding in report.findings]


def finding(code: Code = Code.NO_GRANT, **more: object) -> Finding:
    (found,) = checked(*namespaces("frontend", "backend"), service(), route_to(("backend", "api"))).findings
    return replace(found, code=code, **more)  # type: ignore[arg-type]


def test_a_finding_says_what_to_do_next() -> None:
    (found,) = checked(*namespaces("frontend", "backend"), service(), route_to(("backend", "api"))).findings
    assert (found.code, found.severity, found.verdict) == (Code.NO_GRANT, Severity.ERROR, Verdict.REFUSED)
    assert found.path == "spec.rules[0].backendRefs[0]"
    assert found.target.startswith("Service backend/api")
    assert found.advice.startswith("a new ReferenceGrant in backend")


def test_the_nearest_grant_and_its_field_are_named() -> None:
    wrong = grant([from_entry(namespace="fronted")], [to_entry(name="api")])
    (found,) = checked(*namespaces("frontend", "backend"), service(), wrong, route_to(("backend", "api"))).findings
    assert found.code is Code.NEAR_MISS
    assert 'spec.from[0].namespace is "fronted", expected "frontend", in ReferenceGrant backend/g' in found.message


FOREIGN = from_entry(group="", kind="Secret", namespace="elsewhere")


@pytest.mark.parametrize(
    ("grants", "said"),
    [
        (
            [
                grant(
                    [from_entry(group="", kind="Service", namespace="backend")],
                    [to_entry(group=GATEWAY.group, kind="HTTPRoute")],
                )
            ],
            "from and to are swapped in ReferenceGrant backend/g: from must name HTTPRoute in frontend, and to Service",
        ),
        (
            [
                grant([from_entry()], [to_entry(kind="Secret")], name="a"),
                grant([FOREIGN, FOREIGN], [to_entry(kind="Secret"), to_entry()], name="b"),
            ],
            "no single ReferenceGrant has both: spec.from[0] of backend/a matches, its to does not; spec.to[1] of backend/b "
            "matches, its from does not",
        ),
        (
            [grant([from_entry(namespace="fronted")], [to_entry(group="core")])],
            'spec.from[0].namespace is "fronted", expected "frontend", and spec.to[0].group is "core", expected "", in '
            "ReferenceGrant backend/g",
        ),
        (
            [grant([from_entry(kind="HttpRoute", namespace="fronted")], [to_entry(group="core", kind="service")])],
            '4 fields of ReferenceGrant backend/g differ: spec.from[0].kind is "HttpRoute", expected "HTTPRoute", namespace is '
            '"fronted", expected "frontend", spec.to[0].group is "core", expected "", and kind is "service", expected "Service"',
        ),
        (
            [grant([], [to_entry()])],
            "no ReferenceGrant in namespace backend permits HTTPRoutes in frontend to reference Service api: spec.from has no "
            "entries in ReferenceGrant backend/g",
        ),
        (
            [grant([from_entry()], [to_entry()]) | {"spec": {"from": [from_entry()], "to": to_entry()}}],
            "no ReferenceGrant in namespace backend permits HTTPRoutes in frontend to reference Service api: spec.to is not a list "
            "in ReferenceGrant backend/g",
        ),
    ],
)
def test_a_finding_on_a_refused_reference_says_its_cause(grants: Sequence[JSON], said: str) -> None:
    objects = (*namespaces("frontend", "backend"), service(), *grants, route_to(("backend", "api")))
    report = checked(*objects)
    assert [finding.message for finding in report.findings if finding.code is Code.NEAR_MISS] == [said]


@pytest.mark.parametrize(
    ("from_", "to", "said"),
    [
        pytest.param(
            from_entry(namespace="backend"),
            to_entry(),
            "the two namespaces are swapped: ReferenceGrant frontend/g is in namespace frontend, expected backend, that of the "
            'target, and spec.from[0].namespace is "backend", expected "frontend"',
            id="namespaces",
        ),
        pytest.param(
            from_entry(namespace="backend"),
            to_entry(group="core"),
            "the two namespaces are swapped: ReferenceGrant frontend/g is in namespace frontend, expected backend, that of the "
            'target, and spec.from[0].namespace is "backend", expected "frontend", and spec.to[0].group is "core", expected ""',
            id="namespaces, beside a slip",
        ),
        pytest.param(
            from_entry(group="", kind="Service", namespace="backend"),
            to_entry(group=GATEWAY.group, kind="HTTPRoute", name="web"),
            "from and to are swapped in ReferenceGrant frontend/g: from must name HTTPRoute in frontend, and to Service api; and "
            "ReferenceGrant frontend/g is in namespace frontend, expected backend, that of the target",
            id="all",
        ),
    ],
)
def test_a_grant_in_the_wrong_namespace_is_said_to_be_there_whatever_is_swapped(
    from_: JSON, to: JSON, said: str
) -> None:
    swapped = grant([from_], [to], namespace="frontend")
    report = checked(*namespaces("frontend", "backend"), service(), swapped, route_to(("backend", "api"), name="web"))
    assert [finding.message for finding in report.findings if finding.code is Code.MISPLACED_GRANT] == [said]
    assert [cause_of(each) for each in report.objects[0].references] == [said]


def test_objects_without_references_are_left_out() -> None:
    report = checked(*SOUND, route_to(name="empty"), route_to(("backend", "api")))
    assert [each.object.name for each in report.objects] == ["web"]
    assert told(report) == []


def test_every_read_is_made_once_however_many_objects_ask() -> None:
    objects = (*SOUND, *(route_to(("backend", "api"), name=f"route-{number}") for number in range(20)))
    cluster = Cluster(objects)
    checked(*objects, cluster=cluster)
    assert [read for read, count in Counter(cluster.reads).items() if count > 1] == []
    assert len(cluster.reads) < 10


def test_an_object_with_open_questions_does_not_have_the_others_looked_at_again() -> None:
    sound = [route_to(("backend", "api"), name=f"sound-{number}") for number in range(5)]
    odd = route_to(("other", "api"), name="odd")
    rounds: list[Sequence[Read]] = []
    cluster = Cluster((*SOUND, *sound, odd))
    read = cluster.read

    def counting(reads: Sequence[Read]) -> object:
        rounds.append(tuple(reads))
        return read(reads)

    cluster.read = counting  # type: ignore[method-assign, assignment]
    report = checked(*SOUND, *sound, odd, cluster=cluster)
    assert told(report) == [(Code.NO_GRANT, "odd")]
    assert len(rounds) > 1
    later = {read.key for reads in rounds[1:] for read in reads if isinstance(read, Get)}
    assert key_of(service()) not in later


@pytest.mark.parametrize("refused", [SERVICE, REFERENCE_GRANT])
def test_what_could_not_be_read_is_unknown_and_a_gap(refused: GroupKind) -> None:
    objects = (*SOUND, route_to(("backend", "api")))
    cluster = Cluster(objects, refuses=lambda read: read.group_kind == refused)
    report = checked(*objects, cluster=cluster)
    (found,) = report.findings
    assert (found.verdict, found.severity) == (Verdict.UNKNOWN, Severity.WARNING)
    assert {gap.http_status for gap in report.gaps} == {403}
    _, unknown = filtered(report, FindingFilters(severity=Severity.ERROR))
    assert unknown


def test_a_gap_that_many_objects_have_is_told_once() -> None:
    objects = (*SOUND, *(route_to(("backend", "api"), name=f"route-{number}") for number in range(5)))
    cluster = Cluster(objects, refuses=lambda read: isinstance(read, List) and read.group_kind == REFERENCE_GRANT)
    gaps = checked(*objects, cluster=cluster).gaps
    assert [gap.resource for gap in gaps if gap.namespace == "backend"] == ["referencegrants"]


def test_a_fingerprint_stays_while_the_message_changes() -> None:
    one = finding()
    assert replace(one, message="else", advice="else", severity=Severity.INFO).fingerprint == one.fingerprint


@pytest.mark.parametrize(
    "change",
    [
        {"code": Code.LOCAL_ONLY},
        {"path": "spec.rules[0].filters[0].requestMirror.backendRef"},
        {"target": "Service backend/b:80"},
    ],
)
def test_a_fingerprint_tells_family_role_and_target_apart(change: dict[str, object]) -> None:
    one = finding()
    assert replace(one, **change).fingerprint != one.fingerprint  # type: ignore[arg-type]
    assert replace(one, object=one.object._replace(name="b")).fingerprint != one.fingerprint


def prints(*objects: JSON) -> list[str]:
    return [each.fingerprint for each in checked(*namespaces("frontend", "backend", "other"), *objects).findings]


@pytest.mark.parametrize(
    "unrelated",
    [
        grant([from_entry(namespace="other")], [to_entry(name="else")]),
        grant([from_entry()], [to_entry(name="else")], name="misplaced", namespace="frontend"),
    ],
)
def test_a_grant_that_permits_something_else_makes_no_finding_new(unrelated: JSON) -> None:
    known = prints(service(), route_to(("backend", "api")))
    assert len(known) == 1
    assert prints(service(), route_to(("backend", "api")), unrelated) == known


def test_a_service_of_another_namespace_makes_no_finding_new() -> None:
    known = prints(route_to(("frontend", "api")))
    assert prints(route_to(("frontend", "api")), service()) == known


def test_what_is_inserted_above_makes_no_finding_new() -> None:
    known = prints(service(), service("frontend", "own"), route_to(("backend", "api")))
    assert prints(service(), service("frontend", "own"), route_to(("frontend", "own"), ("backend", "api"))) == known


def test_of_references_that_are_alike_each_more_is_a_new_finding() -> None:
    objects = (service(), service(name="b"))
    one, two, *others = prints(*objects, route_to(("backend", "api"), ("backend", "api"), ("backend", "b")))
    assert len({one, two, *others}) == 3
    assert set(prints(*objects, route_to(("backend", "api"), ("backend", "b")))) < {one, two, *others}
    moved = prints(*objects, route_to(("backend", "b"), ("backend", "api"), ("backend", "api")))
    assert set(moved) == {one, two, *others}


def test_a_listener_whose_name_is_a_number_is_no_index() -> None:
    one = finding(path="status.listeners[80].ResolvedRefs", verdict=None)
    assert replace(one, path="status.listeners[81].ResolvedRefs").fingerprint != one.fingerprint


def test_a_baseline_of_an_earlier_version_accepts_what_it_accepted() -> None:
    """The first version's fingerprints covered the code, the object, the exact path and the target."""
    written_then = "22e26173cbbcec0b1137a5b1b8467702"
    (kept,) = FindingFilters(baseline=frozenset({written_then})).apply([finding()])
    assert kept.accepted
    (moved,) = FindingFilters(baseline=frozenset({written_then})).apply([finding(path="spec.rules[1].backendRefs[0]")])
    assert not moved.accepted


def test_an_ignored_code_is_dropped_everywhere_or_of_one_object() -> None:
    one = finding()
    other = replace(one, object=one.object._replace(name="b"))
    everywhere = FindingFilters(ignored=(Ignored(Code.NO_GRANT),))
    of_one = FindingFilters(ignored=(Ignored(Code.NO_GRANT, one.object),))
    assert everywhere.apply([one, other]) == ()
    assert of_one.apply([one, other]) == (other,)
    assert FindingFilters(ignored=(Ignored(Code.NEAR_MISS, one.object),)).apply([one]) == (one,)


def test_only_refused_leaves_out_what_is_broken() -> None:
    broken = finding(verdict=Verdict.BROKEN)
    assert FindingFilters(only_refused=True).apply([broken, finding()]) == (finding(),)


def test_only_the_codes_asked_for_are_told() -> None:
    kept = FindingFilters(codes=frozenset({Code.NEAR_MISS})).apply([finding(), finding(Code.NEAR_MISS)])
    assert [each.code for each in kept] == [Code.NEAR_MISS]


def test_a_finding_of_the_baseline_is_marked_and_does_not_count() -> None:
    (kept,) = FindingFilters(baseline=frozenset({finding().fingerprint})).apply([finding()])
    assert not kept.is_new


def test_less_severe_findings_are_counted_but_not_shown() -> None:
    report = checked(*namespaces("frontend", "backend"), service(), route_to(("backend", "api")))
    (one,) = report.objects
    info = replace(one.findings[0], severity=Severity.INFO, code=Code.NO_STATUS, verdict=None)
    shown, unknown = filtered(
        replace(report, objects=(replace(one, findings=(*one.findings, info)),)), FindingFilters()
    )
    assert told(shown) == [(Code.NO_GRANT, "web")]
    assert (shown.hidden, unknown) == (1, False)


def test_objects_with_errors_come_before_those_with_warnings() -> None:
    (one,) = checked(*namespaces("frontend", "backend"), service(), route_to(("backend", "api"))).objects
    ranks = [
        worst(replace(one, findings=(replace(one.findings[0], severity=severity),)))
        for severity in (Severity.ERROR, Severity.WARNING, Severity.INFO)
    ]
    assert ranks == sorted(set(ranks))
    assert worst(replace(one, findings=())) > max(ranks)


def test_ungranted_does_not_take_grants_that_could_not_be_read_for_none_in_a_mesh() -> None:
    mesh = route_to(("backend", "api"), parents=[{"group": "", "kind": "Service", "name": "web"}])
    objects = (*namespaces("frontend", "backend"), service(), mesh)
    cluster = Cluster(objects, refuses=lambda read: read.group_kind.kind == "ReferenceGrant")
    report = checked(*objects, cluster=cluster, ungranted=True)
    (found,) = report.findings
    assert (found.code, found.severity, found.verdict) == (Code.UNREADABLE, Severity.WARNING, Verdict.UNKNOWN)
    assert found.message == "the ReferenceGrants in backend could not be read"
    assert filtered(report, FindingFilters()) == (report, True)


def test_ungranted_tells_no_crossing_that_a_grant_permits() -> None:
    assert told(checked(*SOUND, route_to(("backend", "api")), ungranted=True)) == []
    broken = route_to(("backend", "missing"), name="broken")
    every = grant([from_entry()], [to_entry()])
    assert told(checked(*namespaces("frontend", "backend"), every, broken, ungranted=True)) == []


def test_a_kind_that_a_listener_cannot_carry_is_accepted_by_a_baseline_that_knew_it_by_its_listener() -> None:
    listener = {"name": "web", "port": 80, "protocol": "HTTP", "allowedRoutes": {"kinds": [{"kind": "UDPRoute"}]}}
    gateway = {
        "apiVersion": "gateway.networking.k8s.io/v1",
        "kind": "Gateway",
        "metadata": {"name": "gw", "namespace": "infra"},
        "spec": {"gatewayClassName": "x", "listeners": [listener]},
    }
    (found,) = (each for each in checked(gateway).findings if each.code is Code.ROUTE_KINDS)
    words = (
        "REF017",
        "gateway.networking.k8s.io",
        "Gateway",
        "infra",
        "gw",
        "spec.listeners[web].allowedRoutes.kinds",
        "",
    )
    written_then = hashlib.sha256("\n".join(words).encode()).hexdigest()[:32]
    (kept,) = FindingFilters(baseline=frozenset({written_then})).apply([found])
    assert (kept.code, kept.path, kept.accepted) == (
        Code.ROUTE_KINDS,
        "spec.listeners[0].allowedRoutes.kinds[0]",
        True,
    )


@pytest.mark.parametrize("order", [*permutations(("api", "first", "second"))])
def test_references_alike_are_judged_alike_unless_a_grant_has_the_name_of_a_referrer(order: Sequence[str]) -> None:
    exchanged = grant([from_entry("", "Service", "backend")], [to_entry(*HTTP_ROUTE, "first")])
    around = (*namespaces("frontend", "backend"), service(), exchanged)
    routes = [route_to(("backend", "api"), name=name) for name in order]
    alone = {name: checked(*around, route) for name, route in zip(order, routes, strict=True)}
    for each in checked(*around, *routes).objects:
        assert (each,) == alone[each.object.name].objects


@pytest.mark.parametrize("order", [*permutations(range(3))])
def test_a_permission_is_for_referrers_of_one_kind_and_namespace(order: Sequence[int]) -> None:
    routes = [
        route_to(("backend", "api"), name="of-the-grant"),
        route_to(("backend", "api"), name="elsewhere", namespace="other"),
        route_to(("backend", "api"), name="of-another-kind", kind="GRPCRoute"),
    ]
    around = (*namespaces("frontend", "backend", "other"), service(), grant([from_entry()], [to_entry()]))
    report = check(Cluster((*around, *routes)), Library(), [routes[place] for place in order])
    allowed = [each.object.name for each in report.objects if each.references[0].verdict is Verdict.ALLOWED]
    assert allowed == ["of-the-grant"]


def test_a_reference_is_judged_by_the_port_that_it_names_itself() -> None:
    routes = [route_to(("backend", "api"), name=f"web-{port}", target={"port": port}) for port in (80, 81)]
    report = checked(*SOUND, *routes)
    assert [each.references[0].verdict for each in report.objects] == [Verdict.ALLOWED, Verdict.BROKEN]


@pytest.mark.parametrize(
    "grants",
    [
        [],
        [grant([from_entry(namespace="fronted")], [to_entry()])],
        [grant([from_entry(namespace="fronted")], [to_entry(name="api"), to_entry(name="web")])],
        [grant([from_entry()], [to_entry(name="wep"), to_entry(name="db")])],
    ],
)
def test_objects_have_the_fixes_that_they_have_alone(grants: list[JSON]) -> None:
    named = ("api", "web", "db")
    around = (*namespaces("frontend", "backend"), *(service(name=each) for each in named), *grants)
    wanted = [("api",), ("api", "web"), ("web", "api"), ("web",), ("web", "db")]
    routes = [
        route_to(*(("backend", each) for each in targets), name="-".join(targets)) for targets in (*wanted, *wanted[:2])
    ]
    for each in checked(*around, *routes).objects:
        assert (each,) == checked(*around, each.source).objects
