"""Which controllers of a route take a backend that is no Service: the specification leaves that to each of them."""

from __future__ import annotations

from collections.abc import Sequence

from kubectl_refs.core.fields.controllers import CONTROLLERS, Controller, controller_of
from kubectl_refs.core.model.judgements import Check, Layer, Outcome
from kubectl_refs.core.model.kinds import ROUTES
from kubectl_refs.core.model.objects import GATEWAY_GROUP, JSON, GroupKind, ObjectKey
from kubectl_refs.core.model.reference_fields import Role
from kubectl_refs.core.model.values import key_of, mapping, text
from kubectl_refs.core.text.language import enumerated, listing, with_article
from kubectl_refs.core.view.controllers import handler_of
from kubectl_refs.core.view.holders import references_in
from kubectl_refs.core.view.status_entries import counting_entries, names_parent
from kubectl_refs.core.view.view import View


def serving_controllers(view: View, route: JSON) -> tuple[str | None, ...]:
    """The controllerNames for each parent of a route: of the controllers that wrote about it, or else of its Gateway's
    class; None where it is not known. Failed reads are no gaps."""
    key = key_of(route)
    if key.group_kind not in ROUTES:
        return ()
    found, _ = references_in(view, route)
    parents = dict.fromkeys([each.reference.to for each in found if each.field.role is Role.PARENT]).keys()
    written = counting_entries(view, route)
    names: list[str | None] = []
    for parent in parents:
        about = (
            each for each in written if names_parent(mapping(each.get("parentRef")), parent, key.namespace, parents)
        )
        writers = dict.fromkeys(name for each in about if (name := text(each.get("controllerName"))))
        names += writers or [_by_class(view, parent)]
    return tuple(names)


def _by_class(view: View, parent: ObjectKey) -> str | None:
    """The controllerName of the class of a parent that is a Gateway or ListenerSet; None for any other parent."""
    handler = handler_of(view, parent)
    return handler.controller if handler is not None else None


def backend_kind_check(kind: GroupKind, names: Sequence[str | None]) -> Check:
    """Whether the controllers of a route take backends of a kind other than Service; a failure where none of them does."""
    rows = list(dict.fromkeys(map(controller_of, names)))
    known = [row for row in rows if row is not None and row.backends is not None]
    refusing = [row for row in known if not _takes(row, kind)]
    what = kind_words(kind)
    if known and len(refusing) == len(rows):
        verb = "takes" if len(refusing) == 1 else "take"
        message = f"{enumerated([row.name for row in refusing])} {verb} no {what} as a backend (InvalidKind)"
        return Check(Layer.KIND, Outcome.FAILED, message)
    if known and len(known) == len(rows):
        taking = [row for row in known if row not in refusing]
        said = [f"{row.name} takes {with_article(what)} as a backend{taken_where(row, kind)}" for row in taking]
        said += [f"{row.name} does not (InvalidKind)" for row in refusing]
        sure = not refusing and not any(taken_where(row, kind) for row in known)
        return Check(Layer.KIND, Outcome.OK if sure else Outcome.NOTE, ", ".join(said))
    taking = [row for row in CONTROLLERS if _takes(row, kind)]
    where = "," + taken_where(taking[0], kind) if len(taking) == 1 and taken_where(taking[0], kind) else ""
    by = f"; {listing([row.name for row in taking])} may{where}" if taking else ""
    message = f"not every controller takes {with_article(what)} as a backend: the others report InvalidKind{by}"
    return Check(Layer.KIND, Outcome.NOTE, message)


def kind_words(kind: GroupKind) -> str:
    """A kind in a sentence, with its group unless everybody knows that."""
    return kind.kind if kind.group in ("", GATEWAY_GROUP) else f"{kind.kind} of group {kind.group}"


def _takes(row: Controller, kind: GroupKind) -> bool:
    return kind in dict(row.backends or ())


def taken_where(row: Controller, kind: GroupKind) -> str:
    """The clause that says where a controller takes a kind as a backend, with a blank before it; empty if everywhere, and
    if it does not."""
    clause = dict(row.backends or ()).get(kind)
    return f" {clause}" if clause else ""
