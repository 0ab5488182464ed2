"""Flags read and refused as by pflag, kubectl's flag library: `-A=false`, `-n=frontend`, `--all_namespaces`.

click reads some of these differently and words its errors differently. So it only gets what is left: one long flag a
word, with its value if it takes one.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence

import click

_TRUE = ("1", "t", "T", "true", "TRUE", "True")
_FALSE = ("0", "f", "F", "false", "FALSE", "False")


class Flags:
    """The flags of one command line.

    `words` is for click to parse, and `false` the parameters that were set to false. After a UsageError they hold what
    came before the mistake. With `interspersed`, flags may follow other words.
    """

    def __init__(self, params: Sequence[click.Parameter], *, interspersed: bool) -> None:
        self.words: list[str] = []
        self.false: set[str] = set()
        self._options = {name: each for each in params if isinstance(each, click.Option) for name in each.opts}
        self._interspersed = interspersed

    def read(self, words: Sequence[str]) -> None:
        """Read words; UsageError for a flag that is unknown, lacks its value, or is neither true nor false."""
        rest = list(words)
        while rest:
            word = rest.pop(0)
            if word.startswith("--") and word != "--":
                self._long(word, rest)
            elif word.startswith("-") and word not in ("-", "--"):
                self._short(word[1:], rest)
            elif word == "--" or not self._interspersed:
                self.words += [word, *rest]
                return
            else:
                self.words.append(word)

    def _long(self, word: str, rest: list[str]) -> None:
        name, equals, value = word.partition("=")
        if name == "--" or name.startswith("---"):
            raise click.UsageError(f"bad flag syntax: {word}")
        option = self._options.get(name.replace("_", "-"))
        if option is None:
            raise click.UsageError(f"unknown flag: {name}")
        if option.is_flag:
            self._set(option, value if equals else "true")
        else:
            self._give(option, value if equals else _next(rest, name))

    def _short(self, letters: str, rest: list[str]) -> None:
        """Read the letters of one word: each is a flag, except for the value that the last flag may take."""
        while letters:
            option, after = self._options.get(f"-{letters[0]}"), letters[1:]
            if option is None:
                raise click.UsageError(f"unknown shorthand flag: '{letters[0]}' in -{letters}")
            if len(after) > 1 and after.startswith("="):
                (self._set if option.is_flag else self._give)(option, after[1:])
            elif not option.is_flag:
                self._give(option, after or _next(rest, f"'{letters}' in -{letters}"))
            else:
                self._set(option, "true")
                letters = after
                continue
            return

    def _set(self, option: click.Option, value: str) -> None:
        if value not in (*_TRUE, *_FALSE):
            raise click.UsageError(
                f'invalid argument "{value}" for "{", ".join(names_of(option))}" flag: strconv.ParseBool: parsing '
                f'"{value}": invalid syntax'
            )
        # The last of several wins, so earlier ones are undone.
        self.words = [word for word in self.words if word != names_of(option)[-1]]
        self.false.discard(option.name or "")
        if value in _TRUE:
            self.words.append(names_of(option)[-1])
        elif option.expose_value:
            self.false.add(option.name or "")

    def _give(self, option: click.Option, value: str) -> None:
        self.words.append(f"{names_of(option)[-1]}={value}")


def _next(rest: list[str], flag: str) -> str:
    if not rest:
        raise click.UsageError(f"flag needs an argument: {flag}")
    return rest.pop(0)


def names_of(option: click.Option) -> list[str]:
    """The names of a flag, the short one first. click before 8.2 has those of its own --help in any order."""
    return sorted(option.opts, key=len)


def takes_value(name: str, group: click.Group) -> bool:
    """Whether a word is the name of a flag with a value, in any command."""
    return any(name in option.opts and not option.is_flag for option in _options(group))


def _options(command: click.Command) -> Iterator[click.Option]:
    """The options of a command and its subcommands. A name means the same in all of them."""
    yield from (each for each in command.params if isinstance(each, click.Option))
    below: Mapping[str, click.Command] = command.commands if isinstance(command, click.Group) else {}
    for each in below.values():
        yield from _options(each)
