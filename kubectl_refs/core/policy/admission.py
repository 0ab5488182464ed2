"""The policy as a ValidatingAdmissionPolicy and its binding (admissionregistration.k8s.io/v1, from Kubernetes 1.30 on)."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from kubectl_refs.core.grants.grant import MAX_ENTRIES
from kubectl_refs.core.model.kinds import NAMESPACE
from kubectl_refs.core.model.objects import GATEWAY_GROUP, JSON, GroupKind
from kubectl_refs.core.policy.known_kinds import ATTACHING, ELSEWHERE, GROUPS, KINDS, SPELLINGS
from kubectl_refs.core.policy.options import PolicyOptions
from kubectl_refs.core.policy.rules import Part, cel_list, rules, sentence_in_cel

GROUP = "admissionregistration.k8s.io"
POLICY = GroupKind(GROUP, "ValidatingAdmissionPolicy")
VERSION = "v1"
NAME = "kubectl-refs-referencegrants"
NAMESPACES_NAME = "kubectl-refs-referencegrant-namespaces"


def admission_policy(options: PolicyOptions) -> tuple[JSON, ...]:
    """The objects to apply: a policy and its binding, and a second pair if namespaces in `from` need a label."""
    parts: tuple[Part, ...] = ("from", "to")
    spec: dict[str, Any] = {
        **_MATCHES,
        "variables": [
            _variable("kinds", _map({group: cel_list(kinds) for group, kinds in KINDS.items()})),
            _variable("elsewhere", _map({group: cel_list(kinds) for group, kinds in ELSEWHERE.items() if kinds})),
            _variable("spellings", _map({group: _map(_quoted(words)) for group, words in SPELLINGS.items()})),
            _variable("groups", _map(_quoted(GROUPS))),
            _variable("attaching", _map({parent: cel_list(kinds) for parent, kinds in ATTACHING.items()})),
            *(_variable(_mistakes(part), _mistakes_in(part, options)) for part in parts),
        ],
        "validations": [
            {
                "expression": f"variables.{_mistakes(part)}.all(m, m == '')",
                "messageExpression": f"variables.{_mistakes(part)}.filter(m, m != '').join('; ')",
            }
            for part in parts
        ],
    }
    pairs = _pair(NAME, spec, options, {})
    if options.from_label is None:
        return pairs
    key, value = options.from_label
    # Evaluated once for each namespace without the label, as a parameter: CEL can look up nothing else. All evaluations
    # must hold, so none can ask whether some namespace has the name: one that does not exist is admitted.
    lacking = {"matchExpressions": [{"key": key, "operator": "NotIn", "values": [value]}]}
    labelled = {
        **_MATCHES,
        "paramKind": {"apiVersion": "v1", "kind": NAMESPACE.kind},
        "validations": [
            {
                "expression": "object.spec.from.all(e, e.namespace != params.metadata.name)",
                "messageExpression": f"{_positions('from', '.namespace == params.metadata.name')}.map(i, {_path('from')}"
                f" + '.namespace is \"' + params.metadata.name + '\", which is not labelled {key}={value}').join('; ')",
            }
        ],
    }
    more = {"paramRef": {"selector": lacking, "parameterNotFoundAction": "Allow"}}
    return (*pairs, *_pair(NAMESPACES_NAME, labelled, options, more))


_MATCHES: JSON = {
    "failurePolicy": "Fail",
    "matchConstraints": {
        "resourceRules": [
            {
                "apiGroups": [GATEWAY_GROUP],
                "apiVersions": ["*"],
                "operations": ["CREATE", "UPDATE"],
                "resources": ["referencegrants"],
            }
        ]
    },
    # Labels and finalizers of a grant that existed before the policy can still be changed.
    "matchConditions": [
        {"name": "spec-changes", "expression": "request.operation == 'CREATE' || object.spec != oldObject.spec"}
    ],
}


def _pair(name: str, spec: JSON, options: PolicyOptions, more: JSON) -> tuple[JSON, JSON]:
    api_version = f"{GROUP}/{VERSION}"
    policy = {"apiVersion": api_version, "kind": POLICY.kind, "metadata": {"name": name}, "spec": spec}
    binding = {
        "apiVersion": api_version,
        "kind": f"{POLICY.kind}Binding",
        "metadata": {"name": name},
        "spec": {"policyName": name, **more, "validationActions": [str(action) for action in options.actions]},
    }
    return policy, binding


def _variable(name: str, expression: str) -> JSON:
    return {"name": name, "expression": expression}


def _mistakes(part: Part) -> str:
    return "mistakesInFrom" if part == "from" else "mistakesInTo"


def _mistakes_in(part: Part, options: PolicyOptions) -> str:
    """A CEL list with a sentence for each entry of a part, an empty one if nothing is wrong with the entry."""
    cases = [
        f"({rule.cel}) ?\n    {sentence_in_cel(rule, _path(part))} :" for rule in rules(part, options.allow_unnamed)
    ]
    chain = "\n  ".join([*cases, "''"])
    return f"{_positions(part)}.map(i, [object.spec.{part}[i]].map(e,\n  {chain})[0])"


def _positions(part: str, having: str = "") -> str:
    """A CEL list of the indices of a part's entries: those of equal entries differ. `having` is a condition, to be read
    behind an entry."""
    condition = f" && object.spec.{part}[i]{having}" if having else ""
    every = ", ".join(map(str, range(MAX_ENTRIES)))
    return f"[{every}].filter(i, i < object.spec.{part}.size(){condition})"


def _path(part: str) -> str:
    return f"'spec.{part}[' + string(i) + ']'"


def _quoted(words: Mapping[str, str]) -> dict[str, str]:
    return {name: f"'{word}'" for name, word in words.items()}


def _map(values: Mapping[str, str]) -> str:
    return "{" + ", ".join(f"'{name}': {value}" for name, value in values.items()) + "}"
