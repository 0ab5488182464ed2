"""Credential plugins: the `exec` entry of a kubeconfig user.

The kubernetes package runs them too, but continues without credentials if one fails, ignores interactiveMode and runs
them again for each request. Looking at a cluster as an anonymous user gives wrong answers, so plugins are run here, as
rarely as their credentials permit, and each failure is an error in kubectl's words.
"""

from __future__ import annotations

import base64
import json
import os
import re
import shutil
import sys
from collections.abc import Mapping
from datetime import datetime
from typing import Any

from kubectl_refs.core.model.objects import JSON
from kubectl_refs.core.model.values import at, entries, text
from kubectl_refs.core.records import dataclass
from kubectl_refs.documents.errors import DocumentError
from kubectl_refs.documents.reading import read_first
from kubectl_refs.kube.config.kubeconfig import string
from kubectl_refs.kube.config.overrides import NOTHING, Overrides
from kubectl_refs.process import errors
from kubectl_refs.process.children import output_of
from kubectl_refs.process.time_limit import TimeLimitError

_API_VERSIONS = ("client.authentication.k8s.io/v1", "client.authentication.k8s.io/v1beta1")
_CLUSTER_KEYS = (
    "server",
    "tls-server-name",
    "insecure-skip-tls-verify",
    "certificate-authority-data",
    "proxy-url",
    "disable-compression",
)
_STATUS = ("token", "clientCertificateData", "clientKeyData", "expirationTimestamp")
_RFC3339 = re.compile(r"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d(\.\d+)?(Z|[+-]\d\d:\d\d)")
_NOT_INSTALLED = (
    "",
    "It looks like you are trying to use a client-go credential plugin that is not installed.",
    "",
    "To learn more about this feature, consult the documentation available at:",
    "      https://kubernetes.io/docs/reference/access-authn-authz/authentication/#client-go-credential-plugins",
)


@dataclass(frozen=True, slots=True)
class PluginCredentials:
    """The user fields from a plugin: `token`, `client-certificate-data`, `client-key-data`.

    `expires` is in seconds since the epoch, None if the plugin does not say.
    """

    fields: JSON
    expires: float | None = None


def run(plugin: JSON, cluster: JSON, environ: Mapping[str, str], overrides: Overrides = NOTHING) -> PluginCredentials:
    """Run a plugin whose entry has been validated, and return its credentials; RefsError if there are none.

    The plugin shares the caller's standard error, and its standard input if interactiveMode permits. It must end within
    --request-timeout and never outlives this process.
    """
    version = _version(plugin)
    interactive = _interactive(plugin)
    spec: dict[str, Any] = {"interactive": interactive}
    if plugin.get("provideClusterInfo"):
        spec["cluster"] = _cluster_info(cluster)
    info = {"apiVersion": version, "kind": "ExecCredential", "spec": spec}
    environment = {**environ, **_variables(plugin), "KUBERNETES_EXEC_INFO": json.dumps(info)}
    return _credentials(
        _output(plugin, environment, environ.get("PATH"), _limit(overrides), interactive=interactive), version
    )


def _version(plugin: JSON) -> str:
    version = plugin.get("apiVersion")
    if version not in _API_VERSIONS:
        raise errors.usage(f'exec plugin: invalid apiVersion "{version}"')
    return str(version)


def _interactive(plugin: JSON) -> bool:
    mode = plugin.get("interactiveMode") or "IfAvailable"
    if mode == "Always" and not _at_terminal():
        raise _failed("exec plugin cannot support interactive mode: standard input is not a terminal")
    return mode != "Never" and _at_terminal()


def _at_terminal() -> bool:
    return sys.stdin is not None and sys.stdin.isatty()


def _limit(overrides: Overrides) -> float | None:
    """The seconds a plugin may take. A user at a terminal may have to log in with a browser, which takes any time."""
    return None if overrides.timeout is None and _at_terminal() else overrides.limit


def _variables(plugin: JSON) -> dict[str, str]:
    return {str(at(item, "name")): str(at(item, "value")) for item in entries(plugin.get("env"))}


def _cluster_info(cluster: JSON) -> JSON:
    info = {key: cluster[key] for key in _CLUSTER_KEYS if cluster.get(key)}
    extensions = {text(at(each, "name")): at(each, "extension") for each in entries(cluster.get("extensions"))}
    return {**info, "config": extensions.get("client.authentication.k8s.io/exec")}


def _output(
    plugin: JSON, environment: Mapping[str, str], path: str | None, seconds: float | None, *, interactive: bool
) -> str:
    """The plugin's output. As in Go, it is looked up in this process's PATH, and never in a relative folder."""
    command = string(plugin, "command")
    program = command if os.sep in command else shutil.which(command, path=path)
    if program is None or not os.path.isabs(program):
        hint = text(plugin.get("installHint"))
        lines = ["", *hint.splitlines()] if hint else []
        raise _failed(f"exec: executable {command} not found", *_NOT_INSTALLED, *lines)
    try:
        words = [program, *map(str, entries(plugin.get("args")))]
        status, output = output_of(words, environment, seconds, interactive=interactive)
    except TimeLimitError:
        raise _failed(
            f"exec: executable {command} did not end within {seconds:g} seconds (see --request-timeout)"
        ) from None
    except OSError as error:
        raise _failed(f"exec: fork/exec {program}: {errors.reason_of(error)}") from None
    except ValueError:
        # Python raises this for a null character in a word, the only character that none may hold.
        raise _failed(f"exec: fork/exec {program}: invalid argument") from None
    if status != 0:
        # A plugin killed by a signal has a negative status.
        raise _failed(f"exec: executable {command} failed with exit code {max(status, -1)}")
    return output.decode(errors="replace")


def _credentials(output: str, version: str) -> PluginCredentials:
    answer = _parsed(output)
    returned, kind = (text(answer.get(key)) for key in ("apiVersion", "kind"))
    if returned != version:
        raise _failed(
            f"exec plugin is configured to use API version {version}, plugin returned version "
            f"{returned or 'client.authentication.k8s.io/__internal'}"
        )
    if kind not in (None, "", "ExecCredential"):
        raise _failed(f'decoding stdout: no kind "{kind}" is registered for version "{version}"')
    status = answer.get("status")
    if status is None:
        raise _failed("exec plugin didn't return a status field")
    if not isinstance(status, dict) or not all(isinstance(status.get(key) or "", str) for key in _STATUS):
        raise _failed("decoding stdout: the status must be an object with fields of text")
    token, certificate, key, expires = (status.get(key) or "" for key in _STATUS)
    if bool(certificate) != bool(key):
        raise _failed("exec plugin returned only certificate or key, not both")
    if not token and not certificate:
        raise _failed("exec plugin didn't return a token or cert/key pair")
    if certificate and "-----BEGIN " not in certificate:
        raise _failed("failed parsing client key/certificate: tls: failed to find any PEM data in certificate input")
    fields = {"token": token} if token else {}
    if certificate:
        fields["client-certificate-data"] = base64.b64encode(certificate.encode()).decode()
        fields["client-key-data"] = base64.b64encode(key.encode()).decode()
    return PluginCredentials(fields, _seconds(expires) if expires else None)


def _parsed(output: str) -> JSON:
    """The plugin's output, parsed as JSON or YAML. Errors do not quote it: there may be a token next to the mistake."""
    try:
        answer = json.loads(output)
    except ValueError:
        try:
            answer = read_first(output) or {}
        except DocumentError:
            answer = None
    if not isinstance(answer, dict):
        raise _failed("decoding stdout: the exec plugin did not print an object in JSON")
    return answer


def _seconds(timestamp: str) -> float:
    """An RFC 3339 time in seconds since the epoch."""
    try:
        if _RFC3339.fullmatch(timestamp):
            return datetime.fromisoformat(timestamp).timestamp()
    except ValueError:
        pass
    raise _failed(f'decoding stdout: parsing time "{timestamp}" as "2006-01-02T15:04:05Z07:00"')


def _failed(problem: str, *more: str) -> errors.RefsError:
    return errors.unreachable(f"getting credentials: {problem}", *more)
