"""The fixes that a page proposes: the recommended one ready to copy, the others in one line each."""

from __future__ import annotations

from collections.abc import Sequence

from kubectl_refs.core.fixes.edits import begins_with_own_fix, own_fix
from kubectl_refs.core.fixes.grant_remedies import recommended
from kubectl_refs.core.grants.grant import shown_kinds
from kubectl_refs.core.grants.near_miss import is_misplaced
from kubectl_refs.core.model.fixes import Fix
from kubectl_refs.core.model.kinds import REFERENCE_GRANT
from kubectl_refs.core.model.objects import JSON, ObjectKey
from kubectl_refs.core.model.references import EvaluatedReference, Reference
from kubectl_refs.core.references.cause import nearest
from kubectl_refs.core.text.language import counted, listing
from kubectl_refs.render.kubectl import Kubectl
from kubectl_refs.render.text.block_lines import COLUMN, write_line
from kubectl_refs.render.text.brevity import Brevity
from kubectl_refs.render.text.page import Page
from kubectl_refs.render.text.words import AS_A_GUESS, is_uncertain, remaining_work


class Proposals:
    """The fixes on one page, which has room for at most one whole manifest. Other manifests are replaced by the command
    that makes or prints them."""

    def __init__(self, kubectl: Kubectl) -> None:
        self._kubectl = kubectl
        self._written: list[JSON] = []
        self._made_by_commands: list[JSON] = []
        self._repaired: list[tuple[ObjectKey, tuple[JSON, ...]]] = []
        self._command = ""
        self._only_printed = False
        self._offered: set[str] = set()
        self._created: set[str] = set()

    def offers(self, referrer: ObjectKey) -> bool:
        """Whether the page has the command that offers every change for an object."""
        return self._kubectl.fix(referrer) in self._offered

    def write(self, page: Page, same: Sequence[EvaluatedReference], *, asks_owner: bool) -> None:
        """Write the fixes of references with the same cause; with `asks_owner`, as a request to the target's owner."""
        first = same[0]
        fixes: list[Fix] = []
        # The same slip in several places is fixed by one patch.
        alike: list[Fix] = []
        for each in same:
            if each.reference.referrer == first.reference.referrer:
                own = own_fix(each) if each is not first else None
                alike += [own] if own is not None and own not in (*fixes, *alike) else []
                fixes += [fix for fix in each.fixes if fix not in (*fixes, *alike)]
        recommending, more = True, 0
        for number, fix in enumerate(fixes):
            label = "fix" if number == 0 else "then" if fix.follows else "or"
            if fix.for_owner and first.ask and number == 0:
                label = "ask" if asks_owner else "if not"
            recommending = number == 0 or (recommending and fix.follows)
            if fix.action == "delete" and not recommending:
                # The line of the step before covers it; a line of its own would be copied alone.
                continue
            asked = f"the owner of {first.reference.to.namespace} to " if label == "ask" else ""
            if recommending:
                places = len(alike) if fix == own_fix(first) else 0
                self._whole(page, label, fix, first, asked=asked, places=places)
            else:
                more += not self._alternative(page, label, fix, first, asked=asked)
        if more:
            write_line(page, "or", f"{counted(more, 'other change')} (see -o wide)")

    def _whole(
        self, page: Page, label: str, fix: Fix, evaluated: EvaluatedReference, *, asked: str, places: int
    ) -> None:
        """Write a fix ready to copy. `places` is the number of further places that it fixes too."""
        told = evaluated.reference
        if fix.follows and fix.manifest in self._made_by_commands:
            # The run that makes the change before it makes this grant too, for another reference.
            return
        if fix.manifest in self._written or (fix.follows and (fix.object, fix.patch) in self._repaired):
            what = f"the change of {fix.object}" if fix.patch else str(fix.object)
            write_line(page, label, f"{what} above covers this too")
            return
        if fix.object.group_kind == REFERENCE_GRANT and fix.patch:
            self._repaired.append((fix.object, fix.patch))
        short = self._own_command(fix, evaluated)
        crowded = bool(self._written) or page.brevity >= Brevity.COMMANDS
        # The command of the change that it follows makes it only when it is run again.
        again = _follows_edit(fix, evaluated) and self._command == self._kubectl.fix(told.referrer) != ""
        again = again and (crowded or fix.manifest is None)
        printing = ""
        if fix.manifest is not None and crowded:
            printing = self._kubectl.fix(evaluated.reference.referrer, apply=False) if fix.for_owner else short
        if printing and fix.manifest is not None:
            self._made_by_commands.append(fix.manifest)
        grant = "this ReferenceGrant"
        if printing or again:
            grant = "a ReferenceGrant for this one too" if self._written else "a ReferenceGrant"
            grant = "the ReferenceGrant that this prints" if fix.for_owner else grant
        title = f"{asked}{_title(fix, evaluated, grant, page=page)}"
        if page.brevity < Brevity.WAYS or not _follows_edit(fix, evaluated):
            # Such a grant is no surer than the change before it.
            title = _marked_as_guess(fix, title)
        if label == "if not":
            # A reader who may not read the grants there can hardly write one.
            title = f"someone who can write in {fix.object.namespace} must create {grant}"
        title += _what_remains(fix, evaluated)
        needs = self._kubectl.needed_access(fix, evaluated.reference.referrer)
        if needs and not fix.for_owner:
            title += f" ({needs})"
        if places:
            title += f", and the same in {counted(places, 'more place')}"
        if fix.follows and self._only_printed:
            # The command above only prints, so copying both would make this step alone.
            _write_step(page, label, title, fix, told)
            return
        if again:
            _write_step(page, label, f"{title}: run the command above again", fix, told)
            return
        self._only_printed = bool(printing) and self._kubectl.only_prints(fix)
        command = printing or (short if fix.action == "patch" else "")
        if command and command == self._command:
            _write_step(page, label, f"{title} (done by the command above)", fix, told)
            return
        if fix.follows and fix.patch and not command and page.brevity >= Brevity.COMMANDS:
            _write_step(page, label, f"{title} (the patch: -o wide)", fix, told)
            return
        _write_step(page, label, title, fix, told, end=":")
        if command:
            page.command(" " * COLUMN, command)
            if command in self._created:
                verb = "prints" if self._kubectl.only_prints(fix) else "creates"
                write_line(page, "", f"this command also {verb} the ReferenceGrant above, unless it exists")
            self._command = command
            self._offered.add(command)
            return
        if fix.manifest is not None:
            self._written.append(fix.manifest)
            # Note the command that makes this and other fixes of the object.
            self._created.add(short)
        self._command = ""
        copied = self._kubectl.command(fix, compact=True)
        if "\n" in copied:
            _lines_to_copy(page, copied)
        else:
            page.command(" " * COLUMN, copied)

    def _alternative(self, page: Page, label: str, fix: Fix, evaluated: EvaluatedReference, *, asked: str) -> bool:
        """Write one line: for a grant the command that makes the fix, otherwise its title. Return False if a short page
        has no line for it."""
        short = self._own_command(fix, evaluated)
        if short:
            what = "a new ReferenceGrant" if fix.action == "create" else "repair that ReferenceGrant"
            more = ", which permits more than this" if fix.widens else ""
            head = f"{f'  {label}:'.ljust(COLUMN)}{what}{more}: "
            referrer = evaluated.reference.referrer
            as_above = self._command == self._kubectl.fix(referrer) and short == self._kubectl.fix(referrer, "--new")
            page.command(head, short, "the same command with --new" if as_above else "")
            self._offered.add(short)
            return True
        grant = "a new ReferenceGrant (-o wide shows it)"
        title = _marked_as_guess(fix, f"{asked}{_title(fix, evaluated, grant, page=page)}")
        if fix.widens:
            of_grant = fix.object.group_kind == REFERENCE_GRANT
            title += _permits_more(page, fix, evaluated, title) if of_grant else f"; {_also_permits(fix)}"
        said = f"{title}{_what_remains(fix, evaluated)}"
        if page.brevity >= Brevity.WAYS and not page.fits_on_line(said, COLUMN):
            return False
        write_line(page, label, said, evaluated.reference)
        return True

    def _own_command(self, fix: Fix, evaluated: EvaluatedReference) -> str:
        """The command of this program that makes a fix when run once; empty if it does not make this one, because it is for
        somebody else, not the recommended one, or needed only after another."""
        referrer = evaluated.reference.referrer
        if fix.for_owner or _is_move(fix, evaluated) or _follows_edit(fix, evaluated):
            return ""
        if fix.object.group_kind != REFERENCE_GRANT:
            # A label is one short kubectl command.
            return self._kubectl.fix(referrer) if fix.patch and fix == own_fix(evaluated) else ""
        of_grants = (each for each in evaluated.fixes if each.object.group_kind == REFERENCE_GRANT)
        repair = next((each for each in of_grants if each.action == "patch" and recommended(each)), None)
        if fix.action == "patch":
            return self._kubectl.fix(referrer) if fix is repair else ""
        return self._kubectl.fix(referrer, *(("--new",) if repair or begins_with_own_fix(evaluated) else ()))


def _marked_as_guess(fix: Fix, title: str) -> str:
    return f"{AS_A_GUESS}{title}" if is_uncertain(fix) else title


def _write_step(page: Page, label: str, title: str, fix: Fix, reference: Reference, end: str = "") -> None:
    """Write what a fix does and what it would also permit, which has a line of its own unless the page is short."""
    if fix.widens and page.brevity >= Brevity.NAMES:
        title += f"; {_also_permits(fix)}"
    elif fix.widens:
        write_line(page, label, f"{title};", reference)
        label, title = "", _also_permits(fix)
    write_line(page, label, f"{title}{end}", reference)


def _also_permits(fix: Fix) -> str:
    return f"it would also permit {listing(fix.widens, '; ')}"


def _permits_more(page: Page, fix: Fix, evaluated: EvaluatedReference, title: str) -> str:
    """What a fix of a grant would also permit, if the line has room for it. The referrers of the reference are not
    named again."""
    referrer = evaluated.reference.referrer
    whose = f"{shown_kinds(referrer.group, referrer.kind)} in {referrer.namespace} to reference "
    also = f" (also permits {listing([each.removeprefix(whose) for each in fix.widens])})"
    return also if page.fits_on_line(f"{title}{also}", COLUMN) else " (permits more: see -o wide)"


def _what_remains(fix: Fix, evaluated: EvaluatedReference) -> str:
    remains = remaining_work(fix, (*evaluated.notes, *(each.message for each in evaluated.target_failures)))
    return f"; {remains}" if remains else ""


def _follows_edit(fix: Fix, evaluated: EvaluatedReference) -> bool:
    """Whether a fix is a change of a grant that the reference needs only once its object is changed."""
    return fix.follows and fix.object.group_kind == REFERENCE_GRANT and not _is_move(fix, evaluated)


def _is_move(fix: Fix, evaluated: EvaluatedReference) -> bool:
    """Whether a fix is a step of moving a grant out of the wrong namespace."""
    misplaced = [each.grant.name for each in evaluated.near_misses if is_misplaced(each)]
    return fix.action == "delete" or (fix.action == "create" and fix.object.name in misplaced)


def _title(
    fix: Fix, evaluated: EvaluatedReference, grant: str = "this ReferenceGrant", *, page: Page | None = None
) -> str:
    """What a fix does: worked out here for a grant, the fix's own title for other objects. `grant` is the name for one
    that will be created. On a short `page`, words that are in the cause are left out if that saves a line."""
    if fix.object.group_kind != REFERENCE_GRANT:
        # The block has given the place already.
        return fix.title.removesuffix(f" at {evaluated.reference.path} in {evaluated.reference.referrer}")
    if _is_move(fix, evaluated):
        named = nearest(evaluated)
        moved = fix.action == "create" and named is not None and named.grant.name == fix.object.name
        return f"move that ReferenceGrant to {fix.object.namespace}" if moved else fix.title
    if fix.action == "create":
        # If the owner has been asked whether anything permits it, the line above names the owner.
        asked = evaluated.ask and evaluated.slip_among_manifests is None
        owner = "for the owner, if nothing permits it yet: " if fix.for_owner and not asked else ""
        return f"{owner}create {grant}"
    miss = next((each for each in evaluated.near_misses if each.grant.name == fix.object.name), None)
    if miss is None or len(miss.differences) != 1:
        return fix.title + ("" if fix.widens else ", which permits nothing else")
    (difference,) = miss.differences
    of = "" if miss is nearest(evaluated) else f" of ReferenceGrant {miss.grant}"
    end = "" if fix.widens else ", which permits nothing else"
    whole = f'set {difference.path}{of} to "{difference.wanted}"{end}'
    if of or page is None or page.brevity < Brevity.NAMES:
        return whole
    return page.shorter_of(whole, f"set {difference.path} as expected{end}", COLUMN)


def _lines_to_copy(page: Page, text: str) -> None:
    """Write lines to copy, from the first column and without a blank line above, since a screen has few lines."""
    for line in text.split("\n"):
        page.line(line)
    page.blank()
