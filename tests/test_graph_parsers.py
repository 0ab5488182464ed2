"""Whatever names manifests contain, Mermaid and Graphviz read the pictures exactly as they were drawn."""

from __future__ import annotations

import html
import json
import random
import re
import subprocess
from pathlib import Path
from typing import Any
from xml.etree import ElementTree

import pytest

from kubectl_refs.core.model.objects import JSON
from kubectl_refs.core.text.escaping import safe
from tests.support.builders import from_entry, grant, route_to, to_entry
from tests.support.hostile import HOSTILE
from tests.support.parsers import MissingError, graphviz, package, parsed
from tests.support.running import EXAMPLE_MANIFESTS, Program, written

PIECES = (
    *('"', "'", "`", "<", ">", "&", "#", ";", "%%", "%%{init: {}}%%", "{", "}", "[", "]", "(", ")", "|", "\\", "\\n"),
    *(
        "\n",
        "\r\n",
        "\t",
        "-->",
        "--x",
        "-.->",
        "---",
        "end",
        "subgraph",
        "click",
        "style",
        "class",
        "linkStyle",
        "graph",
    ),
    *(
        "<br/>",
        "<script>alert(1)</script>",
        "<b>",
        "&lt;",
        "#quot;",
        "#35;",
        "1. ",
        "- ",
        "**b**",
        "$$x$$",
        "@{",
        "://",
    ),
    *(
        "http://x.y",
        "javascript:1",
        "ä",
        "漢",
        "😀",
        "\u202e",
        "\x00",
        "\x1b[31m",
        "__",
        "--",
        " ",
        "=",
        ":::",
        "~~~",
        "@",
    ),
    *(
        "//",
        "/*",
        "*/",
        "->",
        "strict",
        "node",
        "edge",
        "\\N",
        "\\G",
        "\\l",
        "a--b",
        "a.b",
        HOSTILE.replace("\ud800", ""),
    ),
)
"""Text that means something to Mermaid, Graphviz, HTML, Markdown or a terminal."""
ROUNDS = 40


def hostile(source: random.Random) -> str:
    return "".join(source.choice((*PIECES, "a", "x-1")) for _ in range(source.randint(1, 5)))


def manifests(seed: int) -> list[JSON]:
    """Routes whose names, namespaces and targets have a special meaning, some permitted and some not."""
    source = random.Random(seed)
    places, names = [hostile(source) for _ in range(3)], [hostile(source) for _ in range(3)]
    kinds = ["Service", hostile(source)]
    routes = [
        route_to(
            (source.choice(places), source.choice(names)),
            namespace=source.choice(places),
            name=f"{number}{source.choice(names)}",
            target={"kind": source.choice(kinds)},
        )
        for number in range(4)
    ]
    grants = [grant([from_entry(namespace=place)], [to_entry()], places[0], names[0]) for place in places]
    return [*routes, *grants]


@pytest.fixture
def files(tmp_path: Path) -> list[str]:
    return [
        *(written(tmp_path / f"{seed}.json", manifests(seed)) for seed in range(ROUNDS)),
        *map(str, EXAMPLE_MANIFESTS),
    ]


def texts(data: dict[str, Any]) -> set[str]:
    """The names of the nodes as a picture shows them, with runs of spaces collapsed."""
    return {one_space(safe(node["name"])) for node in data["nodes"]}


def one_space(text: str) -> str:
    return " ".join(text.split())


def shown(text: str) -> str:
    """A label as readers see it."""
    return re.sub(r"ﬂ°°(\d+)¶ß", lambda match: chr(int(match[1])), html.unescape(text))


def data_of(refs: Program, *words: str) -> dict[str, Any]:
    return dict(json.loads(refs("graph", *words, "-o", "json").out))


@pytest.mark.parametrize("by", ["object", "namespace"])
def test_mermaid_reads_what_was_drawn(refs: Program, files: list[str], by: str) -> None:
    try:
        folder = package()
    except MissingError as error:
        pytest.skip(str(error))
    words = [("-f", file, "--only", "all", "--by", by) for file in files]
    charts = [refs("graph", *each, "-o", "mermaid").out for each in words]
    found = parsed(folder, charts)
    assert [each["error"] for each in found if "error" in each] == []
    for each, told in zip(words, found, strict=True):
        data = data_of(refs, *each)
        assert len([text for text in told["edges"] if text != "allows"]) == len(
            {json.dumps({**edge, "path": "", "port": 0, "count": 0}) for edge in data["edges"]}
        )
        lines = {one_space(shown(line)) for text in told["nodes"] for line in re.split("<br ?/?>", text)}
        assert texts(data) <= lines | {""}


@pytest.mark.parametrize("by", ["object", "namespace"])
def test_graphviz_reads_what_was_drawn(refs: Program, files: list[str], by: str) -> None:
    try:
        program = graphviz()
    except MissingError as error:
        pytest.skip(str(error))
    for file in files:
        words = ("-f", file, "--only", "all", "--by", by)
        text = refs("graph", *words, "-o", "dot").out
        done = subprocess.run([program, "-Tsvg"], input=text.encode(), capture_output=True, timeout=60, check=False)
        assert (done.returncode, done.stderr.decode()) == (0, ""), file
        lines = {
            one_space("".join(each.itertext()))
            for each in ElementTree.fromstring(done.stdout).iter()
            if each.tag.endswith("}text")
        }
        assert texts(data_of(refs, *words)) <= lines | {""}
