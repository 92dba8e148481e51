"""A proposal of one's own is taken back by undo while it waits; nobody else's, and never later."""

from __future__ import annotations

from dataclasses import replace

import pytest

from puffling.commands import all_commands
from puffling.core.errors import BadValueError
from puffling.core.events import NoticePosted

WANTED = {"symbol": "IBM", "side": "buy", "quantity": "5", "reason": "Cheap.", "minutes": "30"}


@pytest.fixture
def context(puffling):
    return replace(puffling.context, actor="desk")


@pytest.fixture
def run(context):
    async def run(id_, **values):
        return await all_commands()[id_].run_with(context, values)

    return run


async def test_a_proposal_is_withdrawn_and_posted_again_as_it_was(run, context):
    item = await run("inbox.post", **WANTED)
    notices: list[NoticePosted] = []
    context.bus.subscribe(NoticePosted, notices.append)
    said = await run("edit.undo")
    assert [each.title for each in notices] == [f"Taken back: {said['taken_back']}"]
    assert said == {"taken_back": f"Proposal in the inbox: {item.title}"}
    assert context.inbox.waiting() == []
    assert context.inbox.get(item.id).state == "withdrawn"
    await run("edit.redo")
    (again,) = context.inbox.waiting()
    assert (again.tickets, again.reason) == (item.tickets, item.reason)
    assert again.expires_at - again.created_at == item.expires_at - item.created_at
    await run("edit.undo")
    assert context.inbox.waiting() == []


async def test_a_basket_towards_a_goal_is_withdrawn_as_one(run, context):
    await run("goal.save", name="core", targets="aapl:0.5,ibm:0.3", band="0.1", manner="propose")
    posted = await run("goal.propose", name="core")
    assert len(context.inbox.get(posted).tickets) == 2
    await run("edit.undo")
    assert context.inbox.waiting() == []


async def test_what_was_taken_back_in_one_account_is_not_posted_again_in_another(
    run, context, monkeypatch
):
    await run("inbox.post", **WANTED)
    await run("edit.undo")
    other = replace(context.portfolio.account, id="another")
    monkeypatch.setattr(type(context.portfolio), "account", other)
    with pytest.raises(BadValueError, match="nothing to make again"):
        await run("edit.redo")
    assert context.inbox.waiting() == []


async def test_what_was_decided_is_not_taken_back(run, context):
    item = await run("inbox.post", **WANTED)
    context.inbox.reject(item.id, "desk")
    with pytest.raises(BadValueError, match="nothing to take back"):
        await run("edit.undo")
    assert context.inbox.get(item.id).state == "rejected"


async def test_what_a_program_proposed_is_not_the_persons_to_take_back(run, puffling):
    assistant = replace(puffling.context, actor="assistant")
    await all_commands()["inbox.post"].run_with(assistant, WANTED)
    with pytest.raises(BadValueError, match="nothing to take back"):
        await run("edit.undo")
    assert len(puffling.context.inbox.waiting()) == 1
