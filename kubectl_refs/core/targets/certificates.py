"""Does a Secret or ConfigMap hold a certificate that can be used? Asked only where its bytes are there: in manifests.

A cluster is never asked for them. What is looked at is the form (base64, PEM and the outermost DER element) and whether
a key belongs to its certificate; whom a certificate names, and until when, is not.
"""

from __future__ import annotations

import base64
import binascii
import re

from kubectl_refs.core.fields.table import Role
from kubectl_refs.core.model.kinds import CONFIG_MAP, SECRET
from kubectl_refs.core.model.objects import JSON
from kubectl_refs.core.model.values import at, key_of, mapping, text
from kubectl_refs.core.targets.key_pair import belongs, is_whole

TLS_TYPE = "kubernetes.io/tls"
_PEM = re.compile(r"-----BEGIN ([A-Z0-9 ]+)-----\s*([A-Za-z0-9+/=\s]+?)\s*-----END \1-----")


_OWN = (Role.CERTIFICATE, Role.CLIENT_CERTIFICATE)
"""Roles of a certificate with its key."""


def foreign_type(obj: JSON, role: Role) -> str | None:
    """What is said of a Secret whose type only some implementations take for a certificate; None of any other."""
    found = text(obj.get("type")) if role in _OWN and key_of(obj).group_kind == SECRET else None
    return None if found in (None, TLS_TYPE) else f"it is of type {found}, not {TLS_TYPE}"


def problem_of(obj: JSON, role: Role) -> str | None:
    """What makes an object useless for a role, as a sentence; None if nothing does or nothing can be told."""
    if "data" not in obj and "stringData" not in obj:
        # Read as metadata, or a manifest without data: only the second says something.
        return None
    kind = key_of(obj).group_kind
    if role is Role.CA and kind in (CONFIG_MAP, SECRET):
        return _problem(obj, "ca.crt", "CERTIFICATE") if not _elsewhere(obj) else None
    if role in _OWN and kind == SECRET:
        form = _problem(obj, "tls.crt", "CERTIFICATE") or _problem(obj, "tls.key", "PRIVATE KEY")
        return form or _mismatch(obj)
    return None


def _elsewhere(obj: JSON) -> bool:
    """Whether a CA certificate stands where only some implementations look for it: in tls.crt, or in the one key that
    there is. Of several others no one could tell which is meant."""
    names = mapping(obj.get("data"))
    looked_for = ["tls.crt"] if "tls.crt" in names else list(names) if len(names) == 1 else []
    return "ca.crt" not in names and any(_problem(obj, name, "CERTIFICATE") is None for name in looked_for)


def _problem(obj: JSON, name: str, label: str) -> str | None:
    content, problem = _content(obj, name)
    if content is None:
        return problem
    blocks = _blocks(content, label)
    if not blocks:
        return f"{name} holds no PEM block {label}"
    return None if all(der is not None and is_whole(der) for _, der in blocks) else f"{name} does not decode"


def _mismatch(obj: JSON) -> str | None:
    """What is said of a key that is not that of the first certificate, both of a sound form."""
    (_, certificate), *_ = _blocks(_content(obj, "tls.crt")[0] or "", "CERTIFICATE")
    (label, key), *_ = _blocks(_content(obj, "tls.key")[0] or "", "PRIVATE KEY")
    if certificate is None or key is None or belongs(key, label, certificate) is not False:
        return None
    return "tls.key is not the key of the certificate in tls.crt"


def _content(obj: JSON, name: str) -> tuple[str | None, str]:
    plain = text(at(obj, "stringData", name))
    if plain is not None:
        return plain, ""
    value = text(mapping(obj.get("data")).get(name))
    if value is None:
        return None, f"it has no {name}"
    if key_of(obj).group_kind != SECRET:
        return value, ""
    try:
        return base64.b64decode(value, validate=False).decode("utf-8", "replace"), ""
    except (binascii.Error, ValueError):
        return None, f"{name} is no base64"


def _blocks(content: str, label: str) -> list[tuple[str, bytes | None]]:
    """The PEM blocks whose label ends in one: the label in full, and the bytes, None where they do not decode."""
    return [(title, _decoded(body)) for title, body in _PEM.findall(content) if title.endswith(label)]


def _decoded(block: str) -> bytes | None:
    try:
        return base64.b64decode("".join(block.split()), validate=True)
    except (binascii.Error, ValueError):
        return None
