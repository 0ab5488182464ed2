"""Who makes Secrets and ConfigMaps that no repository holds, and how these are named.

A repository holds the Certificate and never the Secret, so what a maker makes counts as existing.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from typing import Any

from kubectl_refs.core.model.kinds import BUNDLE, CONFIG_MAP, GATEWAY, LISTENER_SETS, SECRET
from kubectl_refs.core.model.makers import Made, Maker
from kubectl_refs.core.model.objects import JSON, GroupKind, ObjectKey
from kubectl_refs.core.model.values import at, key_of, mapping, text, unsubstituted

EVERYWHERE = "*"
"""The namespace of objects that are made in namespaces that are not known."""

_CERTIFICATES = ("spec.listeners[*].tls.certificateRefs[*]",)
"""References; those into another namespace are left out: Certificates belong to their Gateway, and an owner must be in
the same namespace (cert-manager/cert-manager#5610 and #5613)."""

_KUSTOMIZATION = GroupKind("kustomize.config.k8s.io", "Kustomization")
_EXTERNAL_SECRETS = "external-secrets.io"

_NOT_CREATED = ("Merge", "None")
"""Policies with which an ExternalSecret creates no Secret (external-secrets/external-secrets at 0126c16c,
apis/externalsecrets/v1/externalsecret_types.go, which also has the type of the template)."""

MAKERS = (
    Maker(GroupKind("cert-manager.io", "Certificate"), SECRET, ("spec.secretName",), "cert-manager"),
    *(
        Maker(kind, SECRET, _CERTIFICATES, "cert-manager", annotation=f"cert-manager.io/{issuer}")
        for kind in (GATEWAY, *LISTENER_SETS)
        for issuer in ("issuer", "cluster-issuer")
    ),
    *(
        Maker(
            BUNDLE,
            kind,
            ("metadata.name",),
            "trust-manager",
            everywhere=True,
            when=f"spec.target.{field}",
        )
        for kind, field in ((CONFIG_MAP, "configMap"), (SECRET, "secret"))
    ),
    Maker(GroupKind("kuadrant.io", "TLSPolicy"), SECRET, _CERTIFICATES, "Kuadrant", of="spec.targetRef"),
    Maker(
        GroupKind(_EXTERNAL_SECRETS, "ExternalSecret"),
        SECRET,
        ("spec.target.name", "metadata.name"),
        "External Secrets Operator",
        policy="spec.target.creationPolicy",
        type="spec.target.template.type",
    ),
    Maker(
        GroupKind(_EXTERNAL_SECRETS, "ClusterExternalSecret"),
        SECRET,
        ("spec.externalSecretSpec.target.name", "spec.externalSecretName", "metadata.name"),
        "External Secrets Operator",
        everywhere=True,
        policy="spec.externalSecretSpec.target.creationPolicy",
        type="spec.externalSecretSpec.target.template.type",
    ),
    Maker(
        GroupKind("bitnami.com", "SealedSecret"),
        SECRET,
        ("spec.template.metadata.name", "metadata.name"),
        "Sealed Secrets",
        type="spec.template.type",
    ),
    Maker(
        GroupKind("isindir.github.com", "SopsSecret"),
        SECRET,
        ("spec.secretTemplates[*].name",),
        "sops-secrets-operator",
    ),
    *(
        Maker(GroupKind("secrets.hashicorp.com", kind), SECRET, ("spec.destination.name",), "Vault Secrets Operator")
        for kind in ("VaultStaticSecret", "VaultDynamicSecret", "VaultPKISecret")
    ),
    Maker(GroupKind("onepassword.com", "OnePasswordItem"), SECRET, ("metadata.name",), "1Password Operator"),
    Maker(
        GroupKind("secrets.doppler.com", "DopplerSecret"),
        SECRET,
        ("spec.managedSecret.name",),
        "Doppler",
        namespace="spec.managedSecret.namespace",
    ),
    Maker(
        GroupKind("secrets.infisical.com", "InfisicalSecret"),
        SECRET,
        ("spec.managedSecretReference.secretName",),
        "Infisical",
        namespace="spec.managedSecretReference.secretNamespace",
    ),
    Maker(
        GroupKind("secrets-store.csi.x-k8s.io", "SecretProviderClass"),
        SECRET,
        ("spec.secretObjects[*].secretName",),
        "Secrets Store CSI Driver",
    ),
    *(
        Maker(
            _KUSTOMIZATION,
            kind,
            (f"{generator}[*].name",),
            "kustomize",
            namespace="namespace",
            everywhere=True,
            type=type_,
        )
        for kind, generator, type_ in (
            (SECRET, "secretGenerator", "secretGenerator[*].type"),
            (CONFIG_MAP, "configMapGenerator", ""),
        )
    ),
)


def made_by_objects(
    objects: Iterable[JSON], rows: Sequence[Maker], lookup: Mapping[ObjectKey, JSON]
) -> dict[ObjectKey, Made]:
    """What the objects make; the namespace is EVERYWHERE where it is not known.

    `lookup` holds the objects that the references of rows with `of` may name.
    """
    by_kind: dict[GroupKind, list[Maker]] = {}
    for row in rows:
        by_kind.setdefault(row.maker, []).append(row)
    found: dict[ObjectKey, Made] = {}
    for obj in objects:
        key = key_of(obj)
        for row in by_kind.get(key.group_kind, ()):
            for made, type_ in _made(obj, key, row, lookup):
                found.setdefault(made, Made(key, type_, row.type))
    return found


def _made(obj: JSON, key: ObjectKey, row: Maker, lookup: Mapping[ObjectKey, JSON]) -> Iterator[tuple[ObjectKey, str]]:
    """The objects that an object makes by a row, each with its type."""
    annotations = mapping(at(obj, "metadata", "annotations"))
    if (row.when and _first_value(obj, row.when) is None) or (row.annotation and row.annotation not in annotations):
        return
    if row.policy and _first_value(obj, row.policy) in _NOT_CREATED:
        return
    holder = _named(mapping(_first_value(obj, row.of)), key.namespace, lookup) if row.of else obj
    written = text(_first_value(obj, row.namespace)) if row.namespace else None
    namespace = written or (EVERYWHERE if row.everywhere else key.namespace)
    for path in row.names:
        found = [(name, type_) for value, type_ in _typed(holder, path, row) if (name := _name(value, key.namespace))]
        for name, type_ in found:
            made = ObjectKey(row.makes.group, row.makes.kind, namespace, name)
            yield made, "" if unsubstituted(type_) else type_
        if found:
            return


def _typed(holder: JSON, path: str, row: Maker) -> Iterator[tuple[Any, str]]:
    """The values that a path to names leads to, each with the type that the row finds beside it."""
    listed, _, name = path.rpartition("[*].")
    if not row.type or not listed:
        type_ = (text(_first_value(holder, row.type)) or _OPAQUE) if row.type else ""
        yield from ((value, type_) for value in _values(holder, path))
        return
    beside = row.type.removeprefix(f"{listed}[*].")
    for entry in _values(holder, f"{listed}[*]"):
        yield from ((value, text(_first_value(entry, beside)) or _OPAQUE) for value in _values(entry, name))


_OPAQUE = "Opaque"
"""The type of a Secret for which none is given."""


def _name(value: object, own: str) -> str | None:
    """A name that is a string, or that of a reference within the namespace `own`; otherwise None."""
    if not isinstance(value, Mapping):
        return text(value)
    return text(value.get("name")) if (text(value.get("namespace")) or own) == own else None


def maker_namespace_note(holder: JSON, namespace: str) -> str:
    """A sentence about Secrets of another namespace, for a Gateway or ListenerSet whose Secrets are made in its own;
    empty for any other object."""
    key, annotations = key_of(holder), mapping(at(holder, "metadata", "annotations"))
    for row in MAKERS:
        if row.annotation in annotations and row.maker == key.group_kind and key.namespace != namespace:
            return (
                f"{row.implementation} acts on {row.annotation} only in the namespace of the {key.kind}, {key.namespace}: for this "
                f"Secret create a Certificate in {namespace}"
            )
    return ""


def _named(reference: JSON, namespace: str, lookup: Mapping[ObjectKey, JSON]) -> JSON:
    """The object that a reference names in a namespace; empty if it is not known."""
    group, kind, name = (text(reference.get(field)) or "" for field in ("group", "kind", "name"))
    return lookup.get(ObjectKey(group, kind, namespace, name), {})


def _first_value(obj: JSON, path: str) -> Any:
    return next(_values(obj, path), None)


def _values(value: Any, path: str) -> Iterator[Any]:
    """The values that a path with `[*]` steps leads to."""
    step, _, rest = path.partition(".")
    child = mapping(value).get(step.removesuffix("[*]"))
    for each in (child if isinstance(child, list) else ()) if step.endswith("[*]") else (child,):
        if rest:
            yield from _values(each, rest)
        elif each is not None:
            yield each
