"""Every indicator of the catalogue is what it says, and none of them looks ahead."""

from __future__ import annotations

import json
import subprocess
import sys
import threading
from importlib import import_module

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from puffin.errors import NoDataError, ParameterError
from puffin.factors import library
from puffin.factors.base import Group, Pane
from puffin.factors.catalogue import INDICATORS, indicator
from puffin.factors.trend import ema, sma
from tests.puffin.factors.market import (
    REFERENCE,
    bars_of,
    google,
    needs_reference,
    table,
    walk,
)

BARS = walk(300)
SHORT = walk(140, seed=2)
IDS = [each.id for each in INDICATORS]
# The column of the reference, the indicator, its output and parameters.
GOOGLE = {
    "SMA_20": ("sma", "value", {}),
    "EMA_20": ("ema", "value", {}),
    "WMA_20": ("wma", "value", {}),
    "RSI_14": ("rsi", "value", {}),
    "ATR_14": ("atr", "value", {}),
    "ADX_14": ("adx", "value", {}),
    "CCI_20": ("cci", "value", {}),
    "WILLR_14": ("williams", "value", {}),
    "OBV": ("obv", "value", {}),
    "MFI_14": ("money_flow", "value", {}),
    "ROC_10": ("roc", "value", {}),
    "MOM_10": ("momentum", "value", {}),
    "STDDEV_20": ("deviation", "value", {}),
    "SAR": ("sar", "value", {}),
    "TRIX_15": ("trix", "value", {}),
    "AD": ("accumulation", "value", {}),
    "DEMA_20": ("dema", "value", {}),
    "TEMA_20": ("tema", "value", {}),
    "KAMA_30": ("kama", "value", {}),
    "ULTOSC": ("ultimate", "value", {}),
    "MACD": ("macd", "value", {}),
    "MACDSIG": ("macd", "signal", {}),
    "MACDHIST": ("macd", "bars", {}),
    "BBU": ("bollinger", "upper", {}),
    "BBM": ("bollinger", "middle", {}),
    "BBL": ("bollinger", "lower", {}),
    "SLOWK": ("stochastic", "value", {}),
    "SLOWD": ("stochastic", "signal", {}),
    "AROONDN": ("aroon", "down", {}),
    "AROONUP": ("aroon", "up", {}),
}
# TA-Lib's function, ours, and its parameters by our names.
REGRESSION = {
    "MA_T3": ("t3", {"timeperiod": "window"}),
    "MA_TRIMA": ("trima", {"timeperiod": "window"}),
    "MA_KAMA": ("kama", {"timeperiod": "window"}),
    "MA_SMA": ("sma", {"timeperiod": "window"}),
    "MA_WMA": ("wma", {"timeperiod": "window"}),
    "MA_EMA": ("ema", {"timeperiod": "window"}),
    "RSI": ("rsi", {"timeperiod": "window"}),
    "CMO": ("cmo", {"timeperiod": "window"}),
    "MACD": ("macd", {"fastperiod": "fast", "slowperiod": "slow", "signalperiod": "signal"}),
    "MINUS_DI": ("minus_di", {"timeperiod": "window"}),
    "PLUS_DI": ("plus_di", {"timeperiod": "window"}),
    "MINUS_DM": ("minus_dm", {"timeperiod": "window"}),
    "PLUS_DM": ("plus_dm", {"timeperiod": "window"}),
    "ADXR": ("adxr", {"timeperiod": "window"}),
    "DX": ("dx", {"timeperiod": "window"}),
    "ADX": ("adx", {"timeperiod": "window"}),
    "STOCH": (
        "stochastic",
        {"fastk_period": "window", "slowk_period": "smooth", "slowd_period": "signal"},
    ),
    "TRANGE": ("true_range", {}),
    "ATR": ("atr", {"timeperiod": "window"}),
    "STDDEV": ("deviation", {"timeperiod": "window", "nbdev": "deviations"}),
    "MOM": ("momentum", {"timeperiod": "window"}),
    "ROC": ("roc", {"timeperiod": "window"}),
    "ROCR": ("ratio", {"timeperiod": "window"}),
    "NATR": ("natr", {"timeperiod": "window"}),
    "ULTOSC": (
        "ultimate",
        {"timeperiod1": "short", "timeperiod2": "middle", "timeperiod3": "long"},
    ),
    "WILLR": ("williams", {"timeperiod": "window"}),
    "CCI": ("cci", {"timeperiod": "window"}),
    "AD": ("accumulation", {}),
    "ADOSC": ("chaikin", {"fastperiod": "fast", "slowperiod": "slow"}),
    "MFI": ("money_flow", {"timeperiod": "window"}),
    "AROON": ("aroon", {"timeperiod": "window"}),
    "AROONOSC": ("aroon_oscillator", {"timeperiod": "window"}),
}


@needs_reference
@pytest.mark.parametrize("column", GOOGLE)
def test_google_is_as_in_the_reference(column):
    name, output, values = GOOGLE[column]
    chosen = indicator(name)
    found = chosen.study(google(), chosen.parameters(values))[output]
    wanted = table(REFERENCE / "numeric/talib_goog_indicators.csv")[column]
    np.testing.assert_allclose(found, wanted, rtol=1e-6, atol=1e-8, equal_nan=True)


@needs_reference
def test_talibs_own_regression_cases_hold():
    cases = json.loads((REFERENCE / "numeric/talib_regression.json").read_text())["cases"]
    bars = bars_of(table(REFERENCE / "numeric/talib_ref_252bars.csv"))
    tried = set()
    for case in cases:
        if case["func"] not in REGRESSION:
            continue
        name, names = REGRESSION[case["func"]]
        chosen = indicator(name)
        values = {names[key]: value for key, value in case["params"].items()}
        found = chosen.study(bars, chosen.parameters(values))[chosen.outputs[case["out"]].id]
        assert found[case["bar"]] == pytest.approx(case["talib_0_8_2"], rel=1e-9), case
        assert abs(found[case["bar"]] - case["expected"]) <= case["tol"] + 1e-9, case
        tried.add(case["func"])
    assert tried == set(REGRESSION)


@pytest.mark.parametrize("name", IDS)
def test_it_is_ready_when_it_says_and_not_before(name):
    chosen = indicator(name)
    waiting, found = chosen.warm_up(), chosen.study(BARS)
    assert list(found) == [output.id for output in chosen.outputs]
    for values in found.values():
        assert values.shape == (len(BARS),)
        assert values.dtype == np.float64
        assert np.isnan(values[:waiting]).all()
        assert np.isfinite(values[waiting:]).all()
    chosen.require(BARS.head(waiting + 1))
    with pytest.raises(NoDataError, match=f"needs {waiting + 1} bars; TEST has {waiting}"):
        chosen.require(BARS.head(waiting))


@pytest.mark.parametrize("name", IDS)
@settings(max_examples=15, deadline=None)
@given(cut=st.integers(0, 140))
def test_cutting_the_future_off_changes_nothing(name, cut):
    chosen = indicator(name)
    whole, part = chosen.study(SHORT), chosen.study(SHORT.head(cut))
    for output in chosen.outputs:
        np.testing.assert_array_equal(part[output.id], whole[output.id][:cut])


@pytest.mark.parametrize("name", IDS)
def test_what_comes_later_changes_nothing_either(name):
    chosen, cut = indicator(name), 100
    wild = walk(40, seed=9)
    joined = {
        column: np.concatenate([getattr(SHORT, column)[:cut], 50 * getattr(wild, column)])
        for column in ("open", "high", "low", "close", "volume")
    }
    before, after = chosen.study(SHORT), chosen.study(bars_of(joined))
    for output in chosen.outputs:
        np.testing.assert_array_equal(after[output.id][:cut], before[output.id][:cut])


@pytest.mark.parametrize("name", IDS)
def test_its_form_has_titles_bounds_and_defaults(name):
    chosen = indicator(name)
    for field in chosen.Parameters.model_fields.values():
        assert field.title
        assert not field.is_required()
    assert chosen.title
    assert len({output.id for output in chosen.outputs}) == len(chosen.outputs)
    assert (chosen.group is Group.PATTERN) <= (chosen.pane is Pane.PRICE)


def test_every_indicator_has_an_id_and_a_title_of_its_own():
    assert len(set(IDS)) == len(IDS)
    assert len({each.title for each in INDICATORS}) == len(INDICATORS)
    assert len([each for each in INDICATORS if each.group is Group.PATTERN]) == 61


def test_an_unknown_name_is_refused_and_the_nearest_offered():
    with pytest.raises(ParameterError, match="Did you mean bollinger"):
        indicator("bolinger")
    with pytest.raises(ParameterError, match=r"called zzzzzz\.$"):
        indicator("zzzzzz")


def test_parameters_outside_their_range_or_of_another_are_refused():
    rsi = indicator("rsi")
    for bad in ({"window": 1}, {"window": 3000}, {"window": "x"}, {"windows": 3}):
        with pytest.raises(ParameterError, match="Relative strength index, window"):
            rsi.parameters(bad)
    with pytest.raises(ParameterError, match="not the parameters of Relative"):
        rsi.study(BARS, indicator("macd").parameters())


def test_averages_are_those_that_strategies_use():
    np.testing.assert_allclose(
        indicator("sma").study(BARS)["value"], sma(BARS.close, 20), rtol=1e-12
    )
    np.testing.assert_allclose(
        indicator("ema").study(BARS)["value"], ema(BARS.close, 20), rtol=1e-12
    )


def test_one_bar_is_no_reason_to_fail():
    for each in INDICATORS:
        assert all(len(values) == 1 for values in each.study(BARS.head(1)).values())


def test_ta_lib_is_loaded_without_the_libraries_of_series():
    code = """if True:
        import sys
        from puffin.factors import library
        library.talib()
        print("pandas" in sys.modules)
    """
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert done.stdout.strip() == "False"


def test_a_library_is_kept_from_one_thread_only():
    found: list[object] = []
    with library._without(frozenset({"colorsys"})):
        sys.modules.pop("colorsys", None)
        with pytest.raises(ModuleNotFoundError, match="colorsys"):
            import_module("colorsys")
        other = threading.Thread(target=lambda: found.append(import_module("colorsys")))
        other.start()
        other.join()
    assert len(found) == 1
