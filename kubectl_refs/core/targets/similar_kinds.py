"""The kinds that a written kind may stand for: of a similar name, of another group, or with a word before the name."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from kubectl_refs.core.fields.binding import MESH_KINDS
from kubectl_refs.core.model.hints import Hint, kind_hint
from kubectl_refs.core.model.kinds import GATEWAY, ISTIO_GATEWAY, LISTENER_SETS
from kubectl_refs.core.model.objects import GroupKind
from kubectl_refs.core.model.reference_fields import Mechanism, Role
from kubectl_refs.core.model.references import FoundReference
from kubectl_refs.core.targets.requirements import further_backends, requirements_of
from kubectl_refs.core.view.catalog import Catalog
from kubectl_refs.core.view.view import View


def similar_kinds_of(view: View, found: FoundReference) -> Sequence[GroupKind]:
    """The known kinds that the written one may stand for, among those that the reference's role may lead to."""
    written, wanted = found.reference.to.group_kind, wanted_kinds(found)
    return view.once(("kindred", written, wanted), lambda subview: tuple(_like(subview.catalog, written, wanted)))


def _like(catalog: Catalog, written: GroupKind, wanted: frozenset[GroupKind] | None) -> Iterator[GroupKind]:
    for served in catalog:
        kind = served.group_kind
        if kind == written or (wanted is not None and kind not in wanted):
            continue
        same_name = kind.kind == written.kind or (kind in LISTENER_SETS and written in LISTENER_SETS)
        longer = kind.group == written.group and _extends(kind.kind, written.kind)
        if same_name or longer or kind_hint(kind.kind, written.kind, served.short_names) is not Hint.OTHER_KIND:
            yield kind


def _extends(one: str, other: str) -> bool:
    """Whether one kind's name is the other's with a word before it: PluginConfig and ApisixPluginConfig."""
    short, long = sorted((one, other), key=len)
    return len(short) > MOST_COMMON and long.endswith(short)


MOST_COMMON = len("Gateway")
"""Up to this length, a kind's name with a word before it means something else: a MeshGateway is no Gateway."""


def wanted_kinds(found: FoundReference) -> frozenset[GroupKind] | None:
    """The kinds that a role may lead to; None where any may be meant."""
    if found.field.governed_by is Mechanism.ALLOWED_LISTENERS:
        return frozenset({GATEWAY})
    if found.field.role is Role.PARENT:
        # Istio's Gateway is no parent, and is reported where somebody takes it for one.
        return frozenset({GATEWAY, *LISTENER_SETS, *MESH_KINDS, ISTIO_GATEWAY})
    expected = requirements_of(found)
    if expected.core is None:
        return None
    return frozenset({*expected.core, *expected.extended, *further_backends(found)})
