"""`kubectl refs fix`: fetch, think, print, and on request write and wait."""

from __future__ import annotations

import os
import re
import sys
import time
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from kubectl_refs.app.applying.waiting import Clock, follow
from kubectl_refs.app.input.objects import WHOLE_NAMESPACE, Question, Scope, ask
from kubectl_refs.app.input.source import Inputs
from kubectl_refs.app.output import Output
from kubectl_refs.core.fixes.grant_change import Change
from kubectl_refs.core.model.near_misses import GrantName
from kubectl_refs.core.model.objects import ObjectKey
from kubectl_refs.core.model.references import Verdict
from kubectl_refs.core.model.report import Gap
from kubectl_refs.core.queries.fix import FixOptions, Plan, PlanError, plan
from kubectl_refs.core.queries.resolution import Resolution
from kubectl_refs.core.view.reads import Failure
from kubectl_refs.process.errors import FOUND, OK, UNKNOWN, USAGE, usage
from kubectl_refs.process.streams import say
from kubectl_refs.render.fix import Lacking, manifests_of, render_diff, render_waited, render_words
from kubectl_refs.render.formats import Shapes
from kubectl_refs.render.kubectl import Kubectl
from kubectl_refs.render.text.style import Style, style_for

if TYPE_CHECKING:
    from kubectl_refs.kube.cluster import Cluster

_SUBDOMAIN = re.compile(r"[a-z0-9]([-a-z0-9]*[a-z0-9])?(\.[a-z0-9]([-a-z0-9]*[a-z0-9])?)*")


@dataclass(frozen=True, slots=True)
class Doing:
    """What is done with the plan: printed, checked by the server (`dry_run`), or applied; `wait` in seconds."""

    apply: bool = False
    dry_run: str | None = None
    yes: bool = False
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
    """Print the grants that permit what is refused on standard output, or apply them; returns the exit status.

    Standard output holds manifests and nothing else, words go to standard error. With `exit_zero` the status does
    not tell what is refused, but still what could not be written.
    """
    _check(inputs, options, doing, output)
    question = ask(inputs, arguments, scope, "fix")
    kubectl = Kubectl(question.source.catalog, inputs.flags)
    planned, gaps = _planned(question, options)
    style = style_for(sys.stderr, os.environ, time.time(), output.color)
    _show(render_words(planned, style, kubectl, gaps, new=options.new))
    if planned.empty and question.objects:
        say("nothing to fix")
    elif not question.objects and not question.problems:
        say("No resources with references found.")
    statuses = [] if exit_zero else [*_verdicts(planned), *([UNKNOWN] if question.gaps else [])]
    if doing.apply:
        statuses.append(_apply(_cluster(question), planned.changes, doing, output, style))
    else:
        statuses.append(_print(question, planned.changes, output, rehearsing=doing.dry_run == "server"))
        statuses += [UNKNOWN for change in planned.changes if not change.certain and not exit_zero]
    for problem in question.problems:
        say(problem.line)
    return _worst([*statuses, *(problem.status for problem in question.problems)])


def _show(page: str) -> None:
    """What a renderer made, which is safe already."""
    sys.stderr.write(page)
    sys.stderr.flush()


def _check(inputs: Inputs, options: FixOptions, doing: Doing, output: Output) -> None:
    """Refuse what does not go together, before anything is read."""
    if options.into is not None and (options.new or options.name is not None):
        raise usage("--into adds to the grant it names: it goes neither with --new nor with --name")
    if options.name is not None and (len(options.name) > 253 or not _SUBDOMAIN.fullmatch(options.name)):
        raise usage(
            f'invalid --name "{options.name}": a lowercase RFC 1123 subdomain must consist of lower case alphanumeric '
            "characters, '-' or '.', and must start and end with an alphanumeric character"
        )
    if inputs.given and (doing.apply or doing.dry_run == "server"):
        raise usage("manifests given with -f are read instead of a cluster: nothing is sent to a server")
    if doing.apply and doing.dry_run:
        raise usage("--apply and --dry-run exclude each other")
    if doing.apply and output.chosen:
        raise usage("-o is about manifests to print: it does not go with --apply")
    if not doing.apply and (doing.yes or doing.wait is not None):
        raise usage("--yes and --wait need --apply")
    if doing.apply and not doing.yes and not (_terminal(sys.stdin) and _terminal(sys.stderr)):
        raise usage("--apply asks before it writes, and there is no terminal to ask on: say --yes")


def _terminal(stream: object) -> bool:
    isatty = getattr(stream, "isatty", None)
    return isatty is not None and bool(isatty())


def _planned(question: Question, options: FixOptions) -> tuple[Plan, Sequence[Gap]]:
    """What is to be done, and what could not be read for it."""
    if not question.objects:
        return Plan(), question.gaps
    report = question.report()
    try:
        return plan(report, options, question.source.catalog), report.gaps
    except PlanError as error:
        raise usage(str(error)) from None


def _verdicts(planned: Plan) -> Iterable[int]:
    """What the references that no change helps say, and those that fail for another reason as well."""
    for each in planned.left:
        yield UNKNOWN if each.verdict is Verdict.UNKNOWN else FOUND
    if planned.broken:
        yield FOUND


def _worst(statuses: Iterable[int]) -> int:
    rank = (OK, UNKNOWN, FOUND, USAGE)
    return max(statuses, key=rank.index, default=OK)


def _cluster(question: Question) -> Cluster:
    from kubectl_refs.kube.cluster import Cluster

    assert isinstance(question.source, Cluster)
    return question.source


def _print(question: Question, changes: Sequence[Change], output: Output, *, rehearsing: bool) -> int:
    """Print the manifests, after the server has checked them if it is to; returns the exit status."""
    status = OK
    for_owner: dict[GrantName, Sequence[str]] = {}
    if question.source.catalog.live and changes:
        # Imported here: manifests need no client.
        from kubectl_refs.app.applying.applying import lacking, rehearse

        client = _cluster(question).client
        for change in changes:
            missing = lacking(client, change)
            if isinstance(missing, Failure):
                say(f"whether you may write ReferenceGrant {change.grant} could not be asked: {missing.message}")
            elif missing:
                for_owner[change.grant] = missing
        _tell_owner(for_owner)
        if rehearsing and not rehearse(client, changes, say):
            status = FOUND
    if changes and _terminal(sys.stdout) and _terminal(sys.stderr):
        # Where both streams meet, an empty line keeps a command from running into the manifests.
        _show("\n")
    output.write(Shapes(manifests=lambda: manifests_of(changes, for_owner)))
    return status


def _tell_owner(for_owner: Lacking) -> None:
    for grant, verbs in for_owner.items():
        say(
            f"you may not {' or '.join(verbs)} referencegrants in namespace {grant.namespace}: send the YAML of "
            f"ReferenceGrant {grant.name} with its comments to whoever may"
        )


def _apply(cluster: Cluster, changes: Sequence[Change], doing: Doing, output: Output, style: Style) -> int:
    """Apply what is certain and allowed; print the rest for its owner. Returns the exit status."""
    from kubectl_refs.app.applying.applying import rights

    certain = [change for change in changes if change.certain]
    for change in changes:
        if not change.certain:
            say(
                f"not applied: ReferenceGrant {change.grant}: the grants of {change.grant.namespace} could not be read, "
                "so one may permit the reference already; send the YAML to whoever can"
            )
    for_owner = rights(cluster.client, certain)
    _tell_owner(for_owner)
    withheld = [change for change in changes if change.grant in for_owner or not change.certain]
    output.write(Shapes(manifests=lambda: manifests_of(withheld, {change.grant for change in withheld})))
    able = [change for change in certain if change.grant not in for_owner]
    made = _write(cluster, able, doing, style)
    if len(made) < len(able):
        return FOUND
    keys = list(dict.fromkeys(each.reference.referrer for change in made for each in change.evaluated))
    if doing.wait is not None and keys and not _wait(cluster, keys, doing.wait, doing.clock, style):
        return FOUND
    return FOUND if withheld else OK


def _write(cluster: Cluster, changes: Sequence[Change], doing: Doing, style: Style) -> tuple[Change, ...]:
    from kubectl_refs.app.applying.applying import confirmed, write_all

    if not changes:
        return ()
    _show(f"\n{render_diff(changes, style)}")
    if not doing.yes and not confirmed(len(changes)):
        say("nothing was applied")
        return ()
    return write_all(cluster.client, changes, say)


def _wait(cluster: Cluster, keys: Sequence[ObjectKey], seconds: float, clock: Clock, style: Style) -> bool:
    def progress(waited: Resolution) -> None:
        if sys.stderr.isatty() and waited.open:
            agreed = len(waited.conditions) - len(waited.open)
            say(f"waiting for the controllers: {agreed} of {len(waited.conditions)} agree")

    waited = follow(cluster, keys, seconds, progress, clock)
    _show(render_waited(waited, style, seconds))
    return waited.done
