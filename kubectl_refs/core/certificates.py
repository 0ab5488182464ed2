"""Does a Secret or ConfigMap hold a certificate that can be used? Asked only where its bytes are there: in manifests.

A cluster is never asked for them. What is looked at is the form: base64, PEM and the outermost DER element. Whether a
key belongs to its certificate, or whom a certificate names, is not.
"""

from __future__ import annotations

import base64
import binascii
import re

from kubectl_refs.core.kinds import CONFIG_MAP, SECRET
from kubectl_refs.core.model import JSON
from kubectl_refs.core.objects import at, key_of, mapping, text
from kubectl_refs.core.table import Role

TLS_TYPE = "kubernetes.io/tls"
_PEM = re.compile(r"-----BEGIN ([A-Z0-9 ]+)-----\s*([A-Za-z0-9+/=\s]+?)\s*-----END \1-----")


def problem_of(obj: JSON, role: Role) -> str | None:
    """What makes an object useless for a role, as a sentence; None if nothing does or nothing can be told."""
    if "data" not in obj and "stringData" not in obj:
        # Read as metadata, or a manifest without data: only the second says something.
        return None
    kind = key_of(obj).group_kind
    if role is Role.CA and kind in (CONFIG_MAP, SECRET):
        return _problem(obj, "ca.crt", "CERTIFICATE") if not _elsewhere(obj) else None
    if role in (Role.CERTIFICATE, Role.CLIENT_CERTIFICATE) and kind == SECRET:
        found = text(obj.get("type"))
        if found not in (None, TLS_TYPE):
            return f"it is of type {found}, not {TLS_TYPE}"
        return _problem(obj, "tls.crt", "CERTIFICATE") or _problem(obj, "tls.key", "PRIVATE KEY")
    return None


def _elsewhere(obj: JSON) -> bool:
    """Whether a CA certificate stands under another key than ca.crt alone, which only some implementations look for."""
    names = mapping(obj.get("data"))
    return "ca.crt" not in names and any(_problem(obj, name, "CERTIFICATE") is None for name in names)


def _problem(obj: JSON, name: str, label: str) -> str | None:
    content, problem = _content(obj, name)
    if content is None:
        return problem
    blocks = [body for title, body in _PEM.findall(content) if title.endswith(label)]
    if not blocks:
        return f"{name} holds no PEM block {label}"
    return None if all(map(_is_der, blocks)) else f"{name} does not decode"


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


def _is_der(block: str) -> bool:
    """Whether a PEM block decodes to one DER sequence that is as long as it says."""
    try:
        raw = base64.b64decode("".join(block.split()), validate=True)
    except (binascii.Error, ValueError):
        return False
    if len(raw) < 2 or raw[0] != 0x30:
        return False
    length, start = raw[1], 2
    if length & 0x80:
        count = length & 0x7F
        length, start = int.from_bytes(raw[2 : 2 + count], "big"), 2 + count
    return len(raw) == start + length
