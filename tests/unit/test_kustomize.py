"""-k: the manifests that the kubectl on the PATH builds from a kustomization."""

from __future__ import annotations

import json
import os
import re
from pathlib import Path

import pytest

from kubectl_refs.core.model.locations import Location
from kubectl_refs.core.model.objects import JSON
from kubectl_refs.manifests.kustomize import origin_of
from tests.support.running import REFUSED, Program


@pytest.fixture
def kubectl(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A kubectl that prints an example for the folder `good`, and fails for every other folder."""
    program = tmp_path / "bin" / "kubectl"
    program.parent.mkdir()
    monkeypatch.chdir(tmp_path)
    (tmp_path / "good").mkdir()
    (tmp_path / "good" / "kustomization.yml").touch()
    program.write_text(f'#!/bin/sh\n[ "$*" = "kustomize -- good" ] && exec cat "{Path(REFUSED).resolve()}"\nexit 1\n')
    program.chmod(0o755)
    monkeypatch.setenv("PATH", f"{program.parent}{os.pathsep}{os.environ['PATH']}")
    return program


@pytest.mark.usefixtures("kubectl")
def test_what_a_kustomization_makes_is_answered_like_a_file(refs: Program) -> None:
    asked = ("httproute/frontend-routes", "-n", "frontend", "--whole")
    built, file = refs("why", *asked, "-k", "good"), refs("why", *asked, "-f", str(REFUSED))
    assert built.status == file.status == 1
    own = "good/kustomization.yml"
    assert built.out == re.sub(rf"{REFUSED}:\d+", own, file.out.replace(f"-f {REFUSED}", "-k good"))
    assert refs("check", "-k", "good").status == 1


ROUTE: JSON = {
    "apiVersion": "gateway.networking.k8s.io/v1",
    "kind": "HTTPRoute",
    "metadata": {"name": "r", "namespace": "a"},
}


@pytest.mark.parametrize(
    ("folder", "origin", "location"),
    [
        ("good", None, Location("good/kustomization.yml")),
        ("good", "path: ../base/route.yaml\n", Location("base/route.yaml")),
        ("good", "path: ../base/gone.yaml\n", Location("good/kustomization.yml")),
        ("good", "configuredIn: kustomization.yml\nconfiguredBy: {kind: X}\n", Location("good/kustomization.yml")),
        ("good", "{", Location("good/kustomization.yml")),
        ("good", "path: 1", Location("good/kustomization.yml")),
        (
            "good",
            "path: web/route.yaml\nrepo: https://example.com/team/base\nref: v1\n",
            Location("https://example.com/team/base//web/route.yaml", remote=True),
        ),
        ("example.com/team/base", None, Location("example.com/team/base", remote=True)),
    ],
)
@pytest.mark.usefixtures("kubectl")
def test_an_object_is_told_of_with_the_file_that_kustomize_made_it_of(
    tmp_path: Path, folder: str, origin: str | None, location: Location
) -> None:
    (tmp_path / "base").mkdir()
    (tmp_path / "base" / "route.yaml").touch()
    annotations = {} if origin is None else {"config.kubernetes.io/origin": origin}
    obj = {**ROUTE, "metadata": {**ROUTE["metadata"], "annotations": annotations}}
    assert origin_of(obj, folder) == location


@pytest.mark.usefixtures("kubectl")
def test_annotations_name_a_file_and_no_line_of_what_kustomize_wrote(refs: Program) -> None:
    lines = refs("check", "-k", "good", "-o", "github").out.splitlines()
    assert lines
    assert all(line.startswith("::error file=good/kustomization.yml,title=") for line in lines)
    (run,) = json.loads(refs("check", "-k", "good", "-o", "sarif").out)["runs"]
    uris = {each["locations"][0]["physicalLocation"]["artifactLocation"]["uri"] for each in run["results"]}
    assert uris == {"good/kustomization.yml"}


@pytest.mark.parametrize(
    ("words", "line"),
    [
        (["-k", "good", "-f", "x.yaml"], "only one of '-f' or '-k' can be specified"),
        (["-k", "good", "-R"], "only one of '-f' or '-k' can be specified"),
        (["-k", ""], "must specify a kustomization directory with -k"),
    ],
)
@pytest.mark.usefixtures("kubectl")
def test_wrong_use_is_one_line(refs: Program, words: list[str], line: str) -> None:
    done = refs("check", *words)
    assert (done.status, done.out, done.err) == (2, "", f"error: {line}\n")


@pytest.mark.usefixtures("kubectl")
def test_why_kustomize_fails_is_said_by_kubectl_alone(refs: Program) -> None:
    """kubectl's own line, which is not captured here, begins with `error:`; ours continues it."""
    done = refs("check", "-k", "bad")
    assert (done.status, done.out, done.err) == (2, "", 'The kustomization "bad" could not be built.\n')


def test_without_kubectl_it_is_asked_for(refs: Program, monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    monkeypatch.setenv("PATH", str(tmp_path))
    done = refs("check", "-k", "good")
    assert (done.status, done.err) == (2, "error: -k needs kubectl on the PATH, which builds kustomizations\n")
