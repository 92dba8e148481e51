from __future__ import annotations

import asyncio
import threading

import pytest

from puffin.errors import CancelledError, NoDataError
from puffling.core.errors import BadValueError, JobFailedError, StoreFullError
from puffling.core.events import JobChanged, JobState, NoticePosted
from puffling.store.jobs import JobRecord, JobStore
from puffling.store.opening import open_storage
from puffling.work.jobs import JobRunner
from puffling.work.lanes import ThreadLane
from tests.fakes import START, until


@pytest.fixture
def store(paths, clock):
    storage = open_storage(paths, clock)
    yield JobStore(storage.user)
    storage.close()


@pytest.fixture
def lane():
    lane = ThreadLane()
    yield lane
    assert lane.close()


@pytest.fixture
def jobs(bus, lane, store, clock):
    return JobRunner(bus, lane, store, clock)


@pytest.fixture
def heard(bus):
    heard: list[JobChanged] = []
    bus.subscribe(JobChanged, heard.append)
    return heard


def endless(started: threading.Event):
    def work(progress):
        while True:
            progress(0.5)
            started.set()

    return work


async def test_work_runs_off_the_loops_thread_and_its_result_comes_back(jobs):
    assert await jobs.run("Think", lambda _: threading.get_ident()) != threading.get_ident()


async def test_its_life_is_announced_and_stored(jobs, heard, store):
    await jobs.run("Think", lambda progress: progress(0.4, "half way"), panel="backtest")
    assert [each.state for each in heard] == [JobState.RUNNING, JobState.RUNNING, JobState.DONE]
    assert (heard[1].progress, heard[1].message) == (0.4, "half way")
    assert heard[-1].progress == 1.0
    (kept,) = store.all()
    assert (kept.title, kept.state, kept.panel) == ("Think", JobState.DONE, "backtest")
    assert kept.ended_at == START
    assert jobs.running() == []


async def test_progress_is_told_a_few_times_a_second_however_often_it_is_called(jobs, heard):
    def work(progress):
        for each in range(10_000):
            progress(each / 10_000)

    await jobs.run("Count", work)
    assert len([each for each in heard if each.state is JobState.RUNNING]) <= 2


async def test_a_cancelled_job_stops_at_its_next_progress(jobs, heard, store):
    started = threading.Event()
    task = asyncio.create_task(jobs.run("Endless", endless(started)))
    await until(started.is_set)
    (running,) = jobs.running()
    jobs.cancel(running.id)
    jobs.cancel(running.id)
    with pytest.raises(CancelledError, match="Endless was stopped"):
        await task
    states = [each.state for each in heard]
    assert states[-2:] == [JobState.CANCELLING, JobState.CANCELLED]
    assert states.count(JobState.CANCELLING) == 1
    assert store.all()[0].state is JobState.CANCELLED


async def test_work_cannot_swallow_being_stopped_by_catching_exceptions(jobs):
    started = threading.Event()

    def stubborn(progress):
        while True:
            try:
                progress(0.1)
                started.set()
            except Exception:  # noqa: BLE001 - that is the point
                continue

    task = asyncio.create_task(jobs.run("Stubborn", stubborn))
    await until(started.is_set)
    jobs.cancel(jobs.running()[0].id)
    with pytest.raises(CancelledError):
        await task


async def test_a_cancelled_await_stops_the_work_too(jobs, store):
    started = threading.Event()
    task = asyncio.create_task(jobs.run("Endless", endless(started)))
    await until(started.is_set)
    task.cancel()
    with pytest.raises(asyncio.CancelledError):
        await task
    await until(lambda: [each.state for each in store.all()] == [JobState.CANCELLED])
    assert jobs.running() == []


async def test_an_expected_error_comes_as_it_is(jobs, store):
    def work(_):
        raise NoDataError("There are no prices.")

    with pytest.raises(NoDataError, match="no prices"):
        await jobs.run("Fetch", work)
    assert (store.all()[0].state, store.all()[0].message) == (
        JobState.FAILED,
        "There are no prices.",
    )


async def test_a_crash_becomes_a_sentence_and_keeps_its_cause(jobs, store):
    def work(_):
        raise ZeroDivisionError("division by zero")

    with pytest.raises(JobFailedError, match="Divide failed: division by zero") as caught:
        await jobs.run("Divide", work)
    assert isinstance(caught.value.__cause__, ZeroDivisionError)
    assert store.all()[0].state is JobState.FAILED


async def test_only_a_running_job_can_be_cancelled(jobs):
    with pytest.raises(BadValueError, match="No job 'x' is running"):
        jobs.cancel("x")


async def test_recent_jobs_show_running_ones_as_they_are_now(jobs):
    started = threading.Event()
    task = asyncio.create_task(jobs.run("Endless", endless(started)))
    await until(lambda: jobs.running() and jobs.running()[0].progress == 0.5)
    assert jobs.recent()[0].progress == 0.5
    task.cancel()
    await jobs.close()


async def test_closing_stops_everything_that_runs(jobs):
    started = threading.Event()
    task = asyncio.create_task(jobs.run("Endless", endless(started)))
    await until(started.is_set)
    await jobs.close()
    with pytest.raises(CancelledError):
        await task


async def test_what_the_last_run_left_running_is_interrupted_and_said(jobs, store, bus, heard):
    notices: list[NoticePosted] = []
    bus.subscribe(NoticePosted, notices.append)
    store.save(JobRecord("j1", "Backtest", JobState.RUNNING, START, panel="backtest"))
    jobs.start()
    assert store.all()[0].state is JobState.INTERRUPTED
    assert heard[-1].state is JobState.INTERRUPTED
    assert (notices[0].title, notices[0].panel) == ("Backtest: interrupted", "backtest")


async def test_of_what_was_interrupted_nothing_is_said_twice(jobs, store, bus):
    notices: list[NoticePosted] = []
    bus.subscribe(NoticePosted, notices.append)
    for title in ("Backtest", "Optimise"):
        store.save(JobRecord(title, title, JobState.RUNNING, START))
    jobs.start(told=["Optimise"])
    assert {each.state for each in store.all()} == {JobState.INTERRUPTED}
    assert [each.title for each in notices] == ["Backtest: interrupted"]


async def test_the_loop_does_not_wait_for_a_slow_disk(jobs, store, heard, monkeypatch):
    save, disk = store.save, threading.Event()

    def slowly(record):
        assert disk.wait(60)
        save(record)

    monkeypatch.setattr(store, "save", slowly)
    task = asyncio.create_task(jobs.run("Think", lambda _: 3))
    await until(lambda: heard)
    assert [each.title for each in jobs.recent()] == ["Think"]
    assert not task.done()
    disk.set()
    assert await task == 3
    assert [each.state for each in heard] == [JobState.RUNNING, JobState.DONE]
    assert store.all()[0].state is JobState.DONE


async def test_a_job_that_ended_is_listed_while_the_disk_takes_its_time(jobs, store, monkeypatch):
    save, disk, over = store.save, threading.Event(), threading.Event()

    def slowly(record):
        if record.state.is_over:
            over.set()
        assert disk.wait(60)
        save(record)

    monkeypatch.setattr(store, "save", slowly)
    task = asyncio.create_task(jobs.run("Think", lambda _: 3))
    await until(lambda: [each.state for each in jobs.recent()] == [JobState.DONE])
    assert jobs.running() == []
    assert not task.done()
    disk.set()
    assert await task == 3
    assert [each.state for each in jobs.recent()] == [JobState.DONE]
    assert over.is_set()


async def test_a_job_that_cannot_be_stored_says_so(jobs, store, monkeypatch):
    def full(_):
        raise StoreFullError("The disk is full.")

    monkeypatch.setattr(store, "save", full)
    with pytest.raises(StoreFullError):
        await jobs.run("Think", lambda _: 3)
