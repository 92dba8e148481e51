"""The roads by which words from outside reach a model: each plants a text and reads it back."""

from __future__ import annotations

from collections.abc import Awaitable, Callable
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from typing_extensions import override

from puffin.errors import PuffinError
from puffin.types import Instrument
from puffling.agents.fencing import fence
from tests.fakes import NoNetwork, until

if TYPE_CHECKING:
    from pathlib import Path

    from puffin.data.bars import Bars, Interval
    from puffling.app import App

Read = tuple[str, dict[str, Any]] | str  # a tool to read it by, or the words themselves
Plant = Callable[["Scene", str], Awaitable[Read]]


class Names(NoNetwork):
    """An online source whose names of companies are whatever somebody wrote there."""

    def __init__(self) -> None:
        self.listed = ""
        self.asked: list[str] = []

    @override
    def search(self, text: str) -> list[Instrument]:
        self.asked.append(text)
        return [Instrument("EVL", self.listed, "NYSE")]

    @override
    def history(self, symbol: str, interval: Interval, *_: Any, **__: Any) -> Bars:
        self.asked.append(symbol)
        return super().history(symbol, interval)


@dataclass(slots=True)
class Scene:
    """A desk with something on it that could be harmed, and the ids of what lies there."""

    app: App
    online: Names
    folder: Path
    ids: dict[str, str]

    async def run(self, command: str, **values: Any) -> Any:
        """Do something as the person."""
        return await self.app.registry[command].run_with(self.app.context, values)


async def set_up(app: App, online: Names, folder: Path) -> Scene:
    """Put something on the desk: a position, an order, a list, an alert, a note, a proposal."""
    scene = Scene(app, online, folder, {"folder": str(folder)})
    await scene.run("order.place", symbol="AAPL", side="buy", quantity=5)
    await until(app.context.portfolio.positions)
    waiting = await scene.run(
        "order.place",
        symbol="IBM",
        side="buy",
        quantity=1,
        type="limit",
        limit_price=100,
        time_in_force="gtc",
    )
    await scene.run("watchlist.create", name="Mine")
    await scene.run("watchlist.create", name="Other")
    await scene.run("goal.save", name="Everything", targets={"IBM": 0.1, "MSFT": 0.1})
    alert = await scene.run("alert.add", symbol="AAPL", kind="above", price=700)
    note = await scene.run("journal.add", title="Mine", note="as it was")
    drawn = await scene.run(
        "drawing.add", kind="horizontal", points="2012-03-01 540", symbol="AAPL"
    )
    saved = await scene.run("strategy.save", name="Own", strategy="momentum")
    tested = await scene.run("backtest.run", strategy="momentum", symbol="IBM", start="2011-01-03")
    scene.ids |= {
        "order": waiting.id,
        "alert": alert.id,
        "journal": note.id,
        "drawing": drawn.id,
        "strategy": saved.id,
        "backtest": tested["id"],
        "list": "Other",
    }
    return scene


async def journal(scene: Scene, text: str) -> Read:
    await scene.run("journal.edit", id=scene.ids["journal"], note=text)
    return "journal_list", {}


async def alert(scene: Scene, text: str) -> Read:
    condition = {"kind": "price", "when": "above", "price": 700}
    await scene.run(
        "alert.edit", id=scene.ids["alert"], symbol="AAPL", condition=condition, note=text[:200]
    )
    return "alert_list", {}


async def watchlist(scene: Scene, text: str) -> Read:
    name = text[:40].strip()
    await scene.run("watchlist.rename", list=scene.ids["list"], name=name)
    scene.ids["list"] = name
    return "watchlist_show", {"list": name}


async def symbol_name(scene: Scene, text: str) -> Read:
    scene.online.listed = text
    return "data_search", {"text": "apple company"}


async def csv_cell(scene: Scene, text: str) -> Read:
    """Import a file as a person does; what was wrong with it is in the list of jobs."""
    path = scene.folder / "prices.csv"
    cell = text.replace('"', '""').replace("\0", "")  # a file with a NUL is refused unread
    path.write_text(
        f'date,open,high,low,close,volume\n2012-01-03,1,2,1,"{cell}",5\n', encoding="utf-8"
    )
    try:
        await scene.run("data.import_csv", path=str(path), symbol="MINE")
    except PuffinError as error:
        return fence(str(error), "a file of prices")
    return "data_bars", {"symbol": "MINE"}


async def strategy(scene: Scene, text: str) -> Read:
    await scene.run(
        "strategy.save",
        id=scene.ids["strategy"],
        name="Own",
        strategy="momentum",
        parameters={"short": 20 + len(text) % 2},
        note=text[:200],
    )
    return "strategy_revisions", {"id": scene.ids["strategy"]}


async def backtest(scene: Scene, text: str) -> Read:
    await scene.run("backtest.note", id=scene.ids["backtest"], note=text[:200])
    return "backtest_list", {}


async def reason(scene: Scene, text: str) -> Read:
    """Have another program propose something, with a reason that it wrote."""
    if "proposal" in scene.ids:
        scene.app.context.inbox.withdraw(scene.ids["proposal"], "test")
    posted = await scene.run("inbox.post", symbol="IBM", side="buy", quantity=1, reason=text[:400])
    scene.ids["proposal"] = posted.id
    return "inbox_list", {}


async def drawing(scene: Scene, text: str) -> Read:
    await scene.run("drawing.change", id=scene.ids["drawing"], text=text[:60])
    return "drawing_list", {"symbol": "AAPL"}


async def saved_name(scene: Scene, text: str) -> Read:
    for each in await scene.run("portfolio.saved"):
        await scene.run("portfolio.forget", name=each.name)
    await scene.run("portfolio.save", name=text[:60], weights={"AAPL": 0.5, "CASH": 0.5})
    return "portfolio_saved", {}


async def error(scene: Scene, text: str) -> Read:
    return "backtest_show", {"id": text[:64]}


async def news(scene: Scene, text: str) -> Read:
    return fence(text, "news of Yahoo Finance")


async def filing(scene: Scene, text: str) -> Read:
    return fence(text, "a filing")


async def web_page(scene: Scene, text: str) -> Read:
    return fence(text, f"a web page called {text}")


async def earlier(scene: Scene, text: str) -> Read:
    return fence(text, "an earlier answer")


ROADS: dict[str, Plant] = {
    each.__name__: each
    for each in (
        journal,
        alert,
        watchlist,
        symbol_name,
        csv_cell,
        strategy,
        backtest,
        reason,
        drawing,
        saved_name,
        error,
        news,
        filing,
        web_page,
        earlier,
    )
}
