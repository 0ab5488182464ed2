"""Times from the cluster as ages, in kubectl's form (apimachinery's duration.HumanDuration)."""

from __future__ import annotations

from datetime import UTC, datetime

_MINUTE, _HOUR, _DAY, _YEAR = 60, 3600, 86400, 31536000


def age(timestamp: str | None, now: float) -> str | None:
    """`5m`, `3h10m`, `12d` since an RFC 3339 time; None without a time, or for one before controllers existed.

    CRDs fill in 1970-01-01 if no controller has written yet (docs/rules.md 6.6).
    """
    if timestamp is None:
        return None
    try:
        then = datetime.fromisoformat(timestamp)
    except ValueError:
        return None
    if then.tzinfo is None:
        then = then.replace(tzinfo=UTC)
    seconds = int(now - then.timestamp())
    return human(max(seconds, 0)) if then.year > 1970 else None


def human(seconds: int) -> str:
    """A span of time, the less precise the longer it is."""
    minutes, hours, days = seconds // _MINUTE, seconds // _HOUR, seconds // _DAY
    if seconds < 2 * _MINUTE:
        return f"{seconds}s"
    if minutes < 10:
        return _two(minutes, "m", seconds % _MINUTE, "s")
    if hours < 3:
        return f"{minutes}m"
    if hours < 8:
        return _two(hours, "h", minutes % 60, "m")
    if hours < 48:
        return f"{hours}h"
    if days < 8:
        return _two(days, "d", hours % 24, "h")
    if days < 2 * 365:
        return f"{days}d"
    years = seconds // _YEAR
    return _two(years, "y", days % 365, "d") if years < 8 else f"{years}y"


def _two(first: int, unit: str, second: int, smaller: str) -> str:
    return f"{first}{unit}" + (f"{second}{smaller}" if second else "")
