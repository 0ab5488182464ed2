"""The answer on one page: what is wrong, its cause in the first lines, and the change that mends it, ready to copy.

It fits a small terminal. Everything else that is known is in details.py and wide.py, which `-o wide` shows.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Hashable, Iterator, Sequence

from kubectl_refs.core.fixes.edits import own_fix
from kubectl_refs.core.fixes.fixes import recommended
from kubectl_refs.core.grants.near_miss import is_misplaced
from kubectl_refs.core.model.conditions import Agreement, Condition
from kubectl_refs.core.model.fixes import Confidence, Fix
from kubectl_refs.core.model.objects import JSON
from kubectl_refs.core.model.reference_fields import Mechanism
from kubectl_refs.core.model.references import EvaluatedReference, Outcome, Verdict
from kubectl_refs.core.model.report import Gap, Report
from kubectl_refs.core.references.cause import cause_of, nearest
from kubectl_refs.core.text.language import counted, listing
from kubectl_refs.core.view.catalog import REFERENCE_GRANT
from kubectl_refs.render.details import write_headline
from kubectl_refs.render.kubectl import Kubectl, resource_name
from kubectl_refs.render.text.conditions import write_conditions
from kubectl_refs.render.text.gaps import write_gaps
from kubectl_refs.render.text.page import Page
from kubectl_refs.render.text.serving import write_serving
from kubectl_refs.render.text.style import Style
from kubectl_refs.render.text.words import AS_A_GUESS, summary_of, target_of

ALLOWED = 10
"""Targets of allowed references that are listed where nothing else is wrong; more are counted."""

AGREEING = 2
"""Conditions that agree with the verdicts up to which each is told where nothing is wrong; more are counted."""


BLOCKS = 2
"""Causes up to which each is told in full; of more, where they are of several objects, each is a few lines."""

BRIEF = 20
"""Causes told where they are of several objects; more are counted."""


def render_why(report: Report, style: Style, kubectl: Kubectl, scope: str | None = None) -> str:
    """The report as text: a block for each cause, the worst first; then conditions, gaps, and the counts.

    `scope` says where everything was looked at (`in namespace x`), where no object was asked for by name.
    """
    page = Page(style)
    wrong = [each for each in report.references if not each.in_order]
    causes = _alike(wrong)
    brief = len(causes) > BLOCKS and len({each.reference.referrer for each in wrong}) > 1
    minor = [same for same in causes if _can_wait(same, report)]
    minor = minor if len(minor) < len(causes) else []
    causes = [same for same in causes if same not in minor]
    written: list[JSON] = []
    for same in causes[:BRIEF] if brief else causes:
        page.blank()
        if brief:
            _short_block(page, same, kubectl)
        else:
            _block(page, same, kubectl, written)
    page.blank()
    for same in minor:
        # What is known of it the summary says then.
        if same[0].reported_verdict is not Verdict.ALLOWED:
            write_headline(page, same[0])
            _write_cause(page, same[0])
    if brief and len(causes) > BRIEF:
        page.blank()
        page.line(f"and {len(causes) - BRIEF} more causes")
    if (
        not wrong
        and scope is not None
        and not report.reported_failures
        and not (report.unserved or report.perhaps_wrong)
    ):
        read = " that could be read" if report.gaps else ""
        page.line(f"No reference{read} {scope} fails.")
    elif not wrong:
        _allowed(page, report.references)
    noted = [each for each in report.references if each.passes_by_default]
    if wrong or scope is not None:
        _allowed(page, noted)
    # What could not be checked and what controllers have written are a few lines each: one block, for every row counts.
    if not minor:
        page.blank()
    failing = {each.reference.to for each in wrong if each.verdict is not Verdict.ALLOWED}
    write_serving(page, report, kubectl, failing or None)
    if not minor:
        page.blank()
    _conditions(page, report, brief=bool(failing))
    # Below what fails every row counts.
    if not failing:
        page.blank()
    write_gaps(page, _untold(report, kubectl), brief=bool(failing))
    if not failing:
        page.blank()
    page.prose("", summary_of(report), indent=0, column=0)
    more = kubectl.again("-o", "wide")
    if more and (wrong or report.conditions):
        page.command("More: ", more)
    return str(page)


def failing_names(report: Report) -> Iterator[str]:
    """The objects with a reference that is not allowed as TYPE.GROUP/NAME, each once."""
    failing = (each.reference.referrer for each in report.references if each.verdict is not Verdict.ALLOWED)
    return map(resource_name, dict.fromkeys(failing))


def _can_wait(same: Sequence[EvaluatedReference], report: Report) -> bool:
    """Whether references only could not be checked, nothing is known to be done, and the gaps tell why."""
    places = {gap.namespace for gap in report.gaps}
    return all(
        each.verdict is Verdict.UNKNOWN and not each.fixes and each.reference.to.namespace in places for each in same
    )


def _untold(report: Report, kubectl: Kubectl) -> list[Gap]:
    """What could not be read, but for grants of a namespace that manifests do not hold: that is the cause in a block."""
    told = {each.reference.to.namespace for each in report.references if each.verdict is Verdict.UNKNOWN and each.ask}
    return [
        gap
        for gap in report.gaps
        if kubectl.catalog.live
        or gap.group != REFERENCE_GRANT.group
        or gap.resource != "referencegrants"
        or gap.namespace not in told
    ]


def _alike(wrong: Sequence[EvaluatedReference]) -> list[list[EvaluatedReference]]:
    """References with the same cause and target, which are one thing to mend, the worst verdict first.

    What a grant permits, it permits to all objects of a kind in a namespace. Any other change is one of each object.
    """
    groups: dict[Hashable, list[EvaluatedReference]] = {}
    for each in sorted(wrong, key=lambda each: each.verdict.rank):
        referrer = each.reference.referrer
        name = "" if each.mechanism is Mechanism.REFERENCE_GRANT and each.verdict is Verdict.REFUSED else referrer.name
        whose = (referrer.group_kind, referrer.namespace, name)
        key = (whose, target_of(each), each.verdict, each.mechanism, each.code, cause_of(each))
        groups.setdefault(key, []).append(each)
    return list(groups.values())


def _short_block(page: Page, same: Sequence[EvaluatedReference], kubectl: Kubectl) -> None:
    """What is wrong, why and where, and the command that tells how to mend it."""
    _cause(page, same)
    command = kubectl.why(same[0].reference.referrer)
    if command:
        page.command("  next:".ljust(COLUMN), command)


def _cause(page: Page, same: Sequence[EvaluatedReference]) -> None:
    write_headline(page, same[0])
    _write_cause(page, same[0])
    referrers = dict.fromkeys(each.reference.referrer for each in same)
    whose = [f"{each.reference.referrer}: " if len(referrers) > 1 else "" for each in same]
    _line(
        page, "at", listing([f"{_source(each)}{of}{each.reference.path}" for of, each in zip(whose, same, strict=True)])
    )


def _write_cause(page: Page, evaluated: EvaluatedReference) -> None:
    code = f"  [{evaluated.code}]" if evaluated.code else ""
    _line(page, "cause", f"{cause_of(evaluated)}{code}")


def _block(page: Page, same: Sequence[EvaluatedReference], kubectl: Kubectl, written: list[JSON]) -> None:
    """Everything to be known at first. Where a manifest is `written` on the page already, no other one is."""
    first = same[0]
    _cause(page, same)
    for effect in _effects(same):
        _line(page, "impact", effect)
    failed = [check.message for check in first.checks if check.outcome is Outcome.FAILED]
    # That what is named does not exist, the cause says, in other words where another object is meant.
    for message in failed if not first.refused_and_missing else ():
        if message != first.because and message not in cause_of(first):
            _line(page, "also", f"{message}; a grant does not change that")
    for note in first.notes:
        _line(page, "note", note)
    owner = f"the owner of {first.reference.to.namespace}"
    # Of what a controller refuses nobody needs to be asked whether it is permitted.
    refused = first.reported_verdict is Verdict.REFUSED and any(fix.for_owner for fix in first.fixes)
    if first.ask and not refused:
        _line(page, "ask", f"{owner}: {first.ask}")
    if first.by_hand:
        _line(page, "fix", first.by_hand)
    fixes: list[Fix] = []
    # The same slip in several places is mended by one patch.
    alike: list[Fix] = []
    for each in same:
        if each.reference.referrer == first.reference.referrer:
            own = own_fix(each) if each is not first else None
            alike += [own] if own is not None and own not in (*fixes, *alike) else []
            fixes += [fix for fix in each.fixes if fix not in (*fixes, *alike)]
    recommending = True
    for number, fix in enumerate(fixes):
        label = "fix" if number == 0 else "then" if fix.follows else "or"
        if fix.for_owner and first.ask:
            label = "ask" if refused else "if not"
        places = len(alike) if fix == own_fix(first) else 0
        recommending = number == 0 or (recommending and fix.follows)
        if fix.action == "delete" and not recommending:
            # The line before says it; alone it would be copied alone.
            continue
        whole = number == 0 or fix.follows
        asked = f"{owner} to " if label == "ask" else ""
        _fix(page, label, fix, first, kubectl, whole=whole, places=places, asked=asked, written=written)


def _source(evaluated: EvaluatedReference) -> str:
    return "" if evaluated.source is None else f"{evaluated.source} "


def _effects(same: Sequence[EvaluatedReference]) -> list[str]:
    effects = list(dict.fromkeys(each.effect for each in same if each.effect))
    return [*effects[:2], f"and the same for {len(effects) - 2} more rules"] if len(effects) > 3 else effects


def _fix(
    page: Page,
    label: str,
    fix: Fix,
    evaluated: EvaluatedReference,
    kubectl: Kubectl,
    *,
    whole: bool,
    places: int,
    asked: str,
    written: list[JSON],
) -> None:
    """The recommended change ready to copy, which is also made in so many more `places`; any other in one line. `asked` is
    who is to make it; of what is to be created one manifest is `written`, of others the command that prints or makes them."""
    guess = fix.confidence is Confidence.GUESS and evaluated.verdict is not Verdict.UNKNOWN
    title = asked + _title(fix, evaluated)
    if guess:
        title = f"{AS_A_GUESS}{title}"
    if fix.widens and not whole and fix.object.group_kind == REFERENCE_GRANT:
        title += " (permits more: -o wide)"
    elif fix.widens:
        title += f"; it would also permit {listing(fix.widens, '; ')}"
    if fix.remains:
        title += f"; {fix.remains}"
    if places:
        title += f", and alike in {counted(places, 'more place')}"
    short = _own_command(fix, evaluated, kubectl)
    if whole and fix.manifest is not None and fix.manifest in written:
        _line(page, label, f"{fix.object} above is for this too")
        return
    if whole and fix.manifest is not None and written:
        printing = kubectl.fix(evaluated.reference.referrer, apply=False) if fix.for_owner else short
        if printing:
            _line(page, label, f"{title.replace('this ReferenceGrant', 'a ReferenceGrant for this one too')}:")
            page.command(" " * COLUMN, printing)
            return
    if not whole:
        _alternative(page, label, fix, title, short)
        return
    _line(page, label, f"{title}:")
    if fix.action == "patch" and short:
        page.command(" " * COLUMN, short)
        return
    if fix.manifest is not None:
        written.append(fix.manifest)
    _copied(page, kubectl.command(fix, compact=True))


def _own_command(fix: Fix, evaluated: EvaluatedReference, kubectl: Kubectl) -> str:
    """The command of this program that makes a change; empty for one that it does not make: one for somebody else, or
    another than what is recommended."""
    if fix.for_owner or _is_move(fix, evaluated):
        return ""
    if fix.object.group_kind != REFERENCE_GRANT:
        # A label is one short command of kubectl's.
        return kubectl.fix(evaluated.reference.referrer) if fix.patch and fix == own_fix(evaluated) else ""
    repair = next((each for each in evaluated.fixes if each.action == "patch" and recommended(each)), None)
    if fix.action == "patch":
        return kubectl.fix(evaluated.reference.referrer) if fix is repair else ""
    return kubectl.fix(evaluated.reference.referrer, *(("--new",) if repair else ()))


def _alternative(page: Page, label: str, fix: Fix, title: str, short: str) -> None:
    """One line: of a grant the command that makes the change, of anything else what the change is."""
    if not short:
        _line(page, label, title)
        return
    what = "a new ReferenceGrant" if fix.action == "create" else "repair that ReferenceGrant"
    more = ", which permits more than this" if fix.widens else ""
    page.command(f"{f'  {label}:'.ljust(COLUMN)}{what}{more}: ", short)


def _is_move(fix: Fix, evaluated: EvaluatedReference) -> bool:
    """Whether a change is a step of moving a grant that is in the wrong namespace."""
    misplaced = [each.grant.name for each in evaluated.near_misses if is_misplaced(each)]
    return fix.action == "delete" or (fix.action == "create" and fix.object.name in misplaced)


def _title(fix: Fix, evaluated: EvaluatedReference) -> str:
    """What a change does. Of a grant it is known exactly; other changes say it themselves."""
    if fix.object.group_kind != REFERENCE_GRANT:
        # Where that is has been told in the block.
        return fix.title.removesuffix(f" at {evaluated.reference.path} in {evaluated.reference.referrer}")
    if _is_move(fix, evaluated):
        named = nearest(evaluated)
        moved = fix.action == "create" and named is not None and named.grant.name == fix.object.name
        return f"move that ReferenceGrant to {fix.object.namespace}" if moved else fix.title
    if fix.action == "create":
        # Who has been asked whether anything permits it needs not be told again for whom this is.
        owner = "for the owner, if nothing permits it yet: " if fix.for_owner and not evaluated.ask else ""
        return f"{owner}create this ReferenceGrant"
    miss = next((each for each in evaluated.near_misses if each.grant.name == fix.object.name), None)
    if miss is None or len(miss.differences) != 1:
        return fix.title + ("" if fix.widens else ", which permits nothing else")
    (difference,) = miss.differences
    it = "it" if miss is nearest(evaluated) else f"{difference.path} of ReferenceGrant {miss.grant}"
    return f'set {it} to "{difference.wanted}"' + ("" if fix.widens else ", which permits nothing else")


def _copied(page: Page, text: str) -> None:
    """Lines to copy, from the first column, right below what they are: a screen has few lines."""
    for line in text.split("\n"):
        page.line(line)
    page.blank()


COLUMN = 11
"""Where the text behind a label begins."""


def _line(page: Page, label: str, text: str) -> None:
    page.prose(label, text, column=COLUMN)


def _allowed(page: Page, references: Sequence[EvaluatedReference]) -> None:
    """One line for each target."""
    counted = Counter((each.reference.referrer, target_of(each), each.because) for each in references)
    shown: set[Hashable] = set()
    for each in references:
        key = (each.reference.referrer, target_of(each), each.because)
        if key in shown:
            continue
        if len(shown) == ALLOWED:
            page.line(f"and {len(counted) - ALLOWED} more targets that are allowed")
            return
        shown.add(key)
        times = f", {counted[key]} times" if counted[key] > 1 else ""
        write_headline(page, each, f"({each.because}{times})")


def _conditions(page: Page, report: Report, *, brief: bool) -> None:
    """What controllers report: all that disagrees; of what agrees, a few or the number. In `brief`, below references that
    fail, what agrees without more to be said is counted from the first on, and what is missing of many objects too."""
    conditions = report.conditions
    agreeing = [each for each in conditions if each.agreement is Agreement.AGREES and not (brief and each.why)]
    if len(agreeing) <= (0 if brief else AGREEING):
        agreeing = []
    absent = [each for each in conditions if each.agreement is Agreement.ABSENT and not each.without_status]
    if not brief or len({each.object for each in absent}) <= AGREEING:
        absent = []
    summed = (*agreeing, *absent)
    shown = [each for each in conditions if each not in summed and not (brief and report.tells(each))]
    write_conditions(page, shown, of_several=len(report.objects) > 1, brief=brief)
    if agreeing:
        verb = "agrees" if len(agreeing) == 1 else "agree"
        number = f"{counted(len(agreeing), 'condition')} {_writers(agreeing)} {verb} with this"
        page.prose("", number, indent=0, column=0)
    if absent:
        page.prose("", f"{counted(len(absent), 'condition')} that no controller has written", indent=0, column=0)


def _writers(conditions: Sequence[Condition]) -> str:
    """Whose they are: of one controller its name, where each has it."""
    names = {each.controller_name for each in conditions}
    name = names.pop()
    return f"of {name}" if name and not names else "that controllers report"
