"""Without a window nobody can click: a change that a model asks for there is not made."""

from __future__ import annotations

from typing import TYPE_CHECKING

from puffin.ai.base import ToolCall
from puffling.core.conversations import CallState
from tests.agents.desk import rig
from tests.agents.models import says

if TYPE_CHECKING:
    import pytest

    from puffling.app import App
    from tests.fakes import FakeDesk
    from tests.outside import FakeSecrets


async def test_nobody_is_there_to_say_yes(
    puffling: App, keyring: FakeSecrets, desk: FakeDesk, monkeypatch: pytest.MonkeyPatch
):
    talk = rig(puffling, keyring)
    monkeypatch.setattr(type(desk), "has_window", False)
    before = puffling.context.watchlists.get("").symbols
    add = ToolCall("t1", "watchlist_add", {"symbol": "ORCL"})
    talk.model.plan(says("I add it.", add), says("You said no."))
    await talk.ask("Add Oracle")
    assert talk.messages[1].calls[0].state is CallState.REFUSED
    assert puffling.context.watchlists.get("").symbols == before
