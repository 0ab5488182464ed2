"""Where the controllers' programs come from, tested with a stand-in for Go, and the message when they are left out."""

from __future__ import annotations

import os
import re
import shutil
import subprocess
import sys
from dataclasses import replace
from pathlib import Path

import pytest

from tests.support.cluster.binaries import BinariesError
from tests.support.controllers.programs import CILIUM, ENVOY_GATEWAY, SKIP, built
from tests.support.running import ROOT

FAKE_GO = f"""#!{sys.executable}
import os, pathlib, sys
with open({{log!r}}, "a") as log:
    log.write(" ".join(sys.argv[1:]) + chr(10))
named = sys.argv[sys.argv.index("-o") + 1] if "-o" in sys.argv else os.path.join(os.environ["GOBIN"], "envoy-gateway")
pathlib.Path(named).write_text("program")
if {{fails}}:
    sys.exit("go says: no")
"""


@pytest.fixture(autouse=True)
def no_programs(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    """A user with an empty cache and no Go."""
    monkeypatch.setenv("XDG_CACHE_HOME", str(tmp_path / "cache"))
    (tmp_path / "bin").mkdir()
    monkeypatch.setenv("PATH", str(tmp_path / "bin"))


def install_go(tmp_path: Path, *, fails: bool = False) -> Path:
    """Put a Go on PATH that logs its calls and writes the file it should install, even if it fails afterwards."""
    log = tmp_path / "go.log"
    go = tmp_path / "bin" / "go"
    go.write_text(FAKE_GO.format(log=str(log), fails=fails))
    go.chmod(0o755)
    return log


def test_without_go_the_error_says_what_to_install_and_how_to_go_without() -> None:
    with pytest.raises(BinariesError, match=rf"no go on PATH: install Go .*, or set {SKIP}=1 to leave its tests out"):
        built(ENVOY_GATEWAY)


def test_a_program_is_built_once_from_the_version_that_is_pinned(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    log = install_go(tmp_path)

    first, second = built(ENVOY_GATEWAY), built(ENVOY_GATEWAY)

    assert first == second
    assert first.read_text() == "program"
    assert log.read_text() == f"install github.com/envoyproxy/gateway/cmd/envoy-gateway@{ENVOY_GATEWAY.version}\n"
    assert capsys.readouterr().err == "building envoy-gateway from Go modules: about 3 minutes, once\n"


def test_a_program_of_our_own_is_built_where_its_go_mod_is_and_anew_when_that_changes(tmp_path: Path) -> None:
    log = install_go(tmp_path)
    source = tmp_path / CILIUM.program
    assert CILIUM.source
    shutil.copytree(CILIUM.source, source)
    own = replace(CILIUM, source=source)

    first = built(own)
    (source / "go.mod").write_text("module other\n")
    second = built(own)

    assert (first.read_text(), first.name) == ("program", CILIUM.program)
    assert first != second
    assert [line.split()[0] for line in log.read_text().splitlines()] == ["build", "build"]


def test_a_failed_build_is_an_error_and_leaves_nothing_that_looks_finished(tmp_path: Path) -> None:
    install_go(tmp_path, fails=True)
    with pytest.raises(BinariesError, match="go says: no"):
        built(ENVOY_GATEWAY)

    install_go(tmp_path)

    assert built(ENVOY_GATEWAY).read_text() == "program"


def test_tests_that_are_left_out_on_demand_are_counted_at_the_end() -> None:
    done = subprocess.run(
        [sys.executable, "-m", "pytest", "-q", "-p", "no:cacheprovider", "tests/realcluster/controllers"],
        cwd=ROOT,
        env=os.environ | {SKIP: "1"},
        capture_output=True,
        text=True,
        check=False,
    )

    assert re.search(r"SKIPPED \[\d+\] .*real controllers are left out: KUBECTL_REFS_SKIP_CONTROLLERS=1", done.stdout)
    assert re.fullmatch(r"\d+ skipped in .*", done.stdout.splitlines()[-1])
