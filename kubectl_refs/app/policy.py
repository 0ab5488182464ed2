"""`kubectl refs policy`: print the admission policy, or tell what it says of manifests."""

from __future__ import annotations

import re
from collections.abc import Sequence

from kubectl_refs.app.input.objects import refuse_emptiness
from kubectl_refs.app.input.source import Inputs
from kubectl_refs.app.output import Output
from kubectl_refs.core.grants.grant import Grant
from kubectl_refs.core.model.kinds import NAMESPACE, REFERENCE_GRANT
from kubectl_refs.core.model.selectors import is_label_key, is_label_value
from kubectl_refs.core.model.values import key_of, labels_of
from kubectl_refs.core.policy.admission import GROUP, POLICY, VERSION, admission_policy
from kubectl_refs.core.policy.evaluation import judge
from kubectl_refs.core.policy.options import PolicyAction, PolicyOptions
from kubectl_refs.core.view.offline import offline_catalog
from kubectl_refs.process.errors import FOUND, OK, UNKNOWN, usage
from kubectl_refs.process.streams import say
from kubectl_refs.render import policy as render
from kubectl_refs.render.formats import Shapes
from kubectl_refs.render.manifests import CommentedManifest

_KIND = re.compile(r"[A-Z][A-Za-z0-9]*")


def actions_of(*, deny: bool, warn: bool, audit: bool) -> tuple[PolicyAction, ...]:
    """The actions that flags name; RefsError for two that the API server does not accept together."""
    if deny and warn:
        raise usage("--deny and --warn are mutually exclusive: the API server takes one of them")
    chosen = (PolicyAction.WARN,) if warn else (PolicyAction.DENY,) if deny or not audit else ()
    return (*chosen, *((PolicyAction.AUDIT,) if audit else ()))


def options_of(
    allow_unnamed: Sequence[str], from_label: str | None, actions: tuple[PolicyAction, ...] = (PolicyAction.DENY,)
) -> PolicyOptions:
    """The options that the flags ask for; RefsError for a word that is not a kind or not a label."""
    return PolicyOptions(actions, tuple(map(_kind, allow_unnamed)), None if from_label is None else _label(from_label))


def _kind(word: str) -> str:
    served = offline_catalog().resolve(word.lower())
    if served is not None:
        return served.kind
    if not _KIND.fullmatch(word):
        raise usage(f'invalid argument "{word}" for "--allow-unnamed" flag: it must be a kind, for example Service')
    return word


def _label(expression: str) -> tuple[str, str]:
    key, equals, value = expression.partition("=")
    if not equals or not is_label_key(key) or not is_label_value(value):
        raise usage(f'invalid argument "{expression}" for "--from-label" flag: it must be a label, KEY=VALUE')
    return key, value


def print_policy(inputs: Inputs, options: PolicyOptions, output: Output) -> int:
    """Print the policy as manifests on standard output; returns the exit status.

    RefsError if a cluster is named and does not serve the API.
    """
    if inputs.flags:
        catalog = inputs.cluster().catalog
        if catalog.served(POLICY) is None:
            raise usage(
                f"the server does not serve {POLICY.kind} ({GROUP}/{VERSION}): it is part of Kubernetes 1.30 and later"
            )
    first, *rest = admission_policy(options)
    manifests = [CommentedManifest(first, render.about(options)), *map(CommentedManifest, rest)]
    output.write(Shapes(manifests=lambda: manifests))
    return OK


def test_policy(inputs: Inputs, options: PolicyOptions, output: Output, *, exit_zero: bool) -> int:
    """Tell on standard output what the policy says of the ReferenceGrants in manifests; returns the exit status."""
    if not inputs.has_manifests:
        raise usage("must specify the manifests to test: -f FILENAME")
    source = inputs.manifests()
    refuse_emptiness(source, "policy test")
    by_kind = [(key_of(obj), obj) for obj in source.objects]
    labels = {
        key.name: {str(name): str(value) for name, value in labels_of(obj).items()}
        for key, obj in by_kind
        if key.group_kind == NAMESPACE
    }
    judged = [judge(Grant.parse(obj), options, labels) for key, obj in by_kind if key.group_kind == REFERENCE_GRANT]
    if not judged and not output.document:
        say("No ReferenceGrants found in the manifests.")
        return OK
    output.write(
        Shapes(
            text=lambda style: render.render_judged(judged, style, headers=output.headers),
            data=lambda: render.to_data(judged),
            names=lambda: render.names_of(judged),
        )
    )
    if exit_zero:
        return OK
    if any(each.refusals for each in judged):
        return FOUND
    return UNKNOWN if any(each.unknown for each in judged) else OK
