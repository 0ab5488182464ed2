"""The types of a kubeconfig's fields, checked as Go's decoder does (client-go tools/clientcmd/api/v1/types.go).

A field of another type is an error, and never taken for something else: `insecure-skip-tls-verify: "false"` is text,
and to take it for true would mean to trust everybody.
"""

from __future__ import annotations

import base64
import re
from collections.abc import Iterable, Mapping
from typing import Any

from kubectl_refs.core.records import dataclass

_Type = Any
"""Go's name of a type, `[type]` for a list, `{"": type}` for a map, or a _Struct."""

_TEXT, _TRUTH, _DATA, _TEXTS = "string", "bool", "[]uint8", ["string"]


@dataclass(frozen=True, slots=True)
class _Struct:
    name: str
    fields: Mapping[str, _Type]


def _fields(type_: _Type, names: Iterable[str]) -> dict[str, _Type]:
    return dict.fromkeys(names, type_)


_ENV = _Struct("ExecEnvVar", _fields(_TEXT, ("name", "value")))
_EXEC = _Struct(
    "ExecConfig",
    {
        **_fields(_TEXT, ("command", "apiVersion", "installHint")),
        "args": _TEXTS,
        "env": [_ENV],
        "provideClusterInfo": _TRUTH,
        "interactiveMode": "v1.ExecInteractiveMode",
    },
)
_PROVIDER = _Struct("AuthProviderConfig", {"name": _TEXT, "config": {"": _TEXT}})
_USER = _Struct(
    "AuthInfo",
    {
        **_fields(_TEXT, ("client-certificate", "client-key", "token", "tokenFile", "username", "password")),
        **_fields(_DATA, ("client-certificate-data", "client-key-data")),
        **_fields(_TEXT, ("as", "as-uid")),
        "as-groups": _TEXTS,
        "as-user-extra": {"": _TEXTS},
        "auth-provider": _PROVIDER,
        "exec": _EXEC,
    },
)
_CLUSTER = _Struct(
    "Cluster",
    {
        **_fields(_TEXT, ("server", "tls-server-name", "certificate-authority", "proxy-url")),
        **_fields(_TRUTH, ("insecure-skip-tls-verify", "disable-compression")),
        "certificate-authority-data": _DATA,
    },
)
_CONTEXT = _Struct("Context", _fields(_TEXT, ("cluster", "user", "namespace")))
_CONFIG = _Struct(
    "Config",
    {
        "current-context": _TEXT,
        "contexts": [_Struct("NamedContext", {"name": _TEXT, "context": _CONTEXT})],
        "clusters": [_Struct("NamedCluster", {"name": _TEXT, "cluster": _CLUSTER})],
        "users": [_Struct("NamedAuthInfo", {"name": _TEXT, "user": _USER})],
    },
)


def check(content: Mapping[str, Any]) -> None:
    """ValueError, in Go's words, if the content of a file is not a kubeconfig."""
    version, kind = (content.get(key) or default for key, default in (("apiVersion", "v1"), ("kind", "Config")))
    if (version, kind) != ("v1", "Config"):
        raise ValueError(f'no kind "{kind}" is registered for version "{version}"')
    _check_fields(content, _CONFIG, "")


def _check_fields(value: Mapping[str, Any], struct: _Struct, path: str) -> None:
    for key, type_ in struct.fields.items():
        _check(value.get(key), type_, struct.name, f"{path}.{key}")


def _check(value: Any, type_: _Type, owner: str, path: str) -> None:
    if value is None:
        return
    fits = isinstance(value, _python(type_))
    if not fits:
        raise ValueError(
            f"json: cannot unmarshal {_json(value)} into Go struct field {owner}{path} of type {_go(type_)}"
        )
    if isinstance(type_, _Struct):
        _check_fields(value, type_, path)
    elif isinstance(type_, list):
        for each in value:
            _check(each, type_[0], owner, path)
    elif isinstance(type_, dict):
        for each in value.values():
            _check(each, type_[""], owner, path)
    elif type_ == _DATA:
        _check_base64(value)


def _check_base64(value: str) -> None:
    # As in Go, line breaks may be anywhere.
    try:
        base64.b64decode(re.sub(r"[\r\n]", "", value), validate=True)
    except ValueError:
        wrong = re.search(r"[^A-Za-z0-9+/\r\n]", value)
        raise ValueError(f"illegal base64 data at input byte {wrong.start() if wrong else len(value)}") from None


def _python(type_: _Type) -> type:
    if isinstance(type_, _Struct | dict):
        return dict
    return list if isinstance(type_, list) else bool if type_ == _TRUTH else str


def _go(type_: _Type) -> str:
    if isinstance(type_, _Struct):
        return f"v1.{type_.name}"
    if isinstance(type_, list):
        return f"[]{_go(type_[0])}"
    return f"map[string]{_go(type_[''])}" if isinstance(type_, dict) else str(type_)


def _json(value: Any) -> str:
    names: dict[type, str] = {bool: "bool", str: "string", list: "array", dict: "object"}
    return names.get(type(value), "number")
