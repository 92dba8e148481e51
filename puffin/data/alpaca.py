"""Alpaca as a source of prices: streams, snapshots, history, and which options are listed."""

from __future__ import annotations

import asyncio
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from datetime import timedelta
from functools import partial
from typing import TYPE_CHECKING, Any, TypeVar

from puffin.data.alpaca_answers import decimal
from puffin.data.alpaca_bars import AlpacaBars, translated
from puffin.data.alpaca_keys import AlpacaKeys
from puffin.data.alpaca_prices import MUTE, PriceOptions, make_prices
from puffin.data.alpaca_rest import TIMEOUTS, AlpacaRest, Host
from puffin.data.alpaca_tape import Tape
from puffin.data.alpaca_tasks import end_tasks
from puffin.data.sessions import Calendar
from puffin.errors import (
    DataError,
    ProviderUnavailableError,
    RateLimitedError,
    SymbolNotFoundError,
)
from puffin.types import SYMBOL, AssetClass, Instrument, asset_of

if TYPE_CHECKING:
    from collections.abc import AsyncIterator, Awaitable, Callable, Collection, Mapping
    from datetime import date, datetime

    from puffin.data.alpaca_limiter import RateLimiters
    from puffin.data.alpaca_prices import PriceStream
    from puffin.data.bars import Bars, Interval
    from puffin.types import Quote, Split

    T = TypeVar("T")

SNAPSHOTS = {
    AssetClass.STOCK: ("/stocks/snapshots", "v2"),
    AssetClass.CRYPTO: ("/crypto/us/snapshots", "v1beta3"),
    AssetClass.OPTION: ("/options/snapshots", "v1beta1"),
}
AT_ONCE = 100  # symbols to a question
POLL = 15.0  # seconds between questions for what the plan does not stream
MOST_FOUND = 8
CONTRACTS = 1_000


@dataclass(frozen=True, slots=True)
class ListedOption:
    """An option that Alpaca lists, by its OCC symbol; None is what it does not say."""

    symbol: str
    name: str
    tradable: bool
    open_interest: int | None = None


def _quiet(_sentence: str) -> None:
    """Tell nobody."""


class AlpacaData:
    """Prices of one account's plan.

    `quotes` is for one listener at a time: Alpaca allows one connection for each kind of asset.
    What streams cannot carry, because the plan allows fewer symbols, is asked for every quarter
    of a minute, and `notice` says so.

    Args:
        key: The key's id.
        secret: Its secret.
        paper: Whether the keys are for paper trading; prices are the same.
        now: The computer's time.
        feed: "iex", or "sip" with a plan that includes it.
        url: Another address for assets and contracts; Alpaca's own when empty.
        data_url: Another address for prices.
        limiters: The paces; pass one object to everything that asks Alpaca.
        stream: Where and how the streams connect; its feed is taken from `feed`.
        poll: Seconds between questions for what does not stream.
        notice: Is told in a sentence what a trader should know of the line.
        timeouts: Seconds to connect, and to wait for the next byte.
    """

    def __init__(  # noqa: PLR0913 - see Args; all but the keys are given by name
        self,
        key: str,
        secret: str,
        *,
        paper: bool,
        now: Callable[[], datetime],
        feed: str = "iex",
        url: str = "",
        data_url: str = "",
        stream_url: str = "",
        limiters: RateLimiters | None = None,
        stream: PriceOptions | None = None,
        poll: float = POLL,
        notice: Callable[[str], None] = _quiet,
        timeouts: tuple[float, float] = TIMEOUTS,
    ) -> None:
        self._keys = AlpacaKeys(key, secret, paper)
        self._rest = AlpacaRest(
            self._keys,
            url=url,
            data_url=data_url,
            limiters=limiters,
            timeouts=timeouts,
        )
        self._now = now
        self._feed = feed
        self._options = stream or PriceOptions(feed, stream_url, expected=self._expected)
        self._poll = poll
        self._notice = notice
        self._bars = AlpacaBars(self._rest, name=self.name, feed=feed, now=now)
        self._threads = ThreadPoolExecutor(2, thread_name_prefix="alpaca prices")
        self._tape = Tape(self._notice, now)
        self._streams: dict[AssetClass, PriceStream] = {}
        self._tasks: list[asyncio.Task[None]] = []
        self._wanted: dict[str, None] = {}
        self._woken = asyncio.Event()
        self._assets: list[Instrument] | None = None
        self._calendar = Calendar.load()

    @property
    def name(self) -> str:
        """What the source is called on screen."""
        return f"Alpaca {self._feed.upper()}"

    @property
    def past(self) -> AlpacaData:
        """Who has prices of the past: this one too."""
        return self

    @staticmethod
    def lag() -> float:
        """Return nothing: each price comes as it is made."""
        return 0.0

    async def quotes(self, symbols: Collection[str]) -> AsyncIterator[Quote]:
        """Yield quotes: what is known now at once, then each change.

        Raises:
            KeysRefusedError: The keys are wrong.
            DataError: Prices cannot be had; breaks that pass are mended here.
        """
        await self._end()
        self._wanted = dict.fromkeys(symbols)
        tape = self._tape = Tape(self._notice, self._now)
        self._start(partial(self._serve, tape), tape)
        try:
            while True:
                news = await tape.queue.get()
                if isinstance(news, Exception):
                    raise news
                yield news
        finally:
            await self._end()

    def watch(self, symbols: Collection[str]) -> None:
        """Stream these symbols and no others; the quote of a new one comes at once."""
        self._wanted = dict.fromkeys(symbols)
        self._woken.set()

    async def close(self) -> None:
        """End the streams and every question."""
        await self._end()
        self._rest.close()
        self._threads.shutdown(wait=False, cancel_futures=True)
        await asyncio.to_thread(self._threads.shutdown)

    def history(
        self,
        symbol: str,
        interval: Interval,
        start: datetime | None = None,
        end: datetime | None = None,
    ) -> Bars:
        """Return the bars that opened in [start, end), adjusted for splits."""
        return self._bars.history(symbol, interval, start, end)

    def splits(self, symbol: str) -> list[Split]:
        """Return the splits that Alpaca knows, oldest first."""
        return self._bars.splits(symbol)

    def search(self, text: str) -> list[Instrument]:
        """Return what Alpaca lists under `text`, best first."""
        sought = text.strip().upper()
        if not sought:
            return []
        if self._assets is None:
            self._assets = self._all_assets()
        ranked = [(_rank(each, sought), each.symbol, each) for each in self._assets]
        found = sorted(each for each in ranked if each[0] is not None)
        return [each for _, _, each in found[:MOST_FOUND]]

    def contracts(
        self, underlying: str, first: date | None = None, last: date | None = None
    ) -> list[ListedOption]:
        """Return the options on `underlying` that expire from `first` to `last`."""
        wanted: dict[str, object] = {
            "underlying_symbols": underlying,
            "status": "active",
            "limit": CONTRACTS,
        }
        wanted |= {} if first is None else {"expiration_date_gte": first.isoformat()}
        wanted |= {} if last is None else {"expiration_date_lte": last.isoformat()}
        found: list[ListedOption] = []
        while True:
            with translated(underlying):
                page = self._rest.ask("GET", "/options/contracts", wanted)
            listed = page.get("option_contracts") if isinstance(page, dict) else None
            found += [_listed(each) for each in listed or [] if isinstance(each, dict)]
            wanted["page_token"] = page.get("next_page_token") if isinstance(page, dict) else None
            if not wanted["page_token"]:
                return found

    def test_keys(self) -> str:
        """Return a sentence about the account that the keys open.

        Raises:
            KeysRefusedError: They open none.
            DataError: It could not be found out.
        """
        with translated("the account"):
            account = self._rest.ask("GET", "/account")
        if not isinstance(account, dict):
            raise ProviderUnavailableError("Alpaca sent an account that cannot be read.")
        kind = "paper" if self._keys.paper else "live"
        number = str(account.get("account_number") or "")[-4:]
        equity = decimal(account.get("equity"))
        worth = "" if equity is None else f", worth {equity:,.2f} {account.get('currency', 'USD')}"
        return f"Connected to the {kind} account …{number}{worth}."

    # The streams

    def _expected(self) -> bool:
        """Whether stocks have traded for so long that silence is a fault."""
        now = self._now()
        try:
            return all(map(self._calendar.is_open, (now, now - timedelta(seconds=MUTE))))
        except DataError:
            return False  # beyond the calendar nobody knows the hours

    def _start(self, work: Callable[[], Awaitable[None]], tape: Tape) -> None:
        """Run something beside the listener; how it fails reaches him."""

        async def watched() -> None:
            try:
                await work()
            except DataError as error:
                tape.queue.put_nowait(error)

        self._tasks.append(asyncio.create_task(watched()))

    async def _serve(self, tape: Tape) -> None:
        """Keep the streams to what is watched, and ask for what they cannot carry."""
        known: set[str] = set()
        while True:
            self._woken.clear()
            tape.woken = self._woken
            wanted = list(self._wanted)
            await self._snapshots(tape, [each for each in wanted if each not in known])
            tape.keep(wanted)
            known = set(wanted)
            polled: list[str] = []
            for kind in AssetClass:
                sound = [each for each in wanted if each not in tape.strange]
                symbols = [each for each in sound if asset_of(each) is kind]
                streamed = symbols[: tape.limits.get(kind)]
                polled += symbols[len(streamed) :]
                await self._stream(tape, kind, streamed)
            await self._wait(tape, polled)

    async def _wait(self, tape: Tape, polled: list[str]) -> None:
        """Wait until something else is watched; meanwhile ask for what does not stream."""
        while not self._woken.is_set():
            try:
                await asyncio.wait_for(self._woken.wait(), self._poll if polled else None)
            except TimeoutError:
                try:
                    await self._snapshots(tape, polled)
                except (ProviderUnavailableError, RateLimitedError) as error:
                    tape.down(str(error))  # the streams go on; it is asked again

    async def _stream(self, tape: Tape, kind: AssetClass, symbols: list[str]) -> None:
        stream = self._streams.get(kind)
        if stream is not None:
            await stream.watch(symbols)
        elif symbols:
            making = partial(make_prices, kind, self._keys, self._options, tape)
            stream = self._streams[kind] = await self._run(making)
            await stream.watch(symbols)
            self._start(stream.listen, tape)

    async def _snapshots(self, tape: Tape, symbols: list[str]) -> None:
        for kind in SNAPSHOTS:
            sought = [each for each in symbols if asset_of(each) is kind]
            for first in range(0, len(sought), AT_ONCE):
                await self._begin(tape, kind, sought[first : first + AT_ONCE])

    async def _begin(self, tape: Tape, kind: AssetClass, symbols: list[str]) -> None:
        """Begin with what is known of symbols; one that is senseless to Alpaca spoils no other."""
        try:
            tape.begin(await self._run(partial(self._snapshot, kind, symbols)))
        except SymbolNotFoundError as error:
            if len(symbols) == 1:
                tape.strange.add(symbols[0])
                tape.down(str(error))
                return
            half = len(symbols) // 2
            await self._begin(tape, kind, symbols[:half])
            await self._begin(tape, kind, symbols[half:])

    def _snapshot(self, kind: AssetClass, symbols: list[str]) -> Mapping[str, Any]:
        path, version = SNAPSHOTS[kind]
        wanted: dict[str, object] = {"symbols": ",".join(symbols)}
        if kind is AssetClass.STOCK:
            wanted["feed"] = self._feed
        with translated(symbols[0]):
            answer = self._rest.ask("GET", path, wanted, host=Host.DATA, version=version)
        found = answer.get("snapshots", answer) if isinstance(answer, dict) else {}
        return found if isinstance(found, dict) else {}

    async def _run(self, work: Callable[[], T]) -> T:
        try:
            future = asyncio.get_running_loop().run_in_executor(self._threads, work)
        except RuntimeError as error:
            raise ProviderUnavailableError("The connection to Alpaca is closed.") from error
        return await future

    async def _end(self) -> None:
        tasks, self._tasks = self._tasks, []
        streams, self._streams = self._streams, {}
        await end_tasks(tasks)
        for stream in streams.values():
            await stream.end()

    def _all_assets(self) -> list[Instrument]:
        with translated("the list of assets"):
            listed = self._rest.ask("GET", "/assets", {"status": "active"})
        return [
            Instrument(
                str(each["symbol"]),
                str(each.get("name") or ""),
                str(each.get("exchange")),
                self.name,
            )
            for each in listed or []
            if isinstance(each, dict) and SYMBOL.match(str(each.get("symbol") or ""))
        ]


def _rank(instrument: Instrument, sought: str) -> int | None:
    """Return how well an instrument fits: 0 is its symbol; None is not at all."""
    if instrument.symbol == sought:
        return 0
    if instrument.symbol.startswith(sought):
        return 1
    return 2 if sought in instrument.name.upper() else None


def _listed(body: dict[str, Any]) -> ListedOption:
    interest = decimal(body.get("open_interest"))
    return ListedOption(
        symbol=str(body.get("symbol") or ""),
        name=str(body.get("name") or ""),
        tradable=body.get("tradable") is True,
        open_interest=None if interest is None else int(interest),
    )
