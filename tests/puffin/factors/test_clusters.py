"""Clusters are learned from the past alone, always the same way, and named by what they are."""

from __future__ import annotations

import json
from collections import Counter

import numpy as np
import pytest

from puffin.errors import NoDataError, ParameterError
from puffin.factors.clusters import (
    DIRECTION,
    FEATURES,
    FEWEST,
    SUITS,
    VOLATILITY,
    Regime,
    RegimeModel,
    cluster_view,
    features,
    learn,
)
from tests.puffin.factors.market import bars_of, walk


def chapters(*, turn: int = 120, seed: int = 2):
    """Return bars of four kinds of market, one after the other, twice."""
    random = np.random.default_rng(seed)
    kinds = [(0.006, 0.006), (-0.006, 0.006), (0.0, 0.004), (0.0, 0.014)] * 2
    moves = np.concatenate([random.normal(drift, size, turn) for drift, size in kinds])
    close = 100 * np.exp(np.cumsum(moves))
    spread = np.abs(moves) + 0.002
    volume = np.floor(random.uniform(1e5, 2e5, len(close)))
    opened = close * np.exp(-moves / 2)
    high = np.maximum(opened, close) * (1 + spread)
    low = np.minimum(opened, close) * (1 - spread)
    return bars_of({"open": opened, "high": high, "low": low, "close": close, "volume": volume})


BARS = chapters()
MODEL = learn(BARS)


def test_each_kind_of_market_gets_its_name():
    found = MODEL.assign(BARS)
    wanted = (Regime.BULLISH, Regime.BEARISH, Regime.RANGING, Regime.HIGH_VOLATILITY) * 2
    for chapter, name in enumerate(wanted):
        inside = found[chapter * 120 + 40 : (chapter + 1) * 120]
        assert Counter(inside).most_common(1)[0][0] is name
    assert set(MODEL.names) == set(Regime) == set(SUITS)


def test_names_follow_volatility_first_and_then_direction():
    by_name = dict(zip(MODEL.names, MODEL.centres, strict=True))
    wild = by_name.pop(Regime.HIGH_VOLATILITY)
    assert all(wild[VOLATILITY] > other[VOLATILITY] for other in by_name.values())
    ways = [by_name[each][DIRECTION] for each in (Regime.BEARISH, Regime.RANGING, Regime.BULLISH)]
    assert ways == sorted(ways)


def test_what_only_rose_has_no_bearish_kind():
    rising = chapters(seed=3)
    lift = np.exp(0.02 * np.arange(len(rising)))
    columns = {name: getattr(rising, name) * lift for name in ("open", "high", "low", "close")}
    names = learn(bars_of({**columns, "volume": rising.volume})).names
    assert Regime.BEARISH not in names
    assert Regime.BULLISH in names


def test_the_same_bars_give_the_same_model():
    again = learn(chapters())
    np.testing.assert_array_equal(again.centres, MODEL.centres)
    assert again.names == MODEL.names


def test_bars_are_put_where_scikit_learn_would_put_them():
    from sklearn.cluster import KMeans
    from sklearn.preprocessing import StandardScaler

    known = features(BARS)
    known = known[np.isfinite(known).all(axis=1)]
    scaled = StandardScaler().fit_transform(known)
    labels = KMeans(4, n_init=10, max_iter=300, random_state=42).fit(scaled).labels_
    ours = [each for each in MODEL.assign(BARS) if each is not None]
    pairs = {(int(label), each) for label, each in zip(labels, ours, strict=True)}
    assert len(pairs) == 4


def test_what_is_shown_was_not_learned_from():
    view = cluster_view(BARS, train_days=500, show_days=90)
    assert BARS.when(view.row) > view.model.last
    assert len(view.regimes) == len(BARS) - view.row == 90
    assert view.now is view.regimes[-1]
    wild = walk(90, seed=8)
    joined = bars_of(
        {
            name: np.concatenate([getattr(BARS, name)[: view.row], getattr(wild, name)])
            for name in ("open", "high", "low", "close", "volume")
        }
    )
    again = cluster_view(joined, train_days=500, show_days=90)
    np.testing.assert_array_equal(again.model.centres, view.model.centres)
    part = MODEL.assign(BARS.head(500))
    assert part == MODEL.assign(BARS)[:500]


def test_features_are_known_at_their_close():
    whole = features(BARS)
    np.testing.assert_array_equal(features(BARS.head(300)), whole[:300])
    assert np.isnan(whole[:33]).any(axis=1).all()
    assert np.isfinite(whole[33:]).all()
    assert whole.shape == (len(BARS), len(FEATURES))
    assert whole[100, DIRECTION] == pytest.approx(BARS.close[100] / BARS.close[80] - 1)


def test_a_model_is_plain_data():
    again = RegimeModel.from_dict(json.loads(json.dumps(MODEL.to_dict())))
    assert again.assign(BARS) == MODEL.assign(BARS)
    assert again.to_dict() == MODEL.to_dict()
    assert again.first == BARS.when(33)


def test_too_little_to_learn_from_says_what_there_is_and_is_needed():
    with pytest.raises(NoDataError, match=f"{FEWEST} bars .* has 67"):
        learn(BARS.head(100))
    with pytest.raises(NoDataError, match="no prices of TEST"):
        cluster_view(BARS.head(0))
    assert learn(BARS.head(FEWEST + 33)).bars == FEWEST


def test_a_market_that_stands_still_has_no_kinds():
    ones = np.ones(300)
    flat = bars_of({"open": ones, "high": ones, "low": ones, "close": ones, "volume": ones * 1e5})
    with pytest.raises(NoDataError, match=r"never changes|with all features"):
        learn(flat)


@pytest.mark.parametrize(("train", "show"), [(364, 90), (1_826, 90), (730, 29), (730, 366)])
def test_days_outside_their_range_are_refused(train, show):
    with pytest.raises(ParameterError, match=r"days (training|shown) are"):
        cluster_view(BARS, train_days=train, show_days=show)


def test_bars_without_features_have_no_regime():
    assert MODEL.assign(BARS.head(20)) == [None] * 20
