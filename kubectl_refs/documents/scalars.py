"""The value of a YAML scalar, by the rules of kubectl's YAML library (go.yaml.in/yaml/v2, resolve.go)."""

from __future__ import annotations

import re
from base64 import b64decode
from math import isfinite
from typing import Any

_WORDS: dict[str, Any] = {
    **dict.fromkeys(("", "~", "null", "Null", "NULL")),
    **dict.fromkeys(("y", "Y", "yes", "Yes", "YES", "on", "On", "ON", "true", "True", "TRUE"), True),
    **dict.fromkeys(("n", "N", "no", "No", "NO", "off", "Off", "OFF", "false", "False", "FALSE"), False),
}
# Kept as text and compiled when such a scalar is met: few kubeconfigs hold one.
_NO_JSON = r"[-+]?\.(inf|Inf|INF)|\.(nan|NaN|NAN)"
_OCTAL = r"[-+]?0[0-7]+"
_INTEGER = r"[-+]?(0[xX][0-9a-fA-F]+|0[oO][0-7]+|0[bB][01]+|0|[1-9][0-9]*)"
_FLOAT = r"[-+]?(\.[0-9]+|[0-9]+(\.[0-9]*)?)([eE][-+]?[0-9]+)?"
_BETWEEN_DIGITS = r"(?<=[0-9])_(?=[0-9])"
_DATE = r"[0-9]{4}-[0-9]{1,2}-[0-9]{1,2}([Tt ].*)?"
_TAG = "tag:yaml.org,2002:"
_BINARY = f"{_TAG}binary"
_TIMESTAMP = f"{_TAG}timestamp"
_TYPES: dict[str, tuple[type, ...]] = {
    f"{_TAG}null": (type(None),),
    f"{_TAG}bool": (bool,),
    f"{_TAG}int": (int,),
    f"{_TAG}float": (int, float),
}


class ScalarError(ValueError):
    """A scalar that JSON cannot hold, or that does not fit its tag. The message quotes no text that may be a secret."""


def plain(text: str) -> Any:
    """The value of an unquoted scalar without a tag; ScalarError for infinities and NaN."""
    if text in _WORDS:
        return _WORDS[text]
    if text[0] not in "+-.0123456789":
        return text
    if re.fullmatch(_NO_JSON, text):
        raise ScalarError(f"unsupported value: {text}")
    digits = re.sub(_BETWEEN_DIGITS, "", text) if text[0] == "." else text.replace("_", "")
    if len(digits) < 400:
        base = 8 if re.fullmatch(_OCTAL, digits) else 0 if re.fullmatch(_INTEGER, digits) else None
        if base is not None and -(2**63) <= (whole := int(digits, base)) < 2**64:
            return number(whole)
    if re.fullmatch(_FLOAT, digits) and isfinite(value := float(digits)):
        # JSON has one kind of number: `port: 08080` is not octal, hence a float here, and 8080 to the API server.
        return number(int(value)) if value.is_integer() else value
    return text


def tagged(text: str, tag: str) -> Any:
    """The value of a scalar with a tag; ScalarError if the text does not fit the tag."""
    if tag == _BINARY:
        return _decoded(text)
    if tag == _TIMESTAMP and not re.fullmatch(_DATE, text):
        raise ScalarError("cannot decode the value as a !!timestamp")
    if tag not in _TYPES:
        return text
    value = plain(text)
    if type(value) not in _TYPES[tag]:
        raise ScalarError(f"cannot decode the value as a {tag.replace(_TAG, '!!')}")
    return value


def number(whole: int) -> int | float:
    """A whole number as Go holds it: beyond signed 64-bit integers, as the nearest float."""
    return whole if -(2**63) <= whole < 2**63 else float(whole)


def _decoded(text: str) -> str:
    try:
        content = b64decode(re.sub(r"[\r\n]", "", text), validate=True)
    except ValueError:
        raise ScalarError("!!binary value contains invalid base64 data") from None
    # Go's JSON also puts U+FFFD in the place of invalid UTF-8.
    return content.decode("utf-8", "replace")
