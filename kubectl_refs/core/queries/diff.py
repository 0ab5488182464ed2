"""What a change of objects breaks, fixes, adds and removes among references, and which changed object is the cause.

A reference is identified by its referrer, role and target. The references that the change can affect are evaluated
before and after it, and again with each object's change reverted: an object is a cause if the outcome differs without
its change.
"""

from __future__ import annotations

from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence

from kubectl_refs.core.fixes.edits import edits_for
from kubectl_refs.core.grants.grant import Grant
from kubectl_refs.core.grants.usage import Referrers
from kubectl_refs.core.model.codes import Code
from kubectl_refs.core.model.fixes import Confidence
from kubectl_refs.core.model.judgements import Verdict
from kubectl_refs.core.model.kinds import REFERENCE_GRANT
from kubectl_refs.core.model.object_changes import Action, ObjectChange
from kubectl_refs.core.model.objects import JSON, ObjectKey
from kubectl_refs.core.model.report import Gap
from kubectl_refs.core.model.unknown_kinds import UnknownKind
from kubectl_refs.core.model.values import key_of
from kubectl_refs.core.queries.differences.affected_referrers import AffectedReferrers, affected_referrers
from kubectl_refs.core.queries.differences.causes import Causes, ObservedChanges
from kubectl_refs.core.queries.differences.idle_entries import idle_entries
from kubectl_refs.core.queries.differences.outcomes import compared, reason_of_loss
from kubectl_refs.core.queries.differences.permissions import GrantsOfState, PermissionChange, permission_changes
from kubectl_refs.core.queries.differences.report import Diff, Loss, ReferenceChange
from kubectl_refs.core.queries.differences.states import OutdatedStates, State, States
from kubectl_refs.core.queries.why import EvaluatedObject
from kubectl_refs.core.records import replace
from kubectl_refs.core.view.catalog import Catalog
from kubectl_refs.core.view.inquiry import inquire, inquire_each
from kubectl_refs.core.view.misspelt_kinds import unknown_kind
from kubectl_refs.core.view.reads import Answer, Get, Source
from kubectl_refs.core.view.view import View


def diff(states: States, objects: Sequence[ObjectChange], namespaces: Collection[str]) -> Diff:
    """The effects of changing some objects. If referrers may not be listed in all namespaces, they are looked for in
    `namespaces` at least."""
    changes = [each for each in objects if each.action is not Action.UNCHANGED]
    if not changes:
        return Diff(tuple(objects), ())
    affected, unread = _affected_referrers(states.before, changes, namespaces)
    if affected.without_class:
        states = OutdatedStates(states, affected.without_class)
    before = State(states.before, affected.keys)
    after = State(states.after, affected.keys)
    observed = ObservedChanges(changes, before, after)
    differences = {key: tuple(compared(before.references(key), after.references(key))) for key in affected.keys}
    dead = {key: row for key in affected.keys if (row := reason_of_loss(before.found.get(key), after.found.get(key)))}
    differing = [key for key in affected.keys if differences[key] or key in dead]
    causes = Causes(states, observed, differing)
    found = [
        replace(each, caused_by=causes.of_change(key, each, after)) for key in differing for each in differences[key]
    ]
    found = list(map(_with_unread_contents, found))
    losses = [Loss(key, row.because, causes.of_loss(key)) for key, row in dead.items()]
    open_ = _undecided_gaps(
        after, observed, [each.after.found for each in found if each.after is not None and each.unknown]
    )
    covering = (gap for gap in (*before.gaps, *after.gaps) if _covers(gap, changes, states.before))
    mended = tuple(map(_with_guesses, _with_remedies(after, found)))
    return Diff(
        tuple(objects),
        mended,
        # Where contents decide that were not read before, nothing may have served the object then.
        tuple(each for each in losses if all(cause.whole for cause in each.caused_by)),
        _permissions(states, changes, affected),
        tuple(dict.fromkeys((*unread, *covering, *open_))),
        edits_for(
            (each.after for each in mended if each.worse and each.after is not None),
            after.objects,
            states.after.catalog.table,
        ),
        tuple(idle_entries(changes, states.after.catalog)),
        tuple(_misspelt(changes, states.after.catalog)),
    )


def _with_unread_contents(change: ReferenceChange) -> ReferenceChange:
    """A change whose verdict before is unknown, if the contents of a changed object decide of which only the metadata
    was read: they may be the same."""
    unread = next((str(each.key) for each in change.caused_by if not each.whole), None)
    if unread is None or change.before is None or change.before.verdict is not Verdict.ALLOWED:
        return change
    if change.after is None or not change.after.verdict.fails:
        return change
    because = f"the data of {unread} is not read from the cluster"
    before = change.before.with_judgement(verdict=Verdict.UNKNOWN, code=Code.UNREADABLE, because=because)
    return replace(change, before=before)


def _misspelt(changes: Iterable[ObjectChange], catalog: Catalog) -> Iterator[UnknownKind]:
    """The created objects of a misspelt kind. `catalog` is what is served after the change."""
    for change in changes:
        kind = unknown_kind(change.after, catalog) if change.before is None and change.after is not None else None
        if kind is not None:
            yield kind


def _affected_referrers(
    source: Source, changes: Sequence[ObjectChange], namespaces: Collection[str]
) -> tuple[AffectedReferrers, tuple[Gap, ...]]:
    def think(view: View) -> tuple[AffectedReferrers, tuple[Gap, ...]]:
        found = affected_referrers(view, changes, namespaces)
        return found, view.gaps

    return inquire(source, think)


def _undecided_gaps(after: State, observed: ObservedChanges, changed: Collection[object]) -> list[Gap]:
    """What could not be read about references on which the effect of the change is unknown: those that are changed
    themselves, and those that depend on a changed object."""
    gaps: list[Gap] = []
    ended = {each.ends for each in observed.changes}
    for key, found in after.found.items():
        for each in found.in_order:
            if each.verdict is not Verdict.UNKNOWN:
                continue
            depends, unread = observed.by_reference(after, key, each)
            if depends or any(each.found is one for one in changed):
                # That a deleted kind cannot be read any more is no gap.
                gaps += [gap for gap in unread if (gap.group, gap.resource) not in ended]
    return gaps


def _covers(gap: Gap, changes: Iterable[ObjectChange], source: Source) -> bool:
    """Whether a gap covers a changed object."""
    for key in (change.key for change in changes):
        served = source.catalog.served(key.group_kind)
        named = gap.group == key.group and gap.resource in (key.kind, served and served.plural)
        if named and gap.namespace in (None, key.namespace) and gap.name in (None, key.name):
            return True
    return False


def _with_remedies(after: State, changes: Sequence[ReferenceChange]) -> Iterator[ReferenceChange]:
    """The changes, with fixes for the references that do not work after them."""
    failing = dict.fromkeys(
        each.either.reference.referrer for each in changes if each.after is not None and each.after.verdict.fails
    )

    def think(view: View, key: ObjectKey) -> EvaluatedObject:
        return after.found[key].with_remedies(view)

    mended, _ = inquire_each(after.source, after.library, failing, think)
    by_place = {id(each.found): each for found in mended for each in found.in_order}
    for each in changes:
        yield replace(each, after=by_place.get(id(each.after.found), each.after)) if each.after is not None else each


def _with_guesses(change: ReferenceChange) -> ReferenceChange:
    """A change with the fixes of its referrer turned into guesses if the target is deleted: then the name is no slip,
    and no other object may be wanted in its place."""
    if change.after is None or not change.deletes_target:
        return change
    own = change.after.reference.referrer
    fixes = [replace(fix, confidence=Confidence.GUESS) if fix.object == own else fix for fix in change.after.fixes]
    return replace(change, after=change.after.with_fixes(fixes))


def _permissions(
    states: States, changes: Sequence[ObjectChange], affected: AffectedReferrers
) -> tuple[PermissionChange, ...]:
    changed = [each for each in changes if each.key.group_kind == REFERENCE_GRANT]
    namespaces = {each.key.namespace for each in changed} | {each.key.name for each in changes if each.empties}
    if any(each.ends == REFERENCE_GRANT for each in changes):
        namespaces |= _namespaces_with_grants(states.before)
    if not namespaces:
        return ()
    before, unread_before = _grants(states.before, namespaces, [each.before for each in changed])
    after, unread_after = _grants(states.after, namespaces, [each.after for each in changed])
    old, new = states.before.catalog, states.after.catalog
    keys = dict.fromkeys((*affected.existing, *affected.keys))
    latest = [found for each in states.after.read(map(Get, keys)).values() if (found := each.object) is not None]
    return permission_changes(
        GrantsOfState(before, Referrers(new.table, affected.existing.values(), affected.unread), old, unread_before),
        GrantsOfState(after, Referrers(new.table, latest, affected.unread), new, unread_after),
    )


def _namespaces_with_grants(source: Source) -> set[str]:
    answer = inquire(source, lambda view: view.list(REFERENCE_GRANT, None, effect=""))
    return {key_of(obj).namespace for obj in answer.objects}


def _grants(
    source: Source, namespaces: Collection[str], changed: Sequence[JSON | None]
) -> tuple[Mapping[str, Sequence[Grant]], frozenset[str]]:
    """The grants of some namespaces, and the namespaces whose grants could not be read: there only changed ones count."""

    def think(view: View) -> dict[str, Answer]:
        return {place: view.list(REFERENCE_GRANT, place, effect="") for place in namespaces}

    answers = inquire(source, think)
    unread = frozenset(place for place, answer in answers.items() if not answer.known)
    own = [each for each in changed if each is not None]
    found = {
        place: [each for each in own if key_of(each).namespace == place] if place in unread else answer.objects
        for place, answer in answers.items()
    }
    return {place: tuple(map(Grant.parse, objects)) for place, objects in found.items()}, unread
