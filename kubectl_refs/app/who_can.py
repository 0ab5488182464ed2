"""`kubectl refs who-can`: fetch, think, print; and the manifests that `--suggest` prints."""

from __future__ import annotations

import os
import sys
import time
from collections.abc import Sequence
from dataclasses import replace
from typing import TYPE_CHECKING

from kubectl_refs.app.input.objects import refuse_emptiness
from kubectl_refs.app.input.selection import check_segment
from kubectl_refs.app.input.source import Inputs
from kubectl_refs.app.output import Output
from kubectl_refs.core.model.kinds import REFERENCE_GRANT
from kubectl_refs.core.model.report import Gap
from kubectl_refs.core.rbac.authorizer import DELETE_COLLECTION, MASTERS, SERVICE_ACCOUNT, Actions, account_of
from kubectl_refs.core.rbac.grant_writers import VERBS, WhoCan, find_writers, grant_actions
from kubectl_refs.core.rbac.least_role import least_role
from kubectl_refs.core.text.language import enumerated, several
from kubectl_refs.core.text.yaml import to_yaml
from kubectl_refs.core.view.offline import offline_catalog
from kubectl_refs.core.view.reads import Failure, Source
from kubectl_refs.process.errors import OK, UNKNOWN, usage
from kubectl_refs.render.formats import Shapes
from kubectl_refs.render.text.page import Page
from kubectl_refs.render.text.style import style_for
from kubectl_refs.render.who_can import render_text, render_wide, to_data

if TYPE_CHECKING:
    from kubectl_refs.kube.http.client import Client


def who_can(inputs: Inputs, words: Sequence[str], output: Output, *, all_namespaces: bool, exit_zero: bool) -> int:
    """Tell on standard output who may write ReferenceGrants; returns the exit status: 3 if something is not known."""
    verbs = parse_verbs(words)
    if inputs.namespace:
        check_segment("namespace", inputs.namespace)
    if inputs.has_manifests:
        source = inputs.manifests()
        refuse_emptiness(source, "who-can")
        # As in `why`, all namespaces of the manifests are looked at unless one is named.
        found = find_writers(source, verbs, None if all_namespaces else inputs.namespace or None)
        return _show(source, found, output, exit_zero=exit_zero)
    cluster = inputs.cluster()
    found = find_writers(cluster, verbs, None if all_namespaces else inputs.namespace or cluster.namespace)
    return _show(cluster, _with_caller(cluster.client, found), output, exit_zero=exit_zero)


def print_least_role(inputs: Inputs, words: Sequence[str], group: str) -> int:
    """Print the least Role and RoleBinding for a group or a service account as YAML on standard output, and what they do
    on standard error."""
    verbs = parse_verbs(words)
    if not group:
        raise usage("--suggest needs the name of a group")
    if group.startswith(SERVICE_ACCOUNT) and account_of(group) is None:
        raise usage(f'invalid service account "{group}": it is written {SERVICE_ACCOUNT}NAMESPACE:NAME')
    if group == MASTERS.name:
        raise usage(f"group {MASTERS.name} may do everything already")
    namespace = inputs.namespace or _current_namespace(inputs)
    check_segment("namespace", namespace)
    actions = grant_actions(offline_catalog(), verbs)
    sys.stdout.write("---\n".join(map(to_yaml, least_role(group, namespace, actions))))
    sys.stdout.flush()
    page = Page(style_for(sys.stderr, os.environ, time.time()))
    page.prose("", _effect(group, namespace, actions), column=0)
    sys.stderr.write(str(page))
    sys.stderr.flush()
    return OK


def _effect(group: str, namespace: str, actions: Actions) -> str:
    words = enumerated(["read", *actions.verbs])
    return (
        f"Applied with kubectl apply -f -, this lets {_subject_words(group)} {words} ReferenceGrants in namespace {namespace}, and "
        "nothing else. The namespace must exist."
    )


def _subject_words(subject: str) -> str:
    account = account_of(subject)
    return f"group {subject}" if account is None else f"service account {account}"


def parse_verbs(words: Sequence[str]) -> tuple[str, ...]:
    """The verbs asked about, in the order of VERBS; all if none is named. RefsError for a verb that writes no grant.

    As in `kubectl auth can-i`, the type may follow the verbs, but it can only be ReferenceGrants.
    """
    catalog = offline_catalog()
    last = catalog.resolve(words[-1]) if words else None
    if last is not None and last.group_kind != REFERENCE_GRANT:
        raise usage(f"who-can is about ReferenceGrants, not {several(last.kind)}")
    named = [verb for word in words[: None if last is None else -1] for verb in word.lower().split(",")]
    for verb in named:
        if verb not in VERBS:
            raise usage(f'invalid verb "{verb}", allowed verbs are: {",".join(VERBS)}')
    return tuple(verb for verb in VERBS if verb in named) or VERBS


def _current_namespace(inputs: Inputs) -> str:
    return "default" if inputs.has_manifests else inputs.cluster().namespace


def _with_caller(client: Client, found: WhoCan) -> WhoCan:
    """The answer, with what the API server says the caller may do."""
    from kubectl_refs.kube.access import ResourceAttributes, may

    actions = found.actions
    gaps = list(found.gaps)

    def ask(verb: str) -> bool | None:
        answer = may(client, ResourceAttributes(verb, actions.group, actions.resource, found.namespace or ""))
        if isinstance(answer, Failure):
            gaps.append(_gap(verb, answer))
            return None
        return answer

    caller = {verb: ask(verb) for verb in actions.verbs}
    if caller.get("delete") is False and ask(DELETE_COLLECTION):
        caller[DELETE_COLLECTION] = True
    return replace(found, caller=caller, gaps=tuple(gaps))


def _gap(verb: str, failure: Failure) -> Gap:
    return Gap(
        verb="create",
        group="authorization.k8s.io",
        resource="selfsubjectaccessreviews",
        namespace=None,
        name=None,
        http_status=failure.http_status,
        message=failure.message,
        effect=f"whether you may {verb} ReferenceGrants is not known",
    )


def _show(source: Source, found: WhoCan, output: Output, *, exit_zero: bool) -> int:
    output.write(
        Shapes(
            text=lambda style: render_text(found, style),
            wide=lambda style: render_wide(found, style),
            data=lambda: to_data(found),
        )
    )
    return OK if found.complete or exit_zero else UNKNOWN
