"""Which object may a reference mean if it names none? One search for targets and parents of every role.

People misspell a name, leave out a namespace, or write a group that moved, the address of a Service or its targetPort.
Only objects that exist are reported. Each kind of slip is looked for in turn, and the search ends with the first that
finds something: two slips in one reference are found only if one of them is in the kind or the port.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Sequence
from typing import NamedTuple

from kubectl_refs.core.grants.differences import cost_of
from kubectl_refs.core.model.codes import Code
from kubectl_refs.core.model.judgements import KIND_FAULTS, PART_FAULTS
from kubectl_refs.core.model.kinds import (
    CONFIG_MAP,
    GATEWAY,
    LISTENER_SETS,
    NAMESPACE,
    SECRET,
    SERVICE,
    WITH_PORTS,
)
from kubectl_refs.core.model.names import can_exist
from kubectl_refs.core.model.near_targets import NearTarget
from kubectl_refs.core.model.objects import JSON, ObjectKey
from kubectl_refs.core.model.reference_fields import Role
from kubectl_refs.core.model.references import FoundReference, Reference
from kubectl_refs.core.records import replace
from kubectl_refs.core.targets.missing_makers import made_by_name
from kubectl_refs.core.targets.near_parts import by_number, by_part, with_part
from kubectl_refs.core.targets.reference_differences import reference_differences
from kubectl_refs.core.targets.requirements import requirements_of
from kubectl_refs.core.text.similarity import abbreviates
from kubectl_refs.core.view.existence import namespace_answer
from kubectl_refs.core.view.reads import Answer
from kubectl_refs.core.view.view import View

MOST_NEAR_TARGETS = 10
"""The most near targets of one reference. If there are more, none is reported: everybody uses that name."""

NAMED = 3
"""How many objects are named if there are more; the others are counted."""


def near_targets(view: View, found: FoundReference, fault: Code) -> tuple[NearTarget, ...]:
    """The objects that a reference with a `fault` (one of REFERENCE_FAULTS) may mean, the likeliest first.

    What else it would need (`NearTarget.needs`) is added later.
    """
    reference = found.reference
    near = []
    for to, port, section_name in _meant(view, found, fault).near:
        other = Reference(reference.referrer, reference.path, to, port, section_name, reference.explicit_namespace)
        answer = _answer_if_served(view, to) if view.catalog.is_part else Answer()
        differences = reference_differences(view, found, other)
        near.append(NearTarget(to, differences, port, section_name, made_by=answer.made_by, assumed=answer.assumed))
    return tuple(sorted(near, key=lambda each: (cost_of(each.differences), each.object)))


def too_many_near_targets(view: View, found: FoundReference, fault: Code) -> tuple[Sequence[ObjectKey], int]:
    """If too many objects to be near targets may be meant, the first of them, and how many more there are."""
    _, named, more = _meant(view, found, fault)
    return named, more


class _Meant(NamedTuple):
    """The objects that may be meant, with port and part; of too many only the first, and the number of the others."""

    near: tuple[tuple[ObjectKey, int | None, str | None], ...] = ()
    named: tuple[ObjectKey, ...] = ()
    more: int = 0


def _meant(view: View, found: FoundReference, fault: Code) -> _Meant:
    def search(subview: View) -> _Meant:
        meant = tuple(_search(subview, found, fault))
        if len(meant) > MOST_NEAR_TARGETS:
            return _Meant(named=tuple(each.to for each in meant[:NAMED]), more=len(meant) - NAMED)
        several = (_with_part(subview, found, each) for each in meant)
        return _Meant(tuple((each.to, each.port, each.section_name) for each in several))

    field, reference = found.field, found.reference
    if reference.wrong_port:
        return search(view)
    # Thousands of references name the same Services and the same Gateways.
    affixed = () if fault in KIND_FAULTS | PART_FAULTS else tuple(_with_affixes(view, reference))
    of_role = field.role, field.governed_by, field.shown, field.implementation
    referrer = reference.referrer.group_kind, reference.crosses, reference.explicit_namespace
    memo_key = "meant", fault, of_role, referrer, affixed, reference.to, reference.port, reference.section_name
    return view.once(memo_key, search) if reference.to.group_kind == SERVICE else view.once_as_read(memo_key, search)


def _with_part(view: View, found: FoundReference, meant: Reference) -> Reference:
    """The reference to an object that may be meant, with its port or part."""
    obj = _get(view, meant.to) if meant.to != found.reference.to else None
    needs_port = requirements_of(found).core is not None
    return meant if obj is None else with_part(view, meant, obj, needs_port=needs_port)


def _search(view: View, found: FoundReference, fault: Code) -> Iterable[Reference]:
    if fault in KIND_FAULTS:
        return _by_kind(view, found)
    if found.reference.wrong_namespace:
        return _by_place(view, found)
    if found.reference.wrong_weight or found.reference.repeats:
        return ()
    if fault in PART_FAULTS or _get(view, found.reference.to) is not None:
        obj = _get(view, found.reference.to)
        if obj is not None:
            return by_part(view, found.reference, obj)
        return by_number(found.reference) if found.reference.wrong_port else ()
    return _by_place(view, found)


def with_near_target(found: FoundReference, near: NearTarget) -> FoundReference:
    """The reference as it would be if it meant a near target."""
    to = near.object
    own = found.reference.referrer.namespace
    explicit = found.reference.explicit_namespace or to.namespace not in ("", own)
    reference = replace(
        found.reference,
        to=to,
        port=near.port,
        section_name=near.section_name,
        explicit_namespace=explicit,
        wrong_port=found.reference.wrong_port if near.port is None else "",
    )
    return replace(found, reference=reference)


def _by_kind(view: View, found: FoundReference) -> Iterator[Reference]:
    """Objects of another group, or of a kind spelt otherwise; in each such kind any further slip is looked for."""
    # Imported here, as below: few targets are missing.
    from kubectl_refs.core.targets.similar_kinds import similar_kinds_of

    for kind in similar_kinds_of(view, found):
        reference = _to_other(found.reference, group=kind.group, kind=kind.kind)
        if _get(view, reference.to) is not None:
            yield reference
        else:
            yield from _by_place(view, replace(found, reference=reference), kindred=False)
    yield from _of_maker(view, found)


def _of_maker(view: View, found: FoundReference) -> Iterator[Reference]:
    """The Secret or ConfigMap that an object of the written name makes."""
    from kubectl_refs.core.targets.similar_kinds import wanted_kinds

    reference, wanted = found.reference, wanted_kinds(found)
    for kind in (SECRET, CONFIG_MAP):
        if kind != reference.to.group_kind and (wanted is None or kind not in wanted):
            continue
        for made in made_by_name(view, kind, reference.to.namespace, reference.to.name):
            if _get(view, made) is not None:
                yield replace(reference, to=made)


def _by_place(view: View, found: FoundReference, *, kindred: bool = True) -> Sequence[Reference]:
    """The objects that may be meant where the namespace has no object of that kind and name."""
    reference = found.reference
    searches: tuple[Callable[[], Iterable[Reference]], ...] = (
        lambda: _by_name_form(view, reference),
        lambda: _of_maker(view, found) if reference.to.group_kind in (SECRET, CONFIG_MAP) else (),
        lambda: _by_namespace_name(view, reference),
        lambda: [_to_other(reference, name=name) for name in _with_affixes(view, reference)] if kindred else (),
        lambda: _by_name(view, reference),
        lambda: _of_similar_kinds(view, found) if kindred else (),
        lambda: (*_of_other_kinds(view, found), *_elsewhere(view, found)),
        lambda: _gateways(view, found),
    )
    return next((near for search in searches if (near := tuple(search()))), ())


def _by_name_form(view: View, reference: Reference) -> Iterator[Reference]:
    """Names in a form used elsewhere: `auth.shared.svc.cluster.local` and `auth:80` for a Service, `shared/auth`, and
    names with capitals. If no object can have the written name, a part of a cluster need not hold the one that is meant."""
    # Imported here, as below: nearly every target exists.
    from kubectl_refs.core.targets.written_names import in_usual_form

    impossible = not can_exist(reference.to)
    for to in in_usual_form(reference.to):
        answer = _answer_if_served(view, to)
        if can_exist(to) and (answer.object is not None or (impossible and answer.assumed)):
            yield replace(reference, to=to)
            return


def _by_namespace_name(view: View, reference: Reference) -> Iterator[Reference]:
    """The object in a namespace of a similar name, where the written namespace does not exist, or a part of a cluster
    holds nothing of it."""
    if not reference.crosses or _may_be_there(namespace_answer(view, reference.to.namespace)):
        return
    from kubectl_refs.core.view.names import names_of

    near = names_of(view, NAMESPACE, None).nearest(reference.to.namespace)
    if near is not None:
        meant = _to_other(reference, namespace=near)
        if _get(view, meant.to) is not None:
            yield meant
        else:
            yield from _by_name(view, meant)


def _with_affixes(view: View, reference: Reference) -> Iterable[str]:
    """The existing names that the written one would have with affixes of the referrer's own name."""
    if reference.crosses and namespace_answer(view, reference.to.namespace).absent:
        return ()
    from kubectl_refs.core.targets.written_names import with_affixes

    return with_affixes(view, reference)


def _by_name(view: View, reference: Reference) -> Iterator[Reference]:
    """The object of a similar name in the namespace, or the only one whose name shortens or spells out the written."""
    to = reference.to
    if reference.crosses and namespace_answer(view, to.namespace).absent:
        return
    from kubectl_refs.core.view.names import names_of

    names = names_of(view, to.group_kind, to.namespace)
    near = names.nearest(to.name)
    # A shortened name usually keeps the first letters, and only names that begin with those are looked at.
    shortened = [name for name in names.beginning(to.name[:3]) if abbreviates(to.name, name)] if near is None else []
    for name in [near] if near is not None else shortened if len(shortened) == 1 else []:
        yield _to_other(reference, name=name)


def _of_other_kinds(view: View, found: FoundReference) -> Iterable[Reference]:
    if found.field.role is not Role.PARENT:
        return ()
    from kubectl_refs.core.targets.near_kinds import of_other_kinds

    return of_other_kinds(view, found)


def _gateways(view: View, found: FoundReference) -> Iterable[Reference]:
    if found.field.role is not Role.PARENT:
        return ()
    from kubectl_refs.core.targets.near_gateways import gateways_like

    return gateways_like(view, found.reference)


def _of_similar_kinds(view: View, found: FoundReference) -> Iterator[Reference]:
    """The object of the same name and a similar kind: of another group, an XListenerSet for a ListenerSet, or any
    similar kind where the written one may not exist. For a CA certificate that only some implementations take from a
    Secret, the ConfigMap that all take."""
    from kubectl_refs.core.targets.similar_kinds import similar_kinds_of

    written = found.reference.to.group_kind
    doubtful = view.catalog.served(written) is None
    for kind in similar_kinds_of(view, found):
        if doubtful or kind.kind == written.kind or kind in LISTENER_SETS:
            meant = _to_other(found.reference, group=kind.group, kind=kind.kind)
            if _get(view, meant.to) is not None:
                yield meant
    expected = requirements_of(found)
    if found.field.role is Role.CA and written in expected.extended:
        of_core = (
            replace(found.reference, to=found.reference.to._replace(**kind._asdict())) for kind in expected.core or ()
        )
        yield from (meant for meant in of_core if _get(view, meant.to) is not None)


def _elsewhere(view: View, found: FoundReference) -> Iterable[Reference]:
    from kubectl_refs.core.targets.near_places import elsewhere

    return elsewhere(view, found, MOST_NEAR_TARGETS)


def _to_other(reference: Reference, **fields: str) -> Reference:
    return replace(reference, to=reference.to._replace(**fields))


def _get(view: View, key: ObjectKey) -> JSON | None:
    """An object; None where it does not exist or could not be read. No contents of Secrets and the like are read."""
    return _answer_if_served(view, key).object


def _answer_if_served(view: View, key: ObjectKey) -> Answer:
    return Answer(served=False) if view.catalog.served(key.group_kind) is None else _answer_of(view, key)


def _answer_of(view: View, key: ObjectKey) -> Answer:
    whole = key.group_kind in (GATEWAY, *LISTENER_SETS, *WITH_PORTS)
    effect = f"whether {key} exists, which may be meant, is not known"
    return view.get(key, metadata_only=not whole, effect=effect)


def _may_be_there(answer: Answer) -> bool:
    """Whether an object exists as far as is known; one that a part of a cluster does not hold need not."""
    return bool(answer.objects) or not answer.known
