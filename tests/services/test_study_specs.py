"""Studies as they are chosen, kept and read back."""

from __future__ import annotations

import json
from dataclasses import replace

import pytest
from hypothesis import given
from hypothesis import strategies as st

from puffin.errors import ParameterError
from puffling.services.study_offers import COMPARE, find, groups, offer, offers
from puffling.services.study_specs import (
    MOST_STUDIES,
    StudySpec,
    from_json,
    spec_of,
    to_json,
)

NEEDED = {COMPARE: {"symbol": "SPY"}}


def usual(name: str) -> StudySpec:
    return StudySpec(name, NEEDED.get(name, {}))


specs = st.builds(
    replace,
    st.sampled_from([usual(each) for each in offers()]),
    own_pane=st.sampled_from([None, True, False]),
    colors=st.lists(st.sampled_from(["", "#3fa7d6", "#ffffff"]), max_size=3).map(tuple),
    width=st.floats(1, 5),
    levels=st.none() | st.lists(st.floats(-1e6, 1e6), max_size=8).map(tuple),
)


@given(st.lists(specs, max_size=8, unique=True))
def test_what_a_layout_keeps_is_what_it_reads(studies):
    kept = json.loads(json.dumps(to_json(studies)))
    assert from_json(kept) == tuple(studies)
    assert from_json(to_json(from_json(kept))) == from_json(kept)


def test_pairs_of_earlier_versions_are_read_and_nonsense_is_passed_over():
    kept = [["sma", 20], ["ema", 50], ["sma", 20], ["sma", 1], ["sma"], 7, None, {"study": "rsi"}]
    assert [each.title for each in from_json(kept)] == ["SMA 20", "EMA 50"]
    strange = [
        {"study": "nothing", "values": {}},
        {"study": "rsi", "values": {"window": "x"}},
        {"study": "rsi", "values": {"window": 9}, "colors": [1], "width": 99, "levels": "x"},
    ]
    assert from_json(strange) == (StudySpec("rsi", {"window": 9}),)
    assert from_json(None) == ()
    many = [["sma", window] for window in range(2, 200)]
    assert len(from_json(many)) == MOST_STUDIES


@pytest.mark.parametrize(
    ("words", "title"),
    [
        ("rsi", "RSI 14"),
        ("RSI 21", "RSI 21"),
        ("macd 5, 35, 5", "MACD 5, 35, 5"),
        ("bollinger deviations=2.5", "BB 20, 2.5"),
        ("bb 30", "BB 30, 2"),
        ("volume profile session", "Volume profile, session"),
        ("compare msft", "MSFT"),
        ("average true range 10", "ATR 10"),
        ("anchored vwap 2020-03-02", "Anchored VWAP 2020-03-02, 2"),
    ],
)
def test_a_study_is_read_as_a_person_writes_it(words, title):
    assert spec_of(words).title == title


@pytest.mark.parametrize(
    ("words", "said"),
    [
        ("", "Name a study"),
        ("rzi", "There is no study called rzi. Did you mean rsi"),
        ("rsi 1", "window: Input should be greater than or equal to 2"),
        ("rsi 9 9", "takes one value, not 2"),
        ("rsi speed=9", "speed: Extra inputs"),
        ("compare", "symbol: Field required"),
        ("macd x", "fast: Input should be a valid integer"),
    ],
)
def test_what_does_not_fit_is_said_in_a_sentence(words, said):
    with pytest.raises(ParameterError, match=said):
        spec_of(words)


def test_colours_widths_and_levels_are_checked():
    for look in ({"colors": ("red",)}, {"width": 0.5}, {"levels": (float("inf"),)}):
        with pytest.raises(ParameterError):
            StudySpec("rsi", **look)
    with pytest.raises(ParameterError, match="8 levels"):
        StudySpec("rsi", levels=tuple(map(float, range(9))))


def test_a_study_stands_where_its_kind_does_unless_it_is_moved():
    assert not usual("rsi").on_price
    assert replace(usual("rsi"), own_pane=False).on_price
    assert replace(usual("sma"), own_pane=True).own_pane
    assert replace(usual("sma"), own_pane=False) == usual("sma")
    assert usual("volume_profile").on_price
    assert replace(usual("volume_profile"), own_pane=True).on_price
    assert usual("rsi").guides == (30.0, 70.0)
    assert replace(usual("rsi"), levels=(20.0,)).guides == (20.0,)


@pytest.mark.parametrize(
    ("words", "first"),
    [("rsi", "rsi"), ("boll", "bollinger"), ("average true", "atr"), ("vwap", "vwap")],
)
def test_a_few_letters_find_a_study(words, first):
    assert find(words)[0].id == first


def test_every_study_of_the_list_is_offered_under_a_heading():
    needed = "sma ema rsi macd bollinger atr vwap volume_average donchian adx obv stochastic"
    assert {*needed.split(), "keltner", "ichimoku"} <= offers().keys()
    headed = [each for known in groups().values() for each in known]
    assert sorted(each.id for each in headed) == sorted(offers())
    assert not find("nothing like this")
    assert offer("rsi").is_movable
    assert not offer("pattern_hammer").is_movable
