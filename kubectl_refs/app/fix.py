"""`kubectl refs fix`: fetch, think, print, and on request write and wait."""

from __future__ import annotations

import os
import re
import sys
import time
from collections.abc import Iterable, Sequence
from dataclasses import field
from typing import TYPE_CHECKING

from kubectl_refs.app.applying.waiting import Clock, follow
from kubectl_refs.app.input.objects import WHOLE_NAMESPACE, FoundObjects, Scope, ask, nothing_found
from kubectl_refs.app.input.source import Inputs
from kubectl_refs.app.output import Output
from kubectl_refs.core.fixes.change import GRANTS, Change
from kubectl_refs.core.fixes.edits import Edit, is_enough
from kubectl_refs.core.fixes.json_patch import passes
from kubectl_refs.core.model.objects import ObjectKey
from kubectl_refs.core.model.references import Verdict
from kubectl_refs.core.model.report import Gap
from kubectl_refs.core.queries.fix import FixOptions, Plan, PlanError, plan
from kubectl_refs.core.queries.resolution import Resolution, resolution_of
from kubectl_refs.core.records import dataclass
from kubectl_refs.core.text.language import listing
from kubectl_refs.core.view.reads import Failure, Get
from kubectl_refs.process.errors import FOUND, OK, UNKNOWN, USAGE, usage
from kubectl_refs.process.streams import say
from kubectl_refs.render.fix import (
    Lacking,
    manifests_of,
    render_command,
    render_diff,
    render_sentence,
    render_waited,
    render_words,
)
from kubectl_refs.render.formats import Shapes
from kubectl_refs.render.kubectl import Kubectl
from kubectl_refs.render.text.style import Style, style_for

if TYPE_CHECKING:
    from kubectl_refs.kube.cluster import Cluster

_SUBDOMAIN = re.compile(r"[a-z0-9]([-a-z0-9]*[a-z0-9])?(\.[a-z0-9]([-a-z0-9]*[a-z0-9])?)*")


@dataclass(frozen=True, slots=True)
class Doing:
    """What is done with the plan: printed, checked by the server (`dry_run`), or applied; `wait` in seconds. `yes` is for
    what no question is asked: `grants`, or `all` but guesses."""

    apply: bool = False
    dry_run: str | None = None
    yes: str | None = None
    wait: float | None = None
    clock: Clock = field(default_factory=Clock)


def fix(
    inputs: Inputs,
    arguments: Sequence[str],
    options: FixOptions,
    doing: Doing,
    output: Output,
    *,
    exit_zero: bool,
    scope: Scope = WHOLE_NAMESPACE,
) -> int:
    """Print the grants that permit what is refused on standard output, and the patches of other objects among the words
    on standard error, or apply both; returns the exit status.

    Standard output holds manifests and nothing else. With `exit_zero` the status does
    not tell what is refused, but still what could not be written.
    """
    _check(inputs, options, doing, output)
    found = ask(inputs, arguments, scope, "fix")
    kubectl = Kubectl(found.source.catalog, inputs.flags)
    planned, gaps = _planned(found, options)
    style = style_for(sys.stderr, os.environ, time.time(), output.color)
    _show(render_words(planned, style, kubectl, gaps, new=options.new, commands=not doing.apply))
    if planned.empty and found.objects:
        say("nothing to fix in what could be read" if found.gaps else "nothing to fix")
    elif not found.objects and not found.problems:
        say(nothing_found(found, inputs))
    made: Sequence[Change] = ()
    if doing.apply:
        status, made = _apply(_cluster(found), planned, doing, output, style, kubectl)
        statuses = [status]
    else:
        statuses = [_print(found, planned, output, style, rehearsing=doing.dry_run == "server")]
        statuses += [UNKNOWN for change in planned.changes if not change.certain and not exit_zero]
    statuses += [] if exit_zero else [*_verdicts(planned, made), *([UNKNOWN] if found.gaps else [])]
    for problem in found.problems:
        say(problem.line)
    return _worst([*statuses, *(problem.status for problem in found.problems)])


def _show(page: str) -> None:
    """What a renderer made, which is safe already."""
    sys.stderr.write(page)
    sys.stderr.flush()


def _check(inputs: Inputs, options: FixOptions, doing: Doing, output: Output) -> None:
    """Refuse what does not go together, before anything is read."""
    if options.into is not None and (options.new or options.name is not None):
        raise usage("--into cannot be used with --new or --name: it adds to an existing grant")
    if options.name is not None and (len(options.name) > 253 or not _SUBDOMAIN.fullmatch(options.name)):
        raise usage(
            f'invalid --name "{options.name}": a lowercase RFC 1123 subdomain must consist of lower case alphanumeric '
            "characters, '-' or '.', and must start and end with an alphanumeric character"
        )
    if inputs.given and (doing.apply or doing.dry_run == "server"):
        raise usage("-f cannot be used with --apply or --dry-run=server: manifests are read instead of a cluster")
    if doing.apply and doing.dry_run:
        raise usage("--apply and --dry-run are mutually exclusive")
    if doing.apply and output.chosen:
        raise usage("-o cannot be used with --apply, which prints no manifests")
    if not doing.apply and (doing.yes or doing.wait is not None):
        raise usage("--yes and --wait need --apply")
    if doing.apply and not doing.yes and not (_terminal(sys.stdin) and _terminal(sys.stderr)):
        raise usage(
            "--apply asks for confirmation, and there is no terminal to ask on: use --yes to write grants, --yes=all to "
            "write all but best guesses"
        )


def _terminal(stream: object) -> bool:
    isatty = getattr(stream, "isatty", None)
    return isatty is not None and bool(isatty())


def _planned(found: FoundObjects, options: FixOptions) -> tuple[Plan, Sequence[Gap]]:
    """What is to be done, and what could not be read for it."""
    if not found.objects:
        return Plan(), found.gaps
    report = found.report()
    try:
        return plan(report, options, found.source.catalog), report.gaps
    except PlanError as error:
        raise usage(str(error)) from None


def _verdicts(planned: Plan, made: Sequence[Change]) -> Iterable[int]:
    """What the references say that no change helps, none that was `made` either."""
    mended = {id(each) for change in made for each in change.evaluated if is_enough(each)}
    for each in planned.left:
        if id(each) not in mended:
            yield UNKNOWN if each.verdict is Verdict.UNKNOWN else FOUND
    if planned.misspelt or any(id(each) not in mended for each in planned.broken):
        yield FOUND


def _worst(statuses: Iterable[int]) -> int:
    rank = (OK, UNKNOWN, FOUND, USAGE)
    return max(statuses, key=rank.index, default=OK)


def _cluster(found: FoundObjects) -> Cluster:
    """The cluster that is asked, or that the manifests are laid over."""
    from kubectl_refs.app.input.overlay import Overlay
    from kubectl_refs.kube.cluster import Cluster

    source = found.source.cluster if isinstance(found.source, Overlay) else found.source
    assert isinstance(source, Cluster)
    return source


def _print(found: FoundObjects, planned: Plan, output: Output, style: Style, *, rehearsing: bool) -> int:
    """Print the manifests, after the server has checked every change if it is to; returns the exit status."""
    status = OK
    for_owner: dict[ObjectKey, Sequence[str]] = {}
    if found.source.catalog.live and (planned.changes or planned.edits):
        # Imported here: manifests need no client.
        from kubectl_refs.app.applying.applying import lacking, rehearse

        cluster = _cluster(found)
        changes = [*planned.changes, *(_edited(cluster, planned.edits) if rehearsing else ())]
        for change in changes:
            missing = lacking(cluster.client, change)
            if isinstance(missing, Failure):
                say(f"unable to check whether you can write {change.object}: {missing.message}")
            elif missing:
                for_owner[change.object] = missing
        _tell_owner(changes, for_owner, style)
        if rehearsing and not rehearse(cluster.client, changes, say):
            status = FOUND
    if planned.changes and _terminal(sys.stdout) and _terminal(sys.stderr):
        # Where both streams meet, an empty line keeps a command from running into the manifests.
        _show("\n")
    output.write(Shapes(manifests=lambda: manifests_of(planned.changes, for_owner)))
    return status


def _edited(cluster: Cluster, edits: Iterable[Edit]) -> Sequence[Change]:
    """The changes that edits are of the objects as they are now; those of objects that cannot be read are told."""
    wanted = {Get(edit.object): None for edit in edits}
    answers = cluster.read(wanted)
    found = []
    for edit in edits:
        answer, served = answers[Get(edit.object)], cluster.catalog.served(edit.object.group_kind)
        if answer.object is None or served is None:
            why = answer.failure.message if answer.failure else "it does not exist any more"
            say(f"{edit.object} could not be read: {why}")
        elif not passes(answer.object, edit.patch):
            say(f"{edit.object} was changed in between: run the command again")
        else:
            found.append(edit.change_of(answer.object, served.plural))
    return found


def _tell_owner(changes: Iterable[Change], for_owner: Lacking, style: Style) -> None:
    for change in changes:
        verbs = " or ".join(for_owner.get(change.object, ()))
        within = f" in namespace {change.object.namespace}" if change.object.namespace else ""
        if verbs and change.plural == GRANTS:
            what = f"the YAML of ReferenceGrant {change.object.name}"
        elif verbs:
            what = f"the command for {change.object}"
        if verbs:
            cannot = f"you cannot {verbs} {change.plural}{within}: send {what} to someone who may"
            _show(render_sentence("forbidden", cannot, style))


def _apply(
    cluster: Cluster, planned: Plan, doing: Doing, output: Output, style: Style, kubectl: Kubectl
) -> tuple[int, Sequence[Change]]:
    """Apply what is certain and allowed, each kind by itself; print the rest for its owner. Returns the exit status and
    what was made."""
    from kubectl_refs.app.applying.applying import rights

    certain = [change for change in planned.changes if change.certain]
    for change in planned.changes:
        if not change.certain:
            unread = (
                f"the grants of {change.object.namespace} could not be read, so one may permit the reference already; "
                "send the YAML to someone who may read them"
            )
            _show(render_sentence("not applied", f"{change.object}: {unread}", style))
    sure = _edited(cluster, [edit for edit in planned.edits if not edit.is_guess])
    wanted = [*certain, *sure, *_edited(cluster, [edit for edit in planned.edits if edit.is_guess])]
    for_owner = rights(cluster.client, wanted)
    _tell_owner(wanted, for_owner, style)
    for edit in planned.edits:
        if edit.object in for_owner:
            _show(render_command(edit, style, kubectl))
    withheld = [change for change in planned.changes if change.object in for_owner or not change.certain]
    output.write(Shapes(manifests=lambda: manifests_of(withheld, {change.object for change in withheld})))
    able = [change for change in wanted if change.object not in for_owner]
    before = Resolution() if doing.wait is None else resolution_of(cluster, _concerned(able))
    made: list[Change] = []
    for kind in dict.fromkeys(change.object.group_kind for change in able):
        made += _write(cluster, [c for c in able if c.object.group_kind == kind and not c.guess], doing, style)
    for change in able:
        made += _write(cluster, [change], doing, style) if change.guess else ()
    if len(made) < len(able):
        return FOUND, made
    keys = _concerned(made)
    if doing.wait is not None and keys and not _wait(cluster, keys, before, doing, style):
        return FOUND, made
    if len(able) < len(certain) + len(planned.edits):
        return FOUND, made
    # What may not be needed, nobody was refused.
    return UNKNOWN if withheld else OK, made


def _concerned(changes: Iterable[Change]) -> list[ObjectKey]:
    """The objects whose references changes are for."""
    return list(dict.fromkeys(each.reference.referrer for change in changes for each in change.evaluated))


def _write(cluster: Cluster, changes: Sequence[Change], doing: Doing, style: Style) -> Sequence[Change]:
    """Write changes of one kind of object after a diff and a question."""
    from kubectl_refs.app.applying.applying import confirmed, write_all

    if not changes:
        return ()
    _show(f"\n{render_diff(changes, style)}")
    guess, grants = changes[0].guess, changes[0].plural == GRANTS
    if not (doing.yes and (grants or (doing.yes == "all" and not guess))):
        if not (_terminal(sys.stdin) and _terminal(sys.stderr)):
            names = listing([str(change.object) for change in changes])
            how = (
                "a best guess is written only after a yes on a terminal"
                if guess
                else "--yes is for grants, --yes=all for other objects too"
            )
            _show(render_sentence("not applied", f"{names}: {how}", style))
            return ()
        if not confirmed(changes, cluster, style.prose_width):
            say("nothing was applied")
            return ()
    return write_all(cluster.client, changes, say)


def _wait(cluster: Cluster, keys: Sequence[ObjectKey], before: Resolution, doing: Doing, style: Style) -> bool:
    """Whether all controllers came to agree; `before` is what they reported before anything was written."""

    def progress(waited: Resolution) -> None:
        if sys.stderr.isatty() and waited.open:
            agreed = len(waited.conditions) - len(waited.open)
            say(f"waiting for the controllers: {agreed} of {len(waited.conditions)} agree")

    seconds = doing.wait or 0
    waited = follow(cluster, keys, seconds, progress, doing.clock)
    _show(render_waited(waited, before, style, seconds))
    return waited.done
