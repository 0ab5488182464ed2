"""`kubectl refs policy` and `policy test` as commands; the rules' effects are tested on a real API server."""

from __future__ import annotations

import json
from pathlib import Path

import pytest
import yaml

from kubectl_refs.core.findings.explanations import EXPLANATIONS
from kubectl_refs.core.model.codes import Code
from tests.support.builders import from_entry, grant, namespaces, to_entry
from tests.support.fakes.api import FakeAPI
from tests.support.running import Program


def written(folder: Path, *objects: object) -> str:
    file = folder / "grants.yaml"
    file.write_text("\n---\n".join(map(json.dumps, objects)))
    return str(file)


def test_a_policy_and_its_binding_are_printed(refs: Program) -> None:
    done = refs("policy", "--warn", "--audit")
    policy, binding = yaml.safe_load_all(done.out)
    assert (done.status, done.err) == (0, "")
    assert policy["kind"] == "ValidatingAdmissionPolicy"
    assert binding["spec"] == {"policyName": policy["metadata"]["name"], "validationActions": ["Warn", "Audit"]}
    assert done.out.startswith(
        "# For Kubernetes 1.30 and later. It warns of and notes in the audit log\n# ReferenceGrants that never match"
    )
    header = " ".join(line.removeprefix("# ") for line in done.out.splitlines() if line.startswith("# "))
    assert "a policy printed with --allow-unnamed Service admits that." in header
    assert "admits that" not in refs("policy", "--allow-unnamed", "Service").out
    assert max(map(len, [line for line in done.out.splitlines() if line.startswith("#")])) <= 80


@pytest.mark.parametrize(
    ("words", "line"),
    [
        (["--deny", "--warn"], "--deny and --warn are mutually exclusive: the API server takes one of them"),
        (["--from-label", "tenant"], 'invalid argument "tenant" for "--from-label" flag: it must be a label, KEY=VALUE'),
        (["--from-label", "a b=c"], 'invalid argument "a b=c" for "--from-label" flag: it must be a label, KEY=VALUE'),
        (["--from-label", "a..b/c=d"], 'invalid argument "a..b/c=d" for "--from-label" flag: it must be a label, KEY=VALUE'),
        (["--allow-unnamed", "no-kind"], 'invalid argument "no-kind" for "--allow-unnamed" flag: it must be a kind, for example Service'),
        (["tset"], 'unknown command "tset" for "kubectl refs policy"'),
        (["test"], "must specify the manifests to test: -f FILENAME"),
        (["test", "-f", "nowhere.yaml"], 'the path "nowhere.yaml" does not exist'),
    ],
)  # fmt: skip
def test_wrong_use_is_one_line(refs: Program, words: list[str], line: str) -> None:
    done = refs("policy", *words)
    assert (done.status, done.out) == (2, "")
    assert done.err.splitlines()[0] == f"error: {line}"


def test_a_server_without_the_api_is_told(refs: Program, tmp_path: Path) -> None:
    with FakeAPI([]) as api:
        config = api.write_kubeconfig(tmp_path / "config", "default")
        done = refs("policy", "--kubeconfig", str(config))
    assert (done.status, done.out) == (2, "")
    assert done.err == (
        "error: the server does not serve ValidatingAdmissionPolicy (admissionregistration.k8s.io/v1): it is part of "
        "Kubernetes 1.30 and later\n"
    )


def test_each_grant_of_manifests_is_judged(refs: Program, tmp_path: Path) -> None:
    good = grant([from_entry()], [to_entry(name="api")], name="good")
    bad = grant([from_entry(kind="httproutes")], [to_entry()], name="bad")
    done = refs("policy", "test", "-f", written(tmp_path, good, bad))
    assert done.status == 1
    assert [" ".join(line.split()) for line in done.out.splitlines()] == [
        "NAMESPACE NAME ADMITTED WHY NOT",
        "backend good yes <none>",
        'backend bad no spec.from[0].kind is "httproutes", expected "HTTPRoute" [REF101]; spec.to[0] has no name: it '
        "permits every Service in the namespace; name the objects that are meant [REF107]",
        "",
        "2 ReferenceGrants: 1 would be refused",
    ]
    assert refs("policy", "test", "-f", written(tmp_path, good)).status == 0
    assert refs("policy", "test", "-f", written(tmp_path, bad), "--exit-zero").status == 0
    assert (
        refs("policy", "test", "-f", written(tmp_path, bad), "-o", "name").out
        == "referencegrant.gateway.networking.k8s.io/bad\n"
    )


def test_a_label_that_the_manifests_do_not_tell_is_not_known(refs: Program, tmp_path: Path) -> None:
    good = grant([from_entry()], [to_entry(name="api")], name="good")
    (frontend,) = namespaces("frontend")
    asked = ("policy", "test", "--from-label", "tenant=true", "-o", "json", "-f")
    unknown = refs(*asked, written(tmp_path, good))
    (found,) = json.loads(unknown.out)["grants"]
    assert (unknown.status, found["admitted"]) == (3, None)
    assert found["unknown"] == [
        'whether namespace "frontend" is labelled tenant=true is not known: it is not among these manifests'
    ]
    assert refs(*asked, written(tmp_path, good, frontend)).status == 1
    said = refs("policy", "test", "--from-label", "tenant=true", "-f", written(tmp_path, good))
    assert said.out.endswith("\n1 ReferenceGrant: 0 would be refused, 1 unknown\n")


def test_the_printed_policy_says_which_label_it_asks_for(refs: Program) -> None:
    comments = " ".join(
        line[2:] for line in refs("policy", "--from-label", "tenant=true").out.splitlines() if line[:1] == "#"
    )
    assert "Nor may spec.from name a namespace that exists but is not labelled tenant=true." in comments
    assert "A namespace that does not exist is admitted" in comments
    assert "A namespace that does not exist is admitted" in " ".join(refs("policy", "--help").out.split())
    assert "Nor may" not in refs("policy").out


def test_no_grants_is_said(refs: Program, tmp_path: Path) -> None:
    done = refs("policy", "test", "-f", written(tmp_path, *namespaces("frontend")))
    assert (done.status, done.out, done.err) == (0, "", "No ReferenceGrants found in the manifests.\n")


@pytest.mark.parametrize("code", [Code.NEVER_MATCHES, Code.NO_EFFECT_ON_PARENTS, Code.ANY_NAME, Code.OWN_NAMESPACE])
def test_the_grants_of_the_codes_examples_are_refused_by_their_code(refs: Program, tmp_path: Path, code: Code) -> None:
    file = tmp_path / "example.yaml"
    file.write_text(EXPLANATIONS[code].example)
    assert f"[{code}]" in refs("policy", "test", "-f", str(file)).out


@pytest.mark.parametrize(
    ("route", "parent", "admitted"),
    [("TCPRoute", "Gateway", True), ("HTTPRoute", "Gateway", False), ("TCPRoute", "ListenerSet", False)],
)
def test_a_gateway_behind_a_tcp_route_is_no_parent(
    refs: Program, tmp_path: Path, route: str, parent: str, admitted: bool
) -> None:
    made = grant([from_entry(kind=route)], [to_entry(group="gateway.networking.k8s.io", kind=parent, name="inner")])
    done = refs("policy", "test", "-f", written(tmp_path, made), "-o", "json")
    (judged,) = json.loads(done.out)["grants"]
    assert judged["admitted"] is admitted
    assert all("[REF102]" in refusal for refusal in judged["refusals"])
