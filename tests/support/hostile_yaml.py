"""Strings that a YAML reader may take for something else."""

from __future__ import annotations

from random import Random

WORDS = r"""
1 01 089 0o14 0O14 0x1F 0X1f 0b11 -0b1 1_000 _1 1__0 1e3 12345e6 1E+3 1.5e-3 .5 5. +.5 -1 +1 - + . -. 1:30
190:20:30.15 .inf -.Inf .NaN .nan 0.0 1.10 9223372036854775808 18446744073709551616 1e999 0x 0o 0b 0b2 1_ _
0xFFFFFFFFFFFFFFFFFF 12e03 1e 00 -0 0_0 7e7 123e4567
2001-01-01 2001-1-1 2001-01-01T00:00:00Z 2001-01-01t00:00:00Z
y Y n N yes Yes YES no No NO on On ON off Off OFF true True TRUE false null Null NULL nULL ~ << = nan inf
-- --- ... ? : ! & * | > % @ ` # , [ ] { } [] {} ' " \ / $ ( ) ; < ^ a: :a a:b a# #a ?a -a &a *a !a %a @a
a/b \/ {a:b} [a,b]
"""
"""Words that YAML reads as numbers, dates, booleans, nulls or indicators of its own, and words close to these."""

ODD = [
    *(
        "",
        " ",
        " a",
        "a ",
        "a b",
        "a  b",
        "a: b",
        "a #b",
        "a :b",
        "- a",
        "? a",
        "a\nb",
        "a\n---\nb",
        "\n",
        "\t",
        "a\tb",
    ),
    *("--- a", "a\r", "\x00", "\x1b", "\x7f", "\x85", "\xa0", "\u2028", "\ufeff", "\ufffe", "\uffff", "é", "🙂"),
    *("it's", 'say "a"', "a, b [c] (d)", "10% (of a)", "ends with:", "ends with #", "{a: b}", "[a, b]", "x" * 1100),
]
ALPHABET = "aeEyYnNoOxXbB019_.:-+~#' \"{}[],&*!|>%@`=<?/\\\n\té\u2028🙂"


def hostile_strings() -> list[str]:
    """The known troublemakers, and 400 short strings made of the same characters."""
    random = Random(1)
    made = ("".join(random.choices(ALPHABET, k=random.randint(1, 8))) for _ in range(400))
    return list(dict.fromkeys([*WORDS.split(), *ODD, *made]))
