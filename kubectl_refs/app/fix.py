"""`kubectl refs fix`: fetch, think, print, and on request write and wait."""

from __future__ import annotations

import os
import sys
import time
from collections.abc import Iterable, Sequence
from typing import TYPE_CHECKING

from kubectl_refs.app.applying.options import ApplyOptions
from kubectl_refs.app.input.objects import WHOLE_NAMESPACE, FoundObjects, Scope, find_objects, nothing_found
from kubectl_refs.app.input.source import Inputs
from kubectl_refs.app.output import Output
from kubectl_refs.core.fixes.change import Change
from kubectl_refs.core.fixes.edits import own_fix_suffices
from kubectl_refs.core.model.judgements import Verdict
from kubectl_refs.core.model.names import is_subdomain
from kubectl_refs.core.model.objects import ObjectKey
from kubectl_refs.core.model.report import Gap
from kubectl_refs.core.queries.fix import FixOptions, Plan, PlanError, plan
from kubectl_refs.core.view.reads import Failure
from kubectl_refs.process.errors import FOUND, OK, UNKNOWN, USAGE, usage
from kubectl_refs.process.garbage_collection import without_garbage_collection
from kubectl_refs.process.streams import is_terminal, say, show
from kubectl_refs.render.fix import manifests_of, render_words
from kubectl_refs.render.formats import Shapes
from kubectl_refs.render.kubectl import Kubectl
from kubectl_refs.render.text.style import Style, style_for

if TYPE_CHECKING:
    from kubectl_refs.kube.cluster import Cluster


def fix(
    inputs: Inputs,
    arguments: Sequence[str],
    options: FixOptions,
    apply_options: ApplyOptions,
    output: Output,
    *,
    exit_zero: bool,
    scope: Scope = WHOLE_NAMESPACE,
) -> int:
    """Print the grants that permit refused references on standard output, and explain them on standard error together
    with the patches of other objects; or apply both. Returns the exit status.

    Standard output holds nothing but manifests. With `exit_zero` the status ignores what is refused, but still reports
    what could not be written.
    """
    _check(inputs, options, apply_options, output)
    with without_garbage_collection():
        found = find_objects(inputs, arguments, scope, "fix")
        planned, gaps = _planned(found, options)
    kubectl = Kubectl(found.source.catalog, inputs.flags)
    style = style_for(sys.stderr, os.environ, time.time(), output.color)
    show(render_words(planned, style, kubectl, gaps, new=options.new, commands=not apply_options.apply))
    if planned.empty and found.objects:
        say("nothing to fix in what could be read" if found.gaps else "nothing to fix")
    elif not found.objects and not found.problems:
        say(nothing_found(found, inputs))
    made: Sequence[Change] = ()
    if apply_options.apply:
        # Imported here, as below: manifests need no client.
        from kubectl_refs.app.applying.plan import apply_plan

        status, made = apply_plan(_cluster(found), planned, apply_options, output, style, kubectl)
        statuses = [status]
    else:
        statuses = [_print(found, planned, output, style, rehearsing=apply_options.dry_run == "server")]
        statuses += [UNKNOWN for change in planned.changes if not change.certain and not exit_zero]
    statuses += [] if exit_zero else [*_statuses_of_unfixed(planned, made), *([UNKNOWN] if found.gaps else [])]
    for problem in found.problems:
        say(problem.line)
    return _worst([*statuses, *(problem.status for problem in found.problems)])


def _check(inputs: Inputs, options: FixOptions, apply_options: ApplyOptions, output: Output) -> None:
    """Refuse what does not go together, before anything is read."""
    if options.into is not None and (options.new or options.name is not None):
        raise usage("--into cannot be used with --new or --name: it adds to an existing grant")
    if options.name is not None and not is_subdomain(options.name):
        raise usage(
            f'invalid --name "{options.name}": a lowercase RFC 1123 subdomain must consist of lower case alphanumeric '
            "characters, '-' or '.', and must start and end with an alphanumeric character"
        )
    if inputs.has_manifests and (apply_options.apply or apply_options.dry_run == "server"):
        raise usage("-f cannot be used with --apply or --dry-run=server: manifests are read instead of a cluster")
    if apply_options.apply and apply_options.dry_run:
        raise usage("--apply and --dry-run are mutually exclusive")
    if apply_options.apply and output.chosen:
        raise usage("-o cannot be used with --apply, which prints no manifests")
    if not apply_options.apply and (apply_options.yes or apply_options.wait is not None):
        raise usage("--yes and --wait need --apply")
    if apply_options.apply and not apply_options.yes and not (is_terminal(sys.stdin) and is_terminal(sys.stderr)):
        raise usage(
            "--apply asks for confirmation, and there is no terminal to ask on: use --yes to write grants, --yes=all to "
            "write all but best guesses"
        )


def _planned(found: FoundObjects, options: FixOptions) -> tuple[Plan, Sequence[Gap]]:
    """The plan, and what could not be read for it."""
    if not found.objects:
        return Plan(), found.gaps
    report = found.report()
    try:
        return plan(report, options, found.source.catalog), report.gaps
    except PlanError as error:
        raise usage(str(error)) from None


def _statuses_of_unfixed(planned: Plan, made: Sequence[Change]) -> Iterable[int]:
    """The exit statuses for the references and misspelt fields that no change mends, not even those `made`."""
    mended = {id(each) for change in made for each in change.evaluated if own_fix_suffices(each)}
    for each in planned.left:
        if id(each) not in mended:
            yield UNKNOWN if each.verdict is Verdict.UNKNOWN else FOUND
    if planned.misspelt or any(id(each) not in mended for each in planned.broken):
        yield FOUND


def _worst(statuses: Iterable[int]) -> int:
    rank = (OK, UNKNOWN, FOUND, USAGE)
    return max(statuses, key=rank.index, default=OK)


def _cluster(found: FoundObjects) -> Cluster:
    """The cluster that is read, or that the manifests are laid over."""
    from kubectl_refs.app.input.overlay import Overlay
    from kubectl_refs.kube.cluster import Cluster

    source = found.source.cluster if isinstance(found.source, Overlay) else found.source
    assert isinstance(source, Cluster)
    return source


def _print(found: FoundObjects, planned: Plan, output: Output, style: Style, *, rehearsing: bool) -> int:
    """Print the manifests; when `rehearsing`, let the server check every change first. Returns the exit status."""
    status = OK
    for_owner: dict[ObjectKey, Sequence[str]] = {}
    if found.source.catalog.live and (planned.changes or planned.edits):
        from kubectl_refs.app.applying.plan import changes_of_edits, show_for_owner
        from kubectl_refs.app.applying.writing import dry_run_all, missing_verbs

        cluster = _cluster(found)
        changes = [*planned.changes, *(changes_of_edits(cluster, planned.edits) if rehearsing else ())]
        for change in changes:
            missing = missing_verbs(cluster.client, change)
            if isinstance(missing, Failure):
                say(f"unable to check whether you can write {change.object}: {missing.message}")
            elif missing:
                for_owner[change.object] = missing
        show_for_owner(changes, for_owner, style)
        if rehearsing and not dry_run_all(cluster.client, changes, say):
            status = FOUND
    if planned.edits and not (planned.changes or rehearsing or is_terminal(sys.stdout)):
        # kubectl apply, if the output goes there, only says that it got nothing.
        say("no ReferenceGrant is printed: the changes above are to other objects")
    if planned.changes and is_terminal(sys.stdout) and is_terminal(sys.stderr):
        # On a terminal that shows both streams, an empty line keeps a command apart from the manifests.
        show("\n")
    if found.objects:
        output.write(Shapes(manifests=lambda: manifests_of(planned.changes, for_owner)))
    return status
