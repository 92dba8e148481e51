"""Settings have bounds, and every one of them has words for the dialog."""

from __future__ import annotations

from decimal import Decimal

import pytest
from pydantic import ValidationError

from puffling.core.settings import Section, Settings, Trading, Watchlist, limits_for

SECTIONS = [
    (name, field.annotation)
    for name, field in Settings.model_fields.items()
    if isinstance(field.annotation, type) and issubclass(field.annotation, Section)
]


@pytest.mark.parametrize(
    ("tolerance", "name", "largest", "most"),
    [
        (0, "Conservative", "0.05", 3),
        (33, "Conservative", "0.05", 3),
        (34, "Moderate", "0.10", 5),
        (66, "Moderate", "0.10", 5),
        (67, "Aggressive", "0.20", 10),
        (100, "Aggressive", "0.20", 10),
    ],
)
def test_a_risk_tolerance_means_these_limits(tolerance: int, name: str, largest: str, most: int):
    assert limits_for(tolerance) == (name, Decimal(largest), most)


def test_there_is_no_tolerance_above_a_hundred():
    with pytest.raises(ValueError, match="more than 100"):
        limits_for(101)


def test_a_starter_list_holds_symbols_and_each_of_them_once():
    assert Watchlist(starter=("AAPL", "IBM", "AAPL")).starter == ("AAPL", "IBM")
    with pytest.raises(ValidationError, match="not a symbol"):
        Watchlist(starter=("AAPL", "not one"))


@pytest.mark.parametrize("share", ["0", "-0.1", "1.01", "NaN", "Infinity"])
def test_a_position_cannot_be_allowed_a_senseless_share(share: str):
    with pytest.raises(ValidationError):
        Trading(largest_position=Decimal(share))


@pytest.mark.parametrize(("name", "section"), SECTIONS, ids=str)
def test_every_setting_has_a_title(name: str, section: type[Section]):
    assert all(field.title for field in section.model_fields.values())


def test_settings_cannot_be_changed_in_place():
    name = "mode"
    with pytest.raises(ValidationError):
        setattr(Settings(), name, "live")
