"""What controllers report: one line for each condition, beginning with whether it agrees with our verdict."""

from __future__ import annotations

from collections.abc import Hashable, Iterator, Mapping, Sequence

from kubectl_refs.core.model.codes import Code
from kubectl_refs.core.model.conditions import Agreement, Condition
from kubectl_refs.core.model.objects import JSON
from kubectl_refs.core.model.values import text
from kubectl_refs.render.text.ages import age
from kubectl_refs.render.text.brevity import Brevity
from kubectl_refs.render.text.page import Page
from kubectl_refs.render.text.style import Tone

AGREEMENT_ROLE: Mapping[Agreement, Tone] = {
    Agreement.AGREES: Tone.GOOD,
    Agreement.STALE: Tone.DOUBT,
    Agreement.CONTRADICTS: Tone.BAD,
    Agreement.ABSENT: Tone.DOUBT,
    Agreement.UNKNOWN: Tone.DOUBT,
}
COLUMN = 13
"""The column where the text on a condition begins."""
_SAYS = "the controller says"
_ADVICE = "advice: "


def write_conditions(
    page: Page, conditions: Sequence[Condition], *, of_several: bool = False, brief: bool = False
) -> None:
    """Write each condition with what is known about it. With `of_several` objects, each line names the route whose
    status it is in. In `brief`, below failing references, missing conditions come without possible reasons, and what
    the refusal means for conditions is not repeated."""
    told: set[tuple[str, str, str]] = set()
    shown: list[Condition] = []
    for condition in conditions:
        if condition.reported is None and condition.controller_name is None:
            # A missing entry is one fact, not one for each condition type; manifests without a status say nothing.
            fact = (str(condition.object), place_of(condition), condition.why)
            if fact in told or condition.without_status:
                continue
            told.add(fact)
        shown.append(condition)
    of_several = of_several or len({condition.object for condition in shown if condition.parent_ref is not None}) > 1
    alike = _grouped(page, shown, brief=brief)
    for number, same in enumerate(alike):
        first, after = same[0], alike[number + 1 : number + 2]
        _head_line(page, same, named=of_several and first.parent_ref is not None)
        # Sentences that several conditions share go below the last of them.
        lines = _lines(same, brief=brief)
        if not after or first.object != after[0][0].object or _lines(after[0], brief=brief) != lines:
            for line in _fitting_sentences(page, lines, evidence=_disagrees(first)):
                page.prose("", line, column=COLUMN)


def _grouped(page: Page, conditions: Sequence[Condition], *, brief: bool) -> list[list[Condition]]:
    """Each condition alone; in `brief`, and of a controller that decides nothing, consecutive ones of the same place,
    controller and age together, if everything but their own words is the same."""
    groups: list[list[Condition]] = []
    last: Hashable = None
    for condition in conditions:
        whose = place_of(condition), condition.object, condition.controller_name, _since(page, condition)
        key = whose, _agreement_sentences(condition, brief=brief)
        if (brief or condition.is_stray) and key == last and condition.reported is not None:
            groups[-1].append(condition)
        else:
            groups.append([condition])
        last = key
    return groups


def _fitting_sentences(page: Page, said: tuple[str, ...], *, evidence: bool) -> tuple[str, ...]:
    """Those of the sentences about conditions that a page has room for. A message that is `evidence`, because its
    condition disagrees, is left out last."""
    if page.brevity < Brevity.BESIDES:
        return said
    optional = (_ADVICE,) if evidence else (_ADVICE, _SAYS)
    return tuple(each for each in said if page.brevity < Brevity.WAYS and not each.startswith(optional))


def _disagrees(condition: Condition) -> bool:
    return condition.agreement in (Agreement.CONTRADICTS, Agreement.STALE)


def _as_expected(condition: Condition) -> bool:
    """Whether a condition reports what is expected, so that only its age is wrong."""
    computed, reported = condition.computed, condition.reported
    return reported is not None and (reported.status, reported.reason) == (computed.status, computed.reason)


def _head_line(page: Page, same: Sequence[Condition], *, named: bool) -> None:
    condition = same[0]
    head = "unreported:" if condition.reported is None else f"{condition.agreement}:"
    gap = " " * (COLUMN - len(head))
    if condition.reported is None:
        said = _unreported(condition, named=named)
    else:
        said = f"{f'{condition.object} at ' if named else ''}{reported_of(page, *same)}"
    first, *words = said.split(" ")
    lead = ((head, AGREEMENT_ROLE[condition.agreement]), f"{gap}{first}")
    page.flowed([lead, *((word,) for word in words)], COLUMN)


def _lines(same: Sequence[Condition], *, brief: bool) -> tuple[str, ...]:
    """The sentences below like conditions: why, what each of them says itself, and what to do."""
    _, why, advice = _agreement_sentences(same[0], brief=brief)
    own = dict.fromkeys(
        line for each in same for line in _report_sentences(each, brief=brief, of_several=len(same) > 1)
    )
    return tuple(filter(None, (why, *own, advice)))


def _agreement_sentences(condition: Condition, *, brief: bool) -> tuple[Agreement, str, str]:
    """What is known about a condition beside its own words: whether it agrees, why, and the advice."""
    unchecked = _doubt_is_shown(condition, brief=brief)
    why = "" if unchecked or (brief and condition.agreement is Agreement.ABSENT) else condition.why
    told = _refusal_is_shown(condition, brief=brief) and condition.code is Code.NOT_ENFORCED
    advises = _is_doubted(condition) and bool(condition.advice) and not unchecked and not told
    return condition.agreement, why, f"{_ADVICE}{condition.advice}" if advises else ""


def _report_sentences(condition: Condition, *, brief: bool, of_several: bool) -> Iterator[str]:
    """What is expected instead of a condition, and the controller's message in it."""
    # An unknown status cannot be expected: something that could not be read decides it.
    decided = condition.computed.status != "Unknown"
    told = _refusal_is_shown(condition, brief=brief)
    if _disagrees(condition) and decided and not told and not _as_expected(condition):
        yield f"expected now: {condition.type}={condition.computed.status} ({condition.computed.reason})"
    if _is_doubted(condition) and condition.reported and condition.reported.message:
        of = f" of {condition.type}" if of_several else ""
        yield f'{_SAYS}{of}: "{condition.reported.message}"'


def _doubt_is_shown(condition: Condition, *, brief: bool) -> bool:
    """Whether the references and gaps above already say why the expected status is not known."""
    reported, undecided = condition.reported, condition.agreement is Agreement.UNKNOWN
    unknown = brief and undecided and condition.computed.status == "Unknown" and not condition.is_stray
    return unknown and reported is not None and reported.status != "Unknown"


def _refusal_is_shown(condition: Condition, *, brief: bool) -> bool:
    """Whether the references above already say what is expected."""
    return brief and condition.computed.reason == "RefNotPermitted"


def _is_doubted(condition: Condition) -> bool:
    return _disagrees(condition) or condition.agreement is Agreement.UNKNOWN


def place_of(condition: Condition) -> str:
    """What a condition is about: `Gateway infra/public listener http`."""
    if condition.parent_ref is not None:
        return _named(condition.parent_ref)
    if condition.listener is not None:
        return f"{condition.object} listener {condition.listener}"
    if condition.ancestor_ref:
        return f"{condition.object} for {_named(condition.ancestor_ref)}"
    return str(condition.object)


def _named(ref: JSON) -> str:
    section, port = text(ref.get("sectionName")), ref.get("port")
    namespace, name = text(ref.get("namespace")), text(ref.get("name"))
    return (
        f"{text(ref.get('kind')) or 'Gateway'} {f'{namespace}/{name}' if namespace else name}"
        + (f" listener {section}" if section else "")
        + (f" port {port}" if port is not None else "")
    )


def reported_of(page: Page, *same: Condition) -> str:
    """What a controller reports about a place, since when, and the controller's name."""
    condition = same[0]
    words = ", ".join(f"{each.type}={each.reported.status} ({each.reported.reason})" for each in same if each.reported)
    since = _since(page, condition)
    when = f", {since} ago" if since else ""
    by = f", by {condition.controller_name}" if condition.controller_name else ""
    said = f"{place_of(condition)}: {words}"
    whole = f"{said}{when}{by}"
    if page.brevity < Brevity.BESIDES:
        return whole
    # Who disagrees is the first thing to know.
    return page.shorter_of(whole, f"{said}{by if _disagrees(condition) else ''}", COLUMN)


def _unreported(condition: Condition, *, named: bool) -> str:
    """What no controller has reported: `ResolvedRefs of Gateway infra/public listener http`."""
    if condition.parent_ref is None:
        return f"{condition.type} of {place_of(condition)}"
    # In a route's status, the whole entry for the parent is missing.
    what = "status" if condition.controller_name is None else condition.type
    return f"{what}{f' of {condition.object}' if named else ''} for {place_of(condition)}"


def _since(page: Page, condition: Condition) -> str | None:
    reported = condition.reported
    return None if reported is None else age(reported.last_transition_time, page.style.now)
