"""A repository's folder is read even if not every file in it is a manifest."""

from __future__ import annotations

import json
from collections.abc import Callable
from pathlib import Path

import pytest

from tests.support.running import Done, Program

SERVICE = "{apiVersion: v1, kind: Service, metadata: {name: s, namespace: a}}\n"
ROUTE = (
    "apiVersion: gateway.networking.k8s.io/v1\nkind: HTTPRoute\nmetadata: {name: r, namespace: a}\n"
    "spec: {rules: [{backendRefs: [{name: s, port: 80}]}]}\n"
)

Write = Callable[[str, str], None]


@pytest.fixture
def refs(capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> Program:
    monkeypatch.chdir(tmp_path)
    return Program(capsys, monkeypatch, tmp_path)


@pytest.fixture
def write(tmp_path: Path) -> Write:
    def to(name: str, content: str) -> None:
        path = tmp_path / "repo" / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(content)

    return to


@pytest.mark.parametrize(
    ("name", "content", "what"),
    [
        ("kustomization.yaml", "resources: [route.yaml]\n", "a kustomization"),
        ("k.yaml", "apiVersion: kustomize.config.k8s.io/v1beta1\nkind: Kustomization\n", "a kustomization"),
        ("values.yaml", "replicas: 2\n", "no Kubernetes objects"),
        ("Chart.yaml", "apiVersion: v2\nname: demo\nversion: 0.1.0\n", "no Kubernetes objects"),
        ("kind.yaml", "apiVersion: kind.x-k8s.io/v1alpha4\nkind: Cluster\n", "no Kubernetes objects"),
        ("patch.json", '[{"op": "remove", "path": "/spec"}]', "no Kubernetes objects"),
        ("list.json", f"[{SERVICE.strip()}]", "an array, which kubectl does not take"),
        ("word.yaml", "word", "no Kubernetes objects"),
        ("templates/r.yaml", "{{- if .Values.route }}\nkind: HTTPRoute\n{{- end }}\n", "a template"),
    ],
)
def test_what_is_no_manifest_is_skipped_and_counted(
    refs: Program, write: Write, name: str, content: str, what: str
) -> None:
    write("route.yaml", ROUTE)
    write(name, content)
    done = refs("why", "-f", "repo", "-R", "--query", "summary.allowed")
    assert done == Done(0, "1\n", "1 file without Kubernetes objects skipped; -v=1 lists it\n")
    listed = refs("why", "-f", "repo", "-R", "-v=1", "--query", "summary.allowed")
    assert listed == Done(0, "1\n", f"skipped repo/{name}: {what}\n")


@pytest.mark.parametrize(
    "kustomization",
    [
        "patches: [{path: patch.yaml}]",
        "patches: [{path: ./patch.yaml, target: {kind: HTTPRoute}}]",
        "patchesStrategicMerge: [patch.yaml]",
    ],
)
def test_a_patch_of_a_kustomization_replaces_no_object(refs: Program, write: Write, kustomization: str) -> None:
    write("base/route.yaml", ROUTE)
    write("over/kustomization.yaml", kustomization)
    write("over/patch.yaml", ROUTE.replace("backendRefs: [{name: s, port: 80}]", ""))
    done = refs("why", "-f", "repo", "-R", "-v=1", "--query", "summary.allowed")
    assert done == Done(
        0,
        "1\n",
        "skipped repo/over/kustomization.yaml: a kustomization\n"
        "skipped repo/over/patch.yaml: a patch of a kustomization\n",
    )
    assert refs("why", "-f", "repo/over/patch.yaml").status == 0


@pytest.mark.parametrize(
    ("kustomizations", "namespace"),
    [
        ({"base": "namespace: shop\nresources: [route.yaml]\n"}, "shop"),
        ({"base": "resources: [./route.yaml]\n", "over": "namespace: shop\nresources: [../base/]\n"}, "shop"),
        (
            {
                "base": "namespace: inner\nresources: [route.yaml]\n",
                "over": "namespace: shop\nbases: [../base]\n",
            },
            "shop",
        ),
        (
            {
                "base": "resources: [route.yaml]\n",
                "one": "namespace: one\nresources: [../base]\n",
                "two": "namespace: two\nresources: [../base]\n",
            },
            "default",
        ),
        ({"base": "namespace: shop\nresources: [other.yaml, https://example.com/x, 1]\n"}, "default"),
        ({"base": "namespace: {a: b}\nresources: [route.yaml]\n"}, "default"),
        (
            {
                "top": "namespace: shop\nresources: [../base]\n",
                "base": "resources: [route.yaml, ../over]\n",
                "over": "resources: [../base]\n",
            },
            "shop",
        ),
    ],
    ids=["beside", "over it", "outermost", "two", "of others", "no name", "in a circle"],
)
def test_an_object_without_a_namespace_is_in_that_of_the_kustomization_that_takes_it(
    refs: Program, write: Write, kustomizations: dict[str, str], namespace: str
) -> None:
    write("base/route.yaml", ROUTE.replace(", namespace: a", ""))
    for folder, content in kustomizations.items():
        write(f"{folder}/kustomization.yaml", content)
    done = refs("check", "-f", "repo", "-R", "-o", "json", "--query", "references[].from.namespace")
    assert json.loads(done.out) == [namespace]


def test_a_namespace_that_is_written_counts(refs: Program, write: Write) -> None:
    write("route.yaml", ROUTE)
    write("kustomization.yaml", "namespace: shop\nresources: [route.yaml]\n")
    done = refs("check", "-f", "repo", "-o", "json", "--query", "references[].from.namespace")
    assert json.loads(done.out) == ["a"]


def test_what_a_kustomization_generates_is_made_by_it(refs: Program, write: Write) -> None:
    gateway = (
        "apiVersion: gateway.networking.k8s.io/v1\nkind: Gateway\nmetadata: {name: g, namespace: a}\n"
        "spec: {gatewayClassName: c, listeners: "
        "[{name: l, port: 443, protocol: HTTPS, tls: {certificateRefs: [{name: cert}]}}]}\n"
    )
    write("gateway.yaml", gateway)
    write("kustomization.yaml", "secretGenerator: [{name: cert, files: [tls.crt, tls.key], type: kubernetes.io/tls}]\n")
    found = "references[0].[verdict,assumptions,checks[-1].message]"
    done = refs("why", "-f", "repo", "--query", found, "-o", "yaml")
    assert done.out == "- allowed\n- []\n- Secret a/cert is made by Kustomization repo/kustomization.yaml\n"


BROKEN = {
    "a: [b": "error parsing repo/broken.yaml: error converting YAML to JSON: yaml: line 2: did not find expected ',' or ']'",
    ROUTE
    + "---\n"
    + SERVICE.replace("s,", "3,"): 'unable to decode "repo/broken.yaml" (document 2): metadata.name must be a '
    "string, not 3",
}


@pytest.mark.parametrize("content", BROKEN)
@pytest.mark.parametrize("command", ["why", "check"])
def test_a_broken_file_of_a_folder_is_told_of_at_the_end_and_the_rest_is_answered(
    refs: Program, write: Write, command: str, content: str
) -> None:
    write("broken.yaml", content)
    write("route.yaml", ROUTE.replace("name: r,", "name: other,"))
    done = refs(command, "-f", "repo", "--query", "summary.allowed")
    told = f"error: {BROKEN[content]}\nerror: the answer is without what this file may hold\n"
    assert done == Done(2, "1\n", told)


def test_several_broken_files_are_all_told_of(refs: Program, write: Write) -> None:
    for name in ("a.yaml", "b.yaml"):
        write(name, "a: [b")
    write("route.yaml", ROUTE)
    done = refs("check", "-f", "repo", "--exit-zero")
    lines = done.err.splitlines()
    assert done.status == 2
    assert [line.split(":")[1] for line in lines[:2]] == [" error parsing repo/a.yaml", " error parsing repo/b.yaml"]
    assert lines[2:] == ["error: the answer is without what these 2 files may hold"]


def test_broken_files_alone_and_a_broken_file_named_itself_are_errors(refs: Program, write: Write) -> None:
    write("broken.yaml", "a: [b")
    only = refs("check", "-f", "repo")
    write("route.yaml", ROUTE)
    named = refs("check", "-f", "repo/route.yaml", "-f", "repo/broken.yaml")
    assert only == named == Done(2, "", f"error: {BROKEN['a: [b']}\n")


def test_two_sets_of_which_one_has_a_broken_file_are_not_compared(refs: Program, write: Write) -> None:
    write("old/route.yaml", ROUTE)
    write("old/other.yaml", ROUTE.replace("name: r,", "name: other,"))
    write("new/route.yaml", ROUTE)
    write("new/other.yaml", "a: [b")
    done = refs("diff", "--base", "repo/old", "-f", "repo/new")
    assert (done.status, done.out) == (2, "")
    assert done.err.startswith("error: error parsing repo/new/other.yaml: ")
    assert len(done.err.splitlines()) == 1


def test_a_finding_on_a_reference_policy_says_where_it_stands(refs: Program, write: Write) -> None:
    write(
        "policy.yaml",
        SERVICE + "---\napiVersion: gateway.networking.k8s.io/v1alpha2\nkind: ReferencePolicy\n"
        "metadata: {name: p, namespace: a}\nspec: {from: [{group: gateway.networking.k8s.io, kind: HTTPRoute, namespace: b}], "
        'to: [{group: "", kind: Service}]}\n',
    )
    assert (
        "::error file=repo/policy.yaml,line=3,title=REF101 never-matches::"
        in refs("check", "-f", "repo", "-o", "github").out
    )


def test_a_file_named_itself_is_not_skipped(refs: Program, write: Write) -> None:
    write("values.yaml", "replicas: 2\n")
    done = refs("why", "-f", "repo/values.yaml")
    assert (done.status, done.err) == (
        2,
        "error: unable to decode \"repo/values.yaml\": Object 'Kind' is missing in '{\"replicas\":2}'\n",
    )


def test_a_folder_without_any_object_is_an_error(refs: Program, write: Write) -> None:
    write("values.yaml", "replicas: 2\n")
    done = refs("check", "-f", "repo")
    assert (done.status, done.out) == (2, "")
    assert done.err.endswith("error: no objects passed to check\n")


@pytest.mark.parametrize(
    ("file", "content", "advice"),
    [
        ("kustomization.yaml", "resources: [../base]\n", "is a kustomization; to build it, pass its folder with -k"),
        (
            "route.yaml",
            "{{- if .Values.on }}\nkind: A\n",
            "is a template; to render it, pipe the output of helm template to -f -",
        ),
    ],
)
def test_a_folder_of_what_objects_are_made_of_says_how(
    refs: Program, write: Write, file: str, content: str, advice: str
) -> None:
    write(file, content)
    assert f"repo/{file} {advice}\n" in refs("check", "-f", "repo").err


def test_a_file_with_an_object_and_something_else_is_a_mistake(refs: Program, write: Write) -> None:
    write("route.yaml", ROUTE + "---\nreplicas: 2\n")
    done = refs("why", "-f", "repo")
    assert (done.status, "Object 'Kind' is missing" in done.err) == (2, True)


def test_yaml_that_is_broken_is_a_mistake_unless_it_is_a_template(refs: Program, write: Write) -> None:
    write("route.yaml", SERVICE + "a: b: c\n")
    done = refs("why", "-f", "repo")
    assert (done.status, "error parsing repo/route.yaml" in done.err) == (2, True)


def test_an_object_of_two_files_is_told_of_where_they_differ(refs: Program, write: Write) -> None:
    write("a.yaml", ROUTE)
    write("b.yaml", ROUTE)
    assert refs("why", "-f", "repo", "-R", "--query", "summary.allowed").err == ""
    write("b.yaml", ROUTE.replace("kind: HTTPRoute\n", "kind: HTTPRoute\n# elsewhere\n"))
    assert refs("why", "-f", "repo", "-R", "--query", "summary.allowed").err == ""
    write("b.yaml", ROUTE.replace("name: r,", "name: r, labels: {a: b},"))
    said = "1 object is given more than once, with different contents: the last one counts; -v=1 lists it\n"
    assert refs("why", "-f", "repo", "-R", "--query", "summary.allowed").err == said
    listed = refs("why", "-f", "repo", "-R", "-v=1", "--query", "summary.allowed").err
    assert listed == "HTTPRoute a/r of repo/a.yaml:1 is ignored: repo/b.yaml:1 has it too\n"
