"""What makes a kubeconfig's cluster or user unusable, in client-go's words and order (clientcmd validation.go)."""

from __future__ import annotations

import json
import os
import re
import stat
from collections.abc import Iterator
from urllib.parse import urlsplit

from kubectl_refs.core.model.objects import JSON
from kubectl_refs.core.model.values import at, entries, mapping, text
from kubectl_refs.kube.config.kubeconfig import Selected, string
from kubectl_refs.kube.config.overrides import without_login
from kubectl_refs.process import errors

PROXIES = ("http", "https", "socks5")


def validate(selected: Selected) -> None:
    """RefsError if the selected cluster and user cannot be used; one problem is a line, several are a list."""
    problems = [*_user(selected.user, selected.user_name), *_cluster(selected.cluster, selected.cluster_name)]
    if len(problems) > 1:
        raise errors.configuration("", *(f"* {problem}" for problem in problems))
    if problems:
        raise errors.usage(problems[0])


def _user(user: JSON, name: str) -> Iterator[str]:
    methods = [*(["token"] if string(user, "token") else []), *(["basicAuth"] if _basic(user) else [])]
    certificate, key = string(user, "client-certificate"), string(user, "client-key")
    if certificate or string(user, "client-certificate-data"):
        key_data = string(user, "client-key-data")
        if certificate and user.get("client-certificate-data"):
            yield (f"client-cert-data and client-cert are both specified for {name}. client-cert-data will override.")
        if key and key_data:
            yield f"client-key-data and client-key are both specified for {name}; client-key-data will override"
        if not key and not key_data:
            yield (
                f"client-key-data or client-key must be specified for {name} to use the clientCert authentication "
                "method."
            )
        yield from _unreadable(certificate, "client-cert", name)
        yield from _unreadable(key, "client-key", name)
    if user.get("exec"):
        yield from _plugin(mapping(user["exec"]), name, bool(user.get("auth-provider")))
    if len(methods) > 1:
        yield f"more than one authentication method found for {name}; found [{' '.join(methods)}], only one is allowed"
    if any(user.get(each) for each in ("as-uid", "as-groups", "as-user-extra")) and not string(user, "as"):
        yield f"requesting uid, groups or user-extra for {name} without impersonating a user"


def _basic(user: JSON) -> bool:
    return bool(string(user, "username") or string(user, "password"))


def _plugin(plugin: JSON, name: str, with_provider: bool) -> Iterator[str]:
    if with_provider:
        yield f"authProvider cannot be provided in combination with an exec plugin for {name}"
    for field in ("command", "apiVersion"):
        if not string(plugin, field):
            yield f"{field} must be specified for {name} to use exec authentication plugin"
    if any(not text(at(item, "name")) for item in entries(plugin.get("env"))):
        yield f"env variable name must be specified for {name} to use exec authentication plugin"
    mode = plugin.get("interactiveMode")
    # Only v1 requires it: client-go fills it in for an older entry.
    if not mode and not string(plugin, "apiVersion").endswith("v1beta1"):
        yield f"interactiveMode must be specified for {name} to use exec authentication plugin"
    elif mode and mode not in ("Never", "IfAvailable", "Always"):
        yield f"invalid interactiveMode for {name}: {json.dumps(mode)}"


def _cluster(cluster: JSON, name: str) -> Iterator[str]:
    proxy = string(cluster, "proxy-url")
    scheme = _scheme(proxy)
    if proxy and scheme not in PROXIES:
        shown = without_login(proxy)
        problem = (
            f"could not parse: {shown}"
            if scheme is None
            else f'unsupported scheme "{scheme}", must be http, https, or socks5'
        )
        yield f'invalid \'proxy-url\' "{shown}" for cluster "{name}": {problem}'
    authority = string(cluster, "certificate-authority")
    if authority and cluster.get("certificate-authority-data"):
        yield (
            f"certificate-authority-data and certificate-authority are both specified for {name}. "
            "certificate-authority-data will override."
        )
    yield from _unreadable(authority, "certificate-authority", name)


def _scheme(url: str) -> str | None:
    """The scheme of a URL, empty if it has none; None if Go could not parse the URL (net/url, Parse)."""
    try:
        parts = urlsplit(url)
    except ValueError:
        return None
    if re.search("%(?![0-9A-Fa-f]{2})", url) or (not parts.scheme and ":" in url.partition("/")[0]):
        return None
    return parts.scheme


def _unreadable(path: str, word: str, owner: str) -> Iterator[str]:
    if not path:
        return
    try:
        status = os.stat(path)
        if stat.S_ISREG(status.st_mode) or stat.S_ISDIR(status.st_mode):
            with open(path, "rb"):
                return
        # A pipe or a device is opened only to be read: whoever writes to a pipe notices when it is closed.
    except IsADirectoryError:
        raise errors.usage(f"read {path}: is a directory") from None
    except OSError as error:
        yield f"unable to read {word} {path} for {owner} due to open {path}: {errors.reason_of(error)}"
