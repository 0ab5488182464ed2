"""Does a Secret or ConfigMap hold a usable certificate? Asked only of manifests: a cluster is never asked for contents.

The checks are of form (base64, PEM and the outermost DER element) and of whether a private key belongs to its
certificate. Names and expiry dates are not checked.
"""

from __future__ import annotations

import base64
from collections.abc import Mapping

from kubectl_refs.core.model.judgements import Check, Layer, Outcome
from kubectl_refs.core.model.kinds import CONFIG_MAP, SECRET
from kubectl_refs.core.model.objects import JSON
from kubectl_refs.core.model.reference_fields import ROLES_WITH_KEY, Role
from kubectl_refs.core.model.values import key_of, mapping, text
from kubectl_refs.core.targets.key_pair import is_whole, key_belongs_to
from kubectl_refs.core.targets.kind_checks import ControllerFacts
from kubectl_refs.core.targets.pem import pem_blocks
from kubectl_refs.core.targets.requirements import Requirements

TLS_TYPE = "kubernetes.io/tls"
_CERTIFICATE, _PRIVATE_KEY = "CERTIFICATE", "PRIVATE KEY"
"""PEM labels."""

_SDS_TYPE = "gateway.envoyproxy.io/sds"
"""The type of a Secret that says where Envoy gets a certificate (envoyproxy/gateway at d32f282942, SDSSecretType and
EnableSDSSecretRef in api/v1alpha1)."""


def content_check(obj: JSON, role: Role, expected: Requirements, controller_facts: ControllerFacts) -> Check | None:
    """The check of an object's contents for what is `expected` of it; None where there is nothing to say.
    `controller_facts` tells whether a controller takes it anyway."""
    delivered = delivered_elsewhere(obj, role)
    if delivered:
        return Check(Layer.TYPE, Outcome.NOTE, f"{key_of(obj)} {delivered}")
    foreign = foreign_type(obj, role)
    if foreign and controller_facts.resolved():
        return Check(Layer.CONTENT, Outcome.NOTE, f"{foreign}, but its controller takes it anyway")
    taker = controller_facts.takes_any_secret() if foreign and role is Role.CERTIFICATE else ""
    problem = foreign or content_problem(obj, role)
    if taker:
        problem = None if _has_generic_keys(obj) else content_problem(obj, role)
    if taker and problem is None:
        return Check(Layer.CONTENT, Outcome.NOTE, f"{foreign}, but {taker} takes it anyway")
    if problem is not None:
        return Check(Layer.CONTENT, Outcome.FAILED, f"{key_of(obj)} cannot be used as {expected.noun}: {problem}")
    elsewhere = authority_elsewhere(obj) if role is Role.CA and expected.missing else ""
    if elsewhere:
        message = f"the CA certificate is in {elsewhere}, where only some implementations look"
        return Check(Layer.CONTENT, Outcome.NOTE, f"{message}; the others want it in ca.crt ({expected.missing})")
    return None


def delivered_elsewhere(obj: JSON, role: Role) -> str | None:
    """What is to be said of a Secret that stands for a certificate which comes from elsewhere; None for others."""
    if key_of(obj).group_kind != SECRET or obj.get("type") != _SDS_TYPE or role not in (Role.CA, *ROLES_WITH_KEY):
        return None
    return (
        f"is of type {_SDS_TYPE}: Envoy Gateway gets the certificate by SDS if its configuration sets "
        "enableSDSSecretRef, which is not the default; other controllers cannot use it"
    )


def foreign_type(obj: JSON, role: Role) -> str | None:
    """A sentence about a Secret whose type only some implementations accept for a certificate; None for others."""
    found = text(obj.get("type")) if role in ROLES_WITH_KEY and key_of(obj).group_kind == SECRET else None
    if found in (None, TLS_TYPE):
        return None
    return f"it is of type {found}; Gateway API requires controllers to take {TLS_TYPE} and no other type"


def _has_generic_keys(obj: JSON) -> bool:
    """Whether a Secret has the keys that Istio prefers to others for a certificate."""
    return {"cert", "key"} <= (_contents(obj) or {}).keys()


def content_advice(obj: JSON, role: Role, because: str) -> str:
    """What to do about an object whose contents cannot be used `because` of something, as a sentence without its full stop."""
    key, foreign = key_of(obj), foreign_type(obj, role)
    if foreign and foreign in because:
        return f"create {key} anew with type {TLS_TYPE}, tls.crt and tls.key: the type of a Secret cannot be changed"
    if role is Role.CA:
        return f"write the CA certificate into {key} as ca.crt, in PEM"
    return f"write the certificate into {key} as tls.crt and the private key that belongs to it as tls.key, both in PEM"


def content_problem(obj: JSON, role: Role) -> str | None:
    """A sentence about what makes an object unusable for a role; None if nothing does, or if it cannot be told."""
    kind = key_of(obj).group_kind
    contents = _contents(obj)
    if contents is None:
        # Read as metadata, or a manifest without contents: only the latter would be a problem.
        return None
    if role is Role.CA and kind in (CONFIG_MAP, SECRET):
        return None if authority_elsewhere(obj) else _problem(contents, "ca.crt", _CERTIFICATE)
    if role in ROLES_WITH_KEY and kind == SECRET:
        form = _problem(contents, "tls.crt", _CERTIFICATE) or _problem(contents, "tls.key", _PRIVATE_KEY)
        return form or _mismatch(contents)
    return None


_Contents = Mapping[str, str | None]
"""The text under each key; None where a value that should be base64 is not."""

_FIELDS = {SECRET: (("data", True), ("stringData", False)), CONFIG_MAP: (("data", False), ("binaryData", True))}
"""The fields that hold contents, and whether in base64. Where two hold one key, an API server keeps the later one."""


def _contents(obj: JSON) -> _Contents | None:
    """What an API server would hold of a Secret or ConfigMap; None for other kinds, if no field is there, and where SOPS has
    encrypted it."""
    fields = [each for each in _FIELDS.get(key_of(obj).group_kind, ()) if each[0] in obj]
    if not fields or "sops" in obj:
        return None
    return {
        name: _decoded(value) if encoded else value
        for field, encoded in fields
        for name, value in mapping(obj.get(field)).items()
        if isinstance(value, str)
    }


def _decoded(value: str) -> str | None:
    # Line breaks are the only characters that an API server ignores in base64 (Go's encoding/base64).
    try:
        return base64.b64decode(value.replace("\n", "").replace("\r", ""), validate=True).decode("utf-8", "replace")
    except ValueError:
        return None


def authority_elsewhere(obj: JSON) -> str:
    """The key with a CA certificate where only some implementations look for it: tls.crt, or the only key there is;
    empty if there is none, or ca.crt. If there are several other keys, it is unknown which one is meant."""
    contents = _contents(obj) or {}
    keys = ["tls.crt"] if "tls.crt" in contents else list(contents) if len(contents) == 1 else []
    sound = (each for each in keys if _problem(contents, each, _CERTIFICATE) is None)
    return "" if "ca.crt" in contents else next(sound, "")


def _problem(contents: _Contents, name: str, label: str) -> str | None:
    """A sentence about a key of the contents that does not hold sound PEM blocks of a label."""
    if name not in contents:
        return f"it has no {name}"
    content = contents[name]
    if content is None:
        return f"{name} is not base64"
    blocks = _blocks(content, label)
    if not blocks:
        return f"{name} has no PEM block {label}"
    return None if all(der is not None and is_whole(der) for _, der in blocks) else f"{name} cannot be decoded"


def _mismatch(contents: _Contents) -> str | None:
    """A sentence about a private key that is not the first certificate's; both are of sound form."""
    (_, certificate), *_ = _blocks(contents["tls.crt"] or "", _CERTIFICATE)
    (label, key), *_ = _blocks(contents["tls.key"] or "", _PRIVATE_KEY)
    if certificate is None or key is None or key_belongs_to(key, label, certificate) is not False:
        return None
    return "tls.key is not the key of the certificate in tls.crt"


def _blocks(content: str, label: str) -> list[tuple[str, bytes | None]]:
    """The PEM blocks of a label. The label of a private key may begin with its algorithm (Go's tls.X509KeyPair)."""
    fits = _is_private_key if label == _PRIVATE_KEY else label.__eq__
    return [(found, der) for found, der in pem_blocks(content) if fits(found)]


def _is_private_key(label: str) -> bool:
    return label == _PRIVATE_KEY or label.endswith(f" {_PRIVATE_KEY}")
