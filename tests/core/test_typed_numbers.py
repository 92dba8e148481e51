from __future__ import annotations

from decimal import Decimal

import pytest
from pydantic import TypeAdapter, ValidationError

from puffling.commands.words import Price, Quantity
from puffling.core.typed_numbers import plain_number


@pytest.mark.parametrize(
    ("text", "value"),
    [("1,234.5", "1234.5"), ("1.234,5", "1234.5"), ("5,1", "5.1"), ("1,000", "1000"), ("−3", "-3")],
)
def test_a_comma_is_read_as_its_place_tells(text, value):
    assert plain_number(text) == value
    assert TypeAdapter(Quantity).validate_python(text) == Decimal(value)


@pytest.mark.parametrize("text", ["1.000,5.1", "1,2,3", "10,00,000", "5,", "1,00.5"])
def test_a_comma_in_an_odd_place_is_not_guessed_away(text):
    assert plain_number(text) is None
    with pytest.raises(ValidationError, match=r"write it as 1,234\.5 or 1234\.5"):
        TypeAdapter(Price).validate_python(text)


def test_numbers_of_programs_are_read_as_they_are():
    assert TypeAdapter(Price).validate_python("1E+2") == 100
    assert TypeAdapter(Price).validate_python(Decimal("0.5")) == Decimal("0.5")
