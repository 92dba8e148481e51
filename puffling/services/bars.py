"""History for charts and backtests: the demo market up to now, your files, and Yahoo Finance."""

from __future__ import annotations

import asyncio
import logging
import re
from dataclasses import dataclass, replace
from datetime import timedelta
from typing import TYPE_CHECKING

from puffin.data.bars import Bar, Interval
from puffin.data.csv import read_bars
from puffin.data.sessions import exchange_date
from puffin.data.times import midnight
from puffin.errors import DataError, NoDataError, SymbolNotFoundError
from puffin.types import SYMBOL, Instrument
from puffling.core.errors import BadValueError
from puffling.core.events import BarsChanged

if TYPE_CHECKING:
    from collections.abc import Callable
    from datetime import date, datetime
    from pathlib import Path

    from puffin.data.bars import Bars
    from puffin.data.base import BarStore
    from puffin.data.sample import SampleProvider
    from puffin.types import Dividend, EarningsDate, Split
    from puffling.core.bus import EventBus
    from puffling.core.clock import Clock
    from puffling.core.settings_store import SettingsStore
    from puffling.services.market import MarketService
    from puffling.services.online_history import OnlineHistory
    from puffling.services.quotes import QuoteService

log = logging.getLogger(__name__)

CSV = "csv"
GATHERED = (Interval.W1, Interval.MO1)
MEGABYTE = 2**20


@dataclass(frozen=True, slots=True)
class Source:
    """A place prices come from, as `data.sources` lists it."""

    name: str
    in_use: bool
    text: str


@dataclass(frozen=True, slots=True)
class Imported:
    """What one file brought in."""

    symbol: str
    interval: Interval
    rows: int
    first: datetime
    last: datetime


class BarService:
    """Past prices by symbol, whoever has them.

    `history` blocks: call it from a job, or `await fetch(...)` on the loop.
    """

    def __init__(  # noqa: PLR0913 - each is a part it works with, most by name
        self,
        demo: SampleProvider,
        table: BarStore,
        market: MarketService,
        quotes: QuoteService,
        settings: SettingsStore,
        *,
        online: OnlineHistory,
        bus: EventBus,
        clock: Clock,
    ) -> None:
        self._demo = demo
        self._table = table
        self._market = market
        self._quotes = quotes
        self._settings = settings
        self._online = online
        self._bus = bus
        self._clock = clock
        self._unfinished: dict[tuple[str, Interval, bool], tuple[Bar, datetime]] = {}

    def source(self, symbol: str) -> str:
        """Return where the prices of `symbol` come from, in words.

        Raises:
            SymbolNotFoundError: Nobody in use has it.
        """
        if symbol in self._market.symbols:
            return self._demo.name
        if symbol in self._imported():
            return "Your file"
        if self._online.in_use and SYMBOL.match(symbol):
            return self._online.source(symbol)
        raise SymbolNotFoundError(f"Nobody in use lists {symbol[:20]!r}.")

    def intervals(self, symbol: str) -> list[Interval]:
        """Return the intervals in which `symbol` can be shown."""
        if symbol in self._market.symbols:
            return [Interval.D1, *GATHERED]
        stored = self._imported().get(symbol)
        if stored is None:
            return list(Interval)
        return [each for each in Interval if each in stored or _can_gather(each, stored)]

    def base(self, symbol: str, interval: Interval) -> Interval:
        """Return the interval of the bars that bars of `interval` are gathered from."""
        own = self._imported().get(symbol)
        if symbol not in self._market.symbols and own is not None and interval in own:
            return interval
        return Interval.D1 if interval in GATHERED else interval

    def history(self, symbol: str, interval: Interval, *, adjusted: bool = True) -> Bars:
        """Return the closed bars of `symbol`, oldest first; never past the market's now in DEMO.

        Adjusted prices have splits and dividends taken out as of the last bar, which keeps its
        price; only what was known then is used.

        Raises:
            DataError: There are none, with the reason.
        """
        if symbol in self._market.symbols:
            return self._demo_history(symbol, interval, adjusted=adjusted)
        stored = self._imported().get(symbol)
        if stored is not None:
            return self._own_history(symbol, interval, stored, adjusted=adjusted)
        self.source(symbol)
        if interval in GATHERED:
            days = self._online.history(symbol, Interval.D1)
            return (days.adjust() if adjusted else days).resample(interval)
        bars = self._online.history(symbol, interval)
        return bars.adjust() if adjusted else bars

    async def fetch(self, symbol: str, interval: Interval, *, adjusted: bool = True) -> Bars:
        """Return `history` without keeping the loop waiting."""
        return await asyncio.to_thread(self.history, symbol, interval, adjusted=adjusted)

    def splits(self, symbol: str) -> list[Split]:
        """Return the splits that whoever has `symbol` knows of, oldest first; blocks."""
        if symbol in self._market.symbols:
            return self._demo.splits(symbol)
        if symbol in self._imported() or not self._online.in_use:
            return []
        return self._online.splits(symbol)

    def dividends(self, symbol: str) -> list[Dividend]:
        """Return the dividends that whoever has `symbol` knows of, oldest first; blocks.

        They are in the shares of today.
        """
        if symbol in self._market.symbols:
            return self._demo.dividends(symbol)
        if symbol in self._imported() or not self._online.in_use:
            return []
        return self._online.dividends(symbol)

    def earnings(self, symbol: str) -> list[EarningsDate]:
        """Return when a company tells its earnings next; blocks. The demo market knows nothing."""
        known = symbol in self._market.symbols or symbol in self._imported()
        return [] if known or not self._online.in_use else self._online.earnings(symbol)

    def live_bar(self, symbol: str, interval: Interval, bars: Bars) -> Bars:
        """Return `bars` with the bar of now from the latest quote, put last or in place of it.

        For weeks and months the closed days of the present one are remembered from the last
        `history`; fetch again when a session opens or closes.
        """
        quote = self._quotes.last(symbol)
        if quote is None or symbol not in self._market.symbols or interval.is_intraday:
            return bars
        time = midnight(exchange_date(quote.at))
        today = Bar(
            time,
            float(quote.open or quote.last),
            float(quote.high or quote.last),
            float(quote.low or quote.last),
            float(quote.last),
            float(quote.volume),
        )
        if bars.adjusted and self._is_restated(symbol, bars.as_of, quote.at):
            return bars  # in old shares; a chart never shows both
        base, known = self._unfinished.get((symbol, interval, bars.adjusted), (today, time))
        if base.time < time and _same_period(base.time, time, interval):
            # Once the day is over it is in the gathered bar; its volume counts once.
            today = base if known >= time else _merged(base, today)
        if len(bars) and today.time < bars.last:
            return bars
        return bars.with_last(today)

    def import_csv(
        self,
        path: Path,
        symbol: str = "",
        progress: Callable[[float], None] | None = None,
    ) -> Imported:
        """Read a file of prices and keep it whole, or refuse it and keep nothing; blocks.

        Raises:
            BadValueError: The symbol makes no sense or belongs to the demo market.
            BarsError: The file cannot be trusted; the sentence names the line.
        """
        symbol = self.symbol_for(path, symbol)
        data = self._settings.current.data
        bars = read_bars(
            path,
            symbol,
            largest_bytes=data.csv_megabytes * MEGABYTE,
            most_rows=data.csv_rows,
            progress=progress,
        )
        self._table.put(replace(bars, source=CSV), fetched_at=self._clock.now())
        return Imported(symbol, bars.interval, len(bars), bars.first, bars.last)

    def announce(self, symbol: str) -> None:
        """Tell everyone that the history of `symbol` has changed; on the loop's thread."""
        self._bus.publish(BarsChanged(symbol))

    def symbol_for(self, path: Path, symbol: str = "") -> str:
        """Return the symbol to import a file under: the given one, or the file's name.

        Raises:
            BadValueError: It makes no sense or belongs to the demo market.
        """
        chosen = symbol.strip().upper() or re.sub(r"[^A-Z0-9.\-]", "", path.stem.upper())[:15]
        if not SYMBOL.match(chosen):
            raise BadValueError(
                f"{(symbol or path.name)[:20]!r} is not a symbol.", hint="Name one: symbol=ABC"
            )
        if chosen in self._market.symbols:
            raise BadValueError(
                f"{chosen} belongs to the demo market.",
                hint=f"Import the file under another name, such as {chosen}.MY",
            )
        return chosen

    def remove(self, symbol: str) -> None:
        """Forget an imported symbol.

        Raises:
            SymbolNotFoundError: Nothing was imported under that name.
        """
        if symbol not in self._imported():
            raise SymbolNotFoundError(f"Nothing is imported under {symbol[:20]!r}.", hint="")
        self._table.remove(symbol, CSV)
        self._bus.publish(BarsChanged(symbol))

    def imported(self) -> list[Imported]:
        """Return what files brought in."""
        return [
            Imported(each.symbol, each.interval, each.rows, each.first, each.last)
            for each in self._table.symbols()
            if each.source == CSV
        ]

    def instruments(self) -> list[Instrument]:
        """Return every symbol that can be had without a network."""
        own = {
            each.symbol: Instrument(each.symbol, "Your file", "", CSV) for each in self.imported()
        }
        return [*self._demo.search(""), *own.values()]

    def search(self, text: str) -> list[Instrument]:
        """Return the local instruments whose symbol or name fits `text`, best first."""
        wanted = text.strip().casefold()
        known = self.instruments()
        begins = [each for each in known if each.symbol.casefold().startswith(wanted)]
        names = [each for each in known if wanted in each.name.casefold()]
        return list(dict.fromkeys([*begins, *names]))

    async def lookup(self, text: str) -> list[Instrument]:
        """Return `search`, and what the online source finds where one is in use."""
        found = self.search(text)
        if not text.strip() or not self._online.in_use:
            return found
        try:
            more = await asyncio.to_thread(self._online.search, text)
        except DataError as error:
            log.info("%s cannot search: %s", self._online.name, error)
            return found
        known = {each.symbol for each in found}
        return [*found, *(each for each in more if each.symbol not in known)]

    def sources(self) -> list[Source]:
        """Return every place prices come from, and what it has."""
        files = self.imported()
        demo = f"Real daily prices of {', '.join(sorted(self._market.symbols))}; quotes inside a "
        own = ", ".join(f"{each.symbol} ({each.rows:,} x {each.interval.label})" for each in files)
        return [
            Source(
                self._demo.name,
                bool(self._market.symbols),
                demo + "day are simulated through its real open, high, low and close.",
            ),
            Source("Your files", bool(files), own or "None imported yet."),
            Source(
                self._online.name,
                self._online.in_use,
                "History of other symbols, when a network exists; kept for the next time.",
            ),
        ]

    def _imported(self) -> dict[str, set[Interval]]:
        found: dict[str, set[Interval]] = {}
        for each in self._table.symbols():
            if each.source == CSV:
                found.setdefault(each.symbol, set()).add(each.interval)
        return found

    def _demo_history(self, symbol: str, interval: Interval, *, adjusted: bool) -> Bars:
        if interval.is_intraday:
            raise NoDataError(
                "The demo market has no prices within the day.", hint="Choose 1 day or longer."
            )
        closed = self._last_closed()
        days = self._demo.history(symbol, Interval.D1, end=midnight(closed) + timedelta(days=1))
        if adjusted:
            days = self._restated(days.adjust())
        bars = days.resample(interval)
        if interval in GATHERED:
            self._unfinished[symbol, interval, bars.adjusted] = (bars.bar(-1), days.last)
        return bars

    def _is_restated(self, symbol: str, since: datetime | None, at: datetime) -> bool:
        """Whether a split took effect after `since` and up to `at`."""
        dates = (each.date.date() for each in self._demo.splits(symbol))
        opens = [self._market.calendar.session_on(each) for each in dates]
        return since is not None and any(
            since < each.open <= at for each in opens if each is not None
        )

    def _last_closed(self) -> date:
        """Return the date of the last session that is over by the market's time."""
        now, today = self._market.now(), self._market.today()
        session = self._market.calendar.session_on(today)
        if session is not None and now >= session.close:
            return today
        return self._market.calendar.previous_session(today).date

    def _restated(self, days: Bars) -> Bars:
        """Restate closed days in the shares of a split that takes effect today."""
        last, now = days.last, self._market.now()
        for split in self._demo.splits(days.symbol):
            session = self._market.calendar.session_on(split.date.date())
            if split.date > last and session is not None and session.open <= now:
                ratio = float(split.ratio)
                days = replace(
                    days,
                    open=days.open / ratio,
                    high=days.high / ratio,
                    low=days.low / ratio,
                    close=days.close / ratio,
                    volume=days.volume * ratio,
                )
        return replace(days, as_of=now)

    def _own_history(
        self, symbol: str, interval: Interval, stored: set[Interval], *, adjusted: bool
    ) -> Bars:
        base = Interval.D1 if _can_gather(interval, stored) else interval
        bars = self._table.get(symbol, base, CSV)
        if bars is None:
            titles: list[str] = [each.label for each in Interval if each in stored]
            has = ", ".join(titles)
            raise NoDataError(
                f"{symbol} was imported with bars of {has}.", hint="Choose that interval."
            )
        return (bars.adjust() if adjusted else bars).resample(interval)


def _can_gather(interval: Interval, stored: set[Interval]) -> bool:
    return interval not in stored and interval in GATHERED and Interval.D1 in stored


def _same_period(first: datetime, second: datetime, interval: Interval) -> bool:
    if interval is Interval.W1:
        return first.isocalendar()[:2] == second.isocalendar()[:2]
    return interval is Interval.MO1 and (first.year, first.month) == (second.year, second.month)


def _merged(base: Bar, today: Bar) -> Bar:
    return Bar(
        base.time,
        base.open,
        max(base.high, today.high),
        min(base.low, today.low),
        today.close,
        base.volume + today.volume,
    )
