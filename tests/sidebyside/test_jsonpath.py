"""A JSONPath template prints what kubectl prints for it."""

from __future__ import annotations

import json
import subprocess
from pathlib import Path

import pytest

from tests.support.templates import OBJECT, TEMPLATES, WRONG


def printed(kubectl: Path, folder: Path, template: str) -> str | None:
    """What kubectl prints when it applies a template to the object; None if it refuses the template."""
    file = folder / "object.json"
    file.write_text(json.dumps(OBJECT))
    words = ["annotate", "--local", "-f", str(file), "a=1", "-o", f"jsonpath={template}"]
    env = {"HOME": str(folder), "KUBECONFIG": str(folder / "none")}
    done = subprocess.run([str(kubectl), *words], capture_output=True, text=True, env=env, check=False)
    return None if done.returncode else done.stdout


@pytest.mark.parametrize(("template", "text"), TEMPLATES)
def test_kubectl_prints_the_same(kubectl: Path, tmp_path: Path, template: str, text: str) -> None:
    assert printed(kubectl, tmp_path, template) == text


@pytest.mark.parametrize("template", WRONG)
def test_kubectl_refuses_the_same(kubectl: Path, tmp_path: Path, template: str) -> None:
    assert printed(kubectl, tmp_path, template) is None
