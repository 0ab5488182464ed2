"""Flags as pflag, kubectl's flag library, takes them where click does not: `--all-namespaces=false`, `-n=frontend`."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence

import click

_TRUE = ("1", "t", "T", "true", "TRUE", "True")
_FALSE = ("0", "f", "F", "false", "FALSE", "False")


def normalised(words: Sequence[str], group: click.Group) -> list[str]:
    """The words as click understands them; UsageError for a flag without a value that is given another than a bool."""
    options = {name: option for option in _options(group) for name in option.opts}
    done: list[str] = []
    for index, word in enumerate(words):
        if word == "--":
            return [*done, *words[index:]]
        name, equals, value = word.partition("=")
        option = options.get(name)
        if not equals or option is None:
            done.append(word)
        elif not option.is_flag:
            # click takes everything after a short flag for its value.
            done += [word] if name.startswith("--") else [name, value]
        elif value in _TRUE:
            done.append(name)
        elif value in _FALSE:
            # The last of several wins, so what came before is undone.
            done = [each for each in done if each not in option.opts]
        else:
            raise click.UsageError(
                f'invalid argument "{value}" for "{", ".join(option.opts)}" flag: strconv.ParseBool: parsing '
                f'"{value}": invalid syntax'
            )
    return done


def _options(command: click.Command) -> Iterator[click.Option]:
    """The options of a command and of those below it. One name means the same in all of them."""
    yield from (each for each in command.params if isinstance(each, click.Option))
    below: Mapping[str, click.Command] = command.commands if isinstance(command, click.Group) else {}
    for each in below.values():
        yield from _options(each)
