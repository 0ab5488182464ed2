"""Durations as Go and kubectl write them."""

from __future__ import annotations

import re

_UNITS = {"ns": 1e-9, "us": 1e-6, "µs": 1e-6, "ms": 0.001, "s": 1.0, "m": 60.0, "h": 3600.0}


def seconds(written: str) -> float | None:
    """The seconds of a duration as Go writes it, such as 30s or 1m30s; None for anything else."""
    sign, digits = (-1, written[1:]) if written.startswith("-") else (1, written.removeprefix("+"))
    if digits == "0":
        return 0.0
    parts = re.findall(r"(\d+\.?\d*|\.\d+)(ns|us|µs|ms|s|m|h)", digits)
    if not parts or "".join(map("".join, parts)) != digits:
        return None
    return sign * sum(float(number) * _UNITS[unit] for number, unit in parts)
