"""The rules of the policy: each has a condition in CEL, the same condition in Python, and one sentence for both.

They cover what can be seen in a ReferenceGrant alone: entries that never match, have no effect, or permit more than was
named. A grant's spec has passed the checks of its CRD: groups are in lower case, and no name is empty.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Sequence
from typing import Literal

from kubectl_refs.core.grants.grant import FromEntry, Grant, ToEntry
from kubectl_refs.core.model.codes import Code
from kubectl_refs.core.model.hints import VERSION
from kubectl_refs.core.model.objects import GATEWAY_GROUP
from kubectl_refs.core.policy.known_kinds import (
    ATTACHING,
    ELSEWHERE,
    GROUPS,
    HELD,
    KINDS,
    MISTAKEN_GROUPS,
    SERVING,
    SPELLINGS,
)
from kubectl_refs.core.records import dataclass

Part = Literal["from", "to"]


@dataclass(frozen=True, slots=True)
class RuledEntry:
    """An entry of a grant, as the rules see it."""

    grant: Grant
    path: str
    entry: FromEntry | ToEntry
    allow_unnamed: tuple[str, ...]

    @property
    def group(self) -> str:
        return self.entry.group or ""

    @property
    def kind(self) -> str:
        return self.entry.kind or ""

    @property
    def word(self) -> str:
        return self.kind.lower()

    @property
    def unlisted(self) -> bool:
        """Whether all kinds of the group are known and this is not one of them."""
        return self.group in KINDS and self.kind not in KINDS[self.group]


@dataclass(frozen=True, slots=True)
class Rule:
    """What is wrong with an entry. `cel` is an expression over the entry `e` and the policy's variables. `says` is a
    sentence that names `FACTS` in braces."""

    code: Code
    parts: tuple[Part, ...]
    cel: str
    holds: Callable[[RuledEntry], bool]
    says: str


@dataclass(frozen=True, slots=True)
class Fact:
    """A fact about an entry that sentences state, in CEL and in Python."""

    cel: str
    of: Callable[[RuledEntry], str]


def cel_list(words: Sequence[str]) -> str:
    """A list of names in CEL; names of kinds and groups contain no quotes."""
    return "[" + ", ".join(f"'{word}'" for word in words) + "]"


FACTS = {
    "kind": Fact("e.kind", lambda each: each.kind),
    "group": Fact("e.group", lambda each: each.group),
    "expected_kind": Fact(
        "variables.spellings[e.group][e.kind.lowerAscii()]", lambda each: SPELLINGS[each.group][each.word]
    ),
    "expected_group": Fact("variables.groups[e.kind.lowerAscii()]", lambda each: GROUPS[each.word]),
}

_IS_SERVING = f"{{0}}.group == '{GATEWAY_GROUP}' && {{0}}.kind in {cel_list(SERVING)}"
_IS_HELD = f"{{0}}.group == '' && {{0}}.kind in {cel_list(HELD)}"
_FACT = re.compile(r"\{(\w+)\}")
_BOTH: tuple[Part, ...] = ("from", "to")
_UNLISTED = "e.group in variables.kinds && !(e.kind in variables.kinds[e.group])"


def rules(part: Part, allow_unnamed: tuple[str, ...]) -> tuple[Rule, ...]:
    """The rules for the entries of a part, in the order of evaluation; the first that holds is reported."""
    found = (
        Rule(
            Code.NEVER_MATCHES,
            _BOTH,
            "e.group in variables.elsewhere && e.kind in variables.elsewhere[e.group]",
            lambda each: each.kind in ELSEWHERE.get(each.group, ()),
            ' never matches: kind "{kind}" is in no namespace',
        ),
        Rule(
            Code.NEVER_MATCHES,
            _BOTH,
            f"{_UNLISTED} && e.kind.lowerAscii() in variables.spellings[e.group]",
            lambda each: each.unlisted and each.word in SPELLINGS[each.group],
            '.kind is "{kind}", expected "{expected_kind}"',
        ),
        Rule(
            Code.NEVER_MATCHES,
            _BOTH,
            f"{_UNLISTED} && e.kind.lowerAscii() in variables.groups",
            lambda each: each.unlisted and each.word in GROUPS,
            '.group is "{group}", expected "{expected_group}"',
        ),
        Rule(
            Code.NEVER_MATCHES,
            _BOTH,
            _UNLISTED,
            lambda each: each.unlisted,
            ' never matches: group "{group}" has no kind "{kind}"',
        ),
        Rule(
            Code.NEVER_MATCHES,
            _BOTH,
            "e.group == 'core'",
            lambda each: each.group == "core",
            '.group is "{group}", expected "": the core group has no name',
        ),
        Rule(
            Code.NEVER_MATCHES,
            _BOTH,
            f"e.group.matches('^{VERSION.pattern.replace(chr(92) + 'd', '[0-9]')}$')",
            lambda each: VERSION.fullmatch(each.group) is not None,
            '.group is "{group}", which is a version: write the group without version',
        ),
        Rule(
            Code.NEVER_MATCHES,
            _BOTH,
            f"e.group in {cel_list(MISTAKEN_GROUPS)} && e.kind.lowerAscii() in variables.groups"
            f" && variables.groups[e.kind.lowerAscii()] == '{GATEWAY_GROUP}'",
            lambda each: each.group in MISTAKEN_GROUPS and GROUPS.get(each.word) == GATEWAY_GROUP,
            '.group is "{group}", expected "{expected_group}"',
        ),
        Rule(
            Code.OWN_NAMESPACE,
            ("from",),
            "e.namespace == object.metadata.namespace",
            lambda each: isinstance(each.entry, FromEntry) and each.entry.namespace == each.grant.grant.namespace,
            ".namespace is the namespace of the ReferenceGrant: references within a namespace need no ReferenceGrant",
        ),
        Rule(
            Code.NEVER_MATCHES,
            ("to",),
            "has(e.name) && e.name == '*'",
            lambda each: isinstance(each.entry, ToEntry) and each.entry.name == "*",
            '.name is "*", which names no object: an entry without a name means every {kind}',
        ),
        Rule(
            Code.NO_EFFECT_ON_PARENTS,
            ("to",),
            f"e.group == '{GATEWAY_GROUP}' && e.kind in variables.attaching && object.spec.from.all(f, f.group == "
            f"'{GATEWAY_GROUP}' && f.kind in variables.attaching[e.kind])",
            _is_parent,
            " has no effect on parentRefs: the listeners of the {kind} decide what may attach (allowedRoutes, "
            "allowedListeners)",
        ),
        Rule(
            Code.NEVER_MATCHES,
            ("from",),
            f"{_IS_SERVING.format('e')} && object.spec.to.all(t, {_IS_HELD.format('t')})",
            lambda each: _is_serving(each.entry) and all(map(_is_held, each.grant.to)),
            f" permits nothing that works: no field of kind {{kind}} that needs a ReferenceGrant takes a {' or '.join(HELD)}",
        ),
        Rule(
            Code.NEVER_MATCHES,
            ("to",),
            f"{_IS_HELD.format('e')} && object.spec.from.all(f, {_IS_SERVING.format('f')}) && "
            f"!object.spec.to.all(t, {_IS_HELD.format('t')})",
            lambda each: (
                _is_held(each.entry)
                and all(map(_is_serving, each.grant.from_))
                and not all(map(_is_held, each.grant.to))
            ),
            " permits nothing that works: no field of the kinds in spec.from that needs a ReferenceGrant takes a {kind}",
        ),
        Rule(
            Code.ANY_NAME,
            ("to",),
            "!has(e.name)" + (f" && !(e.kind in {cel_list(allow_unnamed)})" if allow_unnamed else ""),
            lambda each: (
                isinstance(each.entry, ToEntry) and each.entry.name is None and each.kind not in each.allow_unnamed
            ),
            " has no name: it permits every {kind} in the namespace; name the objects that are meant",
        ),
    )
    return tuple(rule for rule in found if part in rule.parts)


def _is_serving(entry: FromEntry | ToEntry) -> bool:
    return entry.group == GATEWAY_GROUP and entry.kind in SERVING


def _is_held(entry: FromEntry | ToEntry) -> bool:
    return entry.group == "" and entry.kind in HELD


def _is_parent(each: RuledEntry) -> bool:
    return (
        each.group == GATEWAY_GROUP
        and each.kind in ATTACHING
        and all(other.group == GATEWAY_GROUP and other.kind in ATTACHING[each.kind] for other in each.grant.from_)
    )


def sentence(rule: Rule, each: RuledEntry) -> str:
    """What a rule says about an entry for which it holds, with the code of the rule."""
    said = _FACT.sub(lambda match: FACTS[match[1]].of(each), rule.says)
    return f"{each.path}{said} [{rule.code}]"


def sentence_in_cel(rule: Rule, path: str) -> str:
    """The same sentence as a CEL expression; `path` is an expression too."""
    pieces = [path]
    end = 0
    for match in _FACT.finditer(rule.says):
        pieces += [_quoted(rule.says[end : match.start()]), FACTS[match[1]].cel]
        end = match.end()
    pieces.append(_quoted(f"{rule.says[end:]} [{rule.code}]"))
    return " + ".join(pieces)


def _quoted(text: str) -> str:
    """A text in single quotes; no sentence contains one."""
    return f"'{text}'"
