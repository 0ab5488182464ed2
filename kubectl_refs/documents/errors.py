"""Mistakes in a text that should be YAML or JSON."""

from __future__ import annotations


class DocumentError(Exception):
    """Text that is not YAML or JSON; the message continues kubectl's `error parsing FILE: `.

    `problem` is the message without kubectl's words about the conversion, for texts that are not converted.
    """

    def __init__(self, problem: str, prefix: str = "") -> None:
        super().__init__(prefix + problem)
        self.problem = problem


def yaml_error(line: int | None, problem: str) -> DocumentError:
    """A mistake in YAML, at a line counted from 1."""
    where = "" if line is None else f"line {line}: "
    return DocumentError(f"yaml: {where}{problem}", prefix="error converting YAML to JSON: ")
