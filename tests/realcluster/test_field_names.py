"""No field in Gateway API's own CRDs is taken for a misspelling of another."""

from __future__ import annotations

from collections.abc import Iterator

import pytest

from kubectl_refs.core.fields.gateway_api import TABLE
from kubectl_refs.core.fields.misspelt import Level, intended_names, level_of
from kubectl_refs.core.model.objects import JSON, GroupKind
from tests.support.cluster.crds import definitions


@pytest.mark.parametrize("channel", ["standard", "experimental"])
@pytest.mark.parametrize("version", ["1.1.0", "1.6.3"])
def test_no_field_of_a_crd_is_taken_for_a_slip(version: str, channel: str) -> None:
    looked_at = taken = 0
    for crd in definitions(version, channel):
        names = crd["spec"]["names"]
        level = level_of(TABLE, GroupKind(crd["spec"]["group"], names["kind"]))
        for served in crd["spec"]["versions"]:
            for name, known in fields(served["schema"]["openAPIV3Schema"], level):
                looked_at += 1
                # Any of the known fields may be the one that is missing beside it.
                taken += any(intended_names((name,), (each,)) for each in known.names)
    assert looked_at > 100
    assert taken == 0


def fields(schema: JSON, level: Level) -> Iterator[tuple[str, Level]]:
    """Every field of a schema that the table does not know, with the level of known fields beside it."""
    while "items" in schema:
        schema = schema["items"]
    for name, child in schema.get("properties", {}).items():
        if name in level.below:
            yield from fields(child, level.below[name])
        elif name not in level.names:
            yield name, level
