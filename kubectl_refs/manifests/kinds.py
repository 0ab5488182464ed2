"""The kinds of manifests: without a server, CustomResourceDefinitions and the objects themselves define them."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Sequence

from kubectl_refs.core.model.kinds import CLUSTER_SCOPED, DEFINITION, REFERENCE_GRANT
from kubectl_refs.core.model.objects import JSON, GroupKind
from kubectl_refs.core.model.values import at, entries, key_of, mapping, text
from kubectl_refs.core.records import replace
from kubectl_refs.core.view.catalog import ServedKind, version_order
from kubectl_refs.core.view.offline import IMPLEMENTATION_KINDS, offline_catalog

CRD = ServedKind(
    *DEFINITION,
    "customresourcedefinitions",
    ("v1",),
    False,
    "customresourcedefinition",
    ("crd", "crds"),
)


def kinds_of(objects: Sequence[JSON], known: Iterable[ServedKind]) -> tuple[ServedKind, ...]:
    """The kinds known without a server, those that CustomResourceDefinitions define, and those that objects have."""
    kinds = {served.group_kind: served for served in (*offline_catalog(), CRD, *known)}
    undefined: dict[GroupKind, list[JSON]] = defaultdict(list)
    for obj in objects:
        if key_of(obj).group_kind == CRD.group_kind and (defined := _defined(obj)) is not None:
            kinds[defined.group_kind] = defined
    for obj in objects:
        if (group_kind := key_of(obj).group_kind) not in kinds:
            undefined[group_kind].append(obj)
    kinds[REFERENCE_GRANT] = _grants_of(kinds[REFERENCE_GRANT], objects)
    guessed = (guessed_kind(kind, instances) for kind, instances in undefined.items())
    # A word that means several kinds means the one in the manifests, so the implementations' kinds come last.
    last = {served.group_kind: kinds.pop(served.group_kind) for served in IMPLEMENTATION_KINDS}
    return (*kinds.values(), *guessed, *last.values())


def _grants_of(served: ServedKind, objects: Sequence[JSON]) -> ServedKind:
    """ReferenceGrant as these objects use it: if one is of version v1, there must be a server that serves v1."""
    newest = f"{REFERENCE_GRANT.group}/v1"
    has = "v1" not in served.versions and any(
        obj.get("apiVersion") == newest and obj.get("kind") == REFERENCE_GRANT.kind for obj in objects
    )
    return replace(served, versions=("v1", *served.versions)) if has else served


def _defined(crd: JSON) -> ServedKind | None:
    """The kind that a CustomResourceDefinition defines; None if it serves none or is incomplete."""
    group, names = text(at(crd, "spec", "group")), mapping(at(crd, "spec", "names"))
    kind, plural = text(names.get("kind")), text(names.get("plural"))
    served = (version for version in entries(at(crd, "spec", "versions")) if at(version, "served") is True)
    versions = sorted(filter(None, (text(at(version, "name")) for version in served)), key=version_order)
    if not (group and kind and plural and versions):
        return None
    return ServedKind(
        group,
        kind,
        plural,
        tuple(versions),
        at(crd, "spec", "scope") != "Cluster",
        text(names.get("singular")) or kind.lower(),
        tuple(filter(None, map(text, entries(names.get("shortNames"))))),
    )


def guessed_kind(group_kind: GroupKind, instances: Sequence[JSON] = ()) -> ServedKind:
    """A kind known only from its objects, if there are any.

    It is namespaced if one of them has a namespace. If none has, they most likely rely on `-n`, as most kinds are
    namespaced, unless the kind is named like a cluster-scoped one.
    """
    singular = group_kind.kind.lower()
    plural = (
        f"{singular[:-1]}ies"
        if singular.endswith("y")
        else f"{singular}es"
        if singular.endswith("s")
        else f"{singular}s"
    )
    return ServedKind(
        group_kind.group,
        group_kind.kind,
        plural,
        tuple(dict.fromkeys(str(obj["apiVersion"]).rpartition("/")[2] for obj in instances)),
        group_kind not in CLUSTER_SCOPED
        and (
            any(key_of(obj).namespace for obj in instances)
            or not (group_kind.kind.startswith("Cluster") or group_kind.kind.endswith("Class"))
        ),
        singular,
        guessed=True,
    )
