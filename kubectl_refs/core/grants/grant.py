"""The matching rule of ReferenceGrant and nothing else (docs/rules.md 1.3, GEP-709).

A reference into another namespace is permitted if one grant in the target's namespace has both a `from` entry that
equals the referrer's group, kind and namespace and a `to` entry that equals the target's group and kind and either
its name or none. Bytes are compared: the API has no aliases, no wildcards and no case folding.
"""

from __future__ import annotations

import json
from collections.abc import Collection, Iterable, Mapping, Sequence
from typing import Any, NamedTuple

from kubectl_refs.core.model.kinds import REFERENCE_GRANT, REFERENCE_POLICY
from kubectl_refs.core.model.near_misses import NOT_A_STRING, GrantMatch, GrantName
from kubectl_refs.core.model.objects import GATEWAY_GROUP, JSON, GroupKind, ObjectKey
from kubectl_refs.core.model.references import Reference
from kubectl_refs.core.model.values import at, entries, key_of, mapping, text, version_of, was_created
from kubectl_refs.core.records import dataclass
from kubectl_refs.core.text.language import several
from kubectl_refs.core.text.similarity import is_close
from kubectl_refs.core.view.catalog import CORE_KINDS, meant_as_gateway_api
from kubectl_refs.core.view.offline import GATEWAY_API_KINDS, IMPLEMENTATION_KINDS

FIELDS: Mapping[str, Sequence[str]] = {"from": ("group", "kind", "namespace"), "to": ("group", "kind", "name")}
"""The fields of the spec of a ReferenceGrant, and the fields that an entry of each has (docs/rules.md 1.2)."""

MAX_ENTRIES = 16
"""The most entries that the API server admits in `from`, and in `to` (docs/rules.md 1.2). Manifests may hold more."""


def meant_as_grants(kind: GroupKind) -> bool:
    """Whether objects of a kind other than ReferenceGrant are meant as ReferenceGrants: the kind is the former
    ReferencePolicy, or its name or group is a misspelling."""
    name = kind.kind.lower()
    misspelt = kind != REFERENCE_GRANT and (name == "referencegrant" or is_close("referencegrant", name))
    return kind == REFERENCE_POLICY or (misspelt and meant_as_gateway_api(kind.group))


def shown_kind(group: str | None, kind: str | None) -> str:
    """A kind, with its group where that is neither core nor Gateway API's, or is known to be wrong for the kind."""
    return _with_group(group, kind or "", kind or "")


def shown_kinds(group: str | None, kind: str | None) -> str:
    """Several objects of a kind: `HTTPRoutes`, `SecurityPolicies.gateway.envoyproxy.io`."""
    return _with_group(group, kind or "", several(kind or ""))


_KNOWN = (*CORE_KINDS, *GATEWAY_API_KINDS, *IMPLEMENTATION_KINDS)
_OF_CORE = frozenset(each.kind for each in _KNOWN if not each.group)
_OF_GATEWAY_API = frozenset(each.kind for each in _KNOWN if each.group == GATEWAY_GROUP)
_OF_ANY = frozenset(each.kind for each in _KNOWN)
_NOT_OF_CORE, _NOT_OF_GATEWAY_API = _OF_ANY - _OF_CORE, _OF_ANY - _OF_GATEWAY_API


def _with_group(group: str | None, kind: str, words: str) -> str:
    if not group and kind in _NOT_OF_CORE:
        return f"{words} of {'no group' if group is None else 'the core group'}"
    usual = group == GATEWAY_GROUP and kind not in _NOT_OF_GATEWAY_API
    return str(GroupKind("" if usual else group or "", words))


class FromEntry(NamedTuple):
    """Who may refer. A field is None where the manifest leaves it out, which the API server would refuse."""

    group: str | None
    kind: str | None
    namespace: str | None

    @classmethod
    def of(cls, referrer: ObjectKey) -> FromEntry:
        """The entry that lets an object refer."""
        return cls(referrer.group, referrer.kind, referrer.namespace)

    def matches(self, reference: Reference) -> bool:
        return self == FromEntry.of(reference.referrer)

    @property
    def written(self) -> JSON:
        """The entry as a manifest holds it."""
        return self._asdict()

    @property
    def group_kind(self) -> GroupKind:
        """The referrer's kind; a field left out is empty in it."""
        return GroupKind(self.group or "", self.kind or "")

    @property
    def who(self) -> str:
        """The referrer's kind, as `shown_kind` writes it."""
        return shown_kind(self.group, self.kind)

    @property
    def where(self) -> str:
        """Where the referrer is: `in shop`."""
        return "in no namespace" if self.namespace is None else f"in {self.namespace}"


class ToEntry(NamedTuple):
    """What may be referenced; `name` is None where every object of the kind is meant."""

    group: str | None
    kind: str | None
    name: str | None

    @classmethod
    def of(cls, target: ObjectKey) -> ToEntry:
        """The entry that permits references to one object."""
        return cls(target.group, target.kind, target.name)

    @property
    def written(self) -> JSON:
        """The entry as a manifest holds it."""
        entry = {"group": self.group, "kind": self.kind}
        return entry if self.name is None else {**entry, "name": self.name}

    def matches(self, reference: Reference) -> bool:
        target = reference.to
        return (self.group, self.kind) == (target.group, target.kind) and self.name in (None, target.name)

    @property
    def group_kind(self) -> GroupKind:
        """The target's kind; a field left out is empty in it."""
        return GroupKind(self.group or "", self.kind or "")

    @property
    def unnamed(self) -> ToEntry:
        """The same entry without a name: it stands for every object of the kind."""
        return ToEntry(self.group, self.kind, None)

    @property
    def kind_shown(self) -> str:
        """The target's kind, with its group where that is neither core nor Gateway API's."""
        return shown_kind(self.group, self.kind)

    @property
    def what(self) -> str:
        """The target as words: `Service "auth"`, or `any Service`."""
        return f'{self.kind_shown} "{self.name}"' if self.name is not None else f"any {self.kind_shown}"


@dataclass(frozen=True, slots=True)
class Grant:
    grant: GrantName
    from_: tuple[FromEntry, ...]
    to: tuple[ToEntry, ...]
    written: str | None
    """When the grant was last changed, RFC 3339 in UTC; None where that is not recorded (a manifest)."""
    source: JSON
    outdated: str
    """Why no current API server accepts such an object, as a sentence without its full stop; empty where one does."""

    @property
    def key(self) -> ObjectKey:
        return self.grant.key

    @property
    def kind(self) -> str:
        """ReferenceGrant, its former name ReferencePolicy, or what somebody wrote instead."""
        return key_of(self.source).kind

    @property
    def admissible(self) -> bool:
        """Whether an API server accepts the grant: its kind and version are current, and its lists are short enough."""
        return not self.outdated and len(self.from_) <= MAX_ENTRIES and len(self.to) <= MAX_ENTRIES

    @property
    def spec(self) -> Any:
        """The spec as an API server holds it: without the fields of a manifest that the kind does not have."""
        spec = self.source.get("spec")
        # An API server has all the fields of its release, which may be later than this program.
        if was_created(self.source) or not isinstance(spec, dict):
            return spec
        return {part: _known(value, FIELDS[part]) for part, value in spec.items() if part in FIELDS}

    @property
    def what_is_lacking(self) -> str:
        """Which list the grant lacks, so that it permits nothing: `spec.from has no entries`; empty if it has both."""
        if self.from_ and self.to:
            return ""
        part = "to" if self.from_ else "from"
        value = at(self.source, "spec", part)
        return (
            f"spec.{part} has no entries" if value is None or isinstance(value, list) else f"spec.{part} is not a list"
        )

    @classmethod
    def parse(cls, obj: JSON) -> Grant:
        """Parse a ReferenceGrant of any version: all versions share one schema."""
        metadata = mapping(obj.get("metadata"))
        spec = mapping(obj.get("spec"))
        managed = (text(at(entry, "time")) for entry in entries(metadata.get("managedFields")))
        times = [time for time in (text(metadata.get("creationTimestamp")), *managed) if time]
        return cls(
            GrantName(text(metadata.get("namespace")) or "", text(metadata.get("name")) or ""),
            tuple([FromEntry(*_words(entry, "namespace")) for entry in entries(spec.get("from"))]),
            tuple([ToEntry(*_words(entry, "name")) for entry in entries(spec.get("to"))]),
            max(times, default=None),
            obj,
            _outdated(obj),
        )


def _known(value: Any, fields: Sequence[str]) -> Any:
    """The entries of a list with no other fields than these; what is no entry stays as it is."""
    if not isinstance(value, list):
        return value
    return [
        {name: entry[name] for name in entry if name in fields} if isinstance(entry, dict) else entry for entry in value
    ]


def _outdated(obj: JSON) -> str:
    group, kind, *_ = key_of(obj)
    if kind not in (REFERENCE_GRANT.kind, REFERENCE_POLICY.kind):
        return f"the Gateway API has no kind {kind}"
    if group != GATEWAY_GROUP:
        return f"{kind} is a kind of group {GATEWAY_GROUP}, not of {group or 'the core group'}"
    if was_created(obj):
        return ""
    if kind == REFERENCE_POLICY.kind:
        return "ReferenceGrant has replaced ReferencePolicy since Gateway API 0.5"
    version = version_of(obj)
    return f"no release since Gateway API 1.2 serves its version {version}" if version == "v1alpha2" else ""


def _words(entry: Any, last: str) -> tuple[str | None, str | None, str | None]:
    """The group, the kind and one further field of an entry."""
    fields = mapping(entry)
    return _word(fields.get("group")), _word(fields.get("kind")), _word(fields.get(last))


def _word(value: Any) -> str | None:
    """A field of an entry. A value that is not a string, such as the `no` that YAML reads as false, becomes words that
    equal no name: only an absent field matches everything, and only `name`."""
    if value is None or isinstance(value, str):
        return value
    if isinstance(value, bool | int | float):
        return f"{json.dumps(value)}{NOT_A_STRING}"
    return f"{'a list' if isinstance(value, list) else 'an object'}{NOT_A_STRING}"


def grant_manifest(version: str, name: GrantName, spec: Any) -> JSON:
    """A ReferenceGrant to create."""
    metadata = {"name": name.name, "namespace": name.namespace}
    return {"apiVersion": version, "kind": REFERENCE_GRANT.kind, "metadata": metadata, "spec": spec}


def permitting(reference: Reference, grants: Iterable[Grant]) -> tuple[GrantMatch, ...]:
    """Every pair of entries that permits a reference. Grants outside the target's namespace never do, nor do grants
    that no API server accepts."""
    return tuple(
        GrantMatch(grant.grant, from_index, to_index)
        for grant in grants
        if grant.grant.namespace == reference.to.namespace and grant.admissible
        for from_index, from_entry in enumerate(grant.from_)
        if from_entry.matches(reference)
        for to_index, to_entry in enumerate(grant.to)
        if to_entry.matches(reference)
    )


class Pair(NamedTuple):
    """One permission: a `from` entry with a `to` entry of the same grant. Every `from` combines with every `to`."""

    from_: FromEntry
    to: ToEntry

    @property
    def wider(self) -> Pair:
        """The same permission for every object of the target's kind."""
        return Pair(self.from_, self.to.unnamed)

    def within(self, others: Collection[Pair]) -> bool:
        """Whether one of the other permissions covers this one."""
        return self in others or self.wider in others

    def permits(self, reference: Reference) -> bool:
        return self.from_.matches(reference) and self.to.matches(reference)

    def __str__(self) -> str:
        who = shown_kinds(self.from_.group, self.from_.kind)
        return f"{who} {self.from_.where} to reference {self.to.what}"
