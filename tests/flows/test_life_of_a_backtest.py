"""From a form's values to a stored result: run off the loop, followed, stopped, read again."""

from __future__ import annotations

import asyncio
import threading

import pytest

from puffin.errors import CancelledError
from puffling.core.events import BacktestDone, JobChanged, JobState
from puffling.services import backtests
from puffling.services.backtest_run import run_and_judge
from tests.fakes import until

VALUES = {"strategy": "momentum", "symbol": "GOOG", "commission_percent": "0.1"}


async def test_it_runs_as_a_job_is_stored_and_then_announced(puffling, registry):
    context, jobs, done = puffling.context, [], []
    puffling.bus.subscribe(JobChanged, jobs.append)
    puffling.bus.subscribe(
        BacktestDone, lambda each: done.append(context.backtests.load(each.id).metrics)
    )
    answer = await registry["backtest.run"].run_with(context, VALUES)
    assert done == [answer["metrics"]]
    assert jobs[-1].state is JobState.DONE
    assert jobs[0].title == "Backtest Momentum on GOOG"
    assert answer["trades"] > 0
    assert answer["metrics"]["commission"] > 0
    assert answer["last"] < context.market.now()


async def test_it_can_be_stopped_and_then_nothing_is_stored(puffling, registry, monkeypatch):
    context, started, told = puffling.context, threading.Event(), []
    run = run_and_judge

    def slow(*arguments, progress):
        started.set()
        while True:
            progress(0.3)

    monkeypatch.setattr(backtests, "run_and_judge", slow)
    puffling.bus.subscribe(JobChanged, told.append)
    task = asyncio.create_task(registry["backtest.run"].run_with(context, VALUES))
    await until(started.is_set)
    await registry["job.cancel"].run_with(context, {"id": context.jobs.running()[0].id})
    with pytest.raises(CancelledError, match="was stopped"):
        await task
    assert [each.state for each in told][-2:] == [JobState.CANCELLING, JobState.CANCELLED]
    assert context.backtests.all() == []
    monkeypatch.setattr(backtests, "run_and_judge", run)
    assert (await registry["backtest.run"].run_with(context, VALUES))["id"]


async def test_closing_the_app_stops_it(opening, registry, monkeypatch):
    started = threading.Event()

    def slow(*arguments, progress):
        started.set()
        while True:
            progress(0.3)

    async with opening() as app:
        monkeypatch.setattr(backtests, "run_and_judge", slow)
        task = asyncio.create_task(registry["backtest.run"].run_with(app.context, VALUES))
        await until(started.is_set)
    with pytest.raises(CancelledError):
        await task
    async with opening() as again:
        assert again.context.jobs.recent()[0].state is JobState.CANCELLED


async def test_it_is_there_after_a_restart(opening, registry):
    async with opening() as first:
        answer = await registry["backtest.run"].run_with(first.context, VALUES)
    async with opening() as second:
        result = second.context.backtests.load(answer["id"])
        assert result.metrics == answer["metrics"]
        assert len(result.equity) == len(result.time)
