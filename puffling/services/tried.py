"""How many combinations were tried before a run, which is what luck is judged by."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from puffling.services.backtest_run import Tried

if TYPE_CHECKING:
    from collections.abc import Mapping

    from puffling.services.plans import Plan
    from puffling.store.backtests import BacktestStore
    from puffling.store.searches import SearchStore


def tried_before(backtests: BacktestStore, searches: SearchStore, plan: Plan) -> Tried:
    """Return what was tried of this strategy on these symbols: in backtests and in searches.

    The run itself counts as one of them; the same parameters count once, however often they were
    tried, with what they came to last. What searches tried on a symbol of a portfolio counts too,
    but their figures are not those of a portfolio.
    """
    found: dict[str, float | None] = {}
    for each in backtests.all():
        if each.strategy_id == plan.strategy_id and each.symbols == plan.symbols:
            found[_key(each.parameters)] = each.metrics.get("sharpe")
    many = len(plan.symbols) > 1
    searched: dict[str, tuple[dict[str, Any], float | None]] = {}
    for symbol in plan.symbols:
        for trials in searches.trials(plan.strategy_id, symbol):
            for one in trials:
                searched[_key(one.parameters)] = one.parameters, one.figures.get("sharpe")
    for key, (_, sharpe) in searched.items():
        if many:
            found.setdefault(key, None)
        else:
            found[key] = sharpe
    found.setdefault(_key(plan.parameters), None)
    sharpes = tuple(each for each in found.values() if each is not None)
    if many:
        return Tried(len(found), sharpes)
    walked = _train_and_test(searches, plan)
    return Tried(len(found), sharpes, tuple(searched.values()), walked)


def _train_and_test(searches: SearchStore, plan: Plan) -> tuple[float, float] | None:
    """Return what the latest walk forward found in its train and in its test parts."""
    found = searches.walked(plan.strategy_id, plan.symbol)
    if found is None:
        return None
    from puffin.backtest.walked import WalkForwardResult

    walked = WalkForwardResult.from_dict(found)
    if walked.train is None or walked.test is None:
        return None
    return walked.train, walked.test


def _key(parameters: Mapping[str, object]) -> str:
    """Return what tells combinations apart: 1 and 1.0 are the same to a strategy."""
    plain = {name: _plain(value) for name, value in parameters.items()}
    return repr(sorted(plain.items()))


def _plain(value: object) -> object:
    return float(value) if isinstance(value, int) and not isinstance(value, bool) else value
