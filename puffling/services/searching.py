"""The parts of a search that run in another process, as plain functions of plain values."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from puffling.services.backtest_run import told_of
from puffling.services.search_plans import search_of, space_of

PROBED = 5  # combinations that are timed, the first of them not counted

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

    from puffin.backtest.sets import Sets
    from puffin.backtest.settings import BacktestSettings
    from puffin.backtest.walked import WalkForwardResult
    from puffin.data.bars import Bars
    from puffin.measures import Floats
    from puffin.strategies.specs import StrategySpec
    from puffling.services.search_plans import SearchPlan

    Tell = Callable[[float], None]


def batch_of(
    bars: Bars,
    spec: StrategySpec,
    settings: BacktestSettings,
    sets: Sets,
    *,
    progress: Tell,
) -> tuple[Floats, Mapping[int, str]]:
    """Return the figures of each set of parameters, and by row why there are none."""
    from puffin.backtest.sweep import run_batch

    progress(0.0)
    with told_of(spec):
        ran = run_batch(spec, bars, settings, sets)
        return ran.figures, ran.errors


def time_of(bars: Bars, plan: SearchPlan, *, progress: Tell) -> float:
    """Return the seconds that all trials of a plan would take in one process."""
    from puffin.backtest.space import sets_of
    from puffin.backtest.sweep import estimate

    progress(0.0)
    with told_of(plan.spec):
        space = space_of(plan.spec, plan.ranges, plan.settings)
        some = sets_of(space.sample(PROBED, plan.seed))
        return estimate(plan.spec, bars, plan.settings, plan.count, some)


def listed(plan: SearchPlan, *, progress: Tell) -> tuple[Sets, dict[str, Any]]:
    """Return every combination that a grid or a random search tries, and what is varied."""
    progress(0.0)
    with told_of(plan.spec):
        space = space_of(plan.spec, plan.ranges, plan.settings)
        search = search_of(space, plan)
        varied = {each.name: list(each.values) for each in space.ranges}
        return search.ask(search.total), {"possible": space.count, "values": varied}


def walk_of(bars: Bars, plan: SearchPlan, *, progress: Tell) -> WalkForwardResult:
    """Return what a walk forward of the plan's strategy comes to."""
    from puffin.backtest.walk_forward import WalkForward

    with told_of(plan.spec):
        space = space_of(plan.spec, plan.ranges, plan.settings)
        walk = WalkForward(
            plan.spec,
            space,
            plan.settings,
            objective=plan.objective,
            folds=plan.folds,
            searching=lambda left: search_of(left, plan),
            scatter=True,
        )
        return walk.run(bars, progress=progress)


def walk_strategy(
    bars: Bars, spec: StrategySpec, plan: SearchPlan, *, progress: Tell
) -> WalkForwardResult:
    """Return what a walk forward of one of the compared strategies comes to, on its own grid."""
    from puffin.backtest.recommend import walk

    with told_of(spec):
        return walk(spec, plan.settings, plan.folds, plan.most, plan.seed).run(
            bars, progress=progress
        )
