from __future__ import annotations

from puffin.types import Instrument
from puffling.ui.widgets.suggestions import Suggestions


def test_symbols_that_begin_so_come_before_names_that_contain_it():
    suggest = Suggestions()
    suggest.load(
        [Instrument("MSFT", "Microsoft"), Instrument("AAPL", "Apple"), Instrument("SO", "Southern")]
    )
    assert [each.symbol for each in suggest("so")] == ["SO", "MSFT"]
    assert [each.symbol for each in suggest(" aa ")] == ["AAPL"]
    assert suggest("zz") == []


def test_nothing_is_offered_before_anything_is_loaded():
    assert Suggestions()("A") == []
