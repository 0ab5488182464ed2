"""The effects of a change, for people: each changed object with what it breaks, fixes, gives and takes."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field

from kubectl_refs.core.model.codes import Code
from kubectl_refs.core.model.fixes import Fix
from kubectl_refs.core.model.judgements import Verdict
from kubectl_refs.core.model.object_changes import Action, ObjectChange
from kubectl_refs.core.model.objects import ObjectKey
from kubectl_refs.core.model.unknown_kinds import UnknownKind
from kubectl_refs.core.queries.differences.idle_entries import IdleEntry
from kubectl_refs.core.queries.differences.permissions import PermissionChange
from kubectl_refs.core.queries.differences.report import Diff, Effect, Loss, ReferenceChange
from kubectl_refs.core.references.cause import cause_of
from kubectl_refs.core.text.language import counted, listing
from kubectl_refs.render.kubectl import Kubectl
from kubectl_refs.render.text.gaps import write_gaps
from kubectl_refs.render.text.page import Page
from kubectl_refs.render.text.shown_commands import ShownCommands
from kubectl_refs.render.text.style import Style, Tone
from kubectl_refs.render.text.words import AS_A_GUESS, is_uncertain, target_of

SHOWN = 20
"""The most references with one effect that are listed below their cause; the rest are counted."""

CAUSES = 20
"""The most causes that are listed. The worst come first, so those left out are no worse."""

_ORDER = {effect: rank for rank, effect in enumerate(Effect)}
_COLUMN = 12


@dataclass(slots=True)
class Consequences:
    """Changed objects, and the effects that they have together."""

    objects: tuple[ObjectChange, ...]
    changes: list[ReferenceChange] = field(default_factory=list)
    losses: list[Loss] = field(default_factory=list)
    permissions: list[PermissionChange] = field(default_factory=list)
    idle: list[IdleEntry] = field(default_factory=list)
    misspelt: list[UnknownKind] = field(default_factory=list)

    @property
    def rank(self) -> tuple[int, int]:
        """The sort key: the causes that make most worse first, then those that affect the most references."""
        worse = sum(each.worse for each in self.changes) + len(self.losses) + len(self.misspelt)
        return -worse, -len(self.changes)


def causes_of(diff: Diff) -> list[Consequences]:
    """The effects of a change grouped by their causes, the worst first."""
    found: dict[tuple[ObjectKey, ...], Consequences] = {}

    def of(objects: Sequence[ObjectChange]) -> Consequences:
        return found.setdefault(tuple(each.key for each in objects), Consequences(tuple(objects)))

    for change in diff.changes:
        of(change.caused_by).changes.append(change)
    for loss in diff.losses:
        of(loss.caused_by).losses.append(loss)
    by_key = {each.key: each for each in diff.objects}
    wide = [(each, each.deletions) for each in diff.objects if each.empties or each.ends]
    for permission in diff.permissions:
        key = permission.grant.key
        own = by_key.get(key) or next((each for each, deletions in wide if key in deletions), None)
        of((own,) if own is not None else ()).permissions.append(permission)
    for entry in diff.idle:
        of((by_key[entry.grant.key],)).idle.append(entry)
    for kind in diff.misspelt:
        of((by_key[kind.object],)).misspelt.append(kind)
    for each in found.values():
        each.changes.sort(key=lambda change: (_ORDER[change.effect], change.either.reference.referrer))
    return sorted(found.values(), key=lambda consequences: consequences.rank)


def render_text(diff: Diff, style: Style, kubectl: Kubectl) -> str:
    """The causes, the worst first, then what could not be read, and the counts."""
    page = Page(style)
    shown = ShownCommands(kubectl)
    causes = causes_of(diff)
    for consequences in causes[:CAUSES]:
        _head(page, consequences)
        _changes(page, diff, consequences.changes, shown)
        for loss in consequences.losses:
            page.prose("not served", f"{loss.object}: {loss.because}", column=_COLUMN + 3, role=Tone.BAD)
        for permission in consequences.permissions:
            page.prose("gives" if permission.gives else "takes", access_of(permission), column=_COLUMN)
        for kind in consequences.misspelt:
            page.prose("error", f"{kind} [{kind.code}]", column=_COLUMN, role=Tone.BAD)
            page.prose("fix", f"in the manifest, {kind.advice}", column=_COLUMN)
        for entry in consequences.idle:
            page.prose("error", f"{entry.because} [{Code.NEVER_MATCHES}]", column=_COLUMN, role=Tone.BAD)
        page.blank()
    if left := causes[CAUSES:]:
        concerned = sum(len(each.changes) for each in left)
        page.line(f"and {counted(len(left), 'more cause')} with {counted(concerned, 'reference')}; -o json has all")
        page.blank()
    write_gaps(page, diff.gaps)
    page.blank()
    for line in summary_of(diff):
        page.line(line)
    return str(page)


def _head(page: Page, consequences: Consequences) -> None:
    if not consequences.objects:
        page.line(("by the whole change", Tone.NAME))
    for number, each in enumerate(consequences.objects):
        page.flowed([[(word, Tone.NAME)] for word in (*(["and"] if number else []), *str(each).split(" "))], 4)


_ROLE = {Effect.BREAKS: Tone.BAD, Effect.FIXES: Tone.GOOD}


def _changes(page: Page, diff: Diff, changes: Sequence[ReferenceChange], shown: ShownCommands) -> None:
    counts: Counter[Effect] = Counter()
    for change in changes:
        counts[change.effect] += 1
        if counts[change.effect] > SHOWN:
            continue
        _change(page, change, diff.remedy(change), shown)
    for effect, count in counts.items():
        if count > SHOWN:
            page.prose(str(effect), f"{counted(count - SHOWN, 'more reference')}; -o json has all", column=_COLUMN)


def _change(page: Page, change: ReferenceChange, fix: Fix | None, shown: ShownCommands) -> None:
    role = Tone.BAD if change.worse else _ROLE.get(change.effect, Tone.PLAIN)
    page.prose(str(change.effect), arrow_of(change, page.style.glyph("→")), column=_COLUMN, role=role)
    page.prose("", because_of(change), column=_COLUMN)
    if fix is None:
        return
    reference = change.either.reference
    place = f"{reference.referrer} {reference.path}"
    if shown.place_of_same(fix) is not None:
        page.prose("", "after the change: the same as above", column=_COLUMN)
        return
    outdating = shown.place_that_outdates(fix, place)
    if outdating is not None:
        # This patch would be refused after the one above; the next must start from the object as it is then.
        again = f"once the change for {outdating} is made, 'why' prints the patch"
        page.prose("", f"after the change: {fix.title}; {again}", column=_COLUMN)
        return
    command = shown.add(fix, place)
    guess = AS_A_GUESS if is_uncertain(fix) else ""
    if "\n" in command or guess:
        page.prose("", f"after the change: {guess}{fix.title}", column=_COLUMN)
        page.verbatim(command)
    else:
        page.line(f"{' ' * _COLUMN}after the change: {command}")


def arrow_of(change: ReferenceChange, arrow: str = "→") -> str:
    """The referrer and the target, with an arrow between them."""
    return f"{change.either.reference.referrer} {arrow} {target_of(change.either)}"


def because_of(change: ReferenceChange) -> str:
    """The path of the reference, and its verdict and cause after the change; for a removed one, its verdict before."""
    path = change.either.reference.path
    if change.after is None:
        assert change.before is not None
        return f"{path}: it was {change.before.verdict}"
    if change.before is None and change.after.verdict is Verdict.ALLOWED:
        return f"{path}: allowed"
    if change.before is None:
        return f"{path}: {change.after.verdict}, {cause_of(change.after)}"
    was, is_ = change.before.verdict, change.after.verdict
    verdicts = f"{was}, then {is_}" if was is not is_ else f"still {is_}"
    doubt = f"; whether it failed before is not known: {cause_of(change.before)}" if change.perhaps_the_same else ""
    return f"{path}: {verdicts}: {cause_of(change.after)}{doubt}"


def access_of(permission: PermissionChange) -> str:
    """Who may reference what, and which references gain or lose their permission: others may have, or keep, another."""
    count = len(permission.users)
    holders = dict.fromkeys(str(user.referrer) for user in permission.users)
    said = f"access for {permission.pair} in {permission.grant.namespace}"
    if not permission.alone:
        said += f", unless {'a ReferenceGrant gave it before' if permission.gives else 'another still gives it'}"
    one, many = ("gains its", "gain their") if permission.gives else ("loses its", "lose their")
    if not count and not permission.known:
        return f"{said}; which references {many} permission by that is not known"
    if not count:
        return f"{said}; no reference {one} permission by that"
    what = f"{counted(count, 'reference')} {one if count == 1 else many} permission by that"
    return f"{said}; {what}: {listing(list(holders))}"


_DONE = {
    Action.CREATE: "created",
    Action.UPDATE: "updated",
    Action.DELETE: "deleted",
    Action.UNCHANGED: "unchanged",
}
_UNREAD, _PERHAPS = "that could not be compared", "updated or unchanged"
_BECAME = ("created", "updated", _PERHAPS, "deleted", "unchanged", _UNREAD)


def _became(change: ObjectChange) -> str:
    """What happens to an object, as far as that is known."""
    return _DONE[change.action] if change.known else _UNREAD if change.before is None else _PERHAPS


def summary_of(diff: Diff) -> Iterator[str]:
    """The counts: one line for objects, one for references."""
    became = Counter(map(_became, diff.objects))
    told = ", ".join(f"{became[words]} {words}" for words in _BECAME if became[words])
    yield f"{counted(len(diff.objects), 'object')}: {told}" if told else "no objects that references depend on"
    found = {
        Effect.BREAKS: "no longer working",
        Effect.FIXES: "fixed",
        Effect.ADDS: "added",
        Effect.REMOVES: "removed",
        Effect.ALTERS: "altered",
    }
    parts = [f"{count} {found[effect]}" for effect, count in diff.summary.items() if count]
    bad = sum(each.worse for each in diff.changes if each.effect is Effect.ADDS)
    failing = f" ({bad} of those added {'does' if bad == 1 else 'do'} not work)" if bad else ""
    wrong = counted(len(diff.misspelt), "object")
    misspelt = f"; {wrong} of a kind or version that is not served" if diff.misspelt else ""
    lost = f"; nothing serves {counted(len(diff.losses), 'object')} any more" if diff.losses else ""
    if parts:
        yield f"{counted(len(diff.changes), 'reference')}: {', '.join(parts)}{failing}{lost}{misspelt}"
    else:
        known = " in what could be read" if diff.gaps else ""
        yield f"no reference is affected{known}{lost}{misspelt}"
