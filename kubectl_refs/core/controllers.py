"""What is known of single controllers that explains a status differing from the specification (spec.md 4.6, 5)."""

from __future__ import annotations

KNOWN_DEVIATIONS = {
    "pingora.k8s.lex.la/gateway-controller": (
        "this controller writes ResolvedRefs=True for every route and does not enforce ReferenceGrant (read at its commit 3f0ec74)"
    ),
}
"""One sentence for each controllerName whose source was read and found not to enforce grants on backendRefs."""
