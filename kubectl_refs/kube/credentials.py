"""What a kubeconfig user proves itself with, settled into fields the kubernetes package takes as they stand.

Everything that the package gets wrong or does silently is done here (engineering.md 3.1): token files are read and
trimmed, credential plugins run, files that cannot be read are errors before the first request, and impersonation
becomes headers. What is left for the package is to apply a token, a password or a certificate.

Not done: renewal of an expired OIDC token (kubectl does it and rewrites the kubeconfig; the package would drop the
new refresh token).
"""

from __future__ import annotations

import base64
import json
import time
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from kubectl_refs import errors
from kubectl_refs.core.model import JSON
from kubectl_refs.core.objects import entries, integer, mapping, text
from kubectl_refs.kube import execplugin
from kubectl_refs.kube.kubeconfig import Selected, string

Headers = tuple[tuple[str, str], ...]

_TOKEN_FILE_AGE = 60
"""Seconds after which a token's file is read again, as in client-go: it is replaced while processes run."""

_CERTIFICATE = ("client-certificate", "client-certificate-data", "client-key", "client-key-data")


@dataclass(frozen=True, slots=True)
class Settled:
    """A user with static credentials only: token, username and password, certificate and key.

    `renewable` says that to settle the user again may give others; `expires`, in seconds since the epoch, when to do
    so without waiting for the server to refuse these.
    """

    user: JSON
    renewable: bool = False
    expires: float | None = None


def settle(selected: Selected, environ: Mapping[str, str]) -> Settled:
    """Read the token file or run the credential plugin of a user that needs it; RefsError where that fails.

    A user without any credential is anonymous by its own definition and stays so.
    """
    user, name = selected.user, selected.user_name
    settled: dict[str, Any] = {}
    if user.get("client-certificate") or user.get("client-certificate-data"):
        settled = {key: value for key in _CERTIFICATE if (value := _field(user, key))}
    # As in client-go: what the command line or the file says of a token is asked before the token's file is.
    token, path = _field(user, "token").strip(), _field(user, "tokenFile")
    if path:
        token = _file(path) or token
    if token:
        settled["token"] = token
    elif _field(user, "username"):
        settled |= {"username": _field(user, "username"), "password": _field(user, "password")}
    # As in client-go, a plugin is not run where the user proves itself without it.
    if user.get("exec") and not settled:
        found = execplugin.run(mapping(user["exec"]), selected.cluster, environ)
        return Settled(found.fields, renewable=True, expires=found.expires)
    if user.get("auth-provider") and "token" not in settled and "username" not in settled:
        settled["token"] = _provider_token(name, mapping(user["auth-provider"]))
    return Settled(settled, renewable=bool(path), expires=time.time() + _TOKEN_FILE_AGE if path else None)


def impersonation(selected: Selected) -> Headers:
    """The headers of `as`, `as-uid`, `as-groups` and `as-user-extra`, one per value."""
    user = selected.user
    groups = [group for group in entries(user.get("as-groups")) if isinstance(group, str)]
    extra = [
        (f"Impersonate-Extra-{_header_key(key)}", value)
        for key, values in mapping(user.get("as-user-extra")).items()
        for value in entries(values)
        if isinstance(value, str)
    ]
    name, uid = _field(user, "as"), _field(user, "as-uid")
    if not name:
        return ()
    return (
        ("Impersonate-User", name),
        *((("Impersonate-Uid", uid),) if uid else ()),
        *(("Impersonate-Group", group) for group in groups),
        *extra,
    )


def _file(path: str) -> str:
    try:
        with open(path, encoding="utf-8") as file:
            return file.read().strip()
    except OSError as error:
        raise errors.usage(f"open {path}: {(error.strerror or str(error)).lower()}") from None
    except UnicodeDecodeError:
        raise errors.usage(f"read {path}: the token is not text") from None


def _provider_token(user: str, provider: JSON) -> str:
    name = text(provider.get("name")) or ""
    if name == "gcp":
        raise errors.usage(
            "The gcp auth plugin has been removed.",
            'Please use the "gke-gcloud-auth-plugin" kubectl/client-go credential plugin instead.',
            "See https://cloud.google.com/blog/products/containers-kubernetes/kubectl-auth-changes-in-gke for further "
            "details",
        )
    if name != "oidc":
        raise errors.usage(f'no Auth Provider found for name "{name}"')
    token = text(mapping(provider.get("config")).get("id-token")) or ""
    if not token or _expired(token):
        raise errors.usage(f"the id-token of user {user} has expired; run a kubectl command to renew it")
    return token


def _expired(token: str) -> bool:
    """Whether a JSON Web Token is past its time; one that cannot be decoded is left for the server to judge."""
    try:
        payload = token.split(".")[1]
        claims = json.loads(base64.urlsafe_b64decode(payload + "=" * (-len(payload) % 4)))
    except (IndexError, ValueError):
        return False
    expiry = integer(mapping(claims).get("exp"))
    return expiry is not None and expiry <= time.time()


def _field(entry: JSON, key: str) -> str:
    try:
        return string(entry, key)
    except ValueError as error:
        raise errors.usage(f"error loading config file: {error}") from None


def _header_key(key: str) -> str:
    """The key as client-go writes it into a header's name: whatever a header name cannot hold as %XX."""
    legal = set("!#$&'*+-.^_`|~0123456789abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ")
    return "".join(char if char in legal else f"%{byte:02X}" for byte in key.encode() for char in (chr(byte),))
