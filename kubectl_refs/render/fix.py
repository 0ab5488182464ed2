"""The output of `fix`: manifests that kubectl takes as they are, and the text and diffs that go with them."""

from __future__ import annotations

import difflib
from collections.abc import Container, Iterable, Mapping, Sequence
from itertools import groupby

from kubectl_refs.core.fixes.change import Change
from kubectl_refs.core.fixes.edits import Edit, non_grant_fixes, own_fix
from kubectl_refs.core.grants.grant import Grant
from kubectl_refs.core.model.codes import Code
from kubectl_refs.core.model.conditions import Agreement
from kubectl_refs.core.model.fixes import Confidence, Fix, alternatives
from kubectl_refs.core.model.judgements import KIND_FAULTS, PART_FAULTS, Verdict
from kubectl_refs.core.model.kinds import REFERENCE_GRANT
from kubectl_refs.core.model.objects import ObjectKey
from kubectl_refs.core.model.references import EvaluatedReference
from kubectl_refs.core.model.report import Gap
from kubectl_refs.core.queries.fix import Plan
from kubectl_refs.core.queries.resolution import Resolution
from kubectl_refs.core.references.cause import cause_of
from kubectl_refs.core.text.language import counted, listing
from kubectl_refs.core.text.yaml import to_yaml
from kubectl_refs.render.details import misspelt_of, write_headline
from kubectl_refs.render.kubectl import Kubectl
from kubectl_refs.render.manifests import CommentedManifest
from kubectl_refs.render.text.conditions import COLUMN, reported_of, write_conditions
from kubectl_refs.render.text.gaps import write_gaps
from kubectl_refs.render.text.page import Page
from kubectl_refs.render.text.shown_commands import ShownCommands, rerun_note
from kubectl_refs.render.text.style import Style, Tone
from kubectl_refs.render.text.words import remaining_work, target_of

_GUESS = "this is a best guess: verify it before applying"

MissingVerbs = Mapping[ObjectKey, Sequence[str]]
"""The verbs that the caller lacks, by the object whose change needs them."""


def manifests_of(changes: Iterable[Change], for_owner: Container[ObjectKey]) -> list[CommentedManifest]:
    """The grants to print; those for their owners come with comments that say what the owner needs to know."""
    return [CommentedManifest(each.after, _for_owner(each) if each.object in for_owner else ()) for each in changes]


def _for_owner(change: Change) -> tuple[str, ...]:
    """What is needed and why. Does not pass on whether the target exists (docs/rules.md 1.5)."""
    namespace = change.object.namespace
    what = change.title if change.before is None else f"{change.title}, in place"
    perhaps = "" if change.certain else ", if nothing there permits it yet"
    lines = [f"Needed in namespace {namespace}{perhaps}: {what}.", "Why:"]
    for each in change.evaluated:
        reference = each.reference
        lines.append(f"- {reference.referrer} references {target_of(each)} at {reference.path}, but {each.because}.")
    lines += [f"This would also permit {phrase}." for phrase in change.widens]
    lines.append("To apply it, pipe this text to: kubectl apply -f -")
    if change.before is not None:
        lines.append(
            "That replaces spec.from and spec.to with these lists, even if somebody has changed them meanwhile."
        )
    return tuple(lines)


def render_words(plan: Plan, style: Style, kubectl: Kubectl, gaps: Iterable[Gap], *, new: bool, commands: bool) -> str:
    """What each change is for and what else it does, then what no grant helps, and what could not be read.

    With `new`, only new grants were asked for, so the recommended repairs are mentioned. Without `commands`, the
    commands of edits are left out, because the edits are made.
    """
    page = Page(style)
    for change in plan.changes:
        _change(page, change, new=new)
    edited = {fix for edit in plan.edits for fix in map(_identity, edit.fixes)}
    told = {
        id(each) for each in plan.left if non_grant_fixes(each) and set(map(_identity, non_grant_fixes(each))) <= edited
    }
    # What is allowed is not left, even if something else is meant.
    told |= {id(each) for edit in plan.edits for each in edit.evaluated if each.verdict is Verdict.ALLOWED}
    shown = ShownCommands(kubectl)
    for edit in plan.edits:
        _edit(page, edit, shown if commands else None, told)
    if plan.edits and commands and kubectl.catalog.live:
        alone = ", and for each best guess" if any(edit.is_guess for edit in plan.edits) else ""
        page.prose("", f"--apply makes these changes too; it asks once for each kind{alone}.", indent=0, column=0)
    for each in plan.left:
        if id(each) not in told:
            _unfixed(page, each, shown, edited)
    for field in plan.misspelt:
        page.blank()
        page.prose("", misspelt_of(field), indent=0, column=0)
        page.prose("fix", f"in the manifest, {field.advice} ({field.unpatched})")
    page.blank()
    write_gaps(page, gaps)
    return str(page)


def _change(page: Page, change: Change, *, new: bool) -> None:
    page.blank()
    page.line(("create: " if change.before is None else "change: ", Tone.GOOD), (change.object.path, Tone.NAME))
    page.prose("what", change.title)
    for each in change.evaluated:
        reference = each.reference
        page.prose("for", f"{reference.referrer} {page.style.glyph('→')} {target_of(each)} at {reference.path}")
        for check in each.target_failures:
            page.prose("also wrong", f"{check.message}; a grant does not change that")
    for note in dict.fromkeys(note for each in change.evaluated for note in each.notes):
        page.prose("note", note)
    for phrase in _extra_permissions(change):
        page.prose("warning", f"it {phrase}", role=Tone.DOUBT)
    if not change.certain:
        because = next(each.because for each in change.evaluated if each.verdict is not Verdict.REFUSED)
        page.prose("unknown", f"it may be permitted already: {because}", role=Tone.DOUBT)
    if change.before is None and new:
        repairs = [each.fixes[0].title for each in change.evaluated if each.fixes and each.fixes[0].action == "patch"]
        for title in dict.fromkeys(repairs):
            page.prose("or", f"{title}, without --new")


def _extra_permissions(change: Change) -> list[str]:
    """What a change permits beyond its references, as phrases that follow `it`; for a new grant, which kinds entirely."""
    if change.before is not None:
        return [f"also permits {phrase}" for phrase in change.widens]
    found = []
    for entry in Grant.parse(change.after).to if change.widens else ():
        kind = entry.group_kind
        names = sorted({each.reference.to.name for each in change.evaluated if each.reference.to.group_kind == kind})
        found.append(f"permits every {entry.kind_shown}, not only {listing(names)}")
    return found


def _edit(page: Page, edit: Edit, shown: ShownCommands | None, told: Container[int]) -> None:
    """Write an edit, with its command if `shown` is given. `told` holds the ids of the references that are described
    nowhere else."""
    page.blank()
    page.line(("change: ", Tone.GOOD), (str(edit.object), Tone.NAME))
    for fix in edit.fixes:
        page.prose("what", fix.title)
    for each in edit.evaluated:
        reference = each.reference
        page.prose("for", f"{reference.referrer} {page.style.glyph('→')} {target_of(each)} at {reference.path}")
        if id(each) in told:
            _because(page, each)
            own = own_fix(each)
            steps = next(steps for steps in alternatives(each.fixes) if own in steps)
            _follow_up(page, steps[steps.index(own) + 1 :])
    for because in dict.fromkeys(row.perhaps or row.because for row in edit.serving):
        objects = dict.fromkeys(str(row.object) for row in edit.serving if because in (row.perhaps, row.because))
        page.prose("for", listing(tuple(objects)))
        page.prose("because", because)
    if edit.is_guess:
        page.prose("warning", _GUESS, role=Tone.DOUBT)
    for phrase in edit.widens:
        page.prose("warning", f"it would also permit {phrase}", role=Tone.DOUBT)
    notes = [note for each in edit.evaluated if id(each) in told for note in each.notes]
    for remains in dict.fromkeys(remaining_work(fix, notes) for fix in edit.fixes if fix.remains):
        page.prose("warning", remains, role=Tone.DOUBT)
    if shown is not None:
        place = _place(edit.evaluated[0]) if edit.evaluated else str(edit.serving[0].object)
        _command(page, edit.as_fix, shown, place)


def _place(evaluated: EvaluatedReference) -> str:
    return f"{evaluated.reference.referrer} {evaluated.reference.path}"


def _command(page: Page, fix: Fix, shown: ShownCommands, place: str) -> None:
    """Write the command of a change for a place, with a note if a change above makes it fail."""
    outdating = shown.place_that_outdates(fix, place)
    if outdating is not None:
        page.prose("", rerun_note(f"the change for {outdating}"))
    page.verbatim(shown.add(fix, place))


def render_command(edit: Edit, style: Style, kubectl: Kubectl) -> str:
    """Only the command of an edit, for somebody else to run."""
    page = Page(style)
    page.verbatim(kubectl.command(edit.as_fix))
    return str(page)


def render_sentence(label: str, text: str, style: Style) -> str:
    """One sentence after a label, wrapped to the terminal."""
    page = Page(style)
    page.prose(label, text, indent=0, column=0)
    return str(page)


def _identity(fix: Fix) -> tuple[ObjectKey, str]:
    return fix.object, fix.title


def _unfixed(
    page: Page, evaluated: EvaluatedReference, shown: ShownCommands, edited: Container[tuple[ObjectKey, str]]
) -> None:
    page.blank()
    write_headline(page, evaluated)
    reference = evaluated.reference
    page.prose("where", f"{evaluated.source} {reference.path}" if evaluated.source is not None else reference.path)
    _because(page, evaluated)
    fixes = non_grant_fixes(evaluated)
    if not fixes and evaluated.verdict is not Verdict.UNKNOWN:
        page.prose("fix", evaluated.by_hand or _nothing_to_write(evaluated))
    for number, fix in enumerate(fixes):
        label = "fix" if number == 0 else "then" if fix.follows else "or"
        if _identity(fix) in edited:
            page.prose(label, f"{fix.title}, as above")
        else:
            _other_fix(page, fix, label, shown, _place(evaluated))
    _follow_up(page, [fix for fix in evaluated.fixes if fix.follows and fix not in fixes])


def _because(page: Page, evaluated: EvaluatedReference) -> None:
    allowed, slipped = evaluated.verdict is Verdict.ALLOWED, evaluated.slip_among_manifests is not None
    by_cause = allowed or slipped or evaluated.refused_and_missing
    page.prose("because", cause_of(evaluated) if by_cause else evaluated.because)
    if evaluated.unsupported:
        page.prose("also", evaluated.unsupported)
    for note in evaluated.notes:
        page.prose("note", note)


def _follow_up(page: Page, later: Sequence[Fix]) -> None:
    """Write which changes a reference will need after its own, which a second run writes."""
    grants = dict.fromkeys(fix.object.namespace for fix in later if fix.object.group_kind == REFERENCE_GRANT)
    needed = [f"a grant in {' or '.join(grants)}"] if grants else []
    needed += [f"another change: {fix.title}" for fix in later if fix.object.group_kind != REFERENCE_GRANT]
    for each in needed:
        page.prose("then", f"run fix again: the reference will need {each}")


def _nothing_to_write(evaluated: EvaluatedReference) -> str:
    """The words for a reference without a fix, with what somebody has to do if the reference itself is at fault."""
    nothing = "nothing that this command can write"
    if evaluated.fault in KIND_FAULTS or evaluated.fault is Code.MALFORMED:
        return f"{nothing}; correct the reference"
    if evaluated.fault in PART_FAULTS:
        return f"{nothing}; correct the reference, or change {evaluated.reference.to}"
    return nothing


def _other_fix(page: Page, fix: Fix, label: str, shown: ShownCommands, place: str) -> None:
    if shown.place_of_same(fix) is not None:
        page.prose(label, f"{fix.title}, as above")
        return
    page.prose(label, fix.title)
    if fix.confidence is Confidence.GUESS:
        page.prose("warning", _GUESS, role=Tone.DOUBT)
    for phrase in fix.widens:
        page.prose("warning", f"it would also permit {phrase}", role=Tone.DOUBT)
    if fix.remains:
        page.prose("warning", fix.remains, role=Tone.DOUBT)
    _command(page, fix, shown, place)


def render_diff(changes: Sequence[Change], style: Style) -> str:
    """Every change as a unified diff of its YAML."""
    page = Page(style)
    roles = {"+": Tone.GOOD, "-": Tone.BAD, "@": Tone.DIM}
    for change in changes:
        page.blank()
        before = to_yaml(change.before).splitlines() if change.before is not None else []
        name = change.object.path if change.object.group_kind == REFERENCE_GRANT else str(change.object)
        now = f"{name} (as it is)" if change.before is not None else "/dev/null"
        after = to_yaml(change.after).splitlines()
        for line in difflib.unified_diff(before, after, now, f"{name} (as it will be)", lineterm=""):
            page.line((line, roles.get(line[0], Tone.PLAIN)))
    return str(page)


def render_agreement(waited: Resolution, before: Resolution, style: Style, seconds: float) -> str:
    """How the waiting ended: all controllers agree, or which do not, and possible reasons (docs/rules.md 6.8, 8.5)."""
    page = Page(style)
    for key, reason in waited.unread:
        page.line(f"{key} could not be read again: {reason}")
    if waited.done:
        untouched = waited.untouched_since(before)
        count = len(waited.conditions) - len(untouched)
        if count:
            page.line(f"every controller agrees: ResolvedRefs of {counted(count, 'parent')}")
        elif not untouched:
            page.line("there are no parents whose controllers could say anything")
        for each in untouched:
            said = "which does not show whether the change was seen"
            page.prose("", f"as before the change: {reported_of(page, each)}, {said}", indent=0, column=0)
        return str(page)
    page.line(f"after {seconds:g}s not every controller agrees:")
    for key, group in groupby(waited.unresolved, lambda condition: condition.object):
        conditions = tuple(group)
        page.line((str(key), Tone.NAME))
        write_conditions(page, conditions)
        if any(each.agreement is Agreement.STALE for each in conditions):
            page.prose(
                "",
                "a controller that still disagrees may not be running, may not watch the grants of that namespace, or may "
                "not support the target's kind",
                column=COLUMN,
            )
    return str(page)
