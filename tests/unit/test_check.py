"""check as its users see it: what is read, what is shown in which format, with which exit status."""

from __future__ import annotations

import json
from collections.abc import Sequence
from pathlib import Path
from typing import Any
from xml.etree import ElementTree

import pytest
import yaml

from kubectl_refs.core.findings.explanations import EXPLANATIONS
from kubectl_refs.core.model.codes import Code
from kubectl_refs.core.model.objects import GATEWAY_GROUP, JSON, ObjectKey
from kubectl_refs.core.model.values import key_of
from kubectl_refs.core.queries.why import EvaluatedObject, evaluate_object
from kubectl_refs.core.view.view import View
from tests.support.builders import from_entry, grant, namespaces, route_to, service, to_entry
from tests.support.fakes.api import FakeAPI
from tests.support.running import Done, Program, written

GATEWAY: JSON = {
    "apiVersion": f"{GATEWAY_GROUP}/v1",
    "kind": "Gateway",
    "metadata": {"name": "public", "namespace": "infra"},
    "spec": {"gatewayClassName": "example", "listeners": [{"name": "http", "port": 80, "protocol": "HTTP"}]},
}

GATEWAY_CLASS: JSON = {
    "apiVersion": f"{GATEWAY_GROUP}/v1",
    "kind": "GatewayClass",
    "metadata": {"name": "example"},
    "spec": {"controllerName": "example.com/controller"},
}


def labelled(obj: JSON, **labels: str) -> JSON:
    return {**obj, "metadata": {**obj["metadata"], "labels": labels}}


OBJECTS: tuple[JSON, ...] = (
    *namespaces("frontend", "backend", "team"),
    service(),
    GATEWAY_CLASS,
    GATEWAY,
    grant([from_entry()], [to_entry(name="api")]),
    labelled(route_to(("backend", "api")), app="web"),
    route_to(("backend", "api"), name="other", namespace="team"),
    route_to(("backend", "gone"), name="grpc", kind="GRPCRoute"),
)
"""One allowed route, one refused route in another namespace, and one refused GRPCRoute."""


def data(done: Done) -> dict[str, Any]:
    return dict(json.loads(done.out))


def found(done: Done) -> list[str]:
    """The findings as `REF001 frontend/web`."""
    return [f"{each['code']} {each['object']['namespace']}/{each['object']['name']}" for each in data(done)["findings"]]


def objects(done: Done) -> set[str]:
    return {f"{each['from']['namespace']}/{each['from']['name']}" for each in data(done)["references"]}


BOTH = ["REF002 frontend/grpc", "REF002 team/other"]


@pytest.mark.parametrize(
    ("words", "shown"),
    [
        ((), {"frontend/web", "frontend/grpc"}),
        (("-A",), {"frontend/web", "frontend/grpc", "team/other"}),
        (("-n", "team"), {"team/other"}),
        (("httproutes",), {"frontend/web"}),
        (("httproute,grpcroute", "-A"), {"frontend/web", "frontend/grpc", "team/other"}),
        (("httproute", "grpcroute", "-A"), {"frontend/web", "frontend/grpc", "team/other"}),
        (("-A", "-l", "app=web"), {"frontend/web"}),
        (("-A", "-l", "app!=web"), {"frontend/grpc", "team/other"}),
    ],
)
def test_the_objects_asked_for_are_checked(live: Program, words: tuple[str, ...], shown: set[str]) -> None:
    assert objects(live("check", *words, "-o", "json")) == shown


@pytest.mark.parametrize(
    ("words", "shown", "findings"),
    [
        (("grpcroute/grpc",), {"frontend/grpc"}, ["REF002 frontend/grpc"]),
        (("httproute/other.team", "grpcroute/grpc"), {"team/other", "frontend/grpc"}, BOTH),
        (("referencegrant/g", "-n", "backend"), set(), []),
        (("grant/g.backend", "httproute/web"), {"frontend/web"}, []),
    ],
)
def test_objects_are_checked_by_name(
    live: Program, manifests: str, words: tuple[str, ...], shown: set[str], findings: list[str]
) -> None:
    for more in ((), ("-f", manifests, "--whole")):
        done = live("check", *words, "-o", "json", *more)
        assert (objects(done), sorted(found(done)), done.err) == (shown, findings, "")
        assert done.status == (1 if findings else 0)


def test_what_is_missing_among_named_objects_is_told_after_the_others(live: Program) -> None:
    done = live("check", "httproute/nope", "grpcroute/grpc")
    assert (done.status, "grpcroute/grpc" in done.out) == (2, True)
    assert done.err == 'Error from server (NotFound): httproutes.gateway.networking.k8s.io "nope" not found\n'


def test_manifests_answer_like_a_cluster(live: Program, manifests: str) -> None:
    for words in (("-A",), ("-n", "team"), ("httproutes", "-A"), ("-A", "-o", "wide"), ("-A", "-o", "name")):
        ours, theirs = live("check", *words, "-f", manifests, "--whole"), live("check", *words)
        assert ours.status == theirs.status
        assert (ours.err, theirs.err) == ("", "")
    assert sorted(found(live("check", "-A", "-f", manifests, "--whole", "-o", "json"))) == BOTH


def test_the_json_holds_what_explaining_each_object_holds(live: Program) -> None:
    whole = data(live("check", "httproutes", "-n", "team", "-o", "json"))
    single = data(live("why", "httproute/other", "-n", "team", "-o", "json"))
    assert (whole["apiVersion"], whole["kind"]) == (single["apiVersion"], single["kind"])
    assert whole["references"] == single["references"]
    assert whole["conditions"] == single["conditions"]


@pytest.mark.parametrize(
    ("words", "findings", "status"),
    [
        (("-A",), BOTH, 1),
        (("-A", "--code", "near-miss"), BOTH, 1),
        (("-A", "--code", "REF001"), [], 0),
        (("-A", "--ignore", "REF002"), [], 0),
        (("-A", "--ignore", "near-miss=httproute/other.team"), BOTH[:1], 1),
        (("-A", "--ignore", "REF002=httproute/other.team", "--ignore", "REF002=grpcroute/grpc.frontend"), [], 0),
        (("-A", "--only-refused"), BOTH, 1),
        (("-A", "--ungranted"), BOTH, 1),
        (("-A", "--severity", "error"), BOTH, 1),
        (("-A", "--exit-zero"), BOTH, 0),
        (("httproutes",), [], 0),
    ],
)
def test_the_exit_status_follows_the_findings_told(
    live: Program, words: tuple[str, ...], findings: list[str], status: int
) -> None:
    done = live("check", *words, "-o", "json")
    assert sorted(found(done)) == findings
    assert done.status == status


def test_what_counts_as_information_is_shown_on_request_and_never_fails(live: Program) -> None:
    assert found(live("check", "gateways", "-n", "infra", "-o", "json")) == []
    done = live("check", "gateways", "-n", "infra", "--severity", "info")
    assert done.status == 0
    assert "REF211 no-status" in done.out


@pytest.mark.parametrize(
    ("words", "line"),
    [
        (("nothing",), 'error: the server doesn\'t have a resource type "nothing"'),
        (("httproute/web", "-A"), "error: a resource cannot be retrieved by name across all namespaces"),
        (("httproute/web", "-l", "a=b"), "error: name cannot be provided when a selector is specified"),
        (("httproute/web", "gateways"), "error: there is no need to specify a resource type as a separate argument"),
        (("httproute/nope",), 'Error from server (NotFound): httproutes.gateway.networking.k8s.io "nope" not found'),
        (("grants", "referencegrant/g"), "error: there is no need to specify a resource type as a separate argument"),
        (("referencegrant/nope",), 'Error from server (NotFound): referencegrants.gateway.networking.k8s.io "nope"'),
        (("referencegrant/g", "--ungranted"), "error: --ungranted reports references"),
        (("services",), "error: services hold no references that this version knows"),
        (("--code", "REF999"), 'error: unknown code "REF999" in --code'),
        (("--ignore", "REF999"), 'error: unknown code "REF999" in --ignore'),
        (("--ignore", "REF001=web"), 'error: --ignore REF001=web: expected an object after "="'),
        (("-A", "--ignore", "REF001=httproute/web"), "error: --ignore REF001=httproute/web: expected the namespace"),
        (("--ignore", "REF001=httproute/We_b"), 'error: invalid resource name "We_b": it must be a DNS subdomain'),
        (("--ignore", "REF001=gatewayclass/a_b"), 'error: invalid resource name "a_b": it must be a DNS subdomain'),
        (("--ignore", "REF001=httproute/web.a_b"), 'error: invalid namespace "a_b"'),
        (("--ignore", "REF001=nothing/web"), 'error: the server doesn\'t have a resource type "nothing"'),
        (("-l", "a b"), 'error: unable to parse requirement: "a b"'),
        (("--baseline", "/no/such/file"), "error: open /no/such/file: no such file or directory"),
        (("-o", "csv"), 'error: unable to match a printer suitable for the output format "csv"'),
        (("--query", "findings", "-o", "sarif"), "error: --query needs -o json or -o yaml, not -o sarif"),
    ],
)
def test_mistakes_are_told_in_one_line(live: Program, words: tuple[str, ...], line: str) -> None:
    done = live("check", *words)
    assert (done.status, done.out) == (2, "")
    assert done.err.startswith(line)


def test_nothing_found_is_said_as_kubectl_says_it(live: Program, api: FakeAPI) -> None:
    api.objects += namespaces("empty")
    done = live("check", "-n", "empty")
    assert (done.status, done.out, done.err) == (0, "", "No resources with references found in empty namespace.\n")


def test_a_namespace_that_does_not_exist_is_no_namespace_without_findings(live: Program, api: FakeAPI) -> None:
    done = live("check", "-n", "emtpy")
    assert done == Done(2, "", 'Error from server (NotFound): namespaces "emtpy" not found\n')
    api.forbid("namespaces")
    assert live("check", "-n", "emtpy").status == 0, "whether it exists may not be asked"


def test_manifests_without_any_object_are_refused(refs: Program, tmp_path: Path) -> None:
    empty = tmp_path / "empty.yaml"
    empty.write_text("---\n")
    assert refs("check", "-f", str(empty)) == Done(2, "", "error: no objects passed to check\n")


def test_all_namespaces_cost_one_list_of_each_kind(live: Program, api: FakeAPI) -> None:
    more = [route_to(("backend", "api"), name=f"route-{number}", namespace=f"ns-{number}") for number in range(60)]
    api.objects += [*namespaces(*(f"ns-{number}" for number in range(60))), *more]
    live("check", "httproutes", "-A")
    lists = [path for path in api.paths if path.startswith(("/api/v1/", f"/apis/{GATEWAY_GROUP}/v1"))]
    assert sorted(lists) == sorted(
        [
            "/api/v1/namespaces",
            "/api/v1/services",
            f"/apis/{GATEWAY_GROUP}/v1/gatewayclasses",
            f"/apis/{GATEWAY_GROUP}/v1/gateways",
            f"/apis/{GATEWAY_GROUP}/v1/httproutes",
            f"/apis/{GATEWAY_GROUP}/v1/listenersets",
            f"/apis/{GATEWAY_GROUP}/v1beta1/referencegrants",
        ]
    )


def test_what_routes_ask_for_is_there_before_they_are_looked_at(
    live: Program, api: FakeAPI, monkeypatch: pytest.MonkeyPatch
) -> None:
    looked_at: list[ObjectKey] = []

    def noting(view: View, obj: JSON) -> EvaluatedObject:
        looked_at.append(key_of(obj))
        return evaluate_object(view, obj)

    parent = {"name": "public", "namespace": "infra"}
    api.objects.append(route_to(("backend", "api"), name="attached", parents=[parent]))
    monkeypatch.setattr("kubectl_refs.core.queries.check.evaluate_object", noting)
    live("check", "httproutes", "-A")
    assert sorted(looked_at) == sorted(key_of(obj) for obj in api.objects if obj["kind"] == "HTTPRoute")


def test_no_request_asks_for_a_whole_secret(live: Program, api: FakeAPI) -> None:
    secure = {"name": "tls", "port": 443, "protocol": "HTTPS", "tls": {"certificateRefs": [{"name": "cert"}]}}
    api.objects.append({**GATEWAY, "metadata": {"name": "tls", "namespace": "infra"}, "spec": {"listeners": [secure]}})
    live("check", "-A")
    asked = [request for request in api.requests if "/secrets" in request.path]
    assert asked
    assert all("as=PartialObjectMetadata" in request.accept for request in asked)


def test_a_kind_that_may_not_be_listed_is_a_gap_and_exit_status_3(live: Program, api: FakeAPI) -> None:
    api.forbid("grpcroutes")
    done = live("check", "-n", "frontend", "-o", "json")
    assert done.status == 3
    (gap,) = data(done)["gaps"]
    assert (gap["verb"], gap["resource"], gap["httpStatus"]) == ("list", "grpcroutes", 403)
    assert gap["effect"] == "what the GRPCRoutes in frontend reference is not known"
    assert data(done)["complete"] is False
    assert "list grpcroutes" in live("check", "-n", "frontend").out
    assert live("check", "-A").status == 1


def test_services_that_may_not_be_listed_everywhere_are_read_one_by_one(live: Program, api: FakeAPI) -> None:
    api.forbid("services", verbs=("list",))
    done = live("check", "httproutes", "-A", "-o", "json")
    assert found(done) == BOTH[1:]
    assert "/api/v1/namespaces/backend/services/api" in api.paths


def test_grants_that_may_not_be_read_leave_references_unknown(live: Program, api: FakeAPI) -> None:
    api.forbid("referencegrants")
    done = live("check", "httproutes", "-A", "--severity", "error", "-o", "json")
    assert done.status == 3
    assert data(done)["summary"]["unknown"] == 2


def test_a_baseline_of_what_there_is_leaves_only_what_is_new(live: Program, api: FakeAPI, tmp_path: Path) -> None:
    path = str(tmp_path / "baseline.json")
    assert live("check", "-A", "--write-baseline", path).status == 1
    done = live("check", "-A", "--baseline", path)
    assert done.status == 0
    assert "; no findings shown\n" in done.out
    assert done.out.endswith("2 findings of the baseline not counted\n")
    api.objects.append(route_to(("backend", "api"), name="new", namespace="team"))
    done = live("check", "-A", "--baseline", path, "-o", "json")
    assert done.status == 1
    assert [each["object"]["name"] for each in data(done)["findings"] if not each["baseline"]] == ["new"]


def test_the_json_report_and_a_baseline_written_over_itself_are_baselines(live: Program, tmp_path: Path) -> None:
    report, written = tmp_path / "report.json", str(tmp_path / "baseline.json")
    report.write_text(live("check", "-A", "-o", "json").out)
    assert live("check", "-A", "--baseline", str(report), "--write-baseline", written).status == 0
    assert live("check", "-A", "--baseline", written).status == 0


@pytest.mark.parametrize("content", ["", "[]", "{}", '{"findings": {}}', '{"findings": [{"code": "REF001"}]}'])
def test_a_file_that_is_no_baseline_is_refused(live: Program, tmp_path: Path, content: str) -> None:
    path = tmp_path / "other.json"
    path.write_text(content)
    done = live("check", "--baseline", str(path))
    assert done.status == 2
    assert done.err.startswith(f"error: error parsing {path}: ")


def test_names_are_those_of_the_objects_with_findings(live: Program) -> None:
    done = live("check", "-A", "-o", "name")
    assert sorted(done.out.splitlines()) == [f"grpcroute.{GATEWAY_GROUP}/grpc", f"httproute.{GATEWAY_GROUP}/other"]


def test_yaml_and_queries_show_the_same_data(live: Program) -> None:
    assert yaml.safe_load(live("check", "-A", "-o", "yaml").out) == data(live("check", "-A", "-o", "json"))
    assert json.loads(live("check", "-A", "--query", "length(findings)").out) == 2


def test_headers_can_be_left_out(live: Program) -> None:
    assert "NAMESPACE" in live("check", "-A").out
    assert "NAMESPACE" not in live("check", "-A", "--no-headers").out
    assert "SEVERITY" not in live("check", "-A", "--no-headers").out


def test_wide_shows_every_object_and_each_finding_in_full(live: Program) -> None:
    out = live("check", "-A", "-o", "wide").out
    assert "httproute/web" in out
    assert "httproute/web" not in live("check", "-A").out
    assert "  next:     " in out
    assert "kubectl create -f -" in out or "kubectl patch" in out


def test_sarif_has_what_code_scanning_reads(live: Program, manifests: str) -> None:
    sarif = json.loads(live("check", "-f", manifests, "-A", "-o", "sarif").out)
    assert sarif["version"] == "2.1.0"
    assert sarif["$schema"].endswith("sarif-schema-2.1.0.json")
    (run,) = sarif["runs"]
    rules = [rule["id"] for rule in run["tool"]["driver"]["rules"]]
    assert rules == ["REF002"]
    (rule,) = run["tool"]["driver"]["rules"]
    assert rule["shortDescription"]["text"] == Code.NEAR_MISS.summary
    assert EXPLANATIONS[Code.NEAR_MISS].resolution in rule["help"]["text"]
    assert EXPLANATIONS[Code.NEAR_MISS].example in rule["help"]["markdown"]
    assert rule["defaultConfiguration"] == {"level": "error"}
    assert len(run["results"]) == 2
    for result in run["results"]:
        assert rules[result["ruleIndex"]] == result["ruleId"]
        assert result["level"] == "error"
        assert result["message"]["text"]
        assert result["partialFingerprints"]
        (location,) = result["locations"]
        assert location["physicalLocation"] == {
            "artifactLocation": {"uri": f"file://{manifests}"},
            "region": {"startLine": 1},
        }
        assert location["logicalLocations"][0]["fullyQualifiedName"].endswith("spec.rules[0].backendRefs[0]")


def test_sarif_names_the_file_of_each_object_and_none_for_a_cluster(live: Program, tmp_path: Path) -> None:
    one, two = tmp_path / "one.json", tmp_path / "two.json"
    written(one, OBJECTS[:-1])
    two.write_text(json.dumps(OBJECTS[-1]))
    (run,) = json.loads(live("check", "-f", str(one), "-f", str(two), "-o", "sarif").out)["runs"]
    files = [each["locations"][0]["physicalLocation"]["artifactLocation"]["uri"] for each in run["results"]]
    assert sorted(files) == [f"file://{one}", f"file://{two}"]
    (run,) = json.loads(live("check", "-A", "-o", "sarif").out)["runs"]
    assert not any("physicalLocation" in each["locations"][0] for each in run["results"])


def test_sarif_tells_what_the_baseline_holds_from_what_is_new(live: Program, tmp_path: Path) -> None:
    path = str(tmp_path / "baseline.json")
    live("check", "-A", "--ignore", "REF002=httproute/other.team", "--write-baseline", path)
    (run,) = json.loads(live("check", "-A", "--baseline", path, "-o", "sarif").out)["runs"]
    assert sorted(each["baselineState"] for each in run["results"]) == ["new", "unchanged"]


WRONG = grant([from_entry()], [to_entry("core", name="api")], name="wrong")


def test_grants_are_checked_as_well_and_alone_where_only_they_are_asked_for(live: Program, api: FakeAPI) -> None:
    api.objects.append(WRONG)
    assert set(found(live("check", "-A", "-o", "json"))) == {*BOTH, "REF101 backend/wrong"}
    done = live("check", "referencegrants", "-A", "-o", "json")
    assert (done.status, found(done), objects(done)) == (1, ["REF101 backend/wrong"], set())
    (finding,) = data(done)["findings"]
    assert (finding["path"], finding["target"]) == ("spec.to[0]", "to Service.core api")
    assert [fix["action"] for fix in finding["fixes"]] == ["patch"]
    assert data(done)["summary"]["grants"] == 2
    assert found(live("check", "httproutes", "-n", "backend", "-o", "json")) == []


def test_only_grants_with_the_labels_asked_for_are_checked(live: Program, api: FakeAPI) -> None:
    api.objects.append(labelled(WRONG, app="web"))
    assert found(live("check", "refgrant", "-A", "-l", "app=web", "-o", "json")) == ["REF101 backend/wrong"]
    assert found(live("check", "refgrant", "-A", "-l", "app!=web", "-o", "json")) == []


def test_the_change_of_a_grant_is_ready_to_copy(live: Program, api: FakeAPI) -> None:
    api.objects.append(WRONG)
    assert "kubectl patch referencegrant/wrong -n backend --type=json -p" in live("check", "-A", "-o", "wide").out


def test_grants_that_could_not_be_listed_are_not_called_sound(live: Program, api: FakeAPI) -> None:
    api.forbid("referencegrants")
    done = live("check", "refgrant", "-n", "backend")
    assert done.status == 3
    assert "which ReferenceGrants there are is not known" in done.out


@pytest.mark.parametrize("words", [["check"], ["check", "referencegrants"], ["grants", "--findings"]])
def test_what_findings_on_grants_depend_on_may_be_unknown(live: Program, api: FakeAPI, words: Sequence[str]) -> None:
    api.forbid("httproutes", "frontend")
    done = live(*words, "-n", "backend", "--ignore", "REF105")
    assert done.status == 3
    assert "which HTTPRoutes in frontend use a grant is not known" in done.out
    assert done.out.splitlines()[-1].endswith("no findings in what could be read")
    assert data(live(*words, "-n", "backend", "-o", "json"))["complete"] is False


def test_an_entry_that_is_inserted_above_makes_no_finding_on_a_grant_new(live: Program, api: FakeAPI) -> None:
    def prints() -> set[str]:
        return {each["fingerprint"] for each in data(live("check", "refgrant", "-A", "-o", "json"))["findings"]}

    api.objects.append(WRONG)
    known = prints()
    api.objects[-1] = grant([from_entry()], [to_entry(name="api"), to_entry("core", name="api")], name="wrong")
    assert known == prints()
    api.objects[-1] = grant([from_entry()], [to_entry("core", name="other")], name="wrong")
    assert known.isdisjoint(prints())


def test_junit_has_a_case_for_each_object_and_a_failure_for_each_bad_one(live: Program) -> None:
    suite = ElementTree.fromstring(live("check", "-A", "-o", "junit").out.partition("\n")[2])
    assert (suite.tag, suite.get("tests"), suite.get("failures"), suite.get("errors")) == ("testsuite", "5", "2", "0")
    failed = {case.get("name") for case in suite if case.find("failure") is not None}
    assert failed == {"frontend/grpc", "team/other"}
    text = next(case for case in suite if case.get("name") == "team/other").findtext("failure")
    assert text is not None
    assert text.startswith("error REF002 spec.rules[0].backendRefs[0]: ")


def test_junit_tells_what_could_not_be_read_as_an_error(live: Program, api: FakeAPI) -> None:
    api.forbid("grpcroutes")
    suite = ElementTree.fromstring(live("check", "-n", "frontend", "-o", "junit").out.partition("\n")[2])
    assert (suite.get("failures"), suite.get("errors")) == ("0", "1")


def test_what_could_not_be_read_is_told_to_code_scanning_and_workflows(live: Program, api: FakeAPI) -> None:
    api.forbid("grpcroutes")
    (run,) = json.loads(live("check", "-n", "frontend", "-o", "sarif").out)["runs"]
    (told,) = run["invocations"][0]["toolExecutionNotifications"]
    assert "what the GRPCRoutes in frontend reference is not known" in told["message"]["text"]
    lines = live("check", "-n", "frontend", "-o", "github").out.splitlines()
    assert [line for line in lines if line.startswith("::warning title=not everything could be read::")] != []


@pytest.mark.parametrize(
    ("format_", "kinds"),
    [("openreports", ["ClusterReport", "Report"]), ("policyreport", ["ClusterPolicyReport", "PolicyReport"])],
)
def test_policy_reports_are_of_namespaces_and_of_what_could_not_be_read(
    live: Program, api: FakeAPI, format_: str, kinds: list[str]
) -> None:
    api.forbid("grpcroutes")
    words = ("check", "httproutes", "grpcroutes", "-A", "-o", format_)
    unread, frontend, team = yaml.safe_load_all(live(*words).out)
    assert [each["kind"] for each in (unread, frontend, team)] == [*kinds, kinds[1]]
    assert [(each["policy"], each["result"]) for each in unread["results"]] == [("not-read", "error")]
    assert (frontend["metadata"]["namespace"], frontend["summary"]["pass"], frontend["results"]) == ("frontend", 1, [])
    (result,) = team["results"]
    assert (result["policy"], result["rule"], result["result"]) == ("near-miss", "REF002", "fail")


def test_a_policy_report_is_printed_even_if_nothing_was_checked(live: Program, api: FakeAPI) -> None:
    api.objects = namespaces("frontend")
    (report,) = yaml.safe_load_all(live("check", "-A", "-o", "openreports").out)
    assert (report["kind"], report["results"], set(report["summary"].values())) == ("ClusterReport", [], {0})


def test_junit_is_well_formed_whatever_the_cluster_says(live: Program, api: FakeAPI) -> None:
    api.objects.append(route_to(("backend", "a\x00\x1b<&>\ufffe"), name="hostile"))
    out = live("check", "-o", "junit").out
    assert "\x1b" not in out
    ElementTree.fromstring(out.partition("\n")[2])


def test_findings_that_a_filter_leaves_out_are_not_called_none(live: Program) -> None:
    out = live("check", "-A", "--code", "REF106", "--severity", "info").out
    assert "; no findings shown\n" in out
    assert "left out by --code, --ignore or --only-refused\n" in out


def test_who_may_read_nothing_is_not_told_that_nothing_is_wrong(live: Program, api: FakeAPI) -> None:
    for kind in api.kinds:
        api.forbid(kind.plural)
    done = live("check", "-A")
    assert done.status == 3
    assert done.out.splitlines()[-1].endswith("no findings in what could be read")


def test_a_finding_on_an_object_of_the_cluster_stands_in_no_file(
    live: Program, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("sys.stdout.isatty", lambda: True)
    monkeypatch.setenv("COLUMNS", "60")
    monkeypatch.setenv("NO_COLOR", "1")
    file = written(tmp_path / "own.json", [route_to(("backend", "api"), name="mine", namespace="team")])
    lines = live("check", "-A", "-f", file, "--live").out.splitlines()
    assert [line for line in lines if line.startswith("error REF")]
    assert [line for line in lines if line.startswith(f"{file}:")]
    assert not [line for line in lines if line.startswith("<none> ")]


@pytest.mark.parametrize("size", [30, 50, 63])
def test_an_object_is_named_on_a_line_of_a_terminal_as_why_takes_it(
    refs: Program, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, size: int
) -> None:
    monkeypatch.setattr("sys.stdout.isatty", lambda: True)
    monkeypatch.setenv("COLUMNS", "80")
    monkeypatch.setenv("NO_COLOR", "1")
    name, namespace, other = ("x".ljust(size, each) for each in "abc")
    objects = [*namespaces(namespace, other), route_to((other, name), name=name, namespace=namespace)]
    file = written(tmp_path / "all.json", objects)
    lines = refs("check", "-A", "-f", file, "--whole").out.splitlines()
    object_ = f"httproute/{name}.{namespace}"
    assert object_ in [line.split()[-1] for line in lines if line]
    assert refs("why", object_, "-f", file, "--whole").out.startswith("refused: HTTPRoute")


def test_of_several_objects_those_that_nothing_serves_are_counted(refs: Program, tmp_path: Path) -> None:
    parents = [{"name": "public"}]
    routes = [route_to(("infra", "api"), namespace="infra", name=name, parents=parents) for name in ("one", "two")]
    file = written(tmp_path / "unserved.json", [service("infra"), GATEWAY, *routes])
    # The Gateway is the third, because its class does not exist.
    assert "4 allowed; nothing serves 3 of the objects; " in refs("check", "-f", str(file), "--whole").out


def test_routes_that_one_listener_refuses_have_one_patch(refs: Program, tmp_path: Path) -> None:
    """A patch for each would fail once that of another is made."""
    parents = [{"name": "public", "namespace": "infra"}]
    routes = [route_to((name, "api"), namespace=name, parents=parents) for name in ("blog", "shop")]
    file = written(tmp_path / "all.json", [GATEWAY_CLASS, GATEWAY, *routes, *map(service, ("blog", "shop"))])
    text = refs("check", "-A", "-f", file, "--whole", "-o", "wide").out
    assert text.count("kubectl patch gateway/public -n infra") == 1
    assert '"values": ["blog", "infra", "shop"]' in text
    assert text.count("    fix:      the same as for HTTPRoute blog/web spec.parentRefs[0]\n") == 1
