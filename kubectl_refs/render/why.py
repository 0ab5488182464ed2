"""The answer on one page: what is wrong, its cause in the first lines, and the change that mends it, ready to copy.

It fits a small terminal. Everything else that is known is in details.py and wide.py, which `-o wide` shows.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Container, Hashable, Iterator, Sequence

from kubectl_refs.core.model.conditions import Agreement, Condition
from kubectl_refs.core.model.judgements import Verdict
from kubectl_refs.core.model.objects import ObjectKey
from kubectl_refs.core.model.reference_fields import Mechanism
from kubectl_refs.core.model.references import EvaluatedReference
from kubectl_refs.core.model.report import Gap, Report
from kubectl_refs.core.references.cause import cause_of
from kubectl_refs.core.text.language import counted
from kubectl_refs.core.view.catalog import REFERENCE_GRANT
from kubectl_refs.render.blocks import write_block, write_open_block, write_short_block
from kubectl_refs.render.details import write_headline, write_misspelt
from kubectl_refs.render.kubectl import Kubectl, resource_name
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
    return fitting_page(lambda brevity: why_in(brevity, report, style, kubectl, scope), style)


def why_in(
    brevity: Brevity,
    report: Report,
    style: Style,
    kubectl: Kubectl,
    scope: str | None = None,
    above: ObjectKey | None = None,
) -> str:
    """The same, of which the caller says how little is told. `above` is an object that is named right above it."""
    page = Page(style, brevity)
    wrong = [each for each in report.references if not each.in_order]
    causes = _alike(wrong)
    brief = len(causes) > BLOCKS and len({each.reference.referrer for each in wrong}) > 1
    unread = {gap.namespace for gap in report.gaps}
    minor: list[list[EvaluatedReference]] = []
    pressing: list[list[EvaluatedReference]] = []
    for same in causes:
        (minor if _can_wait(same, unread) else pressing).append(same)
    causes, minor = (pressing, minor) if pressing else (causes, [])
    proposals = Proposals(kubectl)
    for same in causes[:BRIEF] if brief else causes:
        page.blank()
        if brief:
            write_short_block(page, same, kubectl)
        else:
            write_block(page, same, proposals, above)
            above = same[-1].reference.referrer
    page.blank()
    write_misspelt(page, report.misspelt)
    page.blank()
    for same in minor:
        # What is known of it the summary says then.
        if same[0].reported_verdict is not Verdict.ALLOWED:
            write_open_block(page, same)
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
    noted = [each for each in report.references if each.passes_by_default or (each.in_order and each.notes)]
    if wrong or scope is not None:
        _allowed(page, noted)
    # What could not be checked and what controllers have written are a few lines each: one block, for every row counts.
    if not minor:
        page.blank()
    failing = {each.reference.to for each in wrong if each.verdict is not Verdict.ALLOWED}
    write_serving(page, report, kubectl, failing or None, proposals.offers)
    if not minor:
        page.blank()
    _conditions(page, report, brief=bool(failing))
    # Below what fails every row counts.
    if not failing:
        page.blank()
    write_gaps(page, _untold(report, kubectl), brief=bool(failing))
    if not failing:
        page.blank()
    summary = summary_of(report)
    page.prose("", summary if page.holds(summary, 0) else summary_of(report, named=False), indent=0, column=0)
    more = kubectl.again("-o", "wide")
    if more and (wrong or report.conditions):
        page.command("More: ", more, kubectl.wide("why"))
    return str(page)


def failing_names(report: Report) -> Iterator[str]:
    """The objects with a reference that is not allowed, or with a field misspelt that is to hold one, as TYPE.GROUP/NAME,
    each once."""
    failing = [each.reference.referrer for each in report.references if each.verdict is not Verdict.ALLOWED]
    return map(resource_name, dict.fromkeys((*failing, *(field.object for field in report.misspelt))))


def _can_wait(same: Sequence[EvaluatedReference], unread: Container[str | None]) -> bool:
    """Whether references only could not be checked, nobody reports that they fail, nothing is known to be done, and the gaps,
    which are of these namespaces, tell why."""
    return all(
        each.verdict is Verdict.UNKNOWN
        and each.reported_verdict in (None, Verdict.ALLOWED)
        and not each.fixes
        and each.reference.to.namespace in unread
        for each in same
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
        for note in (*filter(None, (each.of_its_type,)), *each.notes):
            write_line(page, "note", note, each.reference)


def _conditions(page: Page, report: Report, *, brief: bool) -> None:
    """What controllers report: all that disagrees; of what agrees, a few or the number. In `brief`, below references that
    fail, what agrees without more to be said is counted where nothing else is told, and what is missing of many objects too."""
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
        is_told = _told_above(page, report)
        shown = [each for each in shown if not is_told(each)]
    # Whose status it is need not be said again of the one object whose reference fails.
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


def _told_above(page: Page, report: Report) -> Callable[[Condition], bool]:
    """Says whether what a controller reports by a condition is told above: of a reference, or, where the page has room for
    that, of an object that nothing serves."""
    of_reference = report.tells
    unserved = {row.object: row.because for row in report.unserved} if page.brevity < Brevity.BESIDES else {}

    def is_told(condition: Condition) -> bool:
        reported = condition.reported
        if reported is None:
            return False
        words = f"{condition.controller_name} reports {reported.words(condition.type)}"
        return of_reference(condition) or words in unserved.get(condition.object, "")

    return is_told


def _writers(conditions: Sequence[Condition]) -> str:
    """Whose they are: of one controller its name, where each has it."""
    names = {each.controller_name for each in conditions}
    name = names.pop()
    return f"of {name}" if name and not names else "that controllers report"
