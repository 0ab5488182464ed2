"""The description of one grant: what it permits, who uses that, what it was meant for, and what is wrong with it."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from enum import Enum, auto

from kubectl_refs.core.grants.grant import FromEntry, shown_kinds
from kubectl_refs.core.grants.usage import Usage, UsedPair
from kubectl_refs.core.model.codes import Code
from kubectl_refs.core.model.findings import Finding
from kubectl_refs.core.model.fixes import Confidence, Fix
from kubectl_refs.core.model.hints import Hint
from kubectl_refs.core.model.near_misses import NearMiss
from kubectl_refs.core.model.objects import ObjectKey
from kubectl_refs.core.model.references import Reference
from kubectl_refs.core.model.values import is_being_deleted
from kubectl_refs.core.queries.grants import DescribedGrant, GrantReport
from kubectl_refs.core.references.cause import exchange_of
from kubectl_refs.core.text.language import counted, listing
from kubectl_refs.render.grants import UNKNOWN, age_of, user_of
from kubectl_refs.render.kubectl import SAME_IN_WIDE, Kubectl
from kubectl_refs.render.text.brevity import fits_screen
from kubectl_refs.render.text.gaps import write_gaps
from kubectl_refs.render.text.page import Page, Span
from kubectl_refs.render.text.severities import SEVERITY_ROLE
from kubectl_refs.render.text.shown_commands import ShownCommands, rerun_note
from kubectl_refs.render.text.style import Style, Tone
from kubectl_refs.render.text.words import AS_A_GUESS, difference_of

_COLUMN = 12
"""The column where sentences begin after their labels."""

ABLE = 5
"""The most names of objects in one sentence; the rest are counted."""


PAIRS = 6
"""The most permissions of one grant that are listed; the rest are counted."""


def render_descriptions(report: GrantReport, style: Style, kubectl: Kubectl) -> str:
    """The description of every grant in a report, without patches if a screen has no room (`-o wide` has them)."""
    whole = _described(report, style, kubectl, Detail.SHORT)
    return whole if fits_screen(whole, style) else _described(report, style, kubectl, Detail.LEAST)


def render_descriptions_in_full(report: GrantReport, style: Style, kubectl: Kubectl) -> str:
    """The description of every grant with all its permissions and users, and every change ready to copy."""
    return _described(report, style, kubectl, Detail.FULL)


class Detail(Enum):
    """How much is shown of a grant."""

    FULL = auto()
    SHORT = auto()
    LEAST = auto()


def _described(report: GrantReport, style: Style, kubectl: Kubectl, detail: Detail) -> str:
    page = Page(style)
    for described in report.grants:
        page.blank()
        _describe(page, described, kubectl, detail)
    page.blank()
    write_gaps(page, report.gaps, brief=detail is not Detail.FULL, full=detail is Detail.FULL)
    if (
        detail is not Detail.FULL
        and len(report.grants) == 1
        and (command := kubectl.grant(report.grants[0].usage.grant.key))
    ):
        page.blank()
        page.command("More: ", f"{command} -o wide", SAME_IN_WIDE)
    return str(page)


def _describe(page: Page, described: DescribedGrant, kubectl: Kubectl, detail: Detail) -> None:
    usage, full = described.usage, detail is Detail.FULL
    age = age_of(usage.grant, page.style)
    parts: list[list[str | Span]] = [["grant: ", (f"ReferenceGrant {usage.grant.grant}", Tone.NAME)]]
    parts += [[f" (age {age})"]] if age != UNKNOWN else []
    page.flowed(parts, _COLUMN)
    if is_being_deleted(usage.grant.source):
        page.prose("note", "it is being deleted, but stays in effect until it is gone")
    shown = any(finding.code is Code.NEVER_MATCHES for finding in described.findings)
    see = ": see the error below" if shown else ""
    # If not all permissions are listed, those in use come first.
    all_told = full or len(usage.pairs) <= PAIRS
    pairs = usage.pairs if all_told else sorted(usage.pairs, key=lambda pair: not pair.users)[:PAIRS]
    for pair in pairs:
        never = f"{_no_match_words(pair)}{see}" if pair.entries & described.never_matching else ""
        _pair(page, pair, described, never, full=full)
    if len(usage.pairs) > len(pairs):
        page.prose("", f"and {counted(len(usage.pairs) - len(pairs), 'more permission')}")
    for entry, able in usage.possible_referrers.items():
        if not _has_effect(described, entry):
            continue
        _possible_referrers(page, entry, able, {user.referrer for pair in usage.pairs for user in pair.users})
    if len(usage.sole) > 1 and not full:
        page.prose("without", f"{counted(len(usage.sole), 'reference')} would be refused: no other grant permits them")
    else:
        for user in usage.sole:
            page.prose("without", f"{user_of(user)} would be refused: no other grant permits it")
    if usage.users and not usage.sole:
        page.prose("without", _without(usage))
    _meant_but_refused(page, described, full=full)
    write_findings(page, described.findings, ShownCommands(kubectl), patches=detail is not Detail.LEAST)


def _without(usage: Usage) -> str:
    """What would be refused without a grant that no user is known to need."""
    if usage.optional:
        return "nothing known would be refused everywhere: some implementations or modes ask for no grant for what uses this one"
    of_mesh = [user in usage.mesh for user in usage.users]
    others = "is permitted by others too"
    why = "needs no grant" if all(of_mesh) else f"needs no grant, or {others}" if any(of_mesh) else others
    return f"nothing known would be refused: what uses this grant {why}"


def _meant_but_refused(page: Page, described: DescribedGrant, *, full: bool) -> None:
    """Write the refused references that the grant seems meant for; unless in `full`, like differences together."""
    alike: dict[tuple[int, tuple[str, ...]], list[Reference]] = {}
    for number, (reference, miss) in enumerate(described.meant_but_refused):
        alike.setdefault((number if full else -1, tuple(_mismatches(reference, miss))), []).append(reference)
    for (_, differences), references in alike.items():
        first, more = references[0], len(references) - 1
        others = f" and {counted(more, 'more reference')} are" if more else " is"
        it = "them" if more else "it"
        said = f"{user_of(first)} {page.style.glyph('→')} {first.to}{others} refused, though this grant seems meant for {it}"
        page.prose("fails", said)
        for difference in differences:
            page.prose("", difference)


def _mismatches(reference: Reference, miss: NearMiss) -> Iterator[str]:
    """Why a grant does not permit a reference that it seems meant for. Swapping from and to is one slip, however many
    fields differ because of it."""
    exchanged = exchange_of(reference, miss)
    if exchanged:
        yield f"from and to are swapped: {exchanged}"
    yield from (difference_of(each) for each in miss.differences if not exchanged or each.hint is not Hint.SWAPPED)


def _no_match_words(pair: UsedPair) -> str:
    """The words for a pair of entries that matches no reference, or only references that are as wrong as it is."""
    return "none of these references can work" if pair.users else "it matches no reference"


def _pair(page: Page, pair: UsedPair, described: DescribedGrant, never: str, *, full: bool) -> None:
    placed = f"{pair.pair}  (spec.from[{pair.from_index}] spec.to[{pair.to_index}])"
    label = "never" if never and not pair.users else "permits"
    page.prose(label, placed if full else page.shorter_of(placed, str(pair.pair), _COLUMN))
    if never:
        page.prose("", never)
    if never and not pair.users:
        return
    users = pair.users if full else pair.users[:1]
    more = len(pair.users) - len(users)
    broken = sum(user in described.broken for user in pair.users[len(users) :])
    others = f" and {more} more{f' ({broken} broken)' if broken else ''}" if more else ""
    for user in users:
        target = f" {page.style.glyph('→')} {user.to}" if pair.pair.to.name is None else ""
        note = " (mesh: most need no grant)" if user in described.usage.mesh else ""
        note += " (some implementations or modes ask for no grant)" if user in described.usage.optional else ""
        # If the entry permits only broken references, that has been said already.
        note += f" (broken: {described.broken[user]})" if user in described.broken and not never else ""
        page.prose("", f"used by {user_of(user)}{target}{note}{others}")
    if not pair.known:
        page.prose("", "there may be more users: they could not be read" if pair.users else "its users are not known")
    elif not pair.users:
        page.prose("", "no known users")
    if pair.note:
        page.prose("note", pair.note)


def _has_effect(described: DescribedGrant, entry: FromEntry) -> bool:
    """Whether anybody may use an entry: it can match, and its namespace is not the grant's own, where none is needed."""
    pairs = [pair for pair in described.usage.pairs if pair.pair.from_ == entry]
    own = described.usage.grant.grant.namespace
    return entry.namespace != own and any(not pair.entries & described.never_matching for pair in pairs)


_COVERS = 'a "from" entry covers every object of its kind in its namespace'


def _possible_referrers(
    page: Page, entry: FromEntry, possible: tuple[ObjectKey, ...] | None, users: set[ObjectKey]
) -> None:
    """Write who else could use a grant, since `from` cannot name single objects."""
    if possible is None:
        page.prose("others", f"any {entry.who} in {entry.namespace} may use it: {_COVERS}")
        return
    names = sorted(key.name for key in possible if key not in users)
    if not names:
        return
    kind = entry.who if len(names) == 1 else shown_kinds(entry.group, entry.kind)
    page.prose("others", f"{kind} {listing(names, most=ABLE)} in {entry.namespace} may use it: {_COVERS}")


def write_findings(page: Page, findings: Iterable[Finding], shown: ShownCommands, *, patches: bool = True) -> None:
    """Write each finding on one grant with the change that resolves it. Without `patches`, write only the change's
    title, and its commands if each is one line. `shown` holds the commands printed so far."""
    for finding in findings:
        place = f"{finding.source}: " if finding.source else ""
        message = f"{place}{finding.message} [{finding.code}]"
        page.prose(str(finding.severity), message, role=SEVERITY_ROLE[finding.severity])
        for difference in finding.differences:
            page.prose("", difference_of(difference))
        # Show the commands of all steps or of none: one step alone would do harm.
        lines = all(_is_line(shown.kubectl.command(fix)) for fix in finding.fixes)
        whose = f"{finding.object} {finding.code}" + (f" at {finding.path}" if finding.path else "")
        for step, fix in enumerate(finding.fixes):
            label = "then" if step else "fix"
            if shown.place_of_same(fix) is not None:
                page.prose(label, "the same as above")
            elif patches:
                _change(page, label, fix, shown, whose)
            else:
                _short_change(page, label, fix, shown, whose, command=lines)
        if finding.advice and not finding.fixes:
            page.prose("advice", finding.advice)


def _change(page: Page, label: str, fix: Fix, shown: ShownCommands, place: str) -> None:
    page.prose(label, fix.title)
    for other in fix.widens:
        page.prose("", f"it would then permit {other}")
    if _is_guess(fix):
        page.prose("", "best guess: verify before applying")
    outdating = shown.place_that_outdates(fix, place)
    if outdating is not None:
        page.prose("", rerun_note(f"the change for {outdating.removeprefix(f'{fix.object} ')}"))
    command = shown.add(fix, place)
    page.verbatim(command)


def _short_change(page: Page, label: str, fix: Fix, shown: ShownCommands, place: str, *, command: bool) -> None:
    guess = AS_A_GUESS if _is_guess(fix) else ""
    widens = f"; it would then permit {listing(fix.widens, '; ')}" if fix.widens else ""
    copied = shown.add(fix, place)
    page.prose(label, f"{guess}{fix.title}{widens}{':' if command else ''}")
    if command:
        page.command(" " * _COLUMN, copied)


def _is_line(command: str) -> bool:
    return "\n" not in command


def _is_guess(fix: Fix) -> bool:
    return fix.confidence is Confidence.GUESS and fix.action != "edit"
