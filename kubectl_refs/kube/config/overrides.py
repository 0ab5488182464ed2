"""Flags that override the kubeconfig, laid over it as client-go does (clientcmd ConfigOverrides).

The rules are those of client-go's client_config.go, getCluster and getAuthInfo: a flag replaces the field of its name;
a flag about trust replaces all fields about trust; --server drops the kubeconfig's tls-server-name.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import field
from typing import Any

from kubectl_refs.core.model.objects import JSON
from kubectl_refs.core.records import dataclass
from kubectl_refs.process.time_limit import TIMEOUT


@dataclass(frozen=True, slots=True)
class Overrides:
    """What the flags of one run say about server, user and requests; a flag not given is empty, as in kubectl.

    `timeout` is in seconds, None if the flag is absent; 0 or less means no limit. `chunk` is the number of objects of a
    list per request, 0 for all. `verbosity` is the level of -v. `renews` is False for a run that may end at any moment:
    a login that would have to be renewed in the kubeconfig is then an error.
    """

    cluster: str = ""
    user: str = ""
    server: str = ""
    tls_server_name: str = ""
    certificate_authority: str = ""
    insecure_skip_tls_verify: bool = False
    proxy_url: str = ""
    disable_compression: bool = False
    token: str = field(default="", repr=False)
    username: str = ""
    password: str = field(default="", repr=False)
    client_certificate: str = ""
    client_key: str = ""
    as_: str = ""
    as_uid: str = ""
    as_group: tuple[str, ...] = ()
    as_user_extra: tuple[str, ...] = ()
    timeout: float | None = None
    chunk: int = 0
    verbosity: int = 0
    renews: bool = True

    @property
    def limit(self) -> float | None:
        """Seconds that a request, or reading a file, may take; None for no limit."""
        return TIMEOUT if self.timeout is None else max(self.timeout, 0) or None

    @property
    def words(self) -> tuple[str, ...]:
        """The flags that make a printed kubectl command use the same server and user, without any secret."""
        given = (
            ("--cluster", self.cluster),
            ("--user", self.user),
            ("--server", without_login(self.server)),
            ("--tls-server-name", self.tls_server_name),
            ("--certificate-authority", self.certificate_authority),
            ("--proxy-url", without_login(self.proxy_url)),
            ("--client-certificate", self.client_certificate),
            ("--client-key", self.client_key),
            ("--as", self.as_),
            ("--as-uid", self.as_uid),
            *(("--as-group", group) for group in self.as_group),
            *(("--as-user-extra", extra) for extra in self.as_user_extra),
        )
        insecure = ("--insecure-skip-tls-verify",) if self.insecure_skip_tls_verify else ()
        return (*(word for flag, value in given if value for word in (flag, value)), *insecure)

    def over_cluster(self, entry: JSON) -> JSON:
        """A cluster of the kubeconfig with the flags over it."""
        merged = {
            **entry,
            **_given({"server": self.server, "proxy-url": self.proxy_url}),
            **({"disable-compression": True} if self.disable_compression else {}),
        }
        if self.insecure_skip_tls_verify or self.certificate_authority:
            merged = {key: value for key, value in merged.items() if key not in _TRUST}
            merged |= _given({"certificate-authority": self.certificate_authority})
            merged |= {"insecure-skip-tls-verify": True} if self.insecure_skip_tls_verify else {}
        if self.server or self.tls_server_name:
            merged.pop("tls-server-name", None)
            merged |= _given({"tls-server-name": self.tls_server_name})
        return merged

    def over_user(self, entry: JSON) -> JSON:
        """A user of the kubeconfig with the flags over it."""
        merged = {
            **entry,
            **_given(
                {
                    "token": self.token,
                    "username": self.username,
                    "password": self.password,
                    "as": self.as_,
                    "as-uid": self.as_uid,
                    "as-groups": list(self.as_group),
                    "client-certificate": self.client_certificate,
                    "client-key": self.client_key,
                }
            ),
        }
        for flag, data in (
            (self.client_certificate, "client-certificate-data"),
            (self.client_key, "client-key-data"),
        ):
            if flag:
                merged.pop(data, None)
        if self.as_user_extra:
            extra: dict[str, list[str]] = {}
            for each in self.as_user_extra:
                key, equals, value = each.partition("=")
                if equals:
                    extra.setdefault(key, []).append(value)
            before = entry.get("as-user-extra")
            merged["as-user-extra"] = {**(before if isinstance(before, Mapping) else {}), **extra}
        return merged


NOTHING = Overrides()
"""No flag was given."""

_TRUST = ("certificate-authority", "certificate-authority-data", "insecure-skip-tls-verify")


def _given(fields: Mapping[str, Any]) -> dict[str, Any]:
    return {key: value for key, value in fields.items() if value}


def without_login(url: str) -> str:
    """A URL, or what was meant as one, without the user name and password it may hold."""
    scheme, separator, rest = url.partition("://")
    # A password may hold an @ too, so the last one counts.
    return f"{scheme}://{rest.rpartition('@')[2]}" if separator else url.rpartition("@")[2]
