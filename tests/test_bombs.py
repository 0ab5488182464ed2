"""Input that is made to cost much, or does by its size: bounded memory, and one error where there is no answer."""

from __future__ import annotations

import json
import resource
from pathlib import Path

import pytest

from tests.running import REFUSED, Done, script

BOMB = "a: &a [x,x,x,x,x,x,x,x,x]\n" + "".join(
    f"{chr(98 + level)}: &{chr(98 + level)} [{','.join([f'*{chr(97 + level)}'] * 9)}]\n" for level in range(9)
)
LIMIT = 2 * 1024**3
"""Bytes of address space that a run gets; a program that takes a bomb for what it is needs a tenth."""


def limited(*words: str) -> Done:
    """Run the script with LIMIT; what it takes beyond is a MemoryError, and seen as a traceback."""
    soft, hard = resource.getrlimit(resource.RLIMIT_AS)
    resource.setrlimit(resource.RLIMIT_AS, (LIMIT, hard))
    try:
        return script(*words)
    finally:
        resource.setrlimit(resource.RLIMIT_AS, (soft, hard))


@pytest.mark.parametrize("command", ["why", "check", "grants", "fix", "who-can", "kinds"])
@pytest.mark.parametrize(
    "text",
    [
        BOMB,
        "[" * 100_000,
        "{a: " * 50_000,
        '{"a":' * 100_000,
        "- " * 50_000 + "x",
        "&a [*a]",
        "a: &a {b: 1}\n" + "".join(f"b{number}: {{<<: *a}}\n" for number in range(100_000)) + "c: [",
        "a: " + "x" * 10_000_000,
        "\x00" * 1000,
        "--- \n" * 20_000 + "x",
        "'" * 1_000_001,
        "%" * 1_000_000,
        "? " * 100_000,
        "!" * 100_000 + " x",
    ],
    ids=[
        *(
            "aliases",
            "brackets",
            "braces",
            "json",
            "dashes",
            "itself",
            "merges",
            "long",
            "zeros",
            "documents",
            "quotes",
        ),
        *("directive", "keys", "tags"),
    ],
)
def test_a_bomb_costs_bounded_memory_and_is_one_error(tmp_path: Path, command: str, text: str) -> None:
    path = tmp_path / "bomb.yaml"
    path.write_text(text, encoding="utf-8")
    done = limited(command, "-f", str(path))
    assert done.status == 2
    assert done.err.startswith("error: ")
    assert done.err.count("\n") == 1
    assert len(done.err) < 1000


MEGABYTES = 50


@pytest.mark.parametrize(("command", "status"), [("why", 1), ("check", 1), ("grants", 0), ("fix", 0)])
def test_fifty_megabytes_of_text_in_one_object_cost_bounded_memory(tmp_path: Path, command: str, status: int) -> None:
    path = tmp_path / "large.yaml"
    large = {
        "apiVersion": "v1",
        "kind": "ConfigMap",
        "metadata": {"name": "large"},
        "data": {"x": "y" * MEGABYTES * 2**20},
    }
    path.write_text(f"{Path(REFUSED).read_text()}\n---\n{json.dumps(large)}\n")
    done = limited(command, "-f", str(path))
    assert (done.status, "Traceback" in done.err) == (status, False)


def test_fifty_megabytes_of_objects_cost_bounded_memory(tmp_path: Path) -> None:
    path = tmp_path / "large.yaml"
    padding = "y" * 21_000
    with path.open("w") as file:
        file.write(Path(REFUSED).read_text())
        for number in range(MEGABYTES * 50):
            metadata = f"{{name: s{number}, namespace: backend}}"
            file.write(f"\n---\napiVersion: v1\nkind: Service\nmetadata: {metadata}\nspec: {{x: {padding}}}\n")
    assert path.stat().st_size > MEGABYTES * 10**6
    done = limited("why", "-f", str(path))
    assert (done.status, done.err) == (1, "")
