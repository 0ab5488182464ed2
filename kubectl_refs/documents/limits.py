"""How deep documents may be, and how much their aliases may repeat."""

from __future__ import annotations

MAX_DEPTH = 200
"""How deep mappings and lists may be nested; OpenAPI schemas in CRDs, the deepest manifests, stay below 60."""

TOO_DEEP = f"more than {MAX_DEPTH} mappings and lists stand in each other"

MAX_REPEATED = 500_000
"""How many values the aliases of one text may repeat in all."""
