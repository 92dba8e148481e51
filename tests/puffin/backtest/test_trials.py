from __future__ import annotations

import pickle

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from puffin.backtest.trials import NAMES, NOTHING, Objective, Trial, TrialLog, Trials, better

FIGURES = dict.fromkeys(NAMES)


def trial(short, sharpe, drawdown=-0.1):
    return Trial({"short": short}, FIGURES | {"sharpe": sharpe, "max_drawdown": drawdown})


FAILED = Trial({"short": 0}, error="It did not run.")
SOME = [trial(5, 1.0), FAILED, trial(10, None), trial(15, 2.0)]


def test_trials_read_as_they_were_given():
    trials = Trials.of(SOME)
    assert list(trials) == SOME
    assert trials == SOME
    assert (trials[-1], list(trials[1:3]), len(trials)) == (SOME[-1], SOME[1:3], 4)
    assert trials.errors == {1: "It did not run."}
    assert Trials.of(trials) is trials
    assert pickle.loads(pickle.dumps(trials)) == trials
    with pytest.raises(IndexError):
        trials[4]


def test_a_figure_is_a_column():
    np.testing.assert_array_equal(Trials.of(SOME).figure("sharpe"), [1, np.nan, np.nan, 2])


numbers = st.one_of(st.none(), st.sampled_from([-1.0, 0.0, 0.5, 2.0]))


@given(
    st.lists(st.tuples(numbers, numbers), max_size=30),
    st.sampled_from([Objective.SHARPE, Objective.MAX_DRAWDOWN]),
    st.integers(0, 40),
)
def test_the_order_is_that_of_sorting_them_one_by_one(rows, objective, limit):
    listed = [trial(place, *each) for place, each in enumerate(rows)]
    wanted = sorted(range(len(rows)), key=lambda row: better(listed[row], objective))
    trials = Trials.of(listed)
    assert trials.order(objective).tolist() == wanted
    assert trials.order(objective, limit).tolist() == wanted[:limit]
    first = listed[wanted[0]] if wanted else None
    known = first is not None and objective.of(first.figures) is not None
    assert trials.best(objective) == (first if known else None)


def test_a_log_takes_in_batches_and_what_was_handed_out_stays():
    log, seen, added = TrialLog(), [], []
    for start in range(0, 5_000, 700):
        batch = [*(trial(each % 9, float(each)) for each in range(start, start + 700)), FAILED]
        log.add(Trials.of(batch))
        added += batch
        seen.append((log.so_far(), len(added)))
    assert len(log) == len(added)
    for known, count in seen:
        assert known == added[:count]
        assert len(known.errors) == sum(bool(each.error) for each in added[:count])


def test_a_log_takes_other_parameters_too():
    log, other = TrialLog(), Trial({"long": 7}, FIGURES)
    log.add(Trials.of(SOME[:1]))
    first = log.so_far()
    log.add(Trials.of([other, trial(99, 1.0)]))
    assert log.so_far() == [SOME[0], other, trial(99, 1.0)]
    assert first == SOME[:1]
    assert TrialLog().so_far() == NOTHING == []
