"""Strategy files: loaded, named, checked, and their mistakes told with the line they stand on."""

from __future__ import annotations

import pickle
import sys

import numpy as np
import pytest

from puffin.backtest.engine import Backtester
from puffin.errors import CancelledError
from puffin.strategies.base import EventStrategy, Strategy
from puffin.strategies.example import EXAMPLE
from puffin.strategies.files import LONGEST, StrategyFileError, load
from puffin.strategies.probe import probe
from puffin.strategies.specs import StrategySpec, build
from tests.puffin.factors.market import walk

BARS = walk(120, seed=2)
HEAD = """import numpy as np
from puffin.strategies.base import *
from puffin.strategies.orders import Entries, Orders
"""
WARM = """    @property
    def warm_up(self):
        return 1
"""
ONES = WARM + "    def signals(self, bars):\n        return Signals(np.ones(len(bars)))\n"
SIGNALS = HEAD + "class Mine(Strategy):\n" + WARM + "    def signals(self, bars):\n        {}\n"
EVENTS = (
    HEAD + "class Mine(EventStrategy):\n" + WARM + "    def on_bar(self, context):\n        {}\n"
)
ORDERS = HEAD + "class Mine(OrderStrategy):\n" + WARM + "    def orders(self, bars):\n        {}\n"


def spec(text, **parameters) -> StrategySpec:
    return StrategySpec("file", "mine", "Mine", parameters, text)


def run(text, **parameters):
    chosen = build(spec(text, **parameters))
    assert isinstance(chosen, Strategy | EventStrategy)
    return Backtester(chosen).run(BARS)


def test_the_example_is_a_strategy():
    report = probe(spec(EXAMPLE), BARS)
    assert (report.ok, report.title, report.kind, report.warm_up) == (
        True,
        "Falling days",
        "targets",
        4,
    )
    assert report.decisions
    assert report.schema["properties"]["days"]["maximum"] == 20
    assert report.grid == {"days": (2, 3, 4, 5)}
    assert report.readings == ("Falling closes in a row",)
    assert len(report.conditions) == 2
    assert run(EXAMPLE, days=2).strategy_id == "mine"


def test_the_example_does_what_it_says():
    close = [10, 9, 8, 7, 8, 7, 6, 5, 4, 5]
    price = np.array(close, float)
    bars = type(BARS)("T", BARS.interval, BARS.time[:10], price, price, price, price, price)
    chosen = build(spec(EXAMPLE))
    assert isinstance(chosen, Strategy)
    found = chosen.signals(bars).target
    assert np.nan_to_num(found, nan=-1).tolist() == [-1, -1, -1, 1, 0, -1, -1, 1, 1, 0]


def test_what_is_left_out_is_filled_in():
    found = load(
        HEAD + 'class FirstTry(Strategy):\n    """Holds all the time.\n\n    More."""\n' + ONES,
        "first",
    )
    assert (found.id, found.title, found.summary) == ("first", "FirstTry", "Holds all the time.")


@pytest.mark.parametrize(
    ("text", "said", "line"),
    [
        ("def x(:\n    pass\n", "this is not Python: invalid syntax.", 1),
        ("x = 1\n  y = 2\n", "this is not Python: unexpected indent.", 2),
        ("x = '\0'", "this is not Python: source code string cannot contain null bytes.", None),
        ("x = " + "(" * 400 + ")" * 400, "this is not Python: too many nested parentheses.", 1),
        ("#" * (LONGEST + 1), f"the file has {LONGEST + 1:,} characters; {LONGEST:,} fit.", None),
        ("\nimport nosuchthing\n", "there is no module called nosuchthing.", 2),
        ("from numpy import nosuch\n", "cannot import name 'nosuch' from 'numpy'.", 1),
        ("x = 1\nx / 0\n", "ZeroDivisionError: division by zero.", 2),
        ("raise KeyError\n", "KeyError: no more is known.", 1),
        ("import sys\nsys.exit(3)\n", "it wanted to end the whole program.", 2),
        ("def f():\n    return f()\nf()\n", "RecursionError: maximum recursion depth exceeded.", 2),
        ("x = 1\n", "there is no strategy in it: a class that derives from Strategy, OrderStrategy or EventStrategy of puffin.strategies.base.", None),
        (HEAD + "from puffin.strategies.momentum import Momentum\n", "there is no strategy in it", None),
        (HEAD + "class A(Strategy):\n" + ONES + "class B(Strategy):\n" + ONES, "there are 2 strategies in it, A and B; one file holds one.", 10),
        (HEAD + "class A(Strategy):\n" + WARM, "A has no signals.", 4),
        (HEAD + "class A(Strategy):\n    pass\n", "A has no signals and no warm_up.", 4),
        (HEAD + "class A(Rule):\n" + WARM, "A must derive from Strategy, OrderStrategy or EventStrategy.", 4),
        (HEAD + "class A(Strategy):\n" + WARM + "    def signals(self):\n        pass\n", "signals must be written as signals(self, bars).", 8),
        (HEAD + "class A(Strategy):\n" + WARM + "    def signals(self, bars, more):\n        pass\n", "signals must be written as signals(self, bars).", 8),
        (HEAD + "class A(Strategy):\n    def warm_up(self):\n        return 1\n    def signals(self, bars):\n        pass\n", "warm_up of A must be a property.", 4),
        (HEAD + "class A(Strategy):\n    Parameters = dict\n" + ONES, "Parameters of A must be a class that derives from Parameters.", 4),
        (HEAD + "class P(Parameters):\n    n: int = 'a'\nclass A(Strategy):\n    Parameters = P\n" + ONES, "its parameters do not make sense by default: n:", 4),
    ],
)  # fmt: skip
def test_a_file_that_is_no_strategy_says_why_and_where(text, said, line):
    with pytest.raises(StrategyFileError) as refused:
        load(text, "mine")
    place = f"mine.py, line {line}: " if line else "mine.py: "
    assert str(refused.value).startswith(place + said)
    assert refused.value.line == line
    assert refused.value.hint


@pytest.mark.parametrize(
    ("text", "said", "line"),
    [
        (SIGNALS.format("return np.ones(len(bars))"), "signals must return Signals; it returned ndarray.", 8),
        (SIGNALS.format("pass"), "signals must return Signals; it returned NoneType.", 8),
        (SIGNALS.format("return Signals(np.ones(3))"), "signals returned 3 rows for 120 bars.", 8),
        (SIGNALS.format("return Signals(np.ones((len(bars), 2)))"), "the targets must be an array with one number for each bar.", 8),
        (SIGNALS.format("return Signals(2 * np.ones(len(bars)))"), "A strategy's targets must lie between -1 and 1.", 9),
        (SIGNALS.format("return self.more(bars)\n    def more(self, bars):\n        return bars.clsoe"), "AttributeError: 'Bars' object has no attribute 'clsoe'.", 11),
        (SIGNALS.format("import nosuchthing"), "there is no module called nosuchthing.", 9),
        (SIGNALS.format("bars.close[0] = 1"), "ValueError: assignment destination is read-only.", 9),
        (ORDERS.format("return Signals(np.ones(len(bars)))"), "orders must return Orders; it returned Signals.", 8),
        (ORDERS.format("return Orders(Entries(np.ones(3)))"), "orders returned 3 rows for 120 bars.", 8),
        (ORDERS.format("return Orders(Entries(np.full(len(bars), 7.0)))"), "The weight of an entry must lie between 0 and 1.", 9),
        (EVENTS.format("context.buy(7)"), "The weight of an entry must lie between 0 and 1.", 9),
        (EVENTS.format("context.sell(limit=-1)"), "The prices of an order must be more than zero.", 9),
        (EVENTS.format("context.target(3)"), "A strategy's targets must lie between -1 and 1.", 9),
        (EVENTS.format("context.close_position(2)"), "The share of a position to close must lie between 0 and 1.", 9),
        (EVENTS.format("context.buy(hold=-1)"), "The bars to hold a position must be zero or more.", 9),
        (EVENTS.format("undefined"), "NameError: name 'undefined' is not defined.", 9),
        (HEAD + "class A(Strategy):\n" + ONES.replace("return 1", "return 1.5"), "warm_up must be a whole number of bars; it is 1.5.", 5),
        (HEAD + "class A(Strategy):\n" + ONES + "    def readings(self, bars):\n        return []\n", "readings must return tuple; it returned list.", 10),
        (HEAD + "class A(Strategy):\n" + ONES + "    def __init__(self, parameters=None):\n        super().__init__(parameters)\n        self.x = 1 / 0\n", "ZeroDivisionError: division by zero.", 12),
    ],
)  # fmt: skip
def test_a_mistake_while_it_runs_is_told_with_its_line(text, said, line):
    report = probe(spec(text), BARS)
    assert not report.ok
    assert report.error == f"mine.py, line {line}: {said}"
    assert report.line == line
    assert report.hint


def test_a_mistake_in_a_backtest_is_told_with_its_line():
    text = EVENTS.format("if context.row == 50:\n            raise KeyError('x')")
    with pytest.raises(StrategyFileError, match=r"mine\.py, line 10: KeyError"):
        run(text)


@pytest.mark.parametrize(
    ("text", "kind", "decisions"),
    [
        (SIGNALS.format("return Signals(np.ones(len(bars), int))"), "targets", 1),
        (SIGNALS.format("return Signals(np.tile([1.0, 0.0], 60))"), "targets", 120),
        (ORDERS.format("return Orders(exits=np.zeros(len(bars)))"), "orders", 0),
        (ORDERS.format("return Orders(Entries(np.tile([1.0, np.nan], 60)))"), "orders", 60),
        (EVENTS.format("context.buy(limit=context.close[-1], life=1)"), "events", 120),
        (EVENTS.format("context.cancel()"), "events", 0),
        (EVENTS.format("context.target(context.held)"), "events", 120),
        (HEAD + "class Base(Strategy):\n" + ONES + "class Mine(Base):\n    pass\n", "targets", 1),
        (HEAD + "class Mine(Strategy):\n    warm_up = 3\n" + ONES.replace(WARM, ""), "targets", 1),
    ],
)  # fmt: skip
def test_a_file_that_runs_is_reported(text, kind, decisions):
    report = probe(spec(text), BARS)
    assert report.error == ""
    assert (report.kind, report.decisions) == (kind, decisions)
    assert report.seconds >= 0
    assert pickle.loads(pickle.dumps(report)) == report


def test_targets_given_as_whole_numbers_are_taken_as_numbers():
    chosen = build(spec(SIGNALS.format("return Signals(np.ones(len(bars), int))")))
    assert isinstance(chosen, Strategy)
    assert chosen.signals(BARS).target.dtype == np.float64


def test_too_few_bars_are_said_with_how_many_it_needs():
    report = probe(spec(EXAMPLE), BARS.head(3))
    assert report.error == "Falling days needs more than 4 bars; TEST has 3."


def test_parameters_that_do_not_fit_are_said():
    report = probe(spec(EXAMPLE, days=0), BARS)
    assert report.error.startswith("Falling days, days: Input should be greater than or equal to 1")


def test_models_and_dataclasses_of_a_file_find_their_own_names():
    text = """from __future__ import annotations
from dataclasses import dataclass
from enum import StrEnum
import numpy as np
from puffin.strategies.base import Parameters, Signals, Strategy

class Side(StrEnum):
    UP = "up"
    DOWN = "down"

@dataclass
class Note:
    text: str

class MyParameters(Parameters):
    side: Side = Side.UP

class Mine(Strategy[MyParameters]):
    Parameters = MyParameters
    warm_up = 1

    def signals(self, bars):
        Note("x")
        return Signals(np.full(len(bars), 1.0 if self.parameters.side is Side.UP else 0.0))
"""
    report = probe(spec(text, side="down"), BARS)
    assert (report.error, report.decisions) == ("", 0)
    assert probe(spec(text), BARS).decisions == 1


def test_a_file_that_fails_leaves_nothing_behind():
    before = set(sys.modules)
    for text in ("1 / 0", "x = 1", HEAD + "class A(Strategy):\n" + WARM):
        with pytest.raises(StrategyFileError):
            load(text, "nothing left")
    assert not any(name.startswith("puffin_strategy_file") for name in set(sys.modules) - before)


def test_a_person_who_stops_a_run_is_not_told_of_a_mistake():
    text = "from puffin.errors import CancelledError\n" + EVENTS.format(
        "raise CancelledError('stopped')"
    )
    with pytest.raises(CancelledError):
        run(text)


def test_the_error_travels_between_processes():
    error = StrategyFileError("mine, line 3: no.", line=3)
    again = pickle.loads(pickle.dumps(error))
    assert (str(again), again.line, again.hint) == (str(error), 3, error.hint)
