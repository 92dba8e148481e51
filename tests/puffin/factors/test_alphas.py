"""The library computes what its sources say, on prices and volume alone, and knows no future."""

from __future__ import annotations

import numpy as np
import pytest

from puffin.errors import NoDataError, ParameterError
from puffin.factors.alphas import ALPHAS, FACTORS, VALUE, Group, factor
from puffin.factors.expressions import evaluate, require
from puffin.factors.formulaic import FORMULAS
from tests.puffin.factors.markets import changed, mingling

pd = pytest.importorskip("pandas")
MARKET = mingling()
HEAD = MARKET.head(700)
SHAKEN = changed(MARKET, 700)
THERE = [each for each in FACTORS if each.available]
OPEN, HIGH, LOW, CLOSE, VOLUME = (
    pd.DataFrame(getattr(MARKET, name)) for name in ("open", "high", "low", "close", "volume")
)
RETURNS = CLOSE.pct_change()
TYPICAL = (HIGH + LOW + CLOSE) / 3
MONEY = CLOSE * VOLUME


def rank(frame):
    return frame.rank(axis=1, pct=True)


def ts_rank(frame, rows):
    return frame.rolling(rows).rank(pct=True)


def corr(one, two, rows):
    found = one.rolling(rows).corr(two).replace([np.inf, -np.inf], np.nan)
    steady = (one.rolling(rows).max() == one.rolling(rows).min()) | (
        two.rolling(rows).max() == two.rolling(rows).min()
    )
    return found.mask(steady).clip(-1, 1)


def decayed(frame, rows):
    # Whole weights first, so that equal ranks stay equal.
    weights = np.arange(1, rows + 1)
    return frame.rolling(rows).apply(lambda last: last @ weights, raw=True) / weights.sum()


def scale(frame):
    return frame.div(frame.abs().sum(axis=1).replace(0, np.nan), axis=0)


def less(one, two):
    return (one < two).astype(float).mask(one.isna() | two.isna())


def alpha_001():
    chosen = RETURNS.rolling(20).std().where(RETURNS < 0, CLOSE).where(RETURNS.notna())
    return rank((chosen**2).rolling(5).apply(np.argmax, raw=True) + 1) - 0.5


def alpha_007():
    move = CLOSE.diff(7)
    deep = -ts_rank(move.abs(), 60) * np.sign(move)
    liquid = MONEY.rolling(20).mean()
    return deep.where(liquid < VOLUME, -1.0).where(liquid.notna())


def alpha_009():
    move = CLOSE.diff()
    low, high = move.rolling(5).min(), move.rolling(5).max()
    return move.where((low > 0) | (high < 0), -move).where(low.notna())


def alpha_024():
    slow = CLOSE.rolling(100).mean().diff(100) / CLOSE.shift(100)
    found = (-(CLOSE - CLOSE.rolling(100).min())).where(slow <= 0.05, -CLOSE.diff(3))
    return found.where(slow.notna())


def alpha_031():
    fall = -rank(rank(CLOSE.diff(10)))
    first = rank(rank(rank(decayed(fall, 10)))) + rank(-CLOSE.diff(3))
    return first + np.sign(scale(corr(MONEY.rolling(20).mean(), LOW, 12)))


def alpha_071():
    one = corr(ts_rank(CLOSE, 3), ts_rank(MONEY.rolling(180).mean(), 12), 18)
    two = rank(LOW + OPEN - 2 * TYPICAL) ** 2
    one, two = ts_rank(decayed(one, 4), 15), ts_rank(decayed(two, 16), 4)
    return one.where(one > two, two).where(one.notna() & two.notna())


def alpha_095():
    middle = ((HIGH + LOW) / 2).rolling(19).sum()
    bound = MONEY.rolling(40).mean().rolling(19).sum()
    strong = ts_rank(rank(corr(middle, bound, 12)) ** 5, 11)
    return less(rank(OPEN - OPEN.rolling(12).min()), strong)


BY_HAND = {
    "alpha_001": alpha_001,
    "alpha_004": lambda: -ts_rank(rank(LOW), 9),
    "alpha_007": alpha_007,
    "alpha_009": alpha_009,
    "alpha_012": lambda: np.sign(VOLUME.diff()) * -CLOSE.diff(),
    "alpha_024": alpha_024,
    "alpha_031": alpha_031,
    "alpha_041": lambda: np.sqrt(HIGH * LOW) - TYPICAL,
    "alpha_053": lambda: -((CLOSE - LOW - (HIGH - CLOSE)) / (CLOSE - LOW)).diff(9),
    "alpha_054": lambda: -(LOW - CLOSE) * OPEN**5 / ((LOW - HIGH) * CLOSE**5),
    "alpha_071": alpha_071,
    "alpha_083": lambda: (
        rank(((HIGH - LOW) / CLOSE.rolling(5).mean()).shift(2))
        * rank(rank(VOLUME))
        / ((HIGH - LOW) / CLOSE.rolling(5).mean() / (TYPICAL - CLOSE))
    ),
    "alpha_095": alpha_095,
    "alpha_101": lambda: (CLOSE - OPEN) / (HIGH - LOW + 0.001),
    "momentum_12_1": lambda: CLOSE.shift(21) / CLOSE.shift(252) - 1,
    "momentum_6_1": lambda: CLOSE.shift(21) / CLOSE.shift(126) - 1,
    "reversal_month": lambda: 1 - CLOSE / CLOSE.shift(21),
    "low_volatility": lambda: -RETURNS.rolling(60).std(),
    "low_range": lambda: -np.sqrt((np.log(HIGH / LOW) ** 2).rolling(20).mean() / (4 * np.log(2))),
    "low_downside": lambda: -np.sqrt((RETURNS.clip(upper=0) ** 2).rolling(60).mean()),
    "illiquidity": lambda: (RETURNS.abs() / MONEY).rolling(21).mean() * 1e6,
    "year_high": lambda: CLOSE / HIGH.rolling(252).max(),
}


@pytest.mark.parametrize("name", BY_HAND)
def test_a_factor_is_what_its_source_says(name):
    found = evaluate(factor(name).expression(), MARKET)
    wanted = BY_HAND[name]().replace([np.inf, -np.inf], np.nan).to_numpy()
    # Where ranks of ranks tie, the last digit decides, and it depends on the order of a sum.
    same = np.isclose(found, wanted, rtol=1e-6, atol=1e-8, equal_nan=True)
    assert same.mean() > 0.999
    assert np.isfinite(found).any()


@pytest.mark.parametrize("each", THERE, ids=lambda each: each.id)
def test_every_factor_says_something_and_knows_no_future(each):
    expression = each.expression()
    require(expression, MARKET)
    found = evaluate(expression, MARKET)
    late = found[expression.warm_up + 20 :]
    assert np.isfinite(late).mean() > (0 if each.id == "alpha_096" else 0.5)
    assert (np.nanstd(late) > 0) == (each.id != "alpha_007")
    np.testing.assert_array_equal(evaluate(expression, HEAD), found[:700])
    np.testing.assert_array_equal(evaluate(expression, SHAKEN)[:700], found[:700])


def test_every_published_alpha_is_there_or_says_what_it_lacks():
    assert [each.id for each in ALPHAS] == [f"alpha_{number:03}" for number in range(1, 102)]
    assert sum(each.available for each in ALPHAS) == len(FORMULAS) == 82
    for each in ALPHAS:
        assert each.source.endswith(f"no. {int(each.id[-3:])}")
        assert ("vwap" in each.text) == ("typical price" in each.summary)


def test_value_is_said_to_be_unavailable():
    assert {each.group for each in VALUE} == {Group.VALUE}
    for each in VALUE:
        assert not each.available
        with pytest.raises(NoDataError, match=f"{each.title} needs the .* no source of prices"):
            each.expression()
    with pytest.raises(NoDataError, match="needs the industry of each company"):
        factor("alpha_048").expression()


def test_an_unknown_name_is_refused_and_the_nearest_offered():
    with pytest.raises(ParameterError, match=r"called momentum_12\. Did you mean momentum_12_1"):
        factor("momentum_12")
    with pytest.raises(ParameterError, match=r"called zzzz\.$"):
        factor("zzzz")


def test_every_factor_has_an_id_a_title_and_a_source():
    assert len({each.id for each in FACTORS}) == len(FACTORS)
    assert len({each.title for each in FACTORS}) == len(FACTORS)
    assert all(each.source and each.summary for each in FACTORS)
    assert factor("low_range").expression() is factor("low_range").expression()
