from __future__ import annotations

from datetime import date, datetime
from decimal import Decimal
from enum import StrEnum
from pathlib import Path
from typing import Annotated, Literal, Optional

import pytest
from pydantic import BaseModel, Field

from puffin.data.bars import Interval
from puffin.strategies.momentum import Average
from puffling.core.settings import Settings
from puffling.core.settings_trading import Connections
from puffling.ui.forms.describe import Sort, describe, title_of


class Colour(StrEnum):
    """Two colours."""

    RED = "red"
    GTC = "gtc"


class Everything(BaseModel):
    """A field of every kind."""

    text: str
    whole: int = Field(default=3, ge=0, le=100, title="How many", description="Pieces.")
    exact: Decimal = Field(default=Decimal("0.10"), gt=0, le=1)
    real: float = Field(default=1.5, lt=2)
    flag: bool = True
    colour: Colour = Colour.RED
    word: Literal["a", "b"] = "a"
    day: date = Field(default=date(2012, 6, 1), ge=date(2000, 1, 3))
    path: Path | None = None
    symbols: tuple[str, ...] = ("AAPL",)
    maybe: Optional[Decimal] = None  # noqa: UP045 - the old spelling must be understood too
    annotated: Annotated[int, Field(ge=1, le=9, json_schema_extra={"step": 2})] = 1
    deep: Annotated[Decimal | None, Field(multiple_of=Decimal("0.5"))] = None
    keys: dict[str, str] = Field(default_factory=dict)
    either: int | str = 1
    at: datetime | None = None


FIELDS = {each.name: each for each in describe(Everything)}


def test_every_kind_is_recognised():
    assert {name: each.sort for name, each in FIELDS.items()} == {
        "text": Sort.TEXT,
        "whole": Sort.WHOLE,
        "exact": Sort.EXACT,
        "real": Sort.REAL,
        "flag": Sort.FLAG,
        "colour": Sort.CHOICE,
        "word": Sort.CHOICE,
        "day": Sort.DAY,
        "path": Sort.PATH,
        "symbols": Sort.WORDS,
        "maybe": Sort.EXACT,
        "annotated": Sort.WHOLE,
        "deep": Sort.EXACT,
    }


def test_what_a_form_cannot_edit_is_left_out():
    assert not {"keys", "either", "at"} & set(FIELDS)


def test_words_defaults_and_need():
    assert (FIELDS["whole"].title, FIELDS["whole"].description, FIELDS["whole"].default) == (
        "How many",
        "Pieces.",
        3,
    )
    assert FIELDS["text"].required
    assert FIELDS["text"].default is None
    assert not FIELDS["maybe"].required
    assert {name for name, each in FIELDS.items() if each.optional} == {"path", "maybe", "deep"}


@pytest.mark.parametrize(
    ("name", "limits"),
    [
        ("whole", "0 to 100"),
        ("exact", "more than 0 to 1"),
        ("real", "less than 2"),
        ("day", "at least 2000-01-03"),
        ("annotated", "1 to 9"),
        ("text", ""),
    ],
)
def test_limits_in_words(name, limits):
    assert FIELDS[name].limits == limits


def test_steps_come_from_the_field():
    assert FIELDS["annotated"].step == 2
    assert FIELDS["deep"].step == Decimal("0.5")
    assert FIELDS["whole"].step is None


def test_a_choice_with_a_label_of_its_own_reads_so():
    class Model(BaseModel):
        interval: Interval
        average: Average

    interval, average = describe(Model)
    assert interval.choices[4] == ("1 day", Interval.D1)
    assert average.choices == (("SMA", Average.SMA), ("EMA", Average.EMA))


def test_choices_read_as_words_and_hold_their_values():
    assert FIELDS["colour"].choices == (("Red", Colour.RED), ("Good till cancelled", Colour.GTC))
    assert FIELDS["word"].choices == (("A", "a"), ("B", "b"))


def test_a_name_becomes_a_title():
    assert title_of("most_positions") == "Most positions"


def test_every_setting_but_the_keys_can_be_edited():
    for section in Settings.model_fields.values():
        kind = section.annotation
        if isinstance(kind, type) and issubclass(kind, BaseModel):
            assert {each.name for each in describe(kind)} == set(kind.model_fields) - {"keys"}


def test_a_feed_is_called_as_everybody_writes_it():
    (feed,) = [each for each in describe(Connections) if each.name == "feed"]
    assert [title for title, _ in feed.choices] == ["IEX", "SIP"]
