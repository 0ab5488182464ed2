"""The stable codes of findings. A code is never reused; a retired one keeps its line."""

from __future__ import annotations

from enum import StrEnum


class Code(StrEnum):
    """What is wrong with a reference; the JSON's `code`."""

    NO_GRANT = "REF001"
    NEAR_MISS = "REF002"
    MISPLACED_GRANT = "REF003"
    UNREADABLE = "REF009"
    NOT_ALLOWED_BY_LISTENERS = "REF011"
    NO_MATCHING_PARENT = "REF012"
    NO_MATCHING_HOSTNAME = "REF013"
    PARENT_NOT_FOUND = "REF014"
    PARENT_KIND = "REF015"
    TARGET_NOT_FOUND = "REF021"
    NAMESPACE_OMITTED = "REF022"
    KIND_NOT_SUPPORTED = "REF023"
    PORT_NOT_FOUND = "REF024"
    MALFORMED = "REF031"
