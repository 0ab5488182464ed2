"""A fix as data, with the command that makes it."""

from __future__ import annotations

from collections.abc import Hashable
from typing import Any

from kubectl_refs.core.model.fixes import Fix
from kubectl_refs.render.data.objects import key_data
from kubectl_refs.render.kubectl import Kubectl


def fix_key(fix: Fix) -> Hashable:
    """What `fix_data` depends on. Fixes of several references may share a manifest and differ in words."""
    parts = id(fix.manifest), id(fix.patch), tuple(fix.labels.items())
    told = fix.title, fix.confidence, fix.widens, fix.follows, fix.remains, fix.for_owner
    return fix.action, fix.object, *parts, *told


def fix_data(fix: Fix, kubectl: Kubectl) -> dict[str, Any]:
    optional = {"manifest": fix.manifest, "patch": list(fix.patch), "labels": dict(fix.labels)}
    return {
        "action": fix.action,
        "object": key_data(fix.object),
        "title": fix.title,
        **{name: value for name, value in optional.items() if value},
        "command": kubectl.command(fix),
        "widens": bool(fix.widens),
        "widening": list(fix.widens),
        **({"remains": fix.remains} if fix.remains else {}),
        "confidence": str(fix.confidence),
        "follows": fix.follows,
    }
