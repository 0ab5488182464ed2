"""What `fix --apply` does with a plan: show, ask about and write each kind of change by itself, then wait."""

from __future__ import annotations

import sys
from collections.abc import Iterable, Sequence

from kubectl_refs.app.applying.options import ApplyOptions
from kubectl_refs.app.applying.waiting import wait_for_agreement
from kubectl_refs.app.applying.writing import confirm, missing_verbs_by_object, write_all
from kubectl_refs.app.output import Output
from kubectl_refs.core.fixes.change import GRANTS, Change
from kubectl_refs.core.fixes.edits import Edit
from kubectl_refs.core.fixes.json_patch import passes
from kubectl_refs.core.model.objects import ObjectKey
from kubectl_refs.core.queries.fix import Plan
from kubectl_refs.core.queries.resolution import Resolution, resolution_of
from kubectl_refs.core.text.language import listing
from kubectl_refs.core.view.reads import Get
from kubectl_refs.kube.cluster import Cluster
from kubectl_refs.process.errors import FOUND, OK, UNKNOWN
from kubectl_refs.process.streams import is_terminal, say, show
from kubectl_refs.render.fix import (
    MissingVerbs,
    manifests_of,
    render_agreement,
    render_command,
    render_diff,
    render_sentence,
)
from kubectl_refs.render.formats import Shapes
from kubectl_refs.render.kubectl import Kubectl
from kubectl_refs.render.text.style import Style


def changes_of_edits(cluster: Cluster, edits: Iterable[Edit]) -> Sequence[Change]:
    """The changes that edits make to the objects as they are now; unreadable or changed objects are reported."""
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


def show_for_owner(changes: Iterable[Change], for_owner: MissingVerbs, style: Style) -> None:
    for change in changes:
        verbs = " or ".join(for_owner.get(change.object, ()))
        within = f" in namespace {change.object.namespace}" if change.object.namespace else ""
        if verbs and change.plural == GRANTS:
            what = f"the YAML of ReferenceGrant {change.object.name}"
        elif verbs:
            what = f"the command for {change.object}"
        if verbs:
            cannot = f"you cannot {verbs} {change.plural}{within}: send {what} to someone who may"
            show(render_sentence("forbidden", cannot, style))


def apply_plan(
    cluster: Cluster, planned: Plan, apply_options: ApplyOptions, output: Output, style: Style, kubectl: Kubectl
) -> tuple[int, Sequence[Change]]:
    """Apply the changes that are certain and allowed, each kind by itself, and print the rest for its owner. Returns
    the exit status and the changes made."""
    certain = [change for change in planned.changes if change.certain]
    for change in planned.changes:
        if not change.certain:
            unread = (
                f"the grants of {change.object.namespace} could not be read, so one may permit the reference already; "
                "send the YAML to someone who may read them"
            )
            show(render_sentence("not applied", f"{change.object}: {unread}", style))
    sure = changes_of_edits(cluster, [edit for edit in planned.edits if not edit.is_guess])
    wanted = [*certain, *sure, *changes_of_edits(cluster, [edit for edit in planned.edits if edit.is_guess])]
    for_owner = missing_verbs_by_object(cluster.client, wanted)
    show_for_owner(wanted, for_owner, style)
    for edit in planned.edits:
        if edit.object in for_owner:
            show(render_command(edit, style, kubectl))
    withheld = [change for change in planned.changes if change.object in for_owner or not change.certain]
    output.write(Shapes(manifests=lambda: manifests_of(withheld, {change.object for change in withheld})))
    able = [change for change in wanted if change.object not in for_owner]
    before = Resolution() if apply_options.wait is None else resolution_of(cluster, _referrers_of(able))
    made: list[Change] = []
    for kind in dict.fromkeys(change.object.group_kind for change in able):
        made += _write(cluster, [c for c in able if c.object.group_kind == kind and not c.guess], apply_options, style)
    for change in able:
        made += _write(cluster, [change], apply_options, style) if change.guess else ()
    if len(made) < len(able):
        return FOUND, made
    keys = _referrers_of(made)
    if apply_options.wait is not None and keys and not _wait(cluster, keys, before, apply_options, style):
        return FOUND, made
    if len(able) < len(certain) + len(planned.edits):
        return FOUND, made
    # The withheld changes may not be needed: nothing is known to be refused.
    return UNKNOWN if withheld else OK, made


def _referrers_of(changes: Iterable[Change]) -> list[ObjectKey]:
    """The objects whose references the changes are for."""
    return list(dict.fromkeys(each.reference.referrer for change in changes for each in change.evaluated))


def _write(cluster: Cluster, changes: Sequence[Change], apply_options: ApplyOptions, style: Style) -> Sequence[Change]:
    """Show a diff of changes to one kind of object, ask, and write them; returns those that were made."""
    if not changes:
        return ()
    show(f"\n{render_diff(changes, style)}")
    guess, grants = changes[0].guess, changes[0].plural == GRANTS
    if not (apply_options.yes and (grants or (apply_options.yes == "all" and not guess))):
        if not (is_terminal(sys.stdin) and is_terminal(sys.stderr)):
            names = listing([str(change.object) for change in changes])
            how = (
                "a best guess is written only after a yes on a terminal"
                if guess
                else "--yes is for grants, --yes=all for other objects too"
            )
            show(render_sentence("not applied", f"{names}: {how}", style))
            return ()
        if not confirm(changes, cluster, style.prose_width):
            say("nothing was applied")
            return ()
    return write_all(cluster.client, changes, say)


def _wait(
    cluster: Cluster, keys: Sequence[ObjectKey], before: Resolution, apply_options: ApplyOptions, style: Style
) -> bool:
    """Whether all controllers agree after waiting; `before` is what they reported before anything was written."""

    def progress(waited: Resolution) -> None:
        if sys.stderr.isatty() and waited.unresolved:
            agreed = len(waited.conditions) - len(waited.unresolved)
            say(f"waiting for the controllers: {agreed} of {len(waited.conditions)} agree")

    seconds = apply_options.wait or 0
    waited = wait_for_agreement(cluster, keys, seconds, progress, apply_options.clock)
    show(render_agreement(waited, before, style, seconds))
    return waited.done
