"""Help: the lines of both programs are of the same kinds, in the same order."""

from __future__ import annotations

import os
import re
import subprocess
import sys
from itertools import groupby
from pathlib import Path

import pytest

SCRIPT = Path(sys.prefix) / "bin" / "kubectl-refs"
KINDS = [
    ("heading", r"(Examples|Available Commands|Options|Usage):"),
    (
        "global options",
        r'Use "[\w -]+ options" for a list of global command-line options \(applies to all commands\)\.',
    ),
    ("more help", r'Use "[\w -]+ <command> --help" for more information about a given command\.'),
    ("option", r" {4}(-\w, )?--[a-z-]+=('.*'|\S*):"),
    ("what an option does", r"\t\S.*"),
    ("a command", r"  [a-z-]+ {3,}\S.*"),
    ("usage", r"  kubectl[ -].*\[options\]"),
    ("example's comment", r"  # .*"),
    ("example", r"  \S.*"),
    ("nothing", r"\s*"),
    ("prose", r" ?\S.*"),
]


def kinds(line: str) -> str:
    return next(kind for kind, pattern in KINDS if re.fullmatch(pattern, line))


def shape(program: Path, *words: str) -> list[str]:
    """The kinds of lines in a help text, with each run of options, examples or paragraphs as one."""
    done = subprocess.run(
        [program, *words], capture_output=True, text=True, check=True, env={**os.environ, "KUBECONFIG": os.devnull}
    )
    text = re.sub(r"(\n  # [^\n]*(\n  [^\n]+)*\n? *)+", "\n  # example\n", done.stdout)
    text = re.sub(r"(\n    (-\w, )?--[a-z-]+=.*\n\t.*\n)+", "\n    --option='':\n\tdoes\n", text)
    found = [kind for kind, _ in groupby(map(kinds, text.splitlines()))]
    return [kind for kind, _ in groupby(found[found.index("heading") :])]


@pytest.mark.parametrize(
    ("theirs", "ours"), [(("auth", "can-i"), "can-i"), (("get",), "why"), (("get",), "check"), (("diff",), "fix")]
)
def test_the_help_of_a_command_has_the_parts_of_kubectls(kubectl: Path, theirs: tuple[str, ...], ours: str) -> None:
    assert shape(SCRIPT, ours, "--help") == shape(kubectl, *theirs, "--help")


def test_the_help_of_the_group_has_the_parts_of_kubectls(kubectl: Path) -> None:
    theirs = shape(kubectl, "auth", "--help")
    ours = shape(SCRIPT, "--help")
    options = ["heading", "option", "what an option does", "nothing"]
    start = ours.index("option") - 1
    assert ours[start : start + 4] == options
    assert ours[:start] + ours[start + 4 :] == theirs


def test_the_global_options_are_listed_in_the_same_form(kubectl: Path) -> None:
    both = [
        subprocess.run([program, "options"], capture_output=True, text=True, check=True).stdout
        for program in (kubectl, SCRIPT)
    ]
    theirs, ours = (
        {line.strip().partition("=")[0] for line in text.splitlines() if line.startswith("    ")} for text in both
    )
    assert both[0].splitlines()[:2] == both[1].splitlines()[:2]
    # Flags for profiling and logging Go programs, and for kubectl's own preferences.
    assert theirs - ours == {
        "--kuberc",
        "--log-flush-frequency",
        "--profile",
        "--profile-output",
        "--vmodule",
    }
    assert ours - theirs == {"--chunk-size"}
