"""-k: what the kubectl on the PATH makes of a kustomization is read as manifests."""

from __future__ import annotations

import os
from pathlib import Path

import pytest

from tests.support.running import REFUSED, Program


@pytest.fixture
def kubectl(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A kubectl that prints an example for the folder `good`, and fails for every other."""
    program = tmp_path / "bin" / "kubectl"
    program.parent.mkdir()
    program.write_text(f'#!/bin/sh\n[ "$*" = "kustomize -- good" ] && exec cat "{Path(REFUSED).resolve()}"\nexit 1\n')
    program.chmod(0o755)
    monkeypatch.setenv("PATH", f"{program.parent}{os.pathsep}{os.environ['PATH']}")
    return program


@pytest.mark.usefixtures("kubectl")
def test_what_a_kustomization_makes_is_answered_like_a_file(refs: Program) -> None:
    asked = ("httproute/frontend-routes", "-n", "frontend", "--whole")
    built, file = refs("why", *asked, "-k", "good"), refs("why", *asked, "-f", str(REFUSED))
    assert built.status == file.status == 1
    assert built.out == file.out.replace(f"-f {REFUSED}", "-k good").replace(f"{REFUSED}:", "good:")
    assert refs("check", "-k", "good").status == 1


@pytest.mark.parametrize(
    ("words", "line"),
    [
        (["-k", "bad"], 'kustomization "bad" could not be built'),
        (["-k", "good", "-f", "x.yaml"], "only one of '-f' or '-k' can be specified"),
        (["-k", "good", "-R"], "only one of '-f' or '-k' can be specified"),
        (["-k", ""], "must specify a kustomization directory with -k"),
    ],
)
@pytest.mark.usefixtures("kubectl")
def test_wrong_use_is_one_line(refs: Program, words: list[str], line: str) -> None:
    done = refs("check", *words)
    assert (done.status, done.out, done.err) == (2, "", f"error: {line}\n")


def test_without_kubectl_it_is_asked_for(refs: Program, monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    monkeypatch.setenv("PATH", str(tmp_path))
    done = refs("check", "-k", "good")
    assert (done.status, done.err) == (2, "error: -k needs kubectl on the PATH, which builds kustomizations\n")
