"""can-i as its users see it: the ways to ask, the answer, its exit status, and that it says what `why` would say."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from kubectl_refs.core.model.kinds import REFERENCE_GRANT
from kubectl_refs.core.model.objects import GATEWAY_GROUP, JSON
from kubectl_refs.core.view.catalog import CORE_KINDS
from kubectl_refs.core.view.offline import GATEWAY_API_KINDS
from tests.support.builders import from_entry, grant, namespaces, route_with, service, to_entry
from tests.support.fakes.api import FakeAPI
from tests.support.longer_names import LONGEST
from tests.support.running import Done, Program, written

GATEWAY: JSON = {
    "apiVersion": f"{GATEWAY_GROUP}/v1",
    "kind": "Gateway",
    "metadata": {"name": "public", "namespace": "backend"},
    "spec": {
        "listeners": [
            {"name": "http", "port": 80, "protocol": "HTTP", "allowedRoutes": {"namespaces": {"from": "All"}}}
        ]
    },
}
OBJECTS: tuple[JSON, ...] = (
    *namespaces("frontend", "backend", "com"),
    service(),
    GATEWAY,
    grant([from_entry()], [to_entry(name="api")]),
    grant([from_entry(kind="Gateway")], [to_entry(kind="Secret", name="tls.example.com")], name="certificate"),
)


@pytest.mark.parametrize(
    "words",
    [
        "httproute service/api.backend",
        "httproute -n frontend service/api.backend",
        "-n frontend httproute service/api.backend",
        "httproute -n frontend service/api -n backend",
        "httproute/web -n frontend service/api -n backend",
        "httproute/web.frontend service/api.backend",
        "httproute/any.name -n frontend service/api.backend",
        "httproutes svc/api.backend",
        f"httproute.{GATEWAY_GROUP} Service/api.backend",
        f"httproute.v1.{GATEWAY_GROUP} services/api.backend",
        "gateway -n frontend secret/tls.example.com -n backend",
        "gateway -n frontend secret/tls.example.com.backend",
        "httproute service/api",
        "grpcroute service/api.frontend",
        "httproute gateway/public.backend",
    ],
)
def test_yes(live: Program, words: str) -> None:
    done = live("can-i", *words.split())
    assert (done.status, done.err) == (0, "")
    assert done.out.startswith("yes: ")


@pytest.mark.parametrize(
    "words",
    [
        "httproute -n other service/api.backend",
        "grpcroute service/api.backend",
        "httproute service/auth.backend",
        "httproute secret/api.backend",
        "gateway secret/tls.example.com",
        "httproute -n frontend service/api -n com",
        "tcproute gateway/public.backend",
        "backendtlspolicy configmap/ca.backend",
    ],
)
def test_no(live: Program, words: str) -> None:
    done = live("can-i", *words.split())
    assert (done.status, done.err) == (1, "")
    assert done.out.startswith("no: ")


@pytest.mark.parametrize(
    ("words", "line"),
    [
        ("httproute", "you must specify the referencing object and its target: TYPE[/NAME] TYPE/NAME[.NAMESPACE]"),
        (
            "httproute service/a service/b",
            "you must specify the referencing object and its target: TYPE[/NAME] TYPE/NAME[.NAMESPACE]",
        ),
        ("httproute service", "you must name the target: service/NAME or service/NAME.NAMESPACE"),
        (
            "httproute auth.backend",
            "you must specify the type of the target: TYPE/NAME or TYPE/NAME.NAMESPACE, as in service/auth.backend",
        ),
        ("httproute service/", "arguments in resource/name form must have a single resource and name"),
        ("httproute service/a.", "arguments in resource/name form must have a single resource and name"),
        ("httproute service/.a", "arguments in resource/name form must have a single resource and name"),
        ("httproute service/a/b", "arguments in resource/name form must have a single resource and name"),
        ("httproute/ service/a", "arguments in resource/name form must have a single resource and name"),
        ("nothing service/a", 'the server doesn\'t have a resource type "nothing"'),
        ("httproute nothing/a", 'the server doesn\'t have a resource type "nothing"'),
        ("gatewayclass service/a", f"gatewayclasses.{GATEWAY_GROUP} are not namespaced, and a ReferenceGrant names "),
        (
            "httproute gatewayclass/a",
            f"gatewayclasses.{GATEWAY_GROUP} are not namespaced, so no ReferenceGrant can permit references",
        ),
        ("httproute service/a -n b -n c -n d", "-n may be given at most twice"),
        (
            "httproute service/a -n ..",
            'invalid namespace "..": a ReferenceGrant names one namespace, which is a DNS label',
        ),
        (
            f"httproute service/a -n {'b' * 64}",
            f'invalid namespace "{"b" * 64}": a ReferenceGrant names one namespace, which is a DNS label',
        ),
        (
            f"httproute secret/{'a' * 254}",
            f'invalid resource name "{"a" * 254}": it must be a DNS subdomain, as in secret/web',
        ),
        ("httproute service/*.b", "there are no wildcards: name one of the services"),
        ("httproute service/a.*", 'invalid namespace "*": a ReferenceGrant names one namespace, which is a DNS label'),
        ("httproute service/a.b:80", 'invalid resource name "a.b:80": a ReferenceGrant has no ports: use a.b'),
        ("httproute service/a.b.c", 'invalid resource name "a.b": the name of a Service has no dots'),
    ],
)
def test_a_mistake_is_one_line(live: Program, words: str, line: str) -> None:
    done = live("can-i", *words.split())
    assert (done.status, done.out) == (2, "")
    assert done.err.startswith(f"error: {line}")
    assert done.err.count("\n") == 1


def test_a_namespace_of_the_referrer_that_does_not_exist_is_said_so(live: Program, api: FakeAPI) -> None:
    done = live("can-i", "httproute", "-n", "sharde", "service/api.backend")
    assert (done.status, "namespace sharde of the HTTPRoute does not exist" in done.out) == (1, True)
    api.forbid("namespaces")
    done = live("can-i", "httproute", "-n", "sharde", "service/api.backend")
    assert (done.status, "sharde, in which" in done.out, "sharde exists" in done.out) == (1, False, False)


def test_a_misspelt_namespace_of_the_referrer_is_told_with_the_one_that_may_be_meant(live: Program) -> None:
    done = live("can-i", "httproute", "-n", "frontedn", "service/api.backend")
    said = " ".join(done.out.split())
    assert "namespace frontedn of the HTTPRoute does not exist; namespace frontend does" in said
    assert "kind: ReferenceGrant" not in said


@pytest.mark.parametrize(
    ("words", "status", "notes"),
    [
        ("httproute service/apii.backend", 1, ["Service backend/apii does not exist; Service backend/api does"]),
        (
            "httproute service/auth.backend",
            1,
            ["Service backend/auth does not exist; once it does, ask again: the reference needs a ReferenceGrant too"],
        ),
        ("httproute service/own.frontend", 0, ["Service frontend/own does not exist"]),
        ("httproute service/api.backend", 0, []),
        ("grpcroute service/api.backend", 1, []),
        (
            "httproute service/api.bakcend",
            1,
            ["namespace bakcend does not exist, and the grant must be in it; namespace backend does"],
        ),
    ],
)
def test_a_target_that_does_not_exist_is_noted(
    live: Program, api: FakeAPI, words: str, status: int, notes: list[str]
) -> None:
    done = live("can-i", *words.split(), "-o", "json")
    (reference,) = json.loads(done.out)["references"]
    assert (done.status, reference["notes"]) == (status, notes)
    # A grant for what does not exist helps nobody.
    assert (reference["fixes"] == []) == (status == 0 or bool(notes))
    api.forbid("services")
    blind = json.loads(live("can-i", *words.split(), "-o", "json").out)
    assert [note for note in blind["references"][0]["notes"] if note.startswith("Service")] == []
    assert [gap for gap in blind["gaps"] if gap["effect"].endswith(" exists is not known")] == []


def test_a_grant_for_what_no_route_can_use_is_no_yes(live: Program, api: FakeAPI) -> None:
    api.objects.append(grant(to=[to_entry(kind="Secret")], name="secrets"))
    done = live("can-i", "httproute", "secret/api.backend", "-o", "json")
    (reference,) = json.loads(done.out)["references"]
    assert (done.status, reference["verdict"], reference["code"]) == (1, "broken", "REF023")
    assert reference["because"] == (
        "permitted by ReferenceGrant backend/secrets spec.from[0] spec.to[0], but no known field of kind HTTPRoute takes it: "
        "kind Secret of the core group cannot be a backend"
    )
    assert [each["name"] for each in reference["grants"]] == ["secrets"]


def test_no_grant_is_offered_for_what_no_route_can_use(live: Program) -> None:
    done = live("can-i", "httproute", "secret/api.backend")
    assert "no known field of kind HTTPRoute takes it: kind Secret of the core group cannot be a backend" in done.out
    assert (done.status, "kind: ReferenceGrant" in done.out) == (1, False)
    done = live("can-i", "httproute", "service/auth.backend")
    assert (done.status, "takes it" in done.out, "kind: ReferenceGrant" in done.out) == (1, False, False)
    assert "kind: ReferenceGrant" in live("can-i", "grpcroute", "service/api.backend").out


def test_quiet_leaves_the_exit_status_alone(live: Program) -> None:
    assert live("can-i", "httproute", "service/api.backend", "-q") == Done(0, "", "")
    assert live("can-i", "httproute", "service/auth.backend", "--quiet") == Done(1, "", "")


def test_what_could_not_be_read_is_neither_yes_nor_no(live: Program, api: FakeAPI) -> None:
    api.forbid("referencegrants", "backend")

    done = live("can-i", "httproute", "service/api.backend")

    assert (done.status, done.err) == (3, "")
    assert done.out.startswith("unknown: HTTPRoutes in frontend may or may not reference Service backend/api\n")
    assert (
        "ask:     the owner of backend: Does a ReferenceGrant permit HTTPRoutes in frontend to reference Service backend/api?"
        in done.out
    )
    assert "cannot list referencegrants" in done.out


def test_without_the_kind_nothing_is_known(refs: Program) -> None:
    kinds = [kind for kind in (*CORE_KINDS, *GATEWAY_API_KINDS) if kind.group_kind != REFERENCE_GRANT]
    with FakeAPI(OBJECTS, kinds=kinds) as api:
        refs.use(api, "frontend")
        done = refs("can-i", "httproute", "service/api.backend")
    assert done.status == 3
    assert "its CRD is not installed" in done.out


def test_a_namespace_that_does_not_exist_gets_no_grant(live: Program) -> None:
    done = live("can-i", "httproute", "service/api.nowhere", "-o", "json")
    (reference,) = json.loads(done.out)["references"]
    assert (done.status, reference["fixes"]) == (1, [])
    assert reference["notes"][-1] == "namespace nowhere does not exist, and the grant must be in it"
    assert reference["cause"] == "there is no ReferenceGrant in namespace nowhere"


def test_a_kind_that_never_leaves_its_namespace_gets_no_grant(live: Program) -> None:
    (reference,) = json.loads(live("can-i", "backendtlspolicy", "configmap/ca.backend", "-o", "json").out)["references"]
    assert (reference["mechanism"], reference["fixes"]) == ("Local", [])


def test_a_kind_whose_references_are_not_known_is_answered_with_a_note(live: Program) -> None:
    (reference,) = json.loads(live("can-i", "pod", "service/api.backend", "-o", "json").out)["references"]
    assert reference["verdict"] == "refused"
    assert any("no field of kind Pod that asks for a ReferenceGrant" in note for note in reference["notes"])
    assert [fix["confidence"] for fix in reference["fixes"]] == ["guess"]
    assert "best guess, verify before applying: create this" in live("can-i", "pod", "service/api.backend").out
    (known,) = json.loads(live("can-i", "grpcroute", "service/api.backend", "-o", "json").out)["references"]
    assert known["notes"] == []


def test_manifests_answer_like_a_cluster(live: Program, tmp_path: Path) -> None:
    path = tmp_path / "all.json"
    written(path, OBJECTS)
    for words in ("httproute -n frontend service/api.backend", "httproute -n frontend service/ap.backend"):
        given, asked = (live("can-i", *words.split(), *more) for more in (("-f", str(path), "--whole"), ()))
        assert (given.status, given.err) == (asked.status, asked.err)
        # They end with how to ask for more, which differs.
        assert given.out.split("\nMore:")[0] == asked.out.split("\nMore:")[0]


def test_nothing_is_written_and_no_secret_is_read(live: Program, api: FakeAPI) -> None:
    live("can-i", "gateway", "-n", "other", "secret/tls.example.com", "-n", "backend")
    assert {request.method for request in api.requests} == {"GET"}
    assert [each.path for each in api.requests if "/secrets/" in each.path and "Partial" not in each.accept] == []


@pytest.mark.parametrize("name", ["api.backend.svc.cluster.local", "api.backend.svc", "api.backend"])
def test_the_dns_name_of_a_service_names_it(live: Program, name: str) -> None:
    done = live("can-i", "httproute", f"service/{name}", "-o", "json")
    (reference,) = json.loads(done.out)["references"]
    assert (reference["to"]["namespace"], reference["to"]["name"], done.status) == ("backend", "api", 0)


def test_its_page_is_short_and_wide_tells_all(live: Program, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("sys.stdout.isatty", lambda: True)
    monkeypatch.setenv("COLUMNS", "80")
    words = ("can-i", "grpcroute", "-n", "frontend", "service/api.backend")
    lines = live(*words).out.splitlines()
    assert lines[1] == "  cause:   none of the 2 ReferenceGrants in namespace backend permits GRPCRoutes"
    assert lines[3] == '           spec.from[0].kind "HTTPRoute"  [REF002]'
    assert len(lines) <= 22
    assert max(map(len, lines)) <= 80
    assert lines[-1] == "More: kubectl refs can-i grpcroute service/api.backend -n frontend -o wide"
    wide = live(*words, "-o", "wide").out
    assert "  because:  " in wide
    assert "\nmetadata:\n  name: grpcroute-frontend-to-api\n" in wide


def test_its_page_with_names_of_60_characters_fits_a_screen(
    live: Program, api: FakeAPI, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("sys.stdout.isatty", lambda: True)
    monkeypatch.setenv("COLUMNS", "80")
    monkeypatch.setenv("NO_COLOR", "1")
    api.objects = LONGEST.documents(api.objects)
    place, name = LONGEST.name("backend", LONGEST.namespace), LONGEST.name("api", LONGEST.object)
    words = ("-n", LONGEST.name("frontend", LONGEST.namespace), f"service/{name}.{place}")
    lines = live("can-i", "grpcroute", *words).out.splitlines()
    assert len(lines) <= 22
    assert max(map(len, lines)) <= 80
    assert any("ReferenceGrants in the namespace of the Service permits" in line for line in lines)


def test_the_hostnames_of_a_route_that_exists_count_with_a_gateway(live: Program, tmp_path: Path) -> None:
    gateway = {**GATEWAY, "spec": {"listeners": [{**GATEWAY["spec"]["listeners"][0], "hostname": "a.example.com"}]}}
    shapes = [(name, route_with({"hostnames": [f"{name}.example.com"]})) for name in ("a", "b")]
    routes = [{**shape, "metadata": {"namespace": "frontend", "name": name}} for name, shape in shapes]
    path = tmp_path / "all.json"
    written(path, (*namespaces("frontend", "backend"), gateway, *routes))

    def ask(referrer: str) -> tuple[int, str]:
        done = live("can-i", referrer, "-n", "frontend", "gateway/public.backend", "-f", str(path), "--whole")
        return done.status, done.out

    status, refused = ask("httproute/b")
    assert status == 1
    assert refused.startswith("no: HTTPRoute frontend/b may not reference Gateway backend/public\n")
    assert "[REF013]" in refused
    unseen = 'hostnames were not checked: if the route has any, one must match "a.example.com" of listener "http"'
    status, admitted = ask("httproute/a")
    assert (status, unseen in admitted) == (0, False)
    for other in ("httproute/new", "httproute", "grpcroute"):
        status, supposed = ask(other)
        assert (status, unseen in supposed) == (0, True)


@pytest.mark.parametrize(
    ("parents", "referrer", "answer"),
    [
        (["Service"], "httproute/web", "yes: HTTPRoute frontend/web may reference Service backend/free\n"),
        (["Service"], "httproute/new", "no: HTTPRoutes in frontend may not reference Service backend/free\n"),
        (["Service"], "httproute", "no: HTTPRoutes in frontend may not reference Service backend/free\n"),
        (
            ["Service", "Gateway"],
            "httproute/web",
            "no: HTTPRoutes in frontend may not reference Service backend/free\n",
        ),
    ],
)
def test_the_parents_of_a_route_that_exists_count_as_for_why(
    refs: Program, tmp_path: Path, parents: list[str], referrer: str, answer: str
) -> None:
    groups = {"Service": "", "Gateway": GATEWAY_GROUP}
    bound = [{"group": groups[kind], "kind": kind, "name": "own"} for kind in parents]
    backend = {"name": "free", "namespace": "backend", "port": 80}
    route = route_with({"parentRefs": bound, "rules": [{"backendRefs": [backend]}]})
    path = written(tmp_path / "all.json", (*namespaces("frontend", "backend"), service(name="free"), route))

    done = refs("can-i", referrer, "-n", "frontend", "service/free.backend", "-f", path, "--whole", "-o", "wide")

    assert done.out.startswith(answer)
    of_gateways = "refused for the route's Gateway parents" in done.out
    assert of_gateways is (len(parents) == 2)


@pytest.mark.parametrize(
    ("referrer", "target", "answer"),
    [
        ("httproute", "inferencepool/pool", "InferencePool.inference.networking.k8s.io backend/pool"),
        (
            "httproute",
            "inferencepools.inference.networking.x-k8s.io/pool",
            "InferencePool.inference.networking.x-k8s.io",
        ),
        ("httproute", "TraefikService/web", "TraefikService.traefik.io backend/web"),
        ("httproute", "Widget.example.com/w", "Widget.example.com backend/w"),
        (
            "trafficpolicy.gateway.kgateway.dev",
            "service/api",
            "TrafficPolicies.gateway.kgateway.dev in frontend may not",
        ),
    ],
)
def test_kinds_that_a_part_of_a_cluster_need_not_hold_can_be_named(
    refs: Program, tmp_path: Path, referrer: str, target: str, answer: str
) -> None:
    path = written(tmp_path / "part.json", namespaces("frontend", "backend"))
    done = refs("can-i", referrer, "-n", "frontend", target, "-n", "backend", "-f", path)
    assert (done.status, done.err) == (1, "")
    assert answer in done.out
    assert "fix:     create this ReferenceGrant" in done.out


def test_a_word_that_is_no_kind_is_none_in_manifests_either(refs: Program, tmp_path: Path) -> None:
    path = written(tmp_path / "part.json", namespaces("frontend", "backend"))
    for word in ("widget", "widget.example.com", "Widget"):
        done = refs("can-i", "httproute", f"{word}/w.backend", "-f", path)
        assert (done.status, done.err) == (2, f'error: the manifests have no resource type "{word}"\n')
