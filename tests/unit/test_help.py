"""Help in kubectl's layout: of the program, of each command, and of the flags that all commands take."""

from __future__ import annotations

import io
import re
import shlex

import pytest

from kubectl_refs.cli.main import refs as group
from tests.support.running import Program

COMMANDS = sorted(name for name, command in group.commands.items() if not command.hidden)
HIDDEN = ["help", "options"]
OPTION = re.compile(r" {4}(?:-\w, )?--[a-z-]+=(?:'\w*'|false|\[\]|0s):\n\t\S[^\n]*")
LAST = 'Use "kubectl refs options" for a list of global command-line options (applies to all commands).\n'


def sections(help_: str) -> dict[str, str]:
    """The parts of a help text by their headings, in order; the text before the first heading has an empty name."""
    parts = re.split(r"\n\n(Examples|Available Commands|Options|Usage):\n", help_)
    return {"": parts[0], **dict(zip(parts[1::2], parts[2::2], strict=True))}


@pytest.mark.parametrize("flag", ["-h", "--help"])
def test_the_programs_help_lists_the_commands_each_in_full(refs: Program, flag: str) -> None:
    done = refs(flag)
    assert (done.status, done.err) == (0, "")
    found = sections(done.out)
    assert list(found) == ["", "Available Commands", "Options", "Usage"]
    assert [line.split()[0] for line in found["Available Commands"].splitlines()] == COMMANDS
    assert (
        "  why           Explain why each reference of an object is allowed or refused\n"
        in found["Available Commands"] + "\n"
    )
    assert "..." not in found["Available Commands"]
    assert found["Usage"] == (
        "  kubectl refs [flags] [options]\n\n"
        f'Use "kubectl refs <command> --help" for more information about a given command.\n{LAST}'
    )


def test_no_words_at_all_show_the_help(refs: Program) -> None:
    assert refs() == refs("--help")


@pytest.mark.parametrize("name", COMMANDS)
def test_a_command_has_a_description_examples_options_and_its_usage_in_this_order(refs: Program, name: str) -> None:
    done = refs(name, "--help")
    assert (done.status, done.err) == (0, "")
    found = sections(done.out)
    assert [part for part in found if part != "Options"] == [
        part for part in ("", "Examples", "Available Commands", "Usage") if part in found
    ]
    assert found[""].partition("\n\n")[0].endswith(".")
    assert re.match(rf"  kubectl refs {name} (\S.* )?\[options\]\n\n", found["Usage"])
    assert found["Usage"].endswith(LAST)
    for example in found["Examples"].split("\n\n"):
        comment, *lines = example.splitlines()
        commands = [line for line in lines if not line.startswith("  # ")]
        assert comment.startswith("  # ")
        assert commands
        assert all(re.search(r"kubectl[ -]refs|kubectl_complete-refs", command) for command in commands)


@pytest.mark.parametrize("name", [name for name in COMMANDS if name != "completion"])
def test_options_are_sorted_by_name_each_with_its_default_and_what_it_does(refs: Program, name: str) -> None:
    entries = sections(refs(name, "--help").out)["Options"].split("\n\n")
    assert all(OPTION.fullmatch(entry) for entry in entries)
    names = [entry.partition("--")[2].partition("=")[0] for entry in entries]
    visible = {each.opts[-1] for each in group.commands[name].params if not getattr(each, "hidden", True)}
    assert names == sorted(flag.removeprefix("--") for flag in visible)


@pytest.mark.parametrize(
    ("name", "entry"),
    [
        ("why", "    -n, --namespace='':\n\tIf present, the namespace scope for this CLI request.\n"),
        (
            "check",
            "    --severity='warning':\n\tShow findings of this severity and worse. One of: (error, warning, info).\n",
        ),
        ("check", "    -A, --all-namespaces=false:\n\tIf present, list the requested object(s) across all namespaces."),
        ("fix", "    --wait=0s:\n\tAfter --apply, follow"),
        ("can-i", "    -n, --namespace=[]:\n\tThe namespace of the referencing object;"),
    ],
)
def test_an_option_is_written_as_kubectl_writes_it(refs: Program, name: str, entry: str) -> None:
    assert f"\n{entry}" in refs(name, "--help").out


def test_the_exit_status_stays_in_the_description(refs: Program) -> None:
    described = sections(refs("why", "--help").out)[""]
    assert described.endswith("2 usage or connection error, 3 some references could not be checked.")


@pytest.mark.parametrize("name", COMMANDS)
def test_the_command_line_of_every_example_is_understood(
    refs: Program, monkeypatch: pytest.MonkeyPatch, name: str
) -> None:
    lines = [line for line in sections(refs(name, "-h").out)["Examples"].splitlines() if " kubectl refs " in line]
    # There is no cluster here, whatever listens on this machine's default port, and none of the named folders exists.
    monkeypatch.setenv("KUBERNETES_MASTER", "http://127.0.0.1:1")
    monkeypatch.chdir("/")
    for line in lines:
        monkeypatch.setattr("sys.stdin", io.TextIOWrapper(io.BytesIO()))
        command = re.split(r" \| | && ", line.split(" kubectl refs ")[1])[0]
        done = refs(*shlex.split(command))
        # If anything fails, it is never the command line itself.
        problem = (
            "The connection to the server|error: the path|error: no objects passed|error: open |error: --apply asks"
        )
        assert done.status == 0 or re.match(problem, done.err), line


def test_help_does_not_repeat_the_global_flags_but_names_the_list(refs: Program) -> None:
    for words in (["why", "--help"], ["--help"]):
        out = refs(*words).out
        assert "--token" not in out
        assert out.endswith(LAST)


@pytest.mark.parametrize("name", [*COMMANDS, *HIDDEN])
def test_the_word_help_shows_a_commands_help(refs: Program, name: str) -> None:
    assert refs("help", name) == refs(name, "--help")


def test_the_word_help_alone_shows_the_programs(refs: Program) -> None:
    assert refs("help") == refs("--help")
    assert refs("-n", "shop", "help") == refs("--help")


def test_help_on_no_command_is_a_mistake(refs: Program) -> None:
    done = refs("help", "nonsense")
    assert (done.status, done.out) == (2, "")
    assert done.err.startswith('error: unknown command "nonsense" for "kubectl refs"\n')


@pytest.mark.parametrize(("columns", "widest"), [(20, 20), (60, 60), (80, 80), (100, 100), (200, 120)])
@pytest.mark.parametrize("words", [("--help",), ("check", "--help"), ("fix", "--help"), ("options",)])
def test_on_a_terminal_text_is_wrapped_and_examples_are_not(
    refs: Program, monkeypatch: pytest.MonkeyPatch, words: tuple[str, ...], columns: int, widest: int
) -> None:
    unwrapped = refs(*words).out
    monkeypatch.setattr("sys.stdout.isatty", lambda: True)
    monkeypatch.setenv("COLUMNS", str(columns))
    wrapped = refs(*words).out
    assert wrapped.split() == unwrapped.split()
    examples = sections(unwrapped).get("Examples", "")
    assert examples in wrapped
    lines = [line.expandtabs(8) for line in wrapped.replace(examples, "").splitlines()]
    # A single word wider than the terminal stays whole, and so does a line to copy.
    too_wide = [line for line in lines if len(line) > widest and " " in line.strip()]
    assert [line for line in too_wide if not line.startswith(("    -", "  kubectl refs"))] == []
    assert any(len(line) > widest * 3 // 4 for line in lines)


def test_a_narrow_terminal_gets_what_a_command_does_below_its_name(
    refs: Program, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("sys.stdout.isatty", lambda: True)
    monkeypatch.setenv("COLUMNS", "20")
    assert "\n  check\n    Check every\n    object with\n    references and\n" in refs("--help").out


@pytest.mark.parametrize("name", [name for name in COMMANDS if name != "completion"])
def test_the_formats_named_are_those_that_there_are(refs: Program, name: str) -> None:
    told = re.search(r"Output format\. One of: \((.*)\)\.", refs(name, "--help").out)
    done = refs(name, "-o", "nonsense")
    assert told is not None
    formats = told[1].replace(" ", "")
    problem = f'unable to match a printer suitable for the output format "nonsense", allowed formats are: {formats}'
    assert (done.status, done.err) == (2, f"error: {problem}\n")
