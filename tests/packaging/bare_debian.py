"""Proof that a bundle needs nothing else: runs it in a Debian without Python, on a real API server, with each login.

    python3 -m krew && sudo .venv/bin/python -m tests.packaging.bare_debian

It takes a minute, the right to chroot, and the program debootstrap, which is why it is not part of any test run.
"""

from __future__ import annotations

import json
import shutil
import subprocess
import sys
import sysconfig
import tempfile
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any

import click
import yaml

from krew import manifest, project
from tests.support import krew_rules
from tests.support.cluster import access, binaries, crds
from tests.support.cluster.api_server import ApiServer
from tests.support.cluster.binaries import Binaries
from tests.support.cluster.objects import backend, from_routes, grant, route, service, to_backends, to_services

MIRROR = "http://deb.debian.org/debian"
RELEASE = "bookworm"
USER = "app-dev"
HOME = "root"
"""The home folder in the bare Debian without its leading slash: the path /root there is the folder root here."""

WORDS = ("why", "httproute/web", "-n", "frontend")


class Server(ApiServer):
    """The API server with client certificates from an authority made for it."""

    def issue(self) -> None:
        """Create the authority, and a certificate with its key for USER."""
        self._openssl("req", "-x509", "-subj", "/CN=authority", *self._new_key("authority"), "-out", "authority.crt")
        self._openssl("req", "-subj", f"/CN={USER}", *self._new_key("client"), "-out", "client.csr")
        signing = ("-CA", "authority.crt", "-CAkey", "authority.key", "-CAcreateserial")
        self._openssl("x509", "-req", "-in", "client.csr", *signing, "-out", "client.crt")

    def _new_key(self, name: str) -> tuple[str, ...]:
        return ("-newkey", "rsa:2048", "-nodes", "-keyout", f"{name}.key")

    def _openssl(self, *words: str) -> None:
        subprocess.run(["openssl", *words], cwd=self.folder, check=True, capture_output=True)

    def _spawn(self, name: str, program: Path, *args: str) -> None:
        more = (f"--client-ca-file={self.folder / 'authority.crt'}",) if name == "kube-apiserver" else ()
        super()._spawn(name, program, *args, *more)


def logins(token: str) -> Mapping[str, Mapping[str, Any]]:
    """The kubeconfig users to try; their files are in HOME."""
    return {
        "a token": {"token": token},
        "a client certificate": {
            "client-certificate": f"/{HOME}/client.crt",
            "client-key": f"/{HOME}/client.key",
        },
        "an exec plugin": {
            "exec": {
                "apiVersion": "client.authentication.k8s.io/v1",
                "command": f"/{HOME}/credential-plugin",
                "interactiveMode": "Never",
            }
        },
    }


def furnish(root: Path, archive: Path, server: Server, token: str, programs: Binaries) -> None:
    """Put into the bare Debian what a user would have: the plugin as krew installs it, kubectl, and credentials."""
    filled = manifest.fill(manifest.TEMPLATE.read_text(), f"v{project.version()}", [archive])
    (platform,) = yaml.safe_load(filled)["spec"]["platforms"]
    krew_rules.unpack(archive, root / "opt" / "refs")
    (root / "usr" / "local" / "bin" / "kubectl-refs").symlink_to(f"/opt/refs/{platform['bin']}")
    shutil.copy(programs.kubectl, root / "usr" / "local" / "bin" / "kubectl")
    home = root / HOME
    for name in ("client.crt", "client.key"):
        shutil.copy(server.folder / name, home / name)
    shutil.copy(server.certificate_authority, home / "server.crt")
    credential = {
        "apiVersion": "client.authentication.k8s.io/v1",
        "kind": "ExecCredential",
        "status": {"token": token},
    }
    plugin = home / "credential-plugin"
    # Like plugins that link against libraries, it fails if LD_LIBRARY_PATH points into the bundle.
    plugin.write_text(f"#!/bin/sh\n[ -z \"$LD_LIBRARY_PATH\" ] || exit 1\necho '{json.dumps(credential)}'\n")
    plugin.chmod(0o755)


def write_kubeconfig(root: Path, server: Server, user: Mapping[str, Any]) -> None:
    cluster = {"server": server.address, "certificate-authority": f"/{HOME}/server.crt"}
    config = {
        "apiVersion": "v1",
        "kind": "Config",
        "current-context": "bare",
        "contexts": [{"name": "bare", "context": {"cluster": "bare", "user": USER}}],
        "clusters": [{"name": "bare", "cluster": cluster}],
        "users": [{"name": USER, "user": user}],
    }
    (root / HOME / "config").write_text(json.dumps(config))


_ENTER = 'mount -t proc proc "$0/proc" && exec /usr/sbin/chroot "$0" "$@"'


def run(root: Path, *words: str) -> tuple[int, str]:
    """Run in the bare Debian with a temporary /proc; return the status, and both streams as one text."""
    environ = {"PATH": "/usr/local/bin:/usr/bin:/bin", "HOME": f"/{HOME}", "KUBECONFIG": f"/{HOME}/config"}
    done = subprocess.run(
        ["/usr/bin/unshare", "--mount", "/bin/sh", "-c", _ENTER, str(root), *words],
        env=environ,
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        text=True,
        check=False,
    )
    return done.returncode, done.stdout


def lay(server: Server) -> None:
    """Create a route that a misspelt grant refuses, and a user who may see it."""
    for name in ("frontend", "shared"):
        server.apply({"apiVersion": "v1", "kind": "Namespace", "metadata": {"name": name}})
    server.apply(
        service("shared"),
        grant("shared", [from_routes("fronted")], [to_services()]),
        route("frontend", to_backends(backend("shared"))),
    )
    access.allow_everywhere(server, USER)


def prove(root: Path, archive: Path, server: Server, programs: Binaries) -> Iterator[tuple[str, bool]]:
    """Each claim, and whether it holds."""
    server_config = json.loads(server.kubeconfig(USER).read_text())
    token = server_config["users"][0]["user"]["token"]
    furnish(root, archive, server, token, programs)
    yield "there is no Python", run(root, "sh", "-c", "command -v python3 python")[0] != 0
    script = Path(sysconfig.get_path("scripts")) / "kubectl-refs"
    wheels = subprocess.run(
        [script, *WORDS, "--kubeconfig", server.kubeconfig(USER)], capture_output=True, text=True, check=False
    )
    # Remove what --kubeconfig adds to the commands to copy.
    expected = (1, wheels.stdout.replace(f" --kubeconfig {server.kubeconfig(USER)}", ""))
    assert wheels.stdout.startswith("refused: ")
    for title, user in logins(token).items():
        write_kubeconfig(root, server, user)
        yield f"why, with {title}: the wheel's answer", run(root, "kubectl-refs", *WORDS) == expected
        yield f"kubectl refs why, with {title}", run(root, "kubectl", "refs", *WORDS) == expected
    status, out = run(root, "kubectl", "refs", "version")
    click.echo(out)
    yield "kubectl refs version tells the server's", status == 3 and "Server Version: v1" in out


@click.command()
@click.option("--dist", type=click.Path(path_type=Path, exists=True), default=project.ROOT / "dist", show_default=True)
def main(dist: Path) -> None:
    """Run the proof on the archive of this platform in DIST."""
    stem = project.stem(project.system(), project.architecture())
    programs = binaries.find()
    with tempfile.TemporaryDirectory(prefix="bare-debian-") as folder:
        root = Path(folder) / "root"
        subprocess.run(
            ["debootstrap", "--variant=minbase", RELEASE, str(root), MIRROR], check=True, stdout=subprocess.DEVNULL
        )
        server = Server(programs)
        server.issue()
        with server:
            crds.install(server, "1.6.3", "experimental")
            lay(server)
            held = True
            for claim, holds in prove(root, dist / f"{stem}.tar.gz", server, programs):
                click.echo(f"{'ok  ' if holds else 'FAIL'} {claim}")
                held &= holds
    sys.exit(0 if held else 1)


if __name__ == "__main__":
    main()
