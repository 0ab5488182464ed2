"""The configuration of a process in a pod: the service account's files and the API server's address.

As in client-go, it is used last, if no kubeconfig names a server.
"""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path

from kubectl_refs.core.model.objects import JSON
from kubectl_refs.process.files import UnreadableFileError, read_file

SERVICE_ACCOUNT = Path("/var/run/secrets/kubernetes.io/serviceaccount")


def is_available(environ: Mapping[str, str], account: Path = SERVICE_ACCOUNT) -> bool:
    """Whether this process runs in a pod that may talk to its API server."""
    address = environ.get("KUBERNETES_SERVICE_HOST") and environ.get("KUBERNETES_SERVICE_PORT")
    return bool(address) and (account / "token").is_file()


def cluster(environ: Mapping[str, str], account: Path = SERVICE_ACCOUNT) -> JSON:
    """The cluster entry of a kubeconfig."""
    host, port = environ["KUBERNETES_SERVICE_HOST"], environ["KUBERNETES_SERVICE_PORT"]
    authority = account / "ca.crt"
    server = f"https://[{host}]:{port}" if ":" in host else f"https://{host}:{port}"
    return {"server": server, **({"certificate-authority": str(authority)} if authority.is_file() else {})}


def user(account: Path = SERVICE_ACCOUNT) -> JSON:
    """The user entry of a kubeconfig."""
    return {"tokenFile": str(account / "token")}


def namespace(environ: Mapping[str, str], account: Path = SERVICE_ACCOUNT) -> str:
    """The pod's namespace, empty if unknown."""
    if named := environ.get("POD_NAMESPACE"):
        return named
    try:
        return read_file(account / "namespace").decode().strip()
    except (UnreadableFileError, UnicodeDecodeError):
        return ""
