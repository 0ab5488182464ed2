"""A block on the page of `why`: what is wrong, the cause and its field, where that is, and what follows from it."""

from __future__ import annotations

from collections.abc import Sequence

from kubectl_refs.core.model.judgements import Verdict
from kubectl_refs.core.model.objects import ObjectKey
from kubectl_refs.core.model.reference_fields import Mechanism
from kubectl_refs.core.model.references import EvaluatedReference
from kubectl_refs.core.references.cause import cause_of, other_faults
from kubectl_refs.core.references.impact import is_of_whole_rule
from kubectl_refs.core.references.permission import grant_question
from kubectl_refs.core.text.language import LISTED, listing
from kubectl_refs.render.details import write_headline
from kubectl_refs.render.kubectl import Kubectl
from kubectl_refs.render.proposals import Proposals
from kubectl_refs.render.text.block_lines import COLUMN, without_repeated_names, write_line
from kubectl_refs.render.text.brevity import Brevity
from kubectl_refs.render.text.page import Page
from kubectl_refs.render.text.words import target_of

Effect = tuple[ObjectKey, str]
"""An object, and what failing references in it do to traffic."""

PLACES = 3
"""The most places that are named if they tell little: those of references to several targets, and in brief."""


def write_block(
    page: Page,
    same: Sequence[EvaluatedReference],
    proposals: Proposals,
    told: set[Effect],
    above: ObjectKey | None = None,
) -> None:
    """Write all that a reader needs first. `told` are the effects that the blocks before this one have shown, to which
    its own are added. `above` is the object that is named right above the block."""
    _what_and_where(page, same, above)
    _consequences(page, same, proposals, told)


def write_supposed(page: Page, evaluated: EvaluatedReference, proposals: Proposals) -> None:
    """Write the same for a supposed reference, which is in no object, below a headline of its own."""
    write_line(page, "cause", f"{cause_of(evaluated)}{_code(evaluated)}", evaluated.reference)
    _consequences(page, [evaluated], proposals, set())


def _consequences(page: Page, same: Sequence[EvaluatedReference], proposals: Proposals, told: set[Effect]) -> None:
    first, headline = same[0], same[0].reference
    if page.brevity < Brevity.BESIDES:
        for message in dict.fromkeys(each.message for each in first.reported if each.verdict is not Verdict.ALLOWED):
            if message:
                write_line(page, "message", f'"{message}"', headline)
    for effect in _effects(same, told):
        write_line(page, "impact", effect, headline)
    for message in other_faults(first):
        write_line(page, "also", f"{message}; a grant does not change that", headline)
    of_its_type = first.type_note
    for note in (*([of_its_type] if of_its_type and of_its_type not in cause_of(first) else ()), *first.notes):
        write_line(page, "note", note, headline)
    # If a controller reports the reference as refused, there is no need to ask whether it is permitted.
    refused = first.reported_verdict is Verdict.REFUSED and any(fix.for_owner for fix in first.fixes)
    if not refused:
        _question(page, same)
    if first.by_hand:
        write_line(page, "fix", first.by_hand, headline)
    proposals.write(page, same, asks_owner=refused)


def write_short_block(page: Page, same: Sequence[EvaluatedReference], kubectl: Kubectl) -> None:
    """Write what is wrong, why and where, and the command that explains how to fix it, or that prints the grants of
    several objects."""
    _what_and_where(page, same, places=PLACES)
    referrers = list(dict.fromkeys(each.reference.referrer for each in same))
    several = len(referrers) > 1 and all(each.mechanism is Mechanism.REFERENCE_GRANT and each.fixes for each in same)
    command = (several and kubectl.fix_kind(referrers)) or kubectl.why(referrers[0])
    if command:
        page.command("  next:".ljust(COLUMN), command)


def write_unchecked_block(page: Page, same: Sequence[EvaluatedReference]) -> None:
    """Write what could not be checked, why and where, and whom to ask."""
    _what_and_where(page, same)
    _question(page, same)


def _question(page: Page, same: Sequence[EvaluatedReference]) -> None:
    first = same[0]
    # A question about what is probably a slip comes too early.
    if not first.ask or first.slip_among_manifests is not None:
        return
    question = first.ask
    if any(each.ask != question for each in same):
        question = grant_question(first.reference.referrer, list(dict.fromkeys(each.reference.to for each in same)))
    # A question to be sent to somebody else names everything.
    whom = f"the owner of {first.asked_namespace}"
    said = f"{whom}: {question}"
    if page.brevity >= Brevity.NAMES:
        said = page.shorter_of(said, f"{without_repeated_names(whom, first.reference)}: {question}", COLUMN)
    write_line(page, "ask", said)


def _what_and_where(
    page: Page, same: Sequence[EvaluatedReference], above: ObjectKey | None = None, *, places: int = LISTED
) -> None:
    """Write the headline, the cause and the code, and where the references stand: at most so many `places`, and of
    references to several targets at most PLACES."""
    first = same[0]
    referrers = dict.fromkeys(each.reference.referrer for each in same)
    whose = [f"{each.reference.referrer}: " if len(referrers) > 1 else "" for each in same]
    targets = dict.fromkeys(map(target_of, same))
    found = [f"{_source(each)}{of}{each.reference.path}" for of, each in zip(whose, same, strict=True)]
    shown = found[: PLACES if len(targets) > 1 else places]
    write_headline(page, first, others=len(referrers) - 1, targets=len(targets) - 1, above=above)
    write_line(page, "cause", cause_of(first), first.reference)
    # A code that would need a line of its own goes to the end of the next line.
    code = "" if page.add(_code(first)) else _code(first)
    write_line(page, "at", f"{listing(shown, beyond=len(found) - len(shown))}{code}")


def _code(evaluated: EvaluatedReference) -> str:
    return f"  [{evaluated.code}]" if evaluated.code else ""


def _source(evaluated: EvaluatedReference) -> str:
    return "" if evaluated.source is None else f"{evaluated.source} "


def _effects(same: Sequence[EvaluatedReference], told: set[Effect]) -> list[str]:
    """The effects to show, without those on a whole rule that are told already: it may fail for several causes."""
    effects = dict.fromkeys(
        effect
        for each in same
        if (effect := (each.reference.referrer, each.effect))[1]
        and not (effect in told and is_of_whole_rule(each.found))
    )
    # Effects that all objects share need no names.
    several = len({text for _, text in effects}) > 1 and len({referrer for referrer, _ in effects}) > 1
    lines = {(referrer, text): f"{referrer}: {text}" if several else text for referrer, text in effects}
    distinct = list(dict.fromkeys(lines.values()))
    shown = distinct[:2] if len(distinct) > 3 else distinct
    told.update(effect for effect, line in lines.items() if line in shown)
    more = len(distinct) - len(shown)
    return [*shown, f"and {more} more effects"] if more else shown
