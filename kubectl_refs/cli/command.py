"""Click commands with kubectl's help, and with kubectl's way to read flags instead of click's."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from importlib import import_module
from typing import TYPE_CHECKING

import click

from kubectl_refs.cli.pflag import Flags
from kubectl_refs.process.errors import usage

if TYPE_CHECKING:
    from click.shell_completion import CompletionItem


_NEAR = 2
"""The most letters by which a word may differ from the command that was meant, cobra's number."""

_SYNONYMS = {
    **dict.fromkeys(("get", "list", "ls"), "check"),
    **dict.fromkeys(("analyse", "analyze", "audit", "diagnose", "lint", "validate"), "check"),
    **dict.fromkeys(("debug", "describe", "inspect", "show", "status", "trace"), "why"),
    **dict.fromkeys(("apply", "create", "patch", "repair"), "fix"),
}
"""Words that users of other programs type, and the command here that does the same."""


class Command(click.Command):
    """A command whose docstring is its help: a sentence, paragraphs, and examples below a line `Examples:`."""

    def parse_args(self, ctx: click.Context, args: list[str]) -> list[str]:
        flags = Flags(self.get_params(ctx), interspersed=ctx.allow_interspersed_args)
        try:
            flags.read(args)
        except click.UsageError as error:
            # Completion reads unfinished lines.
            if not ctx.resilient_parsing:
                error.ctx = ctx
                raise
        rest = super().parse_args(ctx, flags.words)
        ctx.params |= dict.fromkeys(flags.false, False)
        return rest

    def get_help(self, ctx: click.Context) -> str:
        # Imported here: start-up time.
        from kubectl_refs.cli.help import help_of

        return help_of(self, ctx)

    def get_short_help_str(self, limit: int = 0) -> str:
        """The first sentence, whole: lists of commands have room for it."""
        return " ".join((self.help or "").partition("\n\n")[0].split()).removesuffix(".")

    def shell_complete(self, ctx: click.Context, incomplete: str) -> list[CompletionItem]:
        """click's candidates, and the flags that every command takes, which are hidden only from help."""
        from click.shell_completion import CompletionItem

        given = [
            ctx.get_parameter_source(each.name or "") is click.core.ParameterSource.COMMANDLINE for each in self.params
        ]
        more = [
            CompletionItem(name, help=option.help)
            for option, there in zip(self.params, given, strict=True)
            if isinstance(option, click.Option) and option.hidden and (option.multiple or not there)
            for name in option.opts
            if incomplete.startswith("-") and name.startswith(incomplete)
        ]
        return [*super().shell_complete(ctx, incomplete), *more]


class Commands(Mapping[str, click.Command]):
    """Commands by name, each imported when it is asked for, since a run of the program needs only one of them.

    `who-can` is `who_can_command` in the module commands/who_can.py.
    """

    def __init__(self, names: Sequence[str]) -> None:
        self._names = tuple(names)

    def __getitem__(self, name: str) -> click.Command:
        if name not in self._names:
            raise KeyError(name)
        word = name.replace("-", "_")
        found: click.Command = getattr(import_module(f"kubectl_refs.cli.commands.{word}"), f"{word}_command")
        return found

    def __iter__(self) -> Iterator[str]:
        return iter(self._names)

    def __len__(self) -> int:
        return len(self._names)


class Group(Command, click.Group):
    """A group of commands, such as the program itself, with its own help."""

    def resolve_command(
        self, ctx: click.Context, args: list[str]
    ) -> tuple[str | None, click.Command | None, list[str]]:
        """As in click, but an unknown command is a RefsError in cobra's words, with the commands that it resembles."""
        if not ctx.resilient_parsing and self.get_command(ctx, args[0]) is None:
            problem = f'unknown command "{args[0]}" for "{ctx.command_path}"'
            if meant := _intended_command(args):
                raise usage(f"{problem}: use '{ctx.command_path} {meant}'")
            if alike := self._similar_names(args[0]):
                raise usage(problem, "", "Did you mean this?", *(f"        {name}" for name in alike))
            raise usage(problem, f"See '{ctx.command_path} --help' for usage.")
        return super().resolve_command(ctx, args)

    def _similar_names(self, word: str) -> list[str]:
        from kubectl_refs.core.text.similarity import edit_distance

        word = word.lower()
        return [
            name
            for name, command in sorted(self.commands.items())
            if not command.hidden
            if (word and name.startswith(word))
            or (abs(len(word) - len(name)) <= _NEAR and edit_distance(word, name) <= _NEAR)
        ]


def _intended_command(args: list[str]) -> str:
    """The command for a habitual word; empty if the first word is not one."""
    about_grants = any(word.lower().startswith(("referencegrant", "refgrant")) for word in args[1:])
    meant = _SYNONYMS.get(args[0].lower(), "")
    return "grants" if about_grants and meant in ("check", "why") else meant
