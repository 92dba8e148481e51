"""The same strategy with parameters a little off, to see whether it hangs on exact values."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Final

import numpy as np
from pydantic import ValidationError

from puffin import measures
from puffin.backtest.engine import refuse_short
from puffin.backtest.fan import LEVELS, Fan, places
from puffin.backtest.quick import equity_curve
from puffin.backtest.ranges import step_of
from puffin.errors import NoDataError, ParameterError
from puffin.strategies.specs import build

if TYPE_CHECKING:
    from collections.abc import Callable

    from puffin.backtest.settings import BacktestSettings
    from puffin.data.bars import Bars
    from puffin.strategies.base import Parameters, Rule
    from puffin.strategies.specs import StrategySpec

RUNS: Final = 200
MOST_RUNS: Final = 2_000
TRIES: Final = 100  # draws of one set, until one is possible


def parameter_noise(  # noqa: PLR0913 - each is given by name
    spec: StrategySpec,
    bars: Bars,
    settings: BacktestSettings,
    *,
    noise: float = 0.1,
    runs: int = RUNS,
    seed: int = 0,
    progress: Callable[[float], None] | None = None,
) -> Fan:
    """Return what the strategy would have come to with parameters near the ones it has.

    Every number is moved by a draw that is uniform up to `noise` of it to either side, a whole
    number by at least one and a zero by up to a step of its field; choices stay. What the
    parameters do not allow is drawn again.

    Args:
        spec: The strategy.
        bars: The prices.
        settings: What is assumed.
        noise: How far; 0.1 is 10 %.
        runs: How many sets are drawn.
        seed: Of the random numbers.
        progress: Told how far along it is, 0 to 1; may raise to stop it.

    Raises:
        ParameterError: Nothing can be moved, nothing near is possible, or there are too many runs.
        DataError: The prices are too few, or cannot be trusted.
    """
    if not 0 < noise < 1:
        raise ParameterError("The noise must lie between 0 and 1; 0.1 is 10 %.")
    if not 1 <= runs <= MOST_RUNS:
        raise ParameterError(f"There must be 1 to {MOST_RUNS:,} runs.")
    strategy = build(spec)
    refuse_short(strategy, bars)
    original = equity_curve(strategy, bars, settings)
    random = np.random.default_rng(seed)
    shown = places(len(bars))
    at = np.empty((runs, len(shown)))
    lowest, deepest, final = np.empty(runs), np.empty(runs), np.empty(runs)
    different: set[str] = set()
    for run in range(runs):
        near = _near(strategy, bars, noise, random)
        different.add(near.parameters.model_dump_json())
        curve = equity_curve(near, bars, settings)
        at[run], lowest[run], final[run] = curve[shown], curve.min(), curve[-1]
        deepest[run] = measures.drawdown(curve).min()
        if progress is not None:
            progress((run + 1) / runs)
    return Fan(
        words=(
            f"{runs:,} runs with every number moved by up to {noise:.0%}; "
            f"{len(different):,} different sets of parameters."
        ),
        unit="bars",
        runs=runs,
        seed=seed,
        capital=settings.capital,
        rows=shown,
        curves=np.percentile(at, LEVELS, axis=0),
        original=original[shown],
        final=final,
        lowest=lowest,
        deepest=deepest,
    )


def _near(strategy: Rule, bars: Bars, noise: float, random: np.random.Generator) -> Rule:
    kind, usual = type(strategy), strategy.parameters
    for _ in range(TRIES):
        values = usual.model_dump() | _moved(usual, noise, random)
        try:
            near = kind(kind.Parameters.model_validate(values))
            refuse_short(near, bars)
        except (ValidationError, ParameterError, NoDataError):
            continue
        return near
    raise ParameterError("Nothing near these parameters is possible.")


def _moved(usual: Parameters, noise: float, random: np.random.Generator) -> dict[str, Any]:
    moved: dict[str, Any] = {}
    for name, about in type(usual).model_fields.items():
        value = getattr(usual, name)
        if isinstance(value, bool) or not isinstance(value, int | float):
            continue
        if isinstance(value, int):
            steps = max(1, round(noise * abs(value)))
            moved[name] = value + int(random.integers(-steps, steps, endpoint=True))
        else:
            far = noise * abs(value) or float(step_of(about) or 0)
            moved[name] = value + float(random.uniform(-far, far))
    if not moved:
        raise ParameterError("The strategy has no number that could be moved.")
    return moved
