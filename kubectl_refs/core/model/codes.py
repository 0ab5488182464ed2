"""The stable codes of findings. A code is never reused; a retired one keeps its line."""

from __future__ import annotations

from enum import StrEnum


class Code(StrEnum):
    """What is wrong with a reference (REF0..), with a grant (REF1..) or with what a controller reports (REF2..).

    The JSON's `code`."""

    NO_GRANT = "REF001"
    NEAR_MISS = "REF002"
    MISPLACED_GRANT = "REF003"
    LOCAL_ONLY = "REF004"
    UNGRANTED_IN_MESH = "REF005"
    UNREADABLE = "REF009"
    NOT_ALLOWED_BY_LISTENERS = "REF011"
    NO_MATCHING_PARENT = "REF012"
    NO_MATCHING_HOSTNAME = "REF013"
    PARENT_NOT_FOUND = "REF014"
    PARENT_KIND = "REF015"
    NOT_ALLOWED_BY_GATEWAY = "REF016"
    ROUTE_KINDS = "REF017"
    PARENT_NOT_ACCEPTED = "REF018"
    TARGET_NOT_FOUND = "REF021"
    NAMESPACE_OMITTED = "REF022"
    KIND_NOT_SUPPORTED = "REF023"
    PORT_NOT_FOUND = "REF024"
    CONTENT = "REF025"
    MALFORMED = "REF031"
    NEVER_MATCHES = "REF101"
    NO_EFFECT_ON_PARENTS = "REF102"
    FROM_NAMESPACE_MISSING = "REF103"
    TO_NAME_MISSING = "REF104"
    NO_KNOWN_USER = "REF105"
    REDUNDANT = "REF106"
    ANY_NAME = "REF107"
    UNUSED_PAIRS = "REF108"
    OWN_NAMESPACE = "REF109"
    STALE_GENERATION = "REF201"
    STALE_GRANT = "REF202"
    NOT_REVOKED = "REF203"
    NOT_ENFORCED = "REF204"
    NOT_PORTABLE = "REF205"
    UNSUPPORTED_BY_CONTROLLER = "REF206"
    CONTROLLER_DEFECT = "REF207"
    CONTRADICTION = "REF208"
    OTHER_CAUSE = "REF209"
    UNDECIDED = "REF210"
    NO_STATUS = "REF211"

    @property
    def slug(self) -> str:
        """The code's name as a word: `never-matches`."""
        return self.name.lower().replace("_", "-")
