"""Help in kubectl's layout (k8s.io/kubectl pkg/util/templates): a description, examples, commands, options, usage.

As with kubectl, text is wrapped only on a terminal. Examples never are, so that they can be copied.
"""

from __future__ import annotations

import inspect
import sys
import textwrap

import click

from kubectl_refs.cli.global_flags import GLOBALS, NAMESPACE, VISIBLE

_WIDEST = 120
"""The most columns that kubectl uses, however wide the terminal."""
_TAB = 10
"""The columns that kubectl leaves free for the tab in front of a description."""
_ROOM = 20
"""The fewest columns that a sentence needs."""
_NAME = 11
"""The least width of the column of names, as in cobra."""


def help_of(command: click.Command, ctx: click.Context) -> str:
    """The help of a command; the program that `ctx` runs goes by the name it was called by."""
    program = ctx.find_root().command_path
    written = inspect.cleandoc(command.help or "").replace("{program}", program)
    text, _, examples = written.partition("\nExamples:\n")
    sections = [_filled(" ".join(paragraph.split())) for paragraph in text.strip().split("\n\n")]
    if examples:
        sections.append(f"Examples:\n{textwrap.indent(textwrap.dedent(examples).rstrip(), '  ')}")
    if isinstance(command, click.Group):
        sections.append(f"Available Commands:\n{_commands(command)}")
    options = [param for param in command.params if isinstance(param, click.Option) and not param.hidden]
    if options:
        entries = sorted(
            (_name(option), _entry(option.opts, _default(option), option.help or "")) for option in options
        )
        sections.append("Options:\n" + "\n\n".join(entry for _, entry in entries))
    sections.append(f"Usage:\n  {_usage(command, ctx)}")
    tips = f'Use "{program} options" for a list of global command-line options (applies to all commands).'
    if isinstance(command, click.Group):
        tips = f'Use "{program} <command> --help" for more information about a given command.\n{tips}'
    sections.append("\n".join(map(_filled, tips.splitlines())))
    return "\n\n".join(sections)


def listing() -> str:
    """The output of `options`: the flags that every command takes."""
    shown = {
        "--namespace": (("-n", "--namespace"), "''", NAMESPACE),
        **{flag: ((flag,), "''", help_) for flag, help_ in VISIBLE.items()},
        **{each.names[-1]: (each.names, each.default, each.help) for each in GLOBALS},
    }
    entries = "\n\n".join(_entry(*parts) for _, parts in sorted(shown.items()))
    return f"{_filled('The following options can be passed to any command:')}\n\n{entries}\n"


def _commands(group: click.Group) -> str:
    """A line for each command that is not hidden. As in kubectl, `options` is hidden here: the last line names it."""
    shown = {name: command for name, command in sorted(group.commands.items()) if not command.hidden}
    column = max(_NAME, *map(len, shown))
    rest = " " * (column + 5)
    return "\n".join(
        _filled(f"  {name:{column}}   {command.get_short_help_str()}", rest) for name, command in shown.items()
    )


def _usage(command: click.Command, ctx: click.Context) -> str:
    words = [param.metavar or "" for param in command.params if isinstance(param, click.Argument)]
    flags = ["[flags]"] if isinstance(command, click.Group) else []
    return " ".join([ctx.command_path, *words, *flags, "[options]"])


def _name(option: click.Option) -> str:
    return option.opts[-1].removeprefix("--")


def _default(option: click.Option) -> str:
    """The default as pflag writes it: text in quotes, `[]` for a flag that may be repeated."""
    if option.is_flag:
        return "false"
    if option.multiple:
        return "[]"
    if option.type.name == "duration":
        return "0s"
    return f"'{option.default if isinstance(option.default, str) else ''}'"


def _entry(names: tuple[str, ...] | list[str], default: str, text: str) -> str:
    width = _width()
    lines = [text] if width is None else _lines(text, max(width - _TAB, 1))
    return "\n\t".join([f"    {', '.join(names)}={default}:", *lines])


def _filled(text: str, indent: str = "") -> str:
    width = _width()
    if width is None:
        return text
    # If the terminal leaves no room beside a name, the rest goes below it.
    return "\n".join(_lines(text, width, indent if width - len(indent) >= _ROOM else "    "))


def _lines(text: str, width: int, indent: str = "") -> list[str]:
    return textwrap.wrap(text, width, subsequent_indent=indent, break_long_words=False, break_on_hyphens=False)


def _width() -> int | None:
    """The columns to wrap text to; None if nothing is wrapped."""
    if not sys.stdout.isatty():
        return None
    # Imported here: start-up time.
    import shutil

    return min(shutil.get_terminal_size().columns, _WIDEST)
