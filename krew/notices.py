"""THIRD_PARTY_NOTICES.txt: the licences of everything in a bundle that is not ours, as they ask to be passed on."""

from __future__ import annotations

from collections.abc import Sequence

from krew.contents import Component

_RULE = "=" * 100


def notices(components: Sequence[Component]) -> str:
    """The file's text: a table of contents, then the licences in the same order."""
    heads = [_head(each) for each in components]
    opening = (
        "kubectl-refs itself is under the Apache License, Version 2.0, in the file LICENSE.\n"
        "This bundle also holds, each under its own licence:\n"
    )
    listed = "".join(f"  - {head}\n" for head in heads)
    texts = "".join(
        f"\n{_RULE}\n{head}\n{_RULE}\n\n{each.text}\n" for head, each in zip(heads, components, strict=True)
    )
    return f"{opening}{listed}{texts}"


def _head(component: Component) -> str:
    return " ".join(filter(None, [component.name, component.version, f"({component.license})"]))
