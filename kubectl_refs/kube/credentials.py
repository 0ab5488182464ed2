"""What a kubeconfig user proves itself with, settled into fields the kubernetes package takes as they stand.

Everything that the package gets wrong or does silently is done here (engineering.md 3.1): token files are read and
trimmed, credential plugins run, files that cannot be read are errors before the first request, and impersonation
becomes headers. What is left for the package is to apply a token, a password or a certificate.

Not done yet: renewal of an expired OIDC token (kubectl does it and rewrites the kubeconfig; the package would drop
the new refresh token), rotation of token files, reuse of a plugin's token in a later run.
"""

from __future__ import annotations

import base64
import json
import time
from collections.abc import Iterator, Mapping
from typing import Any

from kubectl_refs import errors
from kubectl_refs.core.model import JSON
from kubectl_refs.core.objects import entries, integer, mapping, text
from kubectl_refs.kube import execplugin
from kubectl_refs.kube.kubeconfig import Selected, string

Headers = tuple[tuple[str, str], ...]

_CERTIFICATE = ("client-certificate", "client-certificate-data", "client-key", "client-key-data")


def settle(selected: Selected, environ: Mapping[str, str]) -> JSON:
    """The user with static credentials only: token, username and password, certificate and key.

    A user without any credential is anonymous by its own definition and stays so.
    """
    user, name = selected.user, selected.user_name
    settled: dict[str, Any] = {key: value for key in _CERTIFICATE if (value := _field(user, key))}
    if token := _token(user):
        settled["token"] = token
    elif _field(user, "username"):
        settled |= {"username": _field(user, "username"), "password": _field(user, "password")}
    if user.get("exec") and user.get("auth-provider"):
        raise errors.usage(f"more than one authentication method found for {name}; found [exec authProvider]")
    # As in client-go, a plugin is not run where the user proves itself without it.
    if user.get("exec") and not settled:
        return execplugin.run(name, mapping(user["exec"]), selected.cluster, environ)
    if user.get("auth-provider") and "token" not in settled and "username" not in settled:
        settled["token"] = _provider_token(name, mapping(user["auth-provider"]))
    return settled


def check_files(selected: Selected) -> None:
    """Raise, in kubectl's words, for certificates and keys that are missing or cannot be read."""
    cluster, user = selected.cluster, selected.user
    problems = [
        *_unreadable(cluster, "certificate-authority", "certificate-authority", selected.cluster_name),
        *_unreadable(user, "client-certificate", "client-cert", selected.user_name),
        *_unreadable(user, "client-key", "client-key", selected.user_name),
    ]
    if _has(user, "client-certificate") and not _has(user, "client-key"):
        problems.insert(
            0,
            f"client-key-data or client-key must be specified for {selected.user_name} to use the clientCert "
            "authentication method.",
        )
    if len(problems) > 1:
        raise errors.configuration("".join(f"\n* {problem}" for problem in problems))
    if problems:
        raise errors.usage(problems[0])
    if cluster.get("insecure-skip-tls-verify") and _has(cluster, "certificate-authority"):
        raise errors.usage("specifying a root certificates file with the insecure flag is not allowed")


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
        if groups or uid or extra:
            raise errors.usage(
                f"requesting uid, groups or user-extra for {selected.user_name} without impersonating a user"
            )
        return ()
    return (
        ("Impersonate-User", name),
        *((("Impersonate-Uid", uid),) if uid else ()),
        *(("Impersonate-Group", group) for group in groups),
        *extra,
    )


def _token(user: JSON) -> str:
    path = _field(user, "tokenFile")
    if not path:
        return _field(user, "token").strip()
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
            "The gcp auth plugin has been removed.\n"
            'Please use the "gke-gcloud-auth-plugin" kubectl/client-go credential plugin instead.'
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


def _unreadable(entry: JSON, key: str, word: str, owner: str) -> Iterator[str]:
    path = _field(entry, key)
    if not path or entry.get(f"{key}-data"):
        return
    try:
        with open(path, "rb"):
            return
    except OSError as error:
        yield f"unable to read {word} {path} for {owner} due to open {path}: {(error.strerror or str(error)).lower()}"


def _has(entry: JSON, key: str) -> bool:
    return bool(entry.get(key) or entry.get(f"{key}-data"))


def _field(entry: JSON, key: str) -> str:
    try:
        return string(entry, key)
    except ValueError as error:
        raise errors.usage(f"error loading config file: {error}") from None


def _header_key(key: str) -> str:
    """The key as client-go writes it into a header's name: whatever a header name cannot hold as %XX."""
    legal = set("!#$&'*+-.^_`|~0123456789abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ")
    return "".join(char if char in legal else f"%{byte:02X}" for byte in key.encode() for char in (chr(byte),))
