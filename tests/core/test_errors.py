"""An error brings a sentence, and a hint of its own if it has a better one."""

from __future__ import annotations

import inspect

import pytest

from puffling.core import errors

ALL = [
    each
    for _, each in inspect.getmembers(errors, inspect.isclass)
    if issubclass(each, errors.PufflingError)
]


def test_a_hint_of_its_own_takes_the_place_of_the_usual_one():
    usual = errors.StoreFullError("The disk is full.")
    assert str(usual) == "The disk is full."
    assert usual.hint.startswith("Free some space")
    assert errors.StoreFullError("Full.", hint="Buy a disk.").hint == "Buy a disk."


@pytest.mark.parametrize("kind", ALL, ids=lambda kind: kind.__name__)
def test_every_error_is_drawn_in_the_tree(kind: type[Exception]):
    assert errors.__doc__ is not None
    assert kind.__name__ in errors.__doc__
