"""Records must not differ from the dataclasses of the standard library."""

from __future__ import annotations

import dataclasses
from collections.abc import Callable
from dataclasses import field, fields, replace
from typing import Any

import pytest

from kubectl_refs.core import records

Decorator = Callable[[type], Any]
BOTH: dict[str, Decorator] = {
    "dataclasses": dataclasses.dataclass(frozen=True, slots=True),
    "records": records.dataclass(frozen=True, slots=True),
}


def both(test: Callable[[Decorator], None]) -> Callable[[Decorator], None]:
    return pytest.mark.parametrize("made", BOTH.values(), ids=BOTH.keys())(test)


def grant(made: Decorator) -> Any:
    class Grant:
        """A class with every sort of field."""

        name: str
        namespace: str = "default"
        entries: list[str] = field(default_factory=list)
        source: object = field(default=None, compare=False, repr=False)

        @property
        def shown(self) -> str:
            return f"{self.namespace}/{self.name}"

    return made(Grant)


@both
def test_fields_are_given_by_place_and_by_name_and_have_defaults(made: Decorator) -> None:
    kind = grant(made)
    one = kind("a", entries=["x"])
    assert (one.name, one.namespace, one.entries, one.source) == ("a", "default", ["x"], None)
    assert kind("a").entries == []
    assert kind("a").entries is not kind("b").entries
    assert kind("a", "b").shown == "b/a"
    assert [each.name for each in fields(kind)] == ["name", "namespace", "entries", "source"]
    with pytest.raises(TypeError, match="missing 1 required positional argument: 'name'"):
        kind()
    with pytest.raises(TypeError, match="unexpected keyword argument 'other'"):
        kind("a", other=1)


@both
def test_equality_is_that_of_the_compared_fields_and_of_the_class(made: Decorator) -> None:
    kind, other = grant(made), grant(made)
    assert kind("a", source=1) == kind("a", source=2)
    assert kind("a") != kind("b")
    assert kind("a") != other("a")
    assert kind("a") != ("a", "default", [], None)


@both
def test_the_hash_goes_with_equality(made: Decorator) -> None:
    kind = grant(made)
    first, second = kind("a", "b", (), source=[1]), kind("a", "b", (), source=[2])
    assert hash(first) == hash(second)
    assert len({first, second, kind("c", "b", ())}) == 2
    with pytest.raises(TypeError, match="unhashable"):
        hash(kind("a"))


@both
def test_nothing_can_be_changed(made: Decorator) -> None:
    one = grant(made)("a")
    with pytest.raises(dataclasses.FrozenInstanceError, match="cannot assign to field 'name'"):
        one.name = "b"
    with pytest.raises(dataclasses.FrozenInstanceError, match="cannot delete field 'name'"):
        del one.name
    assert not hasattr(one, "__dict__")


@both
def test_a_replacement_is_another_object(made: Decorator) -> None:
    one = grant(made)("a", entries=["x"], source=1)
    assert replace(one, name="b") == type(one)("b", entries=["x"])
    assert replace(one, name="b").source == 1
    assert one.name == "a"


@both
def test_it_shows_itself_without_what_is_not_to_be_shown(made: Decorator) -> None:
    assert repr(grant(made)("a", source=1)).endswith("Grant(name='a', namespace='default', entries=[])")


@both
def test_patterns_match_it_by_place(made: Decorator) -> None:
    kind = grant(made)
    match kind("a", "b"):
        case kind(name, namespace):
            assert (name, namespace) == ("a", "b")
        case _:
            pytest.fail("no match")


@both
def test_what_a_class_defines_itself_stays(made: Decorator) -> None:
    class Name:
        text: str

        def __eq__(self, other: object) -> bool:
            return isinstance(other, str) and other == self.text

        def __hash__(self) -> int:
            return 1

        def __repr__(self) -> str:
            return "name"

    one = made(Name)("a")
    assert (one == "a", hash(one), repr(one)) == (True, 1, "name")


@both
def test_a_check_of_the_fields_is_made_when_there_is_one(made: Decorator) -> None:
    class Port:
        number: int

        def __post_init__(self) -> None:
            if self.number < 1:
                raise ValueError(self.number)

    kind = made(Port)
    assert kind(1).number == 1
    with pytest.raises(ValueError, match="0"):
        kind(0)


@both
def test_a_class_without_fields_has_one_value(made: Decorator) -> None:
    class Nothing:
        """Nothing."""

    kind = made(Nothing)
    assert kind() == kind()
    assert hash(kind()) == hash(kind())
