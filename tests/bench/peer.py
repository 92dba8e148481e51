"""The peers' half of the bench, run by the Python of `build/peers`, where Puffling is not installed.

`peer.py one backtesting|vectorbt PRICES [rounds]` or `peer.py sweep vectorbt PRICES PAIRS`; prices
are an .npz of columns, pairs are like `10:20,10:30`. It prints its figures as JSON.
"""

from __future__ import annotations

import json
import sys
import time
import warnings
from importlib import import_module
from statistics import median
from typing import TYPE_CHECKING, Any

import numpy as np

if TYPE_CHECKING:
    from collections.abc import Callable

FAST, SLOW = 10, 20
CASH, COMMISSION = 1e6, 1e-5


def main(arguments: list[str]) -> dict[str, object]:
    """Measure what is asked for."""
    warnings.simplefilter("ignore")
    what, name, path = arguments[:3]
    columns = dict(np.load(path))
    if what == "one":
        work = {"backtesting": _backtesting, "vectorbt": _vectorbt}[name](columns)
        return _timed(work, int(arguments[3]))
    pairs = [tuple(map(int, each.split(":"))) for each in arguments[3].split(",")]
    return _timed(_sweep(columns, pairs), 3)


def _timed(work: Callable[[], dict[str, float]], rounds: int) -> dict[str, object]:
    """CPU seconds of this process, the median; a single round counts from its first run."""
    found = work() if rounds > 1 else {}
    seconds = []
    for _ in range(rounds):
        start = time.process_time()
        found = work()
        seconds.append(time.process_time() - start)
    return {"seconds": median(seconds), **found}


def _frame(columns: dict[str, Any]) -> Any:
    import pandas as pd

    index = pd.DatetimeIndex(columns.pop("time").astype("datetime64[ns]"))
    return pd.DataFrame({name.capitalize(): each for name, each in columns.items()}, index=index)


def _backtesting(columns: dict[str, Any]) -> Callable[[], dict[str, float]]:
    import pandas as pd

    backtesting: Any = import_module("backtesting")  # not installed where types are checked

    backtesting.Pool = None
    backtesting.backtesting._tqdm = lambda seq, **_: seq  # a bar of progress costs time too

    def average(values: Any, window: int) -> Any:
        return pd.Series(values).rolling(window).mean()

    class Crossing(backtesting.Strategy):
        def init(self) -> None:
            self.fast = self.I(average, self.data.Close, FAST)
            self.slow = self.I(average, self.data.Close, SLOW)

        def next(self) -> None:
            above = self.fast[-1] > self.slow[-1]
            if above and not self.position:
                self.buy()
            elif not above and self.position:
                self.position.close()

    test = backtesting.Backtest(_frame(columns), Crossing, cash=CASH, commission=COMMISSION)

    def work() -> dict[str, float]:
        found = test.run()
        return {"trades": int(found["# Trades"]), "return": found["Return [%]"] / 100}

    return work


def _vectorbt(columns: dict[str, Any]) -> Callable[[], dict[str, float]]:
    vectorbt: Any = import_module("vectorbt")

    frame = _frame(columns)

    def work() -> dict[str, float]:
        fast = vectorbt.MA.run(frame.Close, FAST).ma
        slow = vectorbt.MA.run(frame.Close, SLOW).ma
        above = (fast > slow).shift(1, fill_value=False)
        book = vectorbt.Portfolio.from_signals(
            frame.Close,
            above,
            ~above,
            price=frame.Open,
            init_cash=CASH,
            fees=COMMISSION,
            freq="1min",
        )
        found = book.stats()
        return {
            "trades": int(found["Total Closed Trades"]),
            "return": found["Total Return [%]"] / 100,
        }

    return work


def _sweep(columns: dict[str, Any], pairs: list[tuple[int, ...]]) -> Callable[[], dict[str, float]]:
    vectorbt: Any = import_module("vectorbt")

    frame = _frame(columns)
    shorts, longs = [each[0] for each in pairs], [each[1] for each in pairs]

    def work() -> dict[str, float]:
        fast = vectorbt.MA.run(frame.Close, shorts, short_name="fast").ma.to_numpy()
        slow = vectorbt.MA.run(frame.Close, longs, short_name="slow").ma.to_numpy()
        above = np.zeros(fast.shape, bool)
        above[1:] = (fast > slow)[:-1]
        book = vectorbt.Portfolio.from_signals(
            frame.Close,
            above,
            ~above,
            price=frame.Open,
            init_cash=CASH,
            fees=COMMISSION,
            freq="1D",
        )
        found = (book.total_return(), book.sharpe_ratio(), book.max_drawdown())
        return {"trades": float(book.trades.closed.count().sum()), "return": float(found[0].sum())}

    return work


if __name__ == "__main__":
    sys.stdout.write(json.dumps(main(sys.argv[1:])) + "\n")
