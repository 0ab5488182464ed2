"""The installed bundle as a kubectl plugin: its name, credential plugins and what they inherit, proxies."""

from __future__ import annotations

import json
import os
import shlex
import subprocess
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import pytest

from tests.packaging.conftest import Installed, Release
from tests.support import krew_rules
from tests.support.cluster import binaries
from tests.support.cluster.binaries import Binaries
from tests.support.fakes.api import TLS, FakeAPI
from tests.support.running import WORKING, objects_of

TOKEN = "a-token-of-the-plugin"
ROUTE = ("why", "httproute/frontend-routes", "-n", "frontend")


@pytest.fixture(scope="session")
def programs() -> Binaries:
    return binaries.find()


def shell(line: str, path: list[Path], cwd: Path, **environ: str) -> subprocess.CompletedProcess[str]:
    """Run a line in bash, which passes the path of the started program in `_`, with no other environment."""
    environment = {"PATH": os.pathsep.join([*map(str, path), os.defpath]), "HOME": str(cwd), **environ}
    return subprocess.run(["bash", "-c", line], capture_output=True, text=True, env=environment, cwd=cwd, check=False)


def usage(done: subprocess.CompletedProcess[str]) -> str:
    assert done.returncode == 0, done.stderr
    lines = done.stdout.splitlines()
    return lines[lines.index("Usage:") + 1].strip()


def test_kubectl_finds_it_and_its_help_says_kubectl_refs(
    installed: Installed, programs: Binaries, tmp_path: Path
) -> None:
    path = [installed.link.parent, programs.folder]
    assert usage(shell("kubectl refs why --help", path, tmp_path)).startswith("kubectl refs why ")
    assert str(installed.link) in shell("kubectl plugin list", path, tmp_path).stdout


def test_run_by_itself_its_help_says_kubectl_refs_with_a_dash(installed: Installed, tmp_path: Path) -> None:
    for line in ("kubectl-refs why --help", f"{shlex.quote(str(installed.link))} why --help"):
        assert usage(shell(line, [installed.link.parent], tmp_path)).startswith("kubectl-refs why ")


def test_a_newer_kubectl_says_itself_that_it_runs_a_plugin(installed: Installed, tmp_path: Path) -> None:
    done = shell("kubectl-refs why --help", [installed.link.parent], tmp_path, KUBECTL_PATH="/usr/bin/kubectl")
    assert usage(done).startswith("kubectl refs why ")


def test_renamed_in_the_manifest_it_goes_by_its_new_name(
    release: Release, platform: Any, programs: Binaries, tmp_path: Path
) -> None:
    link = krew_rules.install(platform, release.archive, tmp_path / "store", tmp_path / "bin", "gateway-refs")
    done = shell("kubectl gateway-refs why --help", [link.parent, programs.folder], tmp_path)
    assert usage(done).startswith("kubectl gateway-refs why ")
    assert "  kubectl gateway-refs why httproute/" in done.stdout
    assert "kubectl refs" not in done.stdout


def test_a_mistake_ends_with_the_plugins_own_status_through_kubectl(
    installed: Installed, programs: Binaries, tmp_path: Path
) -> None:
    done = shell("kubectl refs why --bogus", [installed.link.parent, programs.folder], tmp_path)
    assert (done.returncode, done.stdout) == (2, "")
    assert "See 'kubectl refs why --help' for usage." in done.stderr


def credential_plugin(folder: Path) -> Path:
    """A credential plugin that records its environment."""
    credential = {
        "apiVersion": "client.authentication.k8s.io/v1",
        "kind": "ExecCredential",
        "status": {"token": TOKEN},
    }
    program = folder / "credential-plugin"
    lines = ["#!/bin/sh", f"env -0 > {folder / 'environment'}", f"echo {shlex.quote(json.dumps(credential))}"]
    program.write_text("\n".join(lines) + "\n")
    program.chmod(0o755)
    return program


def inherited(installed: Installed, folder: Path, environ: Mapping[str, str]) -> dict[str, str]:
    """The environment of a credential plugin that the bundle runs."""
    exec_ = {
        "apiVersion": "client.authentication.k8s.io/v1",
        "command": str(credential_plugin(folder)),
        "interactiveMode": "Never",
    }
    with FakeAPI(objects_of(WORKING), tls=TLS, token=TOKEN) as api:
        config = api.kubeconfig(exec=exec_)
        del config["users"][0]["user"]["token"]
        (folder / "config").write_text(json.dumps(config))
        done = subprocess.run([installed.link, *ROUTE], capture_output=True, text=True, env=environ, check=False)
    assert (done.returncode, done.stderr) == (0, "")
    pairs = (folder / "environment").read_text().rstrip("\0").split("\0")
    return dict(pair.split("=", 1) for pair in pairs)


@pytest.mark.parametrize(
    "own",
    [
        {},
        {"LD_LIBRARY_PATH": "/usr/lib/mine:/opt/lib"},
        {"DYLD_LIBRARY_PATH": "/usr/lib/mine", "DYLD_FALLBACK_LIBRARY_PATH": "/opt/lib"},
    ],
)
def test_a_credential_plugin_inherits_the_callers_environment_and_nothing_of_the_bundles(
    installed: Installed, tmp_path: Path, own: Mapping[str, str]
) -> None:
    environ = {"PATH": os.defpath, "HOME": str(tmp_path), "KUBECONFIG": str(tmp_path / "config"), "_": "/bin/x", **own}
    found = inherited(installed, tmp_path, environ)
    assert json.loads(found.pop("KUBERNETES_EXEC_INFO"))["kind"] == "ExecCredential"
    # The plugin is a shell script, and its shell sets these itself.
    by_shell = {"_", "PWD", "OLDPWD", "SHLVL"}
    assert {name: value for name, value in found.items() if name not in by_shell} == {
        name: value for name, value in environ.items() if name not in by_shell
    }


def test_proxies_of_socks_are_built_in(installed: Installed, tmp_path: Path) -> None:
    with FakeAPI(objects_of(WORKING), tls=TLS) as api:
        config = api.kubeconfig()
        # Nothing listens there: the error is about an unreachable proxy, not about a missing package.
        config["clusters"][0]["cluster"]["proxy-url"] = "socks5://127.0.0.1:9"
        (tmp_path / "config").write_text(json.dumps(config))
        environ = {"HOME": str(tmp_path), "KUBECONFIG": str(tmp_path / "config")}
        done = subprocess.run([installed.link, *ROUTE], capture_output=True, text=True, env=environ, check=False)
        assert api.requests == []
    assert done.returncode == 2
    assert "PySocks" not in done.stderr
    assert "refused" in done.stderr
