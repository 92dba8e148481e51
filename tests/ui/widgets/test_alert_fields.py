from __future__ import annotations

from decimal import Decimal
from typing import get_args

import pytest

from puffin.monitor.conditions import Crossing
from puffling.store.alerts import REPEATS as STORED_REPEATS
from puffling.ui.widgets.alert_fields import KINDS, REPEATS, AlertFields


@pytest.fixture
def fields(theme):
    made = AlertFields(theme)
    yield made
    made.deleteLater()


def test_every_kind_that_can_be_kept_can_be_chosen():
    assert tuple(KINDS) == get_args(Crossing)
    assert tuple(REPEATS) == STORED_REPEATS


def test_without_a_price_there_is_no_alert(fields):
    assert fields.values is None


def test_the_values_are_the_commands(fields):
    fields.suggest(Decimal("569.1649"))
    fields.kind.setCurrentIndex(1)
    fields.repeat.setCurrentIndex(2)
    assert fields.values == {"kind": "below", "price": Decimal("569.16"), "repeat": "daily"}


def test_a_price_below_a_dollar_keeps_its_places(fields):
    fields.suggest(Decimal("0.1234"))
    assert fields.price.value == Decimal("0.1234")
