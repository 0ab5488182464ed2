"""The stable codes of findings: number, severity and summary of each.

A number is never reused: a code that is no longer reported keeps its line. The explanations are in
core/findings/explanations, imported only where they are shown; docs/codes.md is generated from both.
"""

from __future__ import annotations

from collections.abc import Mapping
from enum import StrEnum
from functools import cached_property
from types import MappingProxyType


class Severity(StrEnum):
    """How bad a finding is, worst first. docs/codes.md says what each level means."""

    ERROR = "error"
    WARNING = "warning"
    INFO = "info"

    def __init__(self, *_: object) -> None:
        self.rank = len(type(self).__members__)
        """Its place in that order, 0 for the worst."""


class Circumstance(StrEnum):
    """A circumstance in which a finding has another severity than its code usually has."""

    REPORTED_FALSE = "where a controller reports the current object as not accepted or not resolved"
    ALLOWED_ALL_THE_SAME = "where the reference is allowed all the same"
    NOT_KNOWN = "where it is not known whether the reference works"
    SECRETS = "where the entry permits Secrets"
    PERHAPS_IN_PLACE = "where it may be meant for the namespace that it is in"


_ERROR, _WARNING, _INFO = Severity
_NONE: Mapping[Circumstance, Severity] = MappingProxyType({})
_FAILS: Mapping[Circumstance, Severity] = MappingProxyType({Circumstance.REPORTED_FALSE: Severity.ERROR})


class Code(StrEnum):
    """What is wrong with a reference (REF0..), with a grant (REF1..) or with what a controller reports (REF2..).

    The JSON's `code`. Its severity is defined here and nowhere else."""

    severity: Severity
    summary: str
    """What is wrong, as a phrase without a full stop."""
    exceptions: Mapping[Circumstance, Severity]
    """The circumstances in which the severity differs."""

    def __new__(
        cls, number: str, severity: Severity, summary: str, exceptions: Mapping[Circumstance, Severity] = _NONE
    ) -> Code:
        code = str.__new__(cls, number)
        code._value_ = number
        code.severity, code.summary, code.exceptions = severity, summary, exceptions
        return code

    NO_GRANT = "REF001", _ERROR, "The target's namespace has no ReferenceGrant"
    NEAR_MISS = "REF002", _ERROR, "No ReferenceGrant in the target's namespace permits the reference"
    MISPLACED_GRANT = "REF003", _ERROR, "The ReferenceGrant is in the wrong namespace"
    LOCAL_ONLY = "REF004", _ERROR, "The field may only reference objects of its own namespace"
    UNGRANTED_IN_MESH = "REF005", _ERROR, "A mesh route references another namespace without a ReferenceGrant"
    OUTDATED_GRANT = "REF006", _ERROR, "The ReferenceGrant is of a kind or version that has no effect"
    UNGRANTED_BY_DEFAULT = (
        "REF007",
        _INFO,
        "No ReferenceGrant permits a reference that needs one only in a mode that is not the default",
    )
    EXTERNAL_NAME = (
        "REF008",
        _WARNING,
        "A Service of type ExternalName leads past ReferenceGrants into another namespace",
    )
    UNREADABLE = "REF009", _WARNING, "Whether the reference works is not known"
    ENDING_PERMISSION = "REF010", _WARNING, "The only ReferenceGrants that permit the reference are being deleted"
    NOT_ALLOWED_BY_LISTENERS = "REF011", _ERROR, "No listener of the parent allows the route"
    NO_MATCHING_PARENT = "REF012", _ERROR, "The parent has no such listener, or does not delegate to the route"
    NO_MATCHING_HOSTNAME = "REF013", _ERROR, "No listener that admits the route has a hostname that matches"
    PARENT_NOT_FOUND = "REF014", _ERROR, "The parent does not exist"
    PARENT_KIND = (
        "REF015",
        _ERROR,
        "The parent's kind does not exist here, or its rules are not known",
        {Circumstance.NOT_KNOWN: _WARNING},
    )
    NOT_ALLOWED_BY_GATEWAY = "REF016", _ERROR, "The Gateway does not allow the ListenerSet"
    ROUTE_KINDS = "REF017", _ERROR, "A listener allows route kinds that its protocol cannot carry"
    PARENT_NOT_ACCEPTED = "REF018", _ERROR, "The parent ListenerSet is not part of its Gateway"
    UNGRANTED_COPY = (
        "REF019",
        _WARNING,
        "The object that an implementation generates from this one lacks a ReferenceGrant",
    )
    TARGET_NOT_FOUND = "REF021", _ERROR, "The target does not exist"
    NAMESPACE_OMITTED = "REF022", _ERROR, "The reference names no namespace, and without one its target does not exist"
    KIND_NOT_SUPPORTED = (
        "REF023",
        _ERROR,
        "The target's kind does not exist or cannot be referenced here",
        {Circumstance.ALLOWED_ALL_THE_SAME: _WARNING},
    )
    PORT_NOT_FOUND = "REF024", _ERROR, "The target does not have the port"
    CONTENT = (
        "REF025",
        _ERROR,
        "The Secret or ConfigMap does not hold what is needed",
        {Circumstance.ALLOWED_ALL_THE_SAME: _WARNING},
    )
    NEAR_TARGET = "REF026", _WARNING, "The target is not among the manifests, but one much like it is"
    NEWLY_INVALID = (
        "REF027",
        _WARNING,
        "API servers with a later release of Gateway API refuse the reference as it is written",
    )
    MALFORMED = "REF031", _ERROR, "No API server takes the field as it is written"
    UNKNOWN_FIELD = "REF032", _ERROR, "The object has a field that its kind does not have"
    UNKNOWN_KIND = (
        "REF033",
        _ERROR,
        "The object's kind does not exist but is like one that holds references, or its version is not served",
    )
    NOT_SERVED = "REF041", _WARNING, "Nothing serves the object"
    LEADS_NOWHERE = "REF042", _WARNING, "A rule of the route has no backendRefs and no filter that answers"
    NEVER_MATCHES = "REF101", _ERROR, "The ReferenceGrant, or one of its entries, never matches a reference that works"
    NO_EFFECT_ON_PARENTS = "REF102", _WARNING, "A ReferenceGrant has no effect on parentRefs"
    FROM_NAMESPACE_MISSING = "REF103", _WARNING, 'The namespace in a "from" entry does not exist'
    TO_NAME_MISSING = "REF104", _WARNING, 'The object named in a "to" entry does not exist'
    NO_KNOWN_USER = "REF105", _INFO, "No known reference uses the ReferenceGrant"
    REDUNDANT = "REF106", _INFO, "Other ReferenceGrants permit the same"
    ANY_NAME = "REF107", _WARNING, 'A "to" entry without a name permits every object', {Circumstance.SECRETS: _ERROR}
    UNUSED_PAIRS = "REF108", _INFO, "No known reference uses some of the permissions"
    OWN_NAMESPACE = "REF109", _INFO, 'A "from" entry names the namespace of the ReferenceGrant'
    NEW_PERMISSION = "REF110", _ERROR, "The ReferenceGrant gives access that the baseline does not hold"
    IN_ANOTHER_NAMESPACE = (
        "REF111",
        _WARNING,
        "A refused reference would be permitted if the ReferenceGrant were in the namespace of its target",
        {Circumstance.PERHAPS_IN_PLACE: _INFO},
    )
    STALE_GENERATION = "REF201", _WARNING, "The status is older than the object's spec"
    STALE_GRANT = "REF202", _WARNING, "The status is older than the ReferenceGrant", _FAILS
    NOT_REVOKED = "REF203", _ERROR, "A controller that asks for grants reports a reference without a grant as resolved"
    NOT_ENFORCED = "REF204", _ERROR, "The controller reports a reference as resolved although nothing permits it"
    NOT_PORTABLE = "REF205", _WARNING, "Only some controllers honour the ReferenceGrant as it is written"
    UNSUPPORTED_BY_CONTROLLER = (
        "REF206",
        _WARNING,
        "The controller does not support the reference, or a kind that the object names",
        _FAILS,
    )
    CONTROLLER_DEFECT = "REF207", _WARNING, "A known defect of the controller explains its status", _FAILS
    CONTRADICTION = "REF208", _WARNING, "The status contradicts what the specification asks for", _FAILS
    OTHER_CAUSE = "REF209", _WARNING, "The controller reports a cause that is not checked here", _FAILS
    UNDECIDED = "REF210", _INFO, "The controller has not decided"
    NO_STATUS = "REF211", _INFO, "A status that controllers write is missing"
    OTHER_CONTROLLER = "REF212", _INFO, "A status about a Gateway is from a controller that does not handle it"

    @cached_property
    def slug(self) -> str:
        """The code's name as a word: `never-matches`. The JSON's `title`."""
        return self.name.lower().replace("_", "-")

    @cached_property
    def family(self) -> Code:
        """The first of the codes that other objects can turn into one another while the same reference fails."""
        return _FAMILY_OF.get(self, self)

    def severity_in(self, circumstance: Circumstance) -> Severity:
        return self.exceptions.get(circumstance, self.severity)


_FAMILIES = (
    # No grant permits the reference: a new grant that has nothing to do with the reference can change the code.
    (Code.NO_GRANT, Code.NEAR_MISS, Code.MISPLACED_GRANT, Code.OUTDATED_GRANT),
    # No listener lets the route in: a new listener for other routes can change the code.
    (Code.NOT_ALLOWED_BY_LISTENERS, Code.NO_MATCHING_HOSTNAME),
    # The target does not exist: an object of the same name in another namespace can change the code.
    (Code.TARGET_NOT_FOUND, Code.PARENT_NOT_FOUND, Code.NAMESPACE_OMITTED),
)
_FAMILY_OF = {code: family[0] for family in _FAMILIES for code in family}
