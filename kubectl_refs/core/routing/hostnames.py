"""Which of several hostnames that cover a host takes precedence."""

from __future__ import annotations

from collections.abc import Iterable

from kubectl_refs.core.attachment.listeners import intersect


def covers(hostname: str, host: str) -> bool:
    """Whether a hostname, exact or with a leading `*.`, covers one host; an empty one covers all."""
    return not hostname or intersect(hostname, host)


def specificity(hostname: str) -> tuple[int, int]:
    """Greater for higher precedence: by the length of an exact hostname, then of any (HTTPRouteSpec.hostnames)."""
    return (0 if hostname.startswith("*.") else len(hostname), len(hostname))


def most_specific(hostnames: Iterable[str], host: str) -> str | None:
    """The hostname that takes precedence among those that cover a host; None if none does."""
    return max((each for each in hostnames if covers(each, host)), key=specificity, default=None)
