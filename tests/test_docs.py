"""What the documents say is what the program does."""

from __future__ import annotations

import re
import subprocess
import sys
from pathlib import Path

import pytest

from kubectl_refs.core.codes import Code
from kubectl_refs.core.model import Verdict

ROOT = Path(__file__).parent.parent
README = (ROOT / "README.md").read_text()
SCRIPT = Path(sys.prefix) / "bin" / "kubectl-refs"


def blocks(language: str) -> list[str]:
    return re.findall(rf"^```{language}\n(.*?)^```$", README, re.MULTILINE | re.DOTALL)


def test_ci_runs_the_commands_of_the_readme_as_they_stand_there() -> None:
    first, second = blocks("sh")[:2]
    lines = (ROOT / ".ci" / "run").read_text().splitlines()
    assert first.strip() in lines
    assert second.strip() in lines


def test_the_readmes_output_is_the_programs() -> None:
    (shown,) = blocks("console")
    command = blocks("sh")[0].split("&&")[-1].split()
    done = subprocess.run([SCRIPT, *command[1:]], capture_output=True, text=True, cwd=ROOT, check=True)
    assert shown.split("\n", 1)[1] == done.stdout


@pytest.mark.parametrize("verdict", Verdict)
def test_every_verdict_is_explained_in_the_readme(verdict: Verdict) -> None:
    assert f"| `{verdict}` |" in README


def test_no_code_is_used_twice() -> None:
    assert len({str(code) for code in Code}) == len(Code.__members__)
