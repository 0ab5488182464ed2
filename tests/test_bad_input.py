"""Wrong input of every kind: an answer or one clear error, never a traceback, and nothing that paints a terminal.

A seeded sample runs always; KUBECTL_REFS_BAD_INPUT=10000 runs that many of each kind.
"""

from __future__ import annotations

import json
import os
import re
import resource
from collections.abc import Sequence
from pathlib import Path
from random import Random

import pytest

from kubectl_refs.core.model import JSON
from tests.badinput import HOSTILE, document, spoilt
from tests.fakeapi import FakeAPI
from tests.running import EXAMPLES, REFUSED, Done, Program, objects_of, script

SAMPLE = int(os.environ.get("KUBECTL_REFS_BAD_INPUT", "800"))
BATCH = 100
"""Inputs per test, so that a failure names a small range of seeds."""

COMMANDS: Sequence[Sequence[str]] = (
    ("why",),
    ("why", "-o", "wide"),
    ("why", "-o", "json"),
    ("grants",),
    ("grants", "--findings"),
    ("fix",),
    ("check",),
    ("who-can",),
)
SEEDS = range(0, max(SAMPLE, BATCH), BATCH)
SERVED_SEEDS = range(0, max(SAMPLE // 4, BATCH), BATCH)
SOURCES = (REFUSED, str(EXAMPLES / "tenant-isolation" / "working.yaml"))
_CONTROL = re.compile(r"[\x00-\x09\x0b-\x1f\x7f-\x9f\u202a-\u202e\u2066-\u2069]")


@pytest.fixture
def refs(capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> Program:
    return Program(capsys, monkeypatch, tmp_path)


def sound(done: Done, words: Sequence[str], path: str | None, seed: int) -> None:
    """What must hold of every answer. That it came at all, without an exception, is half of it."""
    what = (seed, words)
    assert done.status in (0, 1, 2, 3), what
    assert not _CONTROL.search(done.err), what
    assert not _CONTROL.search(done.out.replace("\n", "")), what
    if done.status == 2:
        assert re.match("error: |Error from server|Unable to connect", done.err), what
        # A document that cannot be read is named; a question that cannot be asked of what was read needs no document.
        about_a_document = re.search(r"document|yaml|parse|decod", done.err, re.IGNORECASE)
        assert path is None or not about_a_document or path in done.err, (*what, done.err)
    if "json" in words and done.out:
        json.loads(done.out)


@pytest.mark.parametrize("first", SEEDS)
def test_manifests_with_wrong_types(refs: Program, tmp_path: Path, first: int) -> None:
    path = tmp_path / "manifest.json"
    for seed in range(first, first + BATCH):
        random = Random(seed)
        items = spoilt(objects_of(random.choice(SOURCES)), random)
        path.write_text(json.dumps({"apiVersion": "v1", "kind": "List", "items": items}))
        words = random.choice(COMMANDS)
        sound(refs(*words, "-f", str(path)), words, str(path), seed)


@pytest.mark.parametrize("first", SEEDS)
def test_manifests_with_broken_text(refs: Program, tmp_path: Path, first: int) -> None:
    path = tmp_path / "manifest.yaml"
    for seed in range(first, first + BATCH):
        random = Random(seed)
        path.write_text(document(Path(random.choice(SOURCES)).read_text(), random), encoding="utf-8", newline="")
        words = random.choice(COMMANDS)
        sound(refs(*words, "-f", str(path)), words, str(path), seed)


@pytest.mark.parametrize("first", SERVED_SEEDS)
def test_answers_of_a_server_with_wrong_types(refs: Program, first: int) -> None:
    with FakeAPI() as api:
        refs.use(api, "frontend")
        for seed in range(first, first + BATCH):
            random = Random(seed)
            api.objects = [_spoilt_but_named(obj, random) for obj in objects_of(REFUSED)]
            words = random.choice(
                (("why", "httproute/frontend-routes"), ("grants", "-A"), ("fix", "httproute/frontend-routes"))
            )
            sound(refs(*words), words, None, seed)


def _spoilt_but_named(obj: JSON, random: Random) -> JSON:
    """An object with something wrong in it, though not in what a server finds it by."""
    identity = {key: obj[key] for key in ("apiVersion", "kind", "metadata")}
    rest = {key: value for key, value in obj.items() if key not in identity} or {"spec": {}}
    changed = (spoilt([rest], random) or [None])[0]
    return {**(changed if isinstance(changed, dict) else {"spec": changed}), **identity}


def test_hostile_text_in_every_place_reaches_no_terminal(refs: Program, tmp_path: Path) -> None:
    hostile = json.loads(
        re.sub(
            r'"(allow-app-routes|fronted|auth-service|http|/auth)"',
            lambda match: json.dumps(match[1] + HOSTILE),
            json.dumps(objects_of(REFUSED)),
        )
    )
    path = tmp_path / f"{HOSTILE.replace('/', '')}.json"
    path.write_text(json.dumps({"apiVersion": "v1", "kind": "List", "items": hostile}))
    for words in COMMANDS:
        done = refs(*words, "-f", str(path))
        assert not _CONTROL.search(done.out.replace("\n", "") + done.err.replace("\n", "")), words
        assert not re.search(r"^\s*allowed$", done.out + done.err, re.MULTILINE), words


BOMB = "a: &a [x,x,x,x,x,x,x,x,x]\n" + "".join(
    f"{chr(98 + level)}: &{chr(98 + level)} [{','.join([f'*{chr(97 + level)}'] * 9)}]\n" for level in range(9)
)


@pytest.mark.parametrize(
    "text",
    [
        BOMB,
        "[" * 100_000,
        "{a: " * 50_000,
        "- " * 50_000 + "x",
        "&a [*a]",
        "a: " + "x" * 10_000_000,
        "\x00" * 1000,
        "--- \n" * 20_000,
    ],
    ids=["aliases", "brackets", "braces", "dashes", "itself", "long", "zeros", "documents"],
)
def test_a_bomb_costs_bounded_memory_and_is_an_error_or_nothing(tmp_path: Path, text: str) -> None:
    path = tmp_path / "bomb.yaml"
    path.write_text(text, encoding="utf-8")
    done = script("why", "-f", str(path))
    assert done.status == 2
    assert done.err.startswith("error: ")
    assert len(done.err) < 1000
    assert "Traceback" not in done.err
    # In KiB, the largest child so far: the 10 MB of text may be there several times.
    assert resource.getrusage(resource.RUSAGE_CHILDREN).ru_maxrss < 1_500_000
