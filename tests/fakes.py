"""Stand-ins for the world outside: typed against the same ports, so that they cannot drift."""

from __future__ import annotations

import asyncio
import time
from contextlib import contextmanager
from datetime import UTC, datetime, timedelta
from decimal import Decimal
from typing import TYPE_CHECKING, Any

from puffin.broker.base import Asset, BrokerAccount, MarketClock
from puffin.broker.venue import Venue
from puffin.errors import BrokerError, DataError, ProviderUnavailableError
from puffin.types import (
    AssetClass,
    Fill,
    OrderClass,
    OrderStatus,
    OrderType,
    OrderUpdate,
    Quote,
    TimeInForce,
)
from puffling.services.chart_templates import ChartTemplate
from puffling.services.orders import Approval
from puffling.services.study_specs import StudySpec

if TYPE_CHECKING:
    from collections.abc import AsyncIterator, Callable, Collection, Iterator, Mapping, Sequence
    from datetime import date
    from pathlib import Path

    from puffin.broker.base import Activity, Connected, Lost
    from puffin.data.bars import Bars, Interval
    from puffin.types import Dividend, Instrument, Order, Position, Side, Split, Ticket
    from puffling.core.directions import Toward
    from puffling.services.baskets import BasketProposal
    from puffling.services.orders import Proposal

START = datetime(2026, 1, 5, 15, 0, tzinfo=UTC)  # the computer's time when a test begins
OPEN = datetime(2012, 6, 1, 13, 30, tzinfo=UTC)  # the demo market's first open
PATIENCE = 120.0
PICTURE = b"\x89PNG\r\n\x1a\n and so on"  # enough of one to be taken for one


class FakeClock:
    """Time that moves when told to."""

    def __init__(self, at: datetime = START) -> None:
        self._at = at
        self._seconds = 0.0

    def now(self) -> datetime:
        return self._at

    def monotonic(self) -> float:
        return self._seconds

    def pass_(self, seconds: float) -> None:
        """Let that many seconds pass."""
        self._at += timedelta(seconds=seconds)
        self._seconds += seconds


class Stepper:
    """A sleep that lasts until the test says go: one step of the replay for each."""

    def __init__(self) -> None:
        self._go = asyncio.Semaphore(0)
        self._asleep = asyncio.Event()

    async def __call__(self, seconds: float) -> None:
        self._asleep.set()
        await self._go.acquire()

    def go(self) -> None:
        """Let one sleep end, without waiting for the next."""
        self._asleep.clear()
        self._go.release()

    async def step(self, count: int = 1) -> None:
        """Let `count` sleeps end, one after the other, and wait until the next one begins."""
        for _ in range(count):
            await asyncio.wait_for(self._asleep.wait(), PATIENCE)
            self.go()
        await asyncio.wait_for(self._asleep.wait(), PATIENCE)


class FakeBroker:
    """Remembers what it was sent, and answers as told. It is far away unless `venue` says other."""

    name = "Fake broker"

    def __init__(self) -> None:
        self.venue = Venue(
            dict.fromkeys(AssetClass, frozenset(OrderType)),
            dict.fromkeys(AssetClass, frozenset(TimeInForce)),
            dict.fromkeys(AssetClass, frozenset(OrderClass)),
        )
        self.sent: list[Order] = []
        self.replaced: list[str] = []
        self.cancelled: list[str] = []
        self.answer: Callable[[Order], OrderUpdate] = working
        self.known: dict[str, OrderUpdate] = {}
        self.waiting: list[Order] = []
        self.traded: list[Fill] = []
        self.happened: list[Activity] = []
        self.asked_since: list[datetime | None] = []
        self.held: list[Position] = []
        self.money = Decimal(100_000)
        self.fault: Exception | None = None  # raised by whatever asks about the books
        self.news: asyncio.Queue[OrderUpdate | Connected | Lost] = asyncio.Queue()

    async def submit(self, order: Order) -> OrderUpdate:
        self.sent.append(order)
        return self.answer(order)

    async def replace(self, order_id: str, changed: Order) -> OrderUpdate:
        self.replaced.append(order_id)
        self.sent.append(changed)
        return self.answer(changed)

    async def cancel(self, order_id: str) -> OrderUpdate:
        self.cancelled.append(order_id)
        if order_id not in {each.id for each in self.sent}:
            raise BrokerError(f"No order {order_id}.")
        return OrderUpdate(order_id, OrderStatus.CANCELLED, OPEN)

    async def lookup(self, order_id: str) -> OrderUpdate | None:
        return self.known.get(order_id)

    async def open_orders(self) -> list[Order]:
        if self.fault is not None:
            raise self.fault
        return self.waiting

    async def fills(self, since: datetime | None = None) -> list[Fill]:
        self.asked_since.append(since)
        return self.traded

    async def activities(self, since: datetime | None = None) -> list[Activity]:
        return self.happened

    async def positions(self) -> list[Position]:
        return self.held

    async def cash(self) -> Decimal:
        return self.money

    async def account(self) -> BrokerAccount:
        return BrokerAccount(self.money, self.money, number="…1234")

    async def asset(self, symbol: str) -> Asset | None:
        return Asset(symbol, symbol, AssetClass.STOCK, tradable=True)

    async def clock(self) -> MarketClock:
        return MarketClock(OPEN, True, OPEN, OPEN)  # noqa: FBT003 - a market's clock is so

    async def updates(self) -> AsyncIterator[OrderUpdate | Connected | Lost]:
        while True:
            yield await self.news.get()


def working(order: Order) -> OrderUpdate:
    """Say that an order is accepted."""
    return OrderUpdate(order.id, OrderStatus.WORKING, OPEN)


def filled(
    order: Order, quantity: str, price: str, *, number: int = 1, status: OrderStatus | None = None
) -> OrderUpdate:
    """Say that a part of an order, or all of it, was filled."""
    fill = Fill(
        id=f"{order.id}-{number}",
        order_id=order.id,
        account=order.account,
        symbol=order.ticket.symbol,
        side=order.ticket.side,
        quantity=Decimal(quantity),
        price=Decimal(price),
        commission=Decimal(0),
        at=OPEN + timedelta(minutes=number),
    )
    whole = fill.quantity == order.ticket.quantity
    chosen = status or (OrderStatus.FILLED if whole else OrderStatus.PARTIAL)
    return OrderUpdate(order.id, chosen, fill.at, fill=fill)


class FakeGate:
    """Says yes or no as told; a yes names exactly what was shown."""

    def __init__(self, clock: FakeClock) -> None:
        self._clock = clock
        self.says_yes = True
        self.asked: list[Proposal | BasketProposal] = []

    async def confirm(self, proposal: Proposal | BasketProposal) -> Approval | None:
        self.asked.append(proposal)
        return self.yes(proposal) if self.says_yes else None

    def yes(self, proposal: Proposal | BasketProposal, *, seconds: float = 60) -> Approval:
        """Return a yes to `proposal` that lasts that long."""
        now = self._clock.now()
        until = now + timedelta(seconds=seconds)
        return Approval(proposal.id, proposal.digest, "test", now, until)


class FakeMoves:
    """Where panels and layouts are moved: writes down what it is asked to do."""

    def __init__(self, done: list[tuple[object, ...]]) -> None:
        self._done = done

    def focus(self, toward: Toward) -> None:
        self._done.append(("focus", toward))

    def step(self, step: int) -> None:
        self._done.append(("step", step))

    def turn(self, step: int) -> None:
        self._done.append(("turn", step))

    def move(self, toward: Toward) -> None:
        self._done.append(("move", toward))

    def split(self, toward: Toward) -> None:
        self._done.append(("split", toward))

    def tab(self, toward: Toward | None) -> None:
        self._done.append(("tab", toward))

    def resize(self, across: int, down: int) -> None:
        self._done.append(("resize", across, down))

    def maximise(self) -> None:
        self._done.append(("maximise",))

    def float_(self) -> None:
        self._done.append(("float",))

    def reopen(self) -> None:
        self._done.append(("reopen",))

    def link(self, colour: str) -> None:
        self._done.append(("link", colour))

    def grid(self, charts: int) -> None:
        self._done.append(("grid", charts))

    def duplicate(self, name: str, to: str) -> str:
        self._done.append(("duplicate", name, to))
        return to

    def bring_back(self) -> str:
        self._done.append(("bring_back",))
        return "Mine"

    def write_file(self, name: str, path: Path) -> Path:
        self._done.append(("write_file", name, path))
        return path

    def take_file(self, path: Path) -> list[str]:
        self._done.append(("take_file", path))
        return ["Mine"]

    def begin_with(self, name: str) -> None:
        self._done.append(("begin_with", name))

    def undo(self) -> None:
        self._done.append(("undo",))

    def redo(self) -> None:
        self._done.append(("redo",))


class FakeCharts:
    """The charts of a desk: writes down what it is asked to do."""

    def __init__(self, done: list[tuple[object, ...]]) -> None:
        self._done = done

    def series(self, kind: str) -> None:
        self._done.append(("series", kind))

    def scale(self, kind: str) -> None:
        self._done.append(("scale", kind))

    def go_to(self, day: date | None) -> None:
        self._done.append(("go_to", day))

    def grid(self, charts: int) -> None:
        self._done.append(("charts", charts))

    def crosshair(self, reach: str) -> None:
        self._done.append(("crosshair", reach))

    def together(self, *, interval: bool | None, time: bool | None) -> None:
        self._done.append(("together", interval, time))

    def data(self) -> None:
        self._done.append(("data",))

    def alert(self, price: Decimal | None) -> None:
        self._done.append(("alert", price))

    def replay(self) -> None:
        self._done.append(("replay",))

    def play(self) -> None:
        self._done.append(("play",))


class FakeStudies:
    """The studies of a desk's chart: writes down what it is asked to do."""

    def __init__(self, done: list[tuple[object, ...]]) -> None:
        self._done = done

    def there(self) -> tuple[StudySpec, ...]:
        return ()

    def ask(self) -> None:
        self._done.append(("ask_study",))

    def add(self, spec: StudySpec) -> None:
        self._done.append(("add_study", spec.title, spec.on_price))

    def remove(self, words: str) -> None:
        self._done.append(("remove_study", words))

    def edit(self, words: str, values: str) -> None:
        self._done.append(("edit_study", words, values))

    def compare(self, symbol: str) -> None:
        self._done.append(("compare", symbol))

    def template(self, name: str) -> ChartTemplate:
        self._done.append(("chart_template", name))
        return ChartTemplate(name, (StudySpec("rsi"),))

    def apply(self, template: ChartTemplate) -> None:
        self._done.append(("apply_template", template.name))


class FakeDesk:
    """A desk that writes down what it is asked to do."""

    has_window = True
    symbol = "AAPL"

    def __init__(self) -> None:
        self.done: list[tuple[object, ...]] = []
        self.types_the_word = True
        self.allows: bool | None = False  # changes of other programs; None is silence
        self.keys: tuple[str, str] | None = None
        self.ticket: Ticket | None = None
        self.kept = 0  # how often the keyboard was to stay where it was

    @property
    def panels(self) -> FakeMoves:
        return FakeMoves(self.done)

    @property
    def studies(self) -> FakeStudies:
        return FakeStudies(self.done)

    @property
    def charts(self) -> FakeCharts:
        return FakeCharts(self.done)

    @property
    def layout_moves(self) -> FakeMoves:
        return FakeMoves(self.done)

    def run_lines(self, lines: Sequence[str]) -> None:
        self.done.append(("run_lines", tuple(lines)))

    def record_lines(self) -> None:
        self.done.append(("record_lines",))

    def recorded_lines(self) -> Sequence[str]:
        self.done.append(("recorded_lines",))
        return ("AAPL 5m", "RISK")

    @contextmanager
    def keyboard_kept(self) -> Iterator[None]:
        self.kept += 1
        yield

    def open_panel(self, panel: str) -> None:
        self.done.append(("open_panel", panel))

    def close_panel(self) -> None:
        self.done.append(("close_panel",))

    def next_panel(self) -> None:
        self.done.append(("next_panel",))

    def new_chart(self) -> None:
        self.done.append(("new_chart",))

    def choose_symbol(self, symbol: str) -> None:
        self.done.append(("choose_symbol", symbol))

    def fill_ticket(self, side: Side, symbol: str = "", quantity: Decimal | None = None) -> None:
        self.done.append(("fill_ticket", side, symbol, quantity))

    def begin_alert(self, symbol: str = "", price: Decimal | None = None) -> None:
        self.done.append(("begin_alert", symbol, price))

    def written_ticket(self) -> Ticket | None:
        return self.ticket

    def ask_template(self) -> None:
        self.done.append(("ask_template",))

    def write_ticket(self, ticket: Ticket, *, sized: bool = True) -> None:
        self.done.append(("write_ticket", ticket, sized))

    def review_ticket(self) -> None:
        self.done.append(("review_ticket",))

    def run_focused(self) -> None:
        self.done.append(("run_focused",))

    def chart_timeframe(self, interval: str) -> None:
        self.done.append(("chart_timeframe", interval))

    def chart_overlay(self, kind: str, window: int) -> None:
        self.done.append(("chart_overlay", kind, window))

    def chart_fit(self) -> None:
        self.done.append(("chart_fit",))

    def chart_draw(self, kind: str) -> None:
        self.done.append(("chart_draw", kind))

    def chart_signals(self, strategy: str) -> None:
        self.done.append(("chart_signals", strategy))

    def chart_export(self, path: Path) -> None:
        self.done.append(("chart_export", path))

    def chart_picture(self, path: Path) -> str:
        self.done.append(("chart_picture", path))
        path.write_bytes(PICTURE)
        return self.symbol

    def save_tearsheet(self, path: Path) -> None:
        self.done.append(("save_tearsheet", path))

    def show_conversation(self, id_: str) -> None:
        self.done.append(("show_conversation", id_))

    def ask_about(self, about: Mapping[str, str], words: str = "") -> None:
        self.done.append(("ask_about", dict(about), words))

    def show_journal(self, id_: str) -> None:
        self.done.append(("show_journal", bool(id_)))

    async def write_pdf(self, html: str, pictures: Mapping[str, str], path: Path) -> None:
        self.done.append(("write_pdf", path, tuple(pictures)))

    def show_backtest(self, id_: str) -> None:
        self.done.append(("show_backtest", id_))

    def try_strategy(
        self, strategy: str, parameters: Mapping[str, Any], *, optimise: bool = False
    ) -> None:
        self.done.append(("try_strategy", strategy, dict(parameters), optimise))

    def show(self, what: str) -> None:
        self.done.append(("show", what))

    def apply_layout(self, name: str) -> None:
        self.done.append(("apply_layout", name))

    def save_layout(self, name: str) -> None:
        self.done.append(("save_layout", name))

    def rename_layout(self, name: str, to: str) -> None:
        self.done.append(("rename_layout", name, to))

    def remove_layout(self, name: str) -> None:
        self.done.append(("remove_layout", name))

    def reset_layout(self) -> None:
        self.done.append(("reset_layout",))

    async def ask_word(self, title: str, text: str, word: str) -> bool:
        self.done.append(("ask_word", word))
        return self.types_the_word

    async def ask_unlock(self, facts: Sequence[tuple[str, str]]) -> bool:
        self.done.append(("ask_unlock", *facts))
        return self.types_the_word

    async def ask_keys(self, title: str, text: str) -> tuple[str, str] | None:
        self.done.append(("ask_keys", title))
        return self.keys

    async def ask_key(self, title: str, text: str) -> str | None:
        self.done.append(("ask_key", title))
        return None if self.keys is None else self.keys[0]

    async def ask_change(
        self, title: str, program: str, lines: Sequence[tuple[str, str, str]]
    ) -> bool:
        self.done.append(("ask_change", title, program, *lines))
        if self.allows is None:
            await asyncio.Event().wait()
        return bool(self.allows)

    def full_screen(self) -> None:
        self.done.append(("full_screen",))

    def restart(self) -> None:
        self.done.append(("restart",))

    def quit(self) -> None:
        self.done.append(("quit",))


class NoNetwork:
    """An online source on a computer without a network."""

    name = "Yahoo Finance"

    def history(
        self,
        symbol: str,
        interval: Interval,
        start: datetime | None = None,
        end: datetime | None = None,
    ) -> Bars:
        raise ProviderUnavailableError("Yahoo Finance cannot be reached.")

    def search(self, text: str) -> list[Instrument]:
        raise ProviderUnavailableError("Yahoo Finance cannot be reached.")

    def splits(self, symbol: str) -> list[Split]:
        raise ProviderUnavailableError("Yahoo Finance cannot be reached.")

    def dividends(self, symbol: str) -> list[Dividend]:
        raise ProviderUnavailableError("Yahoo Finance cannot be reached.")


class BrokenSource:
    """Yields one quote for each symbol, then breaks."""

    name = "Broken source"

    def __init__(self) -> None:
        self.connections = 0

    async def quotes(self, symbols: Collection[str]) -> AsyncIterator[Quote]:
        self.connections += 1
        for symbol in symbols:
            yield quote(symbol, at=OPEN + timedelta(minutes=self.connections))
        raise DataError("The line dropped.")


def quote(
    symbol: str = "AAPL",
    last: str = "100",
    *,
    at: datetime = OPEN,
    previous_close: str | None = None,
    spread: str = "0.02",
) -> Quote:
    """Return a quote around `last`."""
    price, half = Decimal(last), Decimal(spread) / 2
    before = None if previous_close is None else Decimal(previous_close)
    return Quote(symbol, price - half, price + half, price, at, previous_close=before)


async def until(happened: Callable[[], object]) -> None:
    """Let the loop run until `happened()` is true; fail if it never is."""
    end = time.monotonic() + PATIENCE
    while not happened():
        assert time.monotonic() < end, "It never happened"
        await asyncio.sleep(0.001)
