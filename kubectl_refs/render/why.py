"""The answer on one page: what is wrong, its cause in the first lines, and the fix, ready to copy.

It fits a small terminal. Everything else that is known is in details.py and wide.py, for `-o wide`.
"""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Callable, Container, Hashable, Iterable, Iterator, Sequence

from kubectl_refs.core.fixes.edits import begins_with_own_fix
from kubectl_refs.core.model.conditions import Agreement, Condition
from kubectl_refs.core.model.judgements import Verdict
from kubectl_refs.core.model.objects import ObjectKey
from kubectl_refs.core.model.reference_fields import Mechanism
from kubectl_refs.core.model.references import EvaluatedReference
from kubectl_refs.core.model.report import Gap, Report
from kubectl_refs.core.references.cause import cause_of, other_faults
from kubectl_refs.core.references.permission import grant_question
from kubectl_refs.core.text.language import counted
from kubectl_refs.core.view.catalog import REFERENCE_GRANT
from kubectl_refs.render.blocks import Effect, write_block, write_short_block, write_unchecked_block
from kubectl_refs.render.details import write_ending, write_headline, write_misspelt
from kubectl_refs.render.kubectl import SAME_IN_WIDE, Kubectl, resource_name
from kubectl_refs.render.proposals import Proposals
from kubectl_refs.render.text.block_lines import write_line
from kubectl_refs.render.text.brevity import Brevity, fitting_page
from kubectl_refs.render.text.conditions import write_conditions
from kubectl_refs.render.text.gaps import write_gaps
from kubectl_refs.render.text.page import Page
from kubectl_refs.render.text.serving import write_serving
from kubectl_refs.render.text.style import Style
from kubectl_refs.render.text.words import summary_of, target_of

ALLOWED = 10
"""The most targets of allowed references that are listed; the rest are counted."""

AGREEING = 2
"""The most agreeing conditions that are listed if nothing is wrong; if there are more, all are counted."""

BLOCKS = 2
"""The most causes that are shown in full; if there are more, of several objects, each gets a few lines."""

BRIEF = 20
"""The most causes that are shown in brief; the rest are counted."""


def render_why(report: Report, style: Style, kubectl: Kubectl, scope: str | None = None) -> str:
    """The report as text: a block for each cause, the worst first; then conditions, gaps, and the counts.

    `scope` names what was looked through (`in namespace x`) if no object was asked for by name.
    """
    return fitting_page(lambda brevity: render_why_with_brevity(brevity, report, style, kubectl, scope), style)


def render_why_with_brevity(
    brevity: Brevity,
    report: Report,
    style: Style,
    kubectl: Kubectl,
    scope: str | None = None,
    above: ObjectKey | None = None,
) -> str:
    """The same with a brevity that the caller chooses. `above` is an object that is named right above the text."""
    page = Page(style, brevity)
    wrong = [each for each in report.references if not each.in_order]
    causes = _grouped(wrong)
    brief = len(causes) > BLOCKS and len({each.reference.referrer for each in wrong}) > 1
    unread = {gap.namespace for gap in report.gaps}
    minor: list[list[EvaluatedReference]] = []
    pressing: list[list[EvaluatedReference]] = []
    for same in causes:
        (minor if _is_explained_by_gaps(same, unread) else pressing).append(same)
    causes, minor = (pressing, minor) if pressing else (causes, [])
    causes = _by_cause(causes) if brief else causes
    proposals = Proposals(kubectl)
    effects: set[Effect] = set()
    for same in causes[:BRIEF] if brief else causes:
        page.blank()
        if brief:
            write_short_block(page, same, kubectl)
        else:
            write_block(page, same, proposals, effects, above)
            above = same[-1].reference.referrer
    write_ending(page, report)
    page.blank()
    write_misspelt(page, report.misspelt)
    page.blank()
    for same in minor:
        # Otherwise the summary says all that is known.
        if same[0].reported_verdict is not Verdict.ALLOWED:
            write_unchecked_block(page, same)
    if brief and len(causes) > BRIEF:
        page.blank()
        page.line(f"and {len(causes) - BRIEF} more causes")
    if (
        not wrong
        and scope is not None
        and not (report.reported_failures or report.misspelt)
        and not (report.unserved or report.perhaps_wrong)
    ):
        if report.gaps and not report.references:
            page.line(f"No reference {scope} could be read.")
        else:
            page.line(f"No reference{' that could be read' if report.gaps else ''} {scope} fails.")
    elif not wrong:
        _allowed(page, report.references)
    # Below failing references, a short page has no lines for notes on others.
    notes = not wrong or page.brevity < Brevity.BESIDES
    noted = [each for each in report.references if each.passes_by_default or (notes and each.in_order and each.notes)]
    if wrong or scope is not None:
        _allowed(page, noted)
    # Unchecked references and conditions take a few lines each: keep them in one block, since every row counts.
    if not minor:
        page.blank()
    failing = {each.reference.to for each in wrong if each.verdict is not Verdict.ALLOWED}
    write_serving(page, report, kubectl, failing or None, proposals.offers)
    if not minor:
        page.blank()
    _conditions(page, report, brief=bool(failing))
    # Below failing references, every row counts.
    if not failing:
        page.blank()
    write_gaps(page, _gaps_to_show(report, kubectl), brief=bool(failing))
    if not failing:
        page.blank()
    summary = summary_of(report)
    page.prose("", summary if page.fits_on_line(summary, 0) else summary_of(report, named=False), indent=0, column=0)
    more = kubectl.rerun("-o", "wide")
    if more and (wrong or report.conditions):
        page.command("More: ", more, SAME_IN_WIDE)
    return str(page)


def failing_names(report: Report) -> Iterator[str]:
    """The names of the objects with a reference that is not allowed, or with a misspelt reference field, as
    TYPE.GROUP/NAME, each once."""
    failing = [each.reference.referrer for each in report.references if each.verdict is not Verdict.ALLOWED]
    return map(resource_name, dict.fromkeys((*failing, *(field.object for field in report.misspelt))))


def _is_explained_by_gaps(same: Sequence[EvaluatedReference], unread: Container[str | None]) -> bool:
    """Whether references merely could not be checked, nobody reports them as failing, no fix is known, and gaps in the
    `unread` namespaces explain why."""
    return all(
        each.verdict is Verdict.UNKNOWN
        and each.reported_verdict in (None, Verdict.ALLOWED)
        and not each.fixes
        and each.reference.to.namespace in unread
        for each in same
    )


def _gaps_to_show(report: Report, kubectl: Kubectl) -> list[Gap]:
    """The gaps, except that manifests do not hold a namespace's grants if a block has given that as the cause."""
    told = {each.reference.to.namespace for each in report.references if each.verdict is Verdict.UNKNOWN and each.ask}
    return [
        gap
        for gap in report.gaps
        if kubectl.catalog.live
        or gap.group != REFERENCE_GRANT.group
        or gap.resource != "referencegrants"
        or gap.namespace not in told
    ]


def _grouped(wrong: Sequence[EvaluatedReference]) -> list[list[EvaluatedReference]]:
    """References grouped so that one cause and one fix hold for each group, the worst verdict first.

    A grant permits a reference to all objects of a kind in a namespace. Any other fix has to be made for each object.
    """
    groups: dict[Hashable, list[EvaluatedReference]] = {}
    for each in sorted(wrong, key=lambda each: each.verdict.rank):
        referrer = each.reference.referrer
        by_grant = each.mechanism is Mechanism.REFERENCE_GRANT and each.verdict is Verdict.REFUSED
        name = "" if by_grant and not begins_with_own_fix(each) else referrer.name
        whose = (referrer.group_kind, referrer.namespace, name)
        key = (whose, target_of(each), each.verdict, each.mechanism, each.code, cause_of(each))
        groups.setdefault(key, []).append(each)
    return _merged(groups.values())


def _merged(groups: Iterable[list[EvaluatedReference]]) -> list[list[EvaluatedReference]]:
    """The groups, those to several targets as one if all that a block says holds for each of them: one grant permits
    them all, so 14 blocks would say one thing."""
    joined: list[list[EvaluatedReference]] = []
    of_several: dict[Hashable, list[list[EvaluatedReference]]] = defaultdict(list)
    for same in groups:
        first = same[0]
        if first.mechanism is Mechanism.REFERENCE_GRANT and first.fixes:
            whose = tuple(dict.fromkeys(each.reference.referrer for each in same))
            # A question about grants can name several targets.
            asked = first.ask == grant_question(first.reference.referrer, [first.reference.to]) or first.ask
            besides = (*other_faults(first), first.type_note, first.notes, asked, first.by_hand)
            alike = of_several[whose, first.verdict, first.code, cause_of(first), first.reported, besides]
            before = next((each for each in alike if each[0].fixes == first.fixes), None)
            if before is not None:
                before += same
                continue
            alike.append(same)
        joined.append(same)
    return joined


def _by_cause(groups: Iterable[list[EvaluatedReference]]) -> list[list[EvaluatedReference]]:
    """The groups, those of the objects of one kind and namespace as one if they have the same cause: in brief, no fix is
    shown, and six blocks that differ in names alone hide the other causes."""
    causes: dict[Hashable, list[EvaluatedReference]] = {}
    for same in groups:
        first = same[0]
        referrer, to = first.reference.referrer, first.reference.to
        target = to.namespace if first.mechanism is Mechanism.REFERENCE_GRANT else target_of(first)
        key = (referrer.group_kind, referrer.namespace, target, first.verdict, first.mechanism, first.code)
        causes.setdefault((key, cause_of(first)), []).extend(same)
    return list(causes.values())


def _allowed(page: Page, references: Sequence[EvaluatedReference]) -> None:
    """Write one line for each target."""
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
        for note in (*filter(None, (each.type_note,)), *each.notes):
            write_line(page, "note", note, each.reference)


def _conditions(page: Page, report: Report, *, brief: bool) -> None:
    """Write what controllers report: all conditions that disagree, and those that agree, or their number if many. In
    `brief`, below failing references, those that agree without a remark are at most counted, as missing ones may be."""
    conditions = report.conditions
    agreeing = [each for each in conditions if each.agreement is Agreement.AGREES and not (brief and each.why)]
    if len(agreeing) <= (0 if brief else AGREEING):
        agreeing = []
    absent = [each for each in conditions if each.agreement is Agreement.ABSENT and not each.without_status]
    if not brief or (len({each.object for each in absent}) <= AGREEING and page.brevity < Brevity.BESIDES):
        absent = []
    summed = set(map(id, (*agreeing, *absent)))
    shown = [each for each in conditions if id(each) not in summed]
    if brief:
        is_told = _is_shown_above(page, report)
        shown = [each for each in shown if not is_told(each)]
    # If only one object has failing references, its conditions need not name it again.
    of_several = (
        len({each.reference.referrer for each in report.references if not each.in_order} if brief else report.objects)
        > 1
    )
    write_conditions(page, shown, of_several=of_several, brief=brief)
    if agreeing and not (brief and shown):
        verb = "agrees" if len(agreeing) == 1 else "agree"
        number = f"{counted(len(agreeing), 'condition')} {_writers(agreeing)} {verb} with this"
        page.prose("", number, indent=0, column=0)
    if absent and page.brevity < Brevity.WAYS:
        page.prose("", f"{counted(len(absent), 'condition')} that no controller has written", indent=0, column=0)


def _is_shown_above(page: Page, report: Report) -> Callable[[Condition], bool]:
    """A predicate: whether the page has already said what a condition reports, about a reference, or (if the page has
    room for that) about an object that nothing serves."""
    of_reference = report.is_shown_with_reference
    unserved = {row.object: row.because for row in report.unserved} if page.brevity < Brevity.BESIDES else {}

    def is_told(condition: Condition) -> bool:
        reported = condition.reported
        if reported is None:
            return False
        words = f"{condition.controller_name} reports {reported.words(condition.type)}"
        return of_reference(condition) or words in unserved.get(condition.object, "")

    return is_told


def _writers(conditions: Sequence[Condition]) -> str:
    """Who reports the conditions: the name of the controller if all have the same one."""
    names = {each.controller_name for each in conditions}
    name = names.pop()
    return f"of {name}" if name and not names else "that controllers report"
