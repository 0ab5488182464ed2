"""The judgement of a policy on a ReferenceGrant: the rules that the API server evaluates, evaluated here."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence

from kubectl_refs.core.grants.grant import FromEntry, Grant, ToEntry
from kubectl_refs.core.model.near_misses import GrantName
from kubectl_refs.core.policy.options import PolicyOptions
from kubectl_refs.core.policy.rules import Part, RuledEntry, rules, sentence
from kubectl_refs.core.records import dataclass


@dataclass(frozen=True, slots=True)
class Judgement:
    """`refusals` are the sentences of the rules that do not admit a grant; empty if it is admitted. `unknown` says
    what the manifests leave open."""

    grant: GrantName
    refusals: tuple[str, ...] = ()
    unknown: tuple[str, ...] = ()


def judge(grant: Grant, options: PolicyOptions, labels: Mapping[str, Mapping[str, str]]) -> Judgement:
    """The judgement of a policy on a grant. `labels` are those of the known namespaces, by name."""
    refusals = [*_refusals(grant, options)]
    unknown = []
    for index, entry in enumerate(grant.from_ if options.from_label else ()):
        key, value = options.from_label or ("", "")
        namespace = entry.namespace or ""
        if namespace not in labels:
            unknown.append(
                f'whether namespace "{namespace}" is labelled {key}={value} is not known: it is not among these manifests'
            )
        elif labels[namespace].get(key) != value:
            refusals.append(not_labelled(f"spec.from[{index}]", namespace, key, value))
    return Judgement(grant.grant, tuple(refusals), tuple(dict.fromkeys(unknown)))


def not_labelled(path: str, namespace: str, key: str, value: str) -> str:
    return f'{path}.namespace is "{namespace}", which is not labelled {key}={value}'


def _refusals(grant: Grant, options: PolicyOptions) -> Iterator[str]:
    parts: tuple[Part, ...] = ("from", "to")
    for part in parts:
        listed: Sequence[FromEntry | ToEntry] = grant.from_ if part == "from" else grant.to
        asked = rules(part, options.allow_unnamed)
        for index, entry in enumerate(listed):
            each = RuledEntry(grant, f"spec.{part}[{index}]", entry, options.allow_unnamed)
            rule = next((rule for rule in asked if rule.holds(each)), None)
            if rule is not None:
                yield sentence(rule, each)
