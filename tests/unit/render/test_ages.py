from __future__ import annotations

import pytest

from kubectl_refs.render.text.ages import age, human

NOW = 1767312000.0
"""2026-01-02T00:00:00Z"""

MINUTE, HOUR, DAY = 60, 3600, 86400
YEAR = 365 * DAY


@pytest.mark.parametrize(
    ("seconds", "shown"),
    [
        (0, "0s"),
        (1, "1s"),
        (119, "119s"),
        (120, "2m"),
        (121, "2m1s"),
        (10 * MINUTE - 1, "9m59s"),
        (10 * MINUTE, "10m"),
        (10 * MINUTE + 59, "10m"),
        (3 * HOUR - 1, "179m"),
        (3 * HOUR, "3h"),
        (3 * HOUR + MINUTE, "3h1m"),
        (8 * HOUR - 1, "7h59m"),
        (8 * HOUR, "8h"),
        (2 * DAY - 1, "47h"),
        (2 * DAY, "2d"),
        (2 * DAY + HOUR, "2d1h"),
        (8 * DAY - 1, "7d23h"),
        (8 * DAY, "8d"),
        (2 * YEAR - 1, "729d"),
        (2 * YEAR, "2y"),
        (2 * YEAR + DAY, "2y1d"),
        (8 * YEAR - 1, "7y364d"),
        (8 * YEAR, "8y"),
        (9 * YEAR - 1, "8y"),
    ],
)
def test_a_span_has_the_precision_of_kubectls_tables(seconds: int, shown: str) -> None:
    assert human(seconds) == shown


@pytest.mark.parametrize(
    ("timestamp", "shown"),
    [
        ("2026-01-01T23:55:00Z", "5m"),
        ("2026-01-01T23:59:59.75Z", "0s"),
        ("2026-01-02T00:55:00+01:00", "5m"),
        ("2026-01-01T23:55:00", "5m"),
        ("2026-01-02T00:01:00Z", "0s"),
        ("1971-01-01T00:00:00Z", "55y"),
    ],
)
def test_an_age_is_counted_from_an_rfc_3339_time(timestamp: str, shown: str) -> None:
    assert age(timestamp, NOW) == shown


@pytest.mark.parametrize(
    "timestamp", [None, "", "yesterday", "2026-13-01T00:00:00Z", "1970-01-01T00:00:00Z", "\x1b[31m", "1767312000"]
)
def test_no_time_an_invalid_one_and_the_crds_placeholder_have_no_age(timestamp: str | None) -> None:
    assert age(timestamp, NOW) is None
