"""Where the programs come from, tested with a stand-in for Go, so that nothing is built."""

from __future__ import annotations

import sys
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import pytest

from tests.support.cluster import binaries
from tests.support.cluster.binaries import BinariesError

FAKE_GO = f"""#!{sys.executable}
import pathlib, sys
with open({{log!r}}, "a") as log:
    log.write(" ".join(sys.argv[1:]) + chr(10))
if "build" in sys.argv:
    built = pathlib.Path(sys.argv[sys.argv.index("-o") + 1])
    built.write_text("program")
    built.chmod(0o755)
if {{fails!r}} in sys.argv[1:]:
    sys.exit("go says: no")
"""


@pytest.fixture(autouse=True)
def no_binaries(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    """A user with an empty cache and no Go."""
    monkeypatch.delenv("KUBEBUILDER_ASSETS", raising=False)
    monkeypatch.setenv("XDG_CACHE_HOME", str(tmp_path / "cache"))
    (tmp_path / "bin").mkdir()
    monkeypatch.setenv("PATH", str(tmp_path / "bin"))


def install_go(tmp_path: Path, fails: str = "") -> Path:
    """Put a Go on PATH that logs its calls, writes the file it should build, and fails if an argument is `fails`."""
    log = tmp_path / "go.log"
    go = tmp_path / "bin" / "go"
    go.write_text(FAKE_GO.format(log=str(log), fails=fails))
    go.chmod(0o755)
    return log


def builds(log: Path) -> int:
    return sum(line.startswith("build ") for line in log.read_text().splitlines())


def test_programs_named_by_kubebuilder_assets_are_used(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    for name in binaries.PACKAGES:
        (tmp_path / name).touch(mode=0o755)
    monkeypatch.setenv("KUBEBUILDER_ASSETS", str(tmp_path))

    assert binaries.find().etcd == tmp_path / "etcd"


def test_a_program_missing_from_kubebuilder_assets_is_named(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    for name in ("kube-apiserver", "kubectl"):
        (tmp_path / name).touch(mode=0o755)
    monkeypatch.setenv("KUBEBUILDER_ASSETS", str(tmp_path))

    with pytest.raises(BinariesError, match="where etcd cannot be executed"):
        binaries.find()


def test_without_go_the_error_says_what_to_install() -> None:
    with pytest.raises(BinariesError, match=r"no go on PATH: install Go 1\.26 or newer .*, or set KUBEBUILDER_ASSETS"):
        binaries.find()


def test_a_go_that_refuses_the_module_is_an_error_with_its_words(tmp_path: Path) -> None:
    install_go(tmp_path, fails="list")

    with pytest.raises(BinariesError, match=r"go says: no\): install Go 1\.26 or newer"):
        binaries.find()


def test_the_three_programs_are_built_once(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    log = install_go(tmp_path)

    first, second = binaries.find(), binaries.find()

    assert first == second
    assert [program.read_text() for program in (first.apiserver, first.etcd, first.kubectl)] == ["program"] * 3
    assert builds(log) == 3
    assert capsys.readouterr().err.count("about 5 minutes, once") == 1


def test_callers_side_by_side_build_once(tmp_path: Path) -> None:
    log = install_go(tmp_path)

    with ThreadPoolExecutor(4) as pool:
        found = set(pool.map(lambda _: binaries.find(), range(4)))

    assert len(found) == 1
    assert builds(log) == 3


def test_a_failed_build_is_an_error_and_leaves_nothing_that_looks_finished(tmp_path: Path) -> None:
    install_go(tmp_path, fails=binaries.PACKAGES["etcd"])
    with pytest.raises(BinariesError, match="go says: no"):
        binaries.find()

    log = install_go(tmp_path)
    log.unlink()
    binaries.find()

    assert builds(log) == 3
