"""-k with the real kubectl: the same objects as `kubectl kustomize` prints, with the same names."""

from __future__ import annotations

import json
import os
import shutil
from pathlib import Path

import pytest

from tests.support.running import WORKING, Program


def test_a_kustomization_is_read_as_kubectl_builds_it(
    refs: Program, kubectl: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("PATH", f"{kubectl.parent}{os.pathsep}{os.environ['PATH']}")
    shutil.copy(WORKING, tmp_path / "objects.yaml")
    (tmp_path / "kustomization.yaml").write_text("resources: [objects.yaml]\nnameSuffix: -blue\n")
    done = refs("why", "-k", str(tmp_path), "-o", "json")
    names = {each["from"]["name"] for each in json.loads(done.out)["references"]}
    assert "frontend-routes-blue" in names
    assert done.err == ""
