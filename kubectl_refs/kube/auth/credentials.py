"""The credentials of a kubeconfig user, settled into static fields that http/session.py takes as they stand.

The kubernetes package gets some of this wrong or does it silently, so it is done here: token files are read and
trimmed, credential plugins run, unreadable files are errors before the first request, and impersonation becomes
headers. What remains is to apply a token, a password or a certificate.
"""

from __future__ import annotations

import time
from collections.abc import Mapping
from dataclasses import replace
from typing import Any

from kubectl_refs.core.model.objects import JSON
from kubectl_refs.core.model.values import entries, mapping, text
from kubectl_refs.core.records import dataclass
from kubectl_refs.kube.config.connection import Headers
from kubectl_refs.kube.config.kubeconfig import Selected, string
from kubectl_refs.kube.config.overrides import NOTHING, Overrides
from kubectl_refs.process import errors
from kubectl_refs.process.files import UnreadableFileError, read_file

_TOKEN_FILE_AGE = 60
"""Seconds after which a token file is read again, as in client-go: it may be replaced while processes run."""

_REMOVED = {
    "azure": (
        "https://github.com/Azure/kubelogin",
        "https://kubernetes.io/docs/reference/access-authn-authz/authentication/#client-go-credential-plugins",
    ),
    "gcp": (
        '"gke-gcloud-auth-plugin"',
        "https://cloud.google.com/blog/products/containers-kubernetes/kubectl-auth-changes-in-gke",
    ),
}
"""The replacement of each provider that client-go once had, and the page that describes it."""

_CERTIFICATE = ("client-certificate", "client-certificate-data", "client-key", "client-key-data")


@dataclass(frozen=True, slots=True)
class StaticUser:
    """A user with static credentials only: token, username and password, certificate and key.

    `renewable` is what to settle again if these are refused, None if that would give the same ones; `expires`, in
    seconds since the epoch, says when to do so without waiting for a refusal.
    """

    user: JSON
    renewable: Selected | None = None
    expires: float | None = None


def resolve_user(selected: Selected, environ: Mapping[str, str], overrides: Overrides = NOTHING) -> StaticUser:
    """Read the token file, run the credential plugin or renew the token of a user that needs it.

    RefsError if that fails or takes too long, or if a token needs to be renewed and may not be. A user without any
    credential is meant to be anonymous, and stays so.
    """
    user = selected.user
    settled: dict[str, Any] = {}
    if user.get("client-certificate") or user.get("client-certificate-data"):
        settled = {key: value for key in _CERTIFICATE if (value := string(user, key))}
    # As in client-go, the token in tokenFile is used, and `token` only if the file is empty.
    token, path = string(user, "token"), string(user, "tokenFile")
    if path:
        token = _file(path, overrides.limit) or token
    if token:
        settled["token"] = token
    elif string(user, "username"):
        settled |= {"username": string(user, "username"), "password": string(user, "password")}
    # As in client-go, a plugin is not run if the user has other credentials.
    if user.get("exec") and not settled:
        # Imported here: start-up time.
        from kubectl_refs.kube.auth import exec_plugin

        found = exec_plugin.run(mapping(user["exec"]), selected.cluster, environ, overrides)
        return StaticUser(found.fields, selected, found.expires)
    if user.get("auth-provider"):
        provider = _provider(mapping(user["auth-provider"]))
        if "token" not in settled and "username" not in settled:
            return _with_id_token(selected, provider, settled, environ, overrides)
    return StaticUser(settled, *((selected, time.time() + _TOKEN_FILE_AGE) if path else ()))


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
    name, uid = string(user, "as"), string(user, "as-uid")
    if not name:
        return ()
    return (
        ("Impersonate-User", name),
        *((("Impersonate-Uid", uid),) if uid else ()),
        *(("Impersonate-Group", group) for group in groups),
        *extra,
    )


def _file(path: str, timeout: float | None) -> str:
    try:
        return read_file(path, timeout).decode().strip()
    except UnreadableFileError as error:
        raise errors.usage(str(error)) from None
    except UnicodeDecodeError:
        raise errors.usage(f"read {path}: the token is not text") from None


def _provider(provider: JSON) -> dict[str, str]:
    """The configuration of the only auth-provider left, oidc."""
    name = text(provider.get("name")) or ""
    if name in _REMOVED:
        instead, where = _REMOVED[name]
        raise errors.usage(
            f"The {name} auth plugin has been removed.",
            f"Please use the {instead} kubectl/client-go credential plugin instead.",
            f"See {where} for further details",
        )
    if name != "oidc":
        raise errors.usage(f'no Auth Provider found for name "{name}"')
    from kubectl_refs.kube.auth import oidc

    config = mapping(provider.get("config"))
    fields = {key: string(config, key) for key in config}
    oidc.validate(fields)
    return fields


def _with_id_token(
    selected: Selected,
    provider: Mapping[str, str],
    settled: JSON,
    environ: Mapping[str, str],
    overrides: Overrides,
) -> StaticUser:
    """The id-token; if it has expired, renewed at its provider and stored in the kubeconfig."""
    from kubectl_refs.kube.auth import oidc
    from kubectl_refs.kube.config import rewriting

    token = provider.get(oidc.ID_TOKEN)
    if not token or oidc.end(token) <= time.time():
        if not overrides.renews or selected.origin is None:
            raise errors.unreachable("the id-token has ended")
        rewriting.check(selected.origin)
        tokens = oidc.renewed(provider, environ, overrides.limit)
        rewriting.keep(selected.origin, selected.user_name, tokens)
        entry = {"name": "oidc", "config": {**provider, **tokens}}
        selected = replace(selected, user={**selected.user, "auth-provider": entry})
        token = tokens[oidc.ID_TOKEN]
    return StaticUser({**settled, "token": token}, selected, oidc.end(token))


def _header_key(key: str) -> str:
    """The key as client-go writes it into a header's name, with %XX for characters that a name cannot hold."""
    legal = set("!#$&'*+-.^_`|~0123456789abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ")
    return "".join(char if char in legal else f"%{byte:02X}" for byte in key.encode() for char in (chr(byte),))
