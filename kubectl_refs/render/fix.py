"""What `fix` prints: manifests that kubectl takes as they are, and the words and diffs that go beside them."""

from __future__ import annotations

import difflib
from collections.abc import Container, Iterable, Mapping, Sequence
from itertools import groupby

from kubectl_refs.core.fixes.grant_change import Change
from kubectl_refs.core.model.conditions import Agreement
from kubectl_refs.core.model.fixes import Fix
from kubectl_refs.core.model.near_misses import GrantName
from kubectl_refs.core.model.references import EvaluatedReference, Verdict
from kubectl_refs.core.model.report import Gap
from kubectl_refs.core.queries.fix import Plan, other_fixes, target_failures
from kubectl_refs.core.queries.resolution import Resolution
from kubectl_refs.core.text.language import counted
from kubectl_refs.core.text.yaml import to_yaml
from kubectl_refs.render.details import write_headline
from kubectl_refs.render.kubectl import Kubectl
from kubectl_refs.render.manifests import Manifest
from kubectl_refs.render.text.conditions import COLUMN, write_conditions
from kubectl_refs.render.text.gaps import write_gaps
from kubectl_refs.render.text.page import Page
from kubectl_refs.render.text.shown_commands import ShownCommands
from kubectl_refs.render.text.style import Style, Tone
from kubectl_refs.render.text.words import target_of

Lacking = Mapping[GrantName, Sequence[str]]
"""The verbs on ReferenceGrants that the caller has not got, by the grant whose change needs them."""


def manifests_of(changes: Iterable[Change], for_owner: Container[GrantName]) -> list[Manifest]:
    """The grants to print; one that is for its owner comes with what its reader needs to know."""
    return [Manifest(each.manifest, _for_owner(each) if each.grant in for_owner else ()) for each in changes]


def _for_owner(change: Change) -> tuple[str, ...]:
    """What is needed and why. That the target exists, or not, is not for passing on (docs/rules.md 1.5)."""
    namespace = change.grant.namespace
    what = change.title if change.before is None else f"{change.title}, in place"
    lines = [f"Needed in namespace {namespace}: {what}.", "Why:"]
    for each in change.evaluated:
        reference = each.reference
        lines.append(f"- {reference.referrer} references {target_of(each)} at {reference.path}, but {each.because}.")
    lines += [f"This would also permit {phrase}." for phrase in change.widens]
    lines.append("To apply it, pipe this text to: kubectl apply -f -")
    return tuple(lines)


def render_words(plan: Plan, style: Style, kubectl: Kubectl, gaps: Iterable[Gap] = (), *, new: bool) -> str:
    """What each change is for and what else it does; then what is left to do otherwise, and what could not be read.

    `new` is whether new grants were asked for, so that the repair that would be recommended is told.
    """
    page = Page(style)
    for change in plan.changes:
        _change(page, change, new=new)
    shown = ShownCommands(kubectl)
    for each in plan.left:
        _left(page, each, shown)
    page.blank()
    write_gaps(page, gaps)
    return str(page)


def _change(page: Page, change: Change, *, new: bool) -> None:
    page.blank()
    page.line(("create: " if change.before is None else "change: ", Tone.GOOD), (str(change.grant), Tone.NAME))
    page.prose("what", change.title)
    for each in change.evaluated:
        reference = each.reference
        page.prose("for", f"{reference.referrer} {page.style.glyph('→')} {target_of(each)} at {reference.path}")
        for check in target_failures(each):
            page.prose("besides", f"you can see that {check.message}; a grant does not change that")
    for phrase in change.widens:
        page.prose("warning", f"it also permits {phrase}", role=Tone.DOUBT)
    if not change.certain:
        page.prose("unknown", f"it may be permitted already: {change.evaluated[0].because}", role=Tone.DOUBT)
    if change.before is None and new:
        repairs = [each.fixes[0].title for each in change.evaluated if each.fixes and each.fixes[0].action == "patch"]
        for title in dict.fromkeys(repairs):
            page.prose("or", f"{title}, without --new")


def _left(page: Page, evaluated: EvaluatedReference, shown: ShownCommands) -> None:
    page.blank()
    write_headline(page, evaluated)
    reference = evaluated.reference
    page.prose("where", reference.path)
    page.prose("because", evaluated.because)
    fixes = other_fixes(evaluated)
    if not fixes and evaluated.verdict is not Verdict.UNKNOWN:
        page.prose("fix", "none that this could write: a grant does not help")
    for number, fix in enumerate(fixes):
        _other(page, fix, "by hand" if number == 0 else "or", shown, f"{reference.referrer} {reference.path}")
    if len(fixes) < len(evaluated.fixes):
        page.prose("then", "ask again: the reference will cross into another namespace, which takes a grant")


def _other(page: Page, fix: Fix, label: str, shown: ShownCommands, place: str) -> None:
    if shown.same(fix) is not None:
        page.prose(label, f"{fix.title}, as above")
        return
    page.prose(label, fix.title)
    for phrase in fix.widens:
        page.prose("warning", f"it would also permit {phrase}", role=Tone.DOUBT)
    if fix.remains:
        page.prose("warning", fix.remains, role=Tone.DOUBT)
    outdating = shown.outdating(fix, place)
    if outdating is not None:
        page.prose("", f"after the change for {outdating}, ask again: this one no longer applies then")
    command = shown.add(fix, place)
    page.verbatim(command)


def render_diff(changes: Sequence[Change], style: Style) -> str:
    """Every change as a unified diff of its YAML."""
    page = Page(style)
    roles = {"+": Tone.GOOD, "-": Tone.BAD, "@": Tone.DIM}
    for change in changes:
        page.blank()
        before = to_yaml(change.before).splitlines() if change.before is not None else []
        now = f"{change.grant} (as it is)" if change.before is not None else "/dev/null"
        after = to_yaml(change.after).splitlines()
        for line in difflib.unified_diff(before, after, now, f"{change.grant} (as it will be)", lineterm=""):
            page.line((line, roles.get(line[0], Tone.PLAIN)))
    return str(page)


def render_waited(waited: Resolution, style: Style, seconds: float) -> str:
    """How the waiting ended: all agree, or which controller does not, and why that may be (docs/rules.md 6.8, 8.5)."""
    page = Page(style)
    for key, reason in waited.unread:
        page.line(f"{key} could not be read again: {reason}")
    if waited.done:
        count = len(waited.conditions)
        page.line(
            f"every controller agrees: ResolvedRefs of {counted(count, 'parent')}"
            if count
            else "there are no parents whose controllers could say anything"
        )
        return str(page)
    page.line(f"after {seconds:g}s not every controller agrees:")
    for key, group in groupby(waited.open, lambda condition: condition.object):
        conditions = tuple(group)
        page.line((str(key), Tone.NAME))
        write_conditions(page, conditions)
        if any(each.agreement is Agreement.STALE for each in conditions):
            page.prose(
                "",
                "a controller that stays behind may not be running, may not watch the grants of that namespace, or may "
                "not support the target's kind",
                column=COLUMN,
            )
    return str(page)
