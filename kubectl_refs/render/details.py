"""Everything that is known about each reference, in sentences: a block for each, labelled lines, complete commands."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING

from kubectl_refs.core.fixes.edits import edits_for
from kubectl_refs.core.model.fixes import Fix
from kubectl_refs.core.model.hints import Hint
from kubectl_refs.core.model.judgements import Layer, Outcome, Verdict
from kubectl_refs.core.model.near_misses import Difference, NearMiss
from kubectl_refs.core.model.objects import JSON, ObjectKey
from kubectl_refs.core.model.reference_fields import Mechanism
from kubectl_refs.core.model.references import EvaluatedReference
from kubectl_refs.core.model.report import Report
from kubectl_refs.core.model.unknown_fields import UnknownField
from kubectl_refs.core.model.values import at, mapping
from kubectl_refs.core.references.cause import name_of_near_target, nearest
from kubectl_refs.core.text.language import counted
from kubectl_refs.render.kubectl import Kubectl
from kubectl_refs.render.text.brevity import Brevity
from kubectl_refs.render.text.conditions import write_conditions
from kubectl_refs.render.text.excerpts import quote
from kubectl_refs.render.text.gaps import write_gaps
from kubectl_refs.render.text.page import Page, Span
from kubectl_refs.render.text.serving import write_serving
from kubectl_refs.render.text.shown_commands import ShownCommands, rerun_note
from kubectl_refs.render.text.style import Style, Tone
from kubectl_refs.render.text.words import (
    VERDICT_ROLE,
    difference_of,
    grant_of,
    is_uncertain,
    remaining_work,
    summary_of,
    target_of,
)

if TYPE_CHECKING:
    from kubectl_refs.core.model.unknown_kinds import UnknownKind

NEAREST = 3
"""The most near misses that are shown; the rest are counted."""


def render_details(report: Report, style: Style, kubectl: Kubectl) -> str:
    """The whole report as text, the summary last."""
    shown = ShownCommands(kubectl, edits_for(report.references, report.objects, kubectl.catalog.table))
    return render_details_beside(report, style, shown)


def render_details_beside(report: Report, style: Style, shown: ShownCommands) -> str:
    """The same as a part of an answer whose other parts have `shown` commands too."""
    page = Page(style)
    for evaluated in report.references:
        if not evaluated.in_order:
            _reference_block(page, evaluated, report, shown)
    write_ending(page, report)
    page.blank()
    write_misspelt(page, report.misspelt)
    page.blank()
    allowed = [evaluated for evaluated in report.references if evaluated.in_order]
    seen = Counter((evaluated.reference.referrer, target_of(evaluated)) for evaluated in allowed)
    for evaluated in allowed:
        _allowed(page, evaluated, several=seen[evaluated.reference.referrer, target_of(evaluated)] > 1)
    page.blank()
    write_serving(page, report, shown.kubectl, full=True)
    page.blank()
    write_conditions(page, report.conditions, of_several=len(report.objects) > 1)
    page.blank()
    write_gaps(page, report.gaps, full=True)
    page.blank()
    page.line(summary_of(report))
    return str(page)


def write_headline(
    page: Page,
    evaluated: EvaluatedReference,
    after: str = "",
    *,
    others: int = 0,
    targets: int = 0,
    above: ObjectKey | None = None,
) -> None:
    """Write `refused: HTTPRoute shop/web -> Service backend/api:8080`, followed by two spaces and `after`. `others` is
    the number of other objects of the same kind and namespace with the same reference: `HTTPRoute shop/web and 2 more`;
    `targets` that of further targets of which the same is said: `Service backend/api:8080 and 2 more targets`. On a
    short page, the object that is named right `above` is called `the same HTTPRoute`."""
    verdict, referrer = f"{evaluated.verdict}:", evaluated.reference.referrer
    again = referrer == above and not others and page.brevity >= Brevity.NAMES
    if evaluated.reported_verdict is not None and not after:
        after = f"(reported {evaluated.reported_verdict})"
    first, *more = after.split(" ") if after else [""]
    parts: list[Sequence[str | Span]] = [
        ((verdict, VERDICT_ROLE[evaluated.verdict]), f" the same {referrer.kind}" if again else f" {referrer}"),
        *([(f"and {others} more",)] if others else []),
        (f"{page.style.glyph('→')} ", (target_of(evaluated), Tone.NAME)),
        *([(f"and {counted(targets, 'more target')}",)] if targets else []),
    ]
    page.flowed([*parts, *([(f" {first}",)] if first else []), *((word,) for word in more)], len(verdict) + 1)


def write_ending(page: Page, report: Report) -> None:
    """Write a sentence for each object that is being deleted, unless a note on a reference of it or to it says so."""
    noted = {each.reference.referrer for each in report.references if not each.in_order}
    noted |= {each.reference.to for each in report.references if each.judgement.being_deleted}
    page.blank()
    for key in report.being_deleted:
        if key not in noted:
            page.prose("", f"{key} is being deleted", indent=0, column=0)


def write_misspelt(page: Page, fields: Sequence[UnknownField | UnknownKind]) -> None:
    """Write a sentence for each field that its object does not have, and for each kind that does not exist."""
    for field in fields:
        page.prose("", misspelt_of(field), indent=0, column=0)


def misspelt_of(field: UnknownField | UnknownKind) -> str:
    """The sentence about a field that its object does not have, or about its kind, with its place."""
    place = "" if field.source is None else f"{field.source} "
    return f"{field.object}: {place}{field}  [{field.code}]"


def _allowed(page: Page, evaluated: EvaluatedReference, *, several: bool) -> None:
    """Write one line, with the path only if the object has several references to the same target."""
    write_headline(page, evaluated, f"({evaluated.because})" + (f"  {evaluated.reference.path}" if several else ""))
    for check in evaluated.checks:
        if check.outcome is Outcome.NOTE and check.message not in evaluated.because:
            page.prose("note", check.message)
    for note in evaluated.notes:
        page.prose("note", note)


def _reference_block(page: Page, evaluated: EvaluatedReference, report: Report, shown: ShownCommands) -> None:
    page.blank()
    write_headline(page, evaluated)
    page.prose("where", evaluated.reference.path)
    write_details(page, evaluated, shown, report.objects.get(evaluated.reference.referrer))


def write_details(
    page: Page, evaluated: EvaluatedReference, shown: ShownCommands, referrer: JSON | None = None
) -> None:
    """Write all lines of a block below its headline. `shown` holds the commands printed so far."""
    page.prose("because", evaluated.because)
    if evaluated.unsupported:
        page.prose("besides", evaluated.unsupported)
    for reported in evaluated.reported:
        page.prose("reported", str(reported))
    _own_yaml(page, evaluated, referrer)
    _near_misses(page, evaluated)
    _near_targets(page, evaluated)
    _other_checks(page, evaluated)
    for note in evaluated.notes:
        page.prose("note", note)
    if evaluated.ask:
        page.prose("ask", f"the owner of {evaluated.asked_namespace}: {evaluated.ask}")
    if evaluated.effect:
        page.prose("effect", evaluated.effect)
    if evaluated.by_hand:
        page.prose("fix", evaluated.by_hand)
    for number, fix in enumerate(evaluated.fixes):
        _fix(
            page,
            "fix" if number == 0 else "then" if fix.follows else "or",
            fix,
            shown,
            evaluated,
        )


def _other_checks(page: Page, evaluated: EvaluatedReference) -> None:
    """Write what else is known about the target. A controller must not reveal that before a grant permits the
    reference; the reader has rights of their own, and the text says so (docs/rules.md 1.5). No right is needed to know of kinds."""
    checks = [check for check in evaluated.checks if check.message not in evaluated.because]
    own = "you can see that " if evaluated.verdict in (Verdict.REFUSED, Verdict.UNKNOWN) else ""
    sound = [check.message for check in checks if check.outcome is Outcome.OK and check.layer is not Layer.PERMISSION]
    if sound:
        page.prose("besides", own + ", and that ".join(sound) if own else "; ".join(sound))
    for check in checks:
        if check.outcome is Outcome.FAILED:
            seen = "" if check.layer is Layer.KIND else own
            page.prose("besides", f"{seen}{check.message}; a grant does not change that")
        elif check.outcome in (Outcome.UNKNOWN, Outcome.NOTE, Outcome.ASSUMED):
            page.prose("besides", check.message)


def _own_yaml(page: Page, evaluated: EvaluatedReference, obj: JSON | None) -> None:
    """Quote the reference as the user wrote it, with the namespace that it crosses into underlined."""
    reference = evaluated.reference
    crossing = evaluated.mechanism is Mechanism.REFERENCE_GRANT and reference.explicit_namespace
    if not page.style.excerpts or not crossing or obj is None:
        return
    what = "permitted by" if evaluated.grants else "needs"
    label = f"{what} a ReferenceGrant in {reference.to.namespace}"
    quote(page, mapping(_entry(obj, reference.path)), {"namespace": label})


def _entry(obj: JSON, path: str) -> object:
    """The value at an exact path such as `spec.from[0]`."""
    steps: list[str | int] = []
    for part in path.split("."):
        name, *indices = part.split("[")
        steps.append(name)
        steps += [int(index.rstrip("]")) for index in indices]
    return at(obj, *steps)


def _near_targets(page: Page, evaluated: EvaluatedReference) -> None:
    for near in evaluated.near_targets:
        page.prose("perhaps", f"{name_of_near_target(near.object, evaluated.reference)} is meant")
        # If the field has no namespace, the note says what helps.
        for difference in (each for each in near.differences if each.hint is not Hint.WRONG_PLACEMENT):
            page.prose("", difference_of(difference))
        for need in near.needs:
            page.prose("", f"it would need more: {need}")


def _near_misses(page: Page, evaluated: EvaluatedReference) -> None:
    labels = ("nearest", "similar") if nearest(evaluated) is not None else ("others", "others")
    for number, miss in enumerate(evaluated.near_misses[:NEAREST]):
        rest = "; every other field matches" if len(miss.differences) == 1 else ""
        page.prose(
            labels[min(number, 1)],
            f"{grant_of(miss)} spec.from[{miss.from_}] spec.to[{miss.to}]{rest}",
        )
        for part in ("metadata", f"spec.from[{miss.from_}]", f"spec.to[{miss.to}]", "spec.from", "spec.to"):
            for difference in miss.differences:
                if difference.path.rpartition(".")[0] == part or difference.path == part:
                    page.prose("", difference_of(difference))
            if number == 0 and page.style.excerpts:
                _grant_yaml(page, part, miss)
    more = len(evaluated.near_misses) - NEAREST
    if more > 0:
        shown = f"the nearest {len(evaluated.near_misses)}" if evaluated.near_misses_omitted else "them all"
        page.prose(
            "",
            f"and {more + evaluated.near_misses_omitted} more ReferenceGrants that match less; -o wide shows {shown}",
        )


def _grant_yaml(page: Page, part: str, miss: NearMiss) -> None:
    labels: Mapping[str, str] = {
        difference.path.rpartition(".")[2]: f'not "{difference.wanted}"'
        for difference in miss.differences
        if difference.path.rpartition(".")[0] == part and _quotable(difference)
    }
    if labels and part != "metadata":
        quote(page, mapping(_entry(miss.source, part)), labels)


def _quotable(difference: Difference) -> bool:
    return difference.found is not None and difference.hint is not Hint.SPLIT


def _fix(page: Page, label: str, fix: Fix, shown: ShownCommands, evaluated: EvaluatedReference) -> None:
    place = f"{evaluated.reference.referrer} {evaluated.reference.path}"
    own = f"{evaluated.reference.referrer} "
    fix = shown.joined_fix(fix)
    same = shown.place_of_same(fix)
    if same is not None:
        page.prose(label, f"the same as for {same.removeprefix(own)}")
        return
    page.prose(label, fix.title)
    for other in fix.widens:
        page.prose("", f"it would also permit {other}")
    if fix.remains:
        page.prose("", remaining_work(fix, (*evaluated.notes, *(each.message for each in evaluated.target_failures))))
    needs = shown.kubectl.needed_access(fix, evaluated.reference.referrer)
    if needs and not fix.for_owner:
        page.prose("", needs)
    outdating = shown.place_that_outdates(fix, place)
    if outdating is not None:
        page.prose(
            "",
            rerun_note(f"the change for {outdating.removeprefix(own)}"),
        )
    command = shown.add(fix, place)
    if is_uncertain(fix):
        page.prose("", "best guess: verify before applying")
    page.verbatim(command)
