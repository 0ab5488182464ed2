"""What the CRDs ask of the parentRefs of one object, which no change may break."""

from __future__ import annotations

from kubectl_refs.core.model.references import Reference


def exclude_each_other(one: Reference, other: Reference) -> bool:
    """Whether the API server refuses two parentRefs beside each other: those to one parent must both name a section, or
    both a port, and no two of them the same (x-kubernetes-validations of `parentRefs`)."""
    if one.to != other.to:
        return False
    if bool(one.section_name) != bool(other.section_name) or bool(one.port) != bool(other.port):
        return True
    return (one.section_name or "", one.port or 0) == (other.section_name or "", other.port or 0)
