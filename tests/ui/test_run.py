from __future__ import annotations

import asyncio
from typing import cast

import pytest
from PySide6.QtCore import QObject
from shiboken6 import delete

from puffin.errors import CancelledError, NoDataError, OrderRejectedError
from puffling.commands.context import Context
from puffling.commands.registry import Effect, Registry, command
from puffling.core.errors import (
    BadValueError,
    NotConfirmedError,
    StoreFullError,
    UnknownCommandError,
)
from puffling.core.events import Level, NoticePosted
from puffling.ui.run import Runner, notice_for


@command("say.twice", "Say twice", menu=None, effect=Effect.LOOK)
async def say_twice(context: Context, word: str, times: int = 2) -> str:
    """Say a word twice."""
    return word * times


@pytest.fixture
def notices(bus):
    notices: list[NoticePosted] = []
    bus.subscribe(NoticePosted, notices.append)
    return notices


@pytest.fixture
def runner(loop, bus):
    runner = Runner(cast("Context", None), Registry([say_twice]), bus, loop=loop)
    yield runner
    loop.run_until_complete(runner.close())
    assert not runner.tasks


async def fail_with(error: BaseException) -> None:
    raise error


async def wait_for_ever() -> None:
    await asyncio.get_running_loop().create_future()


def settle(loop: asyncio.AbstractEventLoop, task: asyncio.Task[object]) -> None:
    loop.run_until_complete(asyncio.gather(task, return_exceptions=True))


def test_a_command_runs_with_checked_values(loop, runner):
    assert loop.run_until_complete(runner.command("say.twice", word="ha")) == "haha"


def test_a_bad_value_becomes_a_warning_that_names_it(loop, runner, notices):
    settle(loop, runner.command("say.twice", word="ha", times="many"))
    assert [each.level for each in notices] == [Level.WARNING]
    assert "times" in notices[0].title


def test_an_unknown_command_fails_where_it_is_asked_for(runner):
    with pytest.raises(UnknownCommandError, match=r"say\.twice"):
        runner.command("say.twic")


@pytest.mark.parametrize(
    ("error", "level", "hint"),
    [
        (BadValueError("No."), Level.WARNING, ""),
        (NoDataError("Nothing."), Level.WARNING, NoDataError.hint),
        (StoreFullError("Full."), Level.ERROR, StoreFullError.hint),
        (OrderRejectedError("Rejected."), Level.ERROR, ""),
        (NotConfirmedError("Not sent."), Level.INFO, ""),
    ],
)
def test_errors_of_both_trees_become_notices_with_their_hints(
    loop, runner, notices, error, level, hint
):
    settle(loop, runner.spawn(fail_with(error)))
    assert [(each.level, each.title, each.text) for each in notices] == [(level, str(error), hint)]
    assert bool(notices[0].details) is (level is Level.ERROR)


def test_anything_else_goes_to_the_crash_net(loop, runner, notices):
    crashes = []
    runner.crashed = crashes.append
    settle(loop, runner.spawn(fail_with(ZeroDivisionError("oh"))))
    assert [type(each) for each in crashes] == [ZeroDivisionError]
    assert notices == []


def test_work_that_the_person_stopped_says_nothing(loop, runner, notices):
    crashes = []
    runner.crashed = crashes.append
    settle(loop, runner.spawn(fail_with(CancelledError("Stopped."))))
    task = runner.spawn(wait_for_ever())
    task.cancel()
    settle(loop, task)
    assert notices == crashes == []


def test_a_task_ends_with_its_owner(loop, runner, notices):
    owner = QObject()
    task = runner.spawn(wait_for_ever(), owner)
    other = runner.spawn(wait_for_ever())
    delete(owner)
    settle(loop, task)
    assert task.cancelled()
    assert not other.done()


def test_finish_waits_until_the_owners_tasks_have_ended(loop, runner):
    owner, ended = QObject(), []

    async def tidy() -> None:
        try:
            await wait_for_ever()
        finally:
            await asyncio.sleep(0)
            ended.append(True)

    async def go() -> None:
        runner.spawn(tidy(), owner)
        await asyncio.sleep(0)
        await runner.finish(owner)

    loop.run_until_complete(go())
    assert ended == [True]


def test_what_fails_after_its_owner_is_gone_is_not_shown(loop, runner, notices):
    owner, crashes = QObject(), []
    runner.crashed = crashes.append

    async def stubborn() -> None:
        try:
            await wait_for_ever()
        except asyncio.CancelledError:
            raise RuntimeError("the window is gone") from None

    async def go() -> None:
        task = runner.spawn(stubborn(), owner)
        await asyncio.sleep(0)
        delete(owner)
        await asyncio.gather(task, return_exceptions=True)

    loop.run_until_complete(go())
    assert crashes == notices == []


def test_an_unexpected_error_is_no_notice():
    assert notice_for(ValueError("x")) is None
