"""`--sort-by`: grants in the order of one of their fields."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from typing import Any

from kubectl_refs.core.queries.grants import GrantReport
from kubectl_refs.process.errors import usage


def sorted_by(report: GrantReport, data: Sequence[dict[str, Any]], expression: str) -> GrantReport:
    """The report with its grants in the order of a JMESPath expression over the `data` of each.

    Fields of a grant's metadata may also be written as kubectl writes them.
    """
    # Imported here: start-up time.
    from kubectl_refs.render.data.report import query

    plain = expression.strip().removeprefix("{").removesuffix("}").removeprefix(".")
    plain = _METADATA.get(plain, plain)
    if not plain:
        raise usage("--sort-by needs a field, for example used.references")
    keys = [_sort_key(query(entry, plain, "--sort-by")) for entry in data]
    if data and not any(known for known, _, _ in keys) and not _is_field(data[0], plain):
        raise usage(f'couldn\'t find any field with path "{expression}" in the list of objects')
    order = sorted(range(len(keys)), key=keys.__getitem__)
    return replace(report, grants=tuple(report.grants[index] for index in order))


def _is_field(entry: Any, path: str) -> bool:
    """Whether a grant's data has a field at a path of names, even if the field is empty."""
    for name in path.split("."):
        if not isinstance(entry, dict) or name not in entry:
            return False
        entry = entry[name]
    return True


_METADATA = {
    "metadata.name": "name",
    "metadata.namespace": "namespace",
    "metadata.creationTimestamp": "created",
}


def _sort_key(value: Any) -> tuple[int, float, str]:
    """A sort key: absent values first, then numbers, then texts."""
    if isinstance(value, int | float):
        return 1, float(value), ""
    return (0, 0.0, "") if value is None else (2, 0.0, str(value))
