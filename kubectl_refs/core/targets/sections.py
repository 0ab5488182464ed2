"""The part of a target that `sectionName` means: a port of a Service, a listener of a Gateway, a rule of a route."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from kubectl_refs.core.model.judgements import Check, Layer, Outcome
from kubectl_refs.core.model.kinds import GATEWAY, LISTENER_SETS, ROUTES, SERVICE
from kubectl_refs.core.model.objects import JSON, GroupKind
from kubectl_refs.core.model.references import Reference
from kubectl_refs.core.model.values import at, entries, mapping, text
from kubectl_refs.core.text.language import listing

PARTS: Mapping[GroupKind, tuple[str, str]] = {
    SERVICE: ("ports", "port"),
    **dict.fromkeys((GATEWAY, *LISTENER_SETS), ("listeners", "listener")),
    **dict.fromkeys(ROUTES, ("rules", "rule")),
}
"""The parts that sectionName may mean, by kind of the target: the field that lists them, and what one is called."""


def section_names(kind: GroupKind, obj: JSON) -> Sequence[str]:
    """The names of the parts of an object that sectionName may mean."""
    field, _ = PARTS[kind]
    return [name for each in map(mapping, entries(at(obj, "spec", field))) if (name := text(each.get("name")))]


def section_check(reference: Reference, obj: JSON) -> Check | None:
    """The failure of a policy's target that has no part of the written name; None where it has one."""
    names = section_names(reference.to.group_kind, obj)
    if reference.section_name in names:
        return None
    _, noun = PARTS[reference.to.group_kind]
    has = listing([f'"{name}"' for name in names]) or "none"
    message = f'{reference.to} has no {noun} named "{reference.section_name}"; it has {has}'
    return Check(Layer.TARGET, Outcome.FAILED, message)
