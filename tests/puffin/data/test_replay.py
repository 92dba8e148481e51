"""The replay shows every real high and low, at any speed, and goes on alike after a restart."""

from __future__ import annotations

import asyncio
from dataclasses import dataclass, field
from datetime import UTC, date, datetime, timedelta
from decimal import Decimal
from pathlib import Path
from typing import TYPE_CHECKING

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from puffin.data.bars import Bar, Interval
from puffin.data.intraday import day_path
from puffin.data.replay import Replay, ReplayPosition
from puffin.data.sample import SampleProvider
from puffin.data.sessions import Calendar
from puffin.errors import ParameterError

if TYPE_CHECKING:
    from puffin.types import Quote

SAMPLE = SampleProvider(Path(__file__).parents[3] / "resources/demo")
CALENDAR = Calendar.load()
MONDAY = date(2012, 6, 4)


@dataclass
class FakeSleep:
    """Sleeps without waiting, remembers how long it was asked to, and tells who waits for that."""

    asked: list[float] = field(default_factory=list)
    fourth: asyncio.Event = field(default_factory=asyncio.Event)

    async def __call__(self, seconds: float) -> None:
        self.asked.append(seconds)
        if len(self.asked) == 4:
            self.fourth.set()
        await asyncio.sleep(0)


def replay_at(
    day: date = MONDAY,
    step: int = 0,
    *,
    day_seconds: float = 60.0,
    last: date | None = None,
    sleep: FakeSleep | None = None,
) -> Replay:
    return Replay(
        SAMPLE,
        CALENDAR,
        ReplayPosition(day, step),
        day_seconds=day_seconds,
        last=last,
        sleep=sleep or FakeSleep(),
    )


async def collect(replay: Replay, symbols: tuple[str, ...], count: int) -> list[Quote]:
    found = []
    async for quote in replay.quotes(symbols):
        found.append(quote)
        if len(found) == count:
            break
    return found


def bar_of(symbol: str, day: date) -> Bar:
    start = datetime(day.year, day.month, day.day, tzinfo=UTC)
    return SAMPLE.history(symbol, Interval.D1, start, start + timedelta(days=1)).bar(0)


@pytest.mark.parametrize(
    ("symbol", "every"), [("AAPL", 1), ("FB", 1), ("GOOG", 7), ("IBM", 7), ("MSFT", 7)]
)
def test_on_real_days_the_path_touches_high_and_low_and_ends_at_the_close(symbol: str, every: int):
    bars = SAMPLE.history(symbol, Interval.D1)
    for row in range(0, len(bars), every):
        bar = bars.bar(row)
        path = day_path(symbol, bar.time.date(), bar, 390)
        assert len(path.last) == 391
        assert float(path.last[0]) == bar.open
        assert float(path.last[-1]) == bar.close
        assert float(max(path.last)) == bar.high == float(path.high[-1])
        assert float(min(path.last)) == bar.low == float(path.low[-1])
        assert path.volume[-1] == bar.volume


prices = st.integers(1, 10_000_000).map(lambda cents: cents / 100)


@given(
    four=st.tuples(prices, prices, prices, prices).map(sorted),
    rises=st.booleans(),
    steps=st.sampled_from([210, 390]),
    seed=st.text(max_size=5),
    volume=st.integers(0, 10**10),
)
def test_whatever_the_day_the_path_stays_inside_it(
    four: list[float], *, rises: bool, steps: int, seed: str, volume: int
):
    low, one, two, high = four
    opens, closes = (one, two) if rises else (two, one)
    bar = Bar(datetime(2012, 6, 4, tzinfo=UTC), opens, high, low, closes, volume)
    path = day_path(seed, MONDAY, bar, steps)
    assert (float(path.last[0]), float(path.last[-1])) == (opens, closes)
    assert (float(min(path.last)), float(max(path.last))) == (low, high)
    assert list(path.volume) == sorted(path.volume)
    assert path.volume[-1] == volume


def test_a_day_without_any_move_stays_where_it_is():
    bar = Bar(datetime(2012, 6, 4, tzinfo=UTC), 5, 5, 5, 5, 100)
    assert set(day_path("X", MONDAY, bar, 390).last) == {Decimal("5.0")}


def test_the_same_day_gives_the_same_path_and_another_day_another_one():
    bar = bar_of("AAPL", MONDAY)
    one = day_path("AAPL", MONDAY, bar, 390)
    assert one == day_path("AAPL", MONDAY, bar, 390)
    assert one != day_path("AAPL", date(2012, 6, 5), bar, 390)
    # Pinned: a stored position must mean the same prices in the next version too.
    assert [str(one.last[each]) for each in (0, 1, 100, 389)] == PINNED


PINNED = ["561.5", "561.98", "554.66", "563.46"]


def test_a_quote_is_of_its_moment_and_says_that_it_is_simulated():
    replay = replay_at(step=0)
    quote = replay.quote("AAPL")
    assert quote is not None
    bar = bar_of("AAPL", MONDAY)
    assert quote.simulated
    assert quote.at == datetime(2012, 6, 4, 13, 30, tzinfo=UTC) == replay.now
    assert float(quote.last) == bar.open == float(quote.open or 0)
    assert quote.bid < quote.last < quote.ask
    assert quote.previous_close == Decimal("560.99")
    assert quote.high == quote.low == quote.last


def test_the_spread_is_a_cent_or_a_basis_point_to_each_side():
    apple, microsoft = replay_at().quote("AAPL"), replay_at().quote("MSFT")
    assert apple is not None
    assert microsoft is not None
    assert apple.ask - apple.last == apple.last - apple.bid == Decimal("0.06")
    assert microsoft.ask - microsoft.last == Decimal("0.01")


def test_a_symbol_without_a_bar_that_day_has_no_quote():
    replay = replay_at(date(2012, 5, 17))
    assert replay.quote("FB") is None
    assert replay.quote("NONSENSE") is None
    assert replay.quote("AAPL") is not None


def test_the_previous_close_is_adjusted_for_a_split_of_that_day():
    before = replay_at(date(2005, 2, 25), 390).quote("AAPL")
    after = replay_at(date(2005, 2, 28)).quote("AAPL")
    assert before is not None
    assert after is not None
    assert after.previous_close == before.last / 2
    assert after.change_ratio is not None
    assert abs(after.change_ratio) < Decimal("0.1")


def test_splits_are_found_on_their_day_only():
    replay = replay_at(date(2005, 2, 28))
    replay.watch(["AAPL", "MSFT", "NONSENSE"])
    assert [each.symbol for each in replay.splits_on(date(2005, 2, 28))] == ["AAPL"]
    assert replay.splits_on(date(2005, 3, 1)) == []
    assert [each.symbol for each in replay.splits_on(date(2003, 2, 18), ["MSFT"])] == ["MSFT"]


@pytest.mark.parametrize("day_seconds", [2.0, 60.0, 23_400.0])
async def test_at_any_speed_no_minute_of_a_day_is_skipped(day_seconds: float):
    sleep = FakeSleep()
    replay = replay_at(day_seconds=day_seconds, sleep=sleep)
    found = await collect(replay, ("AAPL", "IBM"), 2 * 391)
    assert [quote.symbol for quote in found] == ["AAPL", "IBM"] * 391
    assert [quote.at for quote in found[::2]] == [
        datetime(2012, 6, 4, 13, 30, tzinfo=UTC) + timedelta(minutes=step) for step in range(391)
    ]
    bar = bar_of("IBM", MONDAY)
    prices = [float(quote.last) for quote in found if quote.symbol == "IBM"]
    assert (max(prices), min(prices), prices[-1]) == (bar.high, bar.low, bar.close)
    assert sum(sleep.asked) == pytest.approx(day_seconds, rel=0.03)
    assert max(sleep.asked) <= 0.25


async def test_after_the_close_comes_a_pause_and_then_the_next_session():
    changes: list[tuple[datetime, bool]] = []
    sleep = FakeSleep()
    replay = replay_at(date(2012, 6, 1), 389, day_seconds=60, sleep=sleep)
    replay.session_changed = lambda at, is_open: changes.append((at, is_open))
    found = await collect(replay, ("AAPL",), 3)
    assert [quote.at for quote in found] == [
        datetime(2012, 6, 1, 19, 59, tzinfo=UTC),
        datetime(2012, 6, 1, 20, tzinfo=UTC),
        datetime(2012, 6, 4, 13, 30, tzinfo=UTC),
    ]
    assert changes == [
        (datetime(2012, 6, 1, 20, tzinfo=UTC), False),
        (datetime(2012, 6, 4, 13, 30, tzinfo=UTC), True),
    ]
    assert found[2].previous_close == found[1].last
    assert sum(sleep.asked) == pytest.approx(60 / 390 + 1.2, abs=0.05)


async def test_an_early_close_ends_the_day_at_one_o_clock():
    replay = replay_at(date(2012, 11, 23), 999)
    assert replay.position == ReplayPosition(date(2012, 11, 23), 210)
    assert replay.now == datetime(2012, 11, 23, 18, tzinfo=UTC)
    assert not replay.is_open
    quote = replay.quote("AAPL")
    assert quote is not None
    assert float(quote.last) == bar_of("AAPL", date(2012, 11, 23)).close


@settings(max_examples=20, deadline=None)
@given(cut=st.integers(1, 1200))
def test_a_restart_at_the_stored_position_goes_on_with_the_same_prices(cut: int):
    async def both() -> None:
        whole = await collect(replay_at(), ("FB", "AAPL"), 1202)
        first = replay_at()
        begun = await collect(first, ("FB", "AAPL"), cut)
        rest = await collect(replay_at(*astuple(first.position)), ("FB", "AAPL"), 1202)
        assert begun == whole[:cut]
        # The restart repeats the step it stopped at.
        again = next(at for at, quote in enumerate(whole) if quote.at == begun[-1].at)
        assert rest[: 1202 - again] == whole[again:]

    asyncio.run(both())


def astuple(position: ReplayPosition) -> tuple[date, int]:
    return position.session, position.step


async def test_facebook_joins_on_the_day_of_its_listing():
    replay = replay_at(date(2012, 5, 17), 388)
    found = await collect(replay, ("FB", "AAPL"), 5)
    assert [(quote.symbol, quote.at.day) for quote in found] == [
        ("AAPL", 17),
        ("AAPL", 17),
        ("AAPL", 17),
        ("FB", 18),
        ("AAPL", 18),
    ]
    assert found[3].previous_close is None


async def test_symbols_come_and_go_while_it_runs():
    replay = replay_at()
    found: list[str] = []
    async for quote in replay.quotes(["AAPL"]):
        found.append(quote.symbol)
        if len(found) == 2:
            replay.watch(["AAPL", "IBM"])
        if len(found) == 6:
            replay.watch(["IBM"])
        if len(found) == 8:
            break
    assert found == ["AAPL", "AAPL", "IBM", "AAPL", "IBM", "AAPL", "IBM", "IBM"]


async def test_while_paused_time_stands_still_but_a_new_symbol_is_answered():
    replay = replay_at(step=10)
    replay.paused = True
    stream = replay.quotes(["AAPL"])
    assert (await anext(stream)).symbol == "AAPL"
    replay.watch(["AAPL", "IBM"])
    quote = await anext(stream)
    assert (quote.symbol, replay.position.step) == ("IBM", 10)
    replay.paused = False
    await anext(stream)
    assert replay.position.step == 11


async def test_the_time_of_a_pause_is_not_made_up_for_afterwards():
    sleep = FakeSleep()
    replay = replay_at(step=10, sleep=sleep)
    replay.paused = True
    stream = replay.quotes(["AAPL"])
    await anext(stream)
    waiting = asyncio.create_task(collect_next(stream))
    await sleep.fourth.wait()
    slept = len(sleep.asked)
    replay.paused = False
    await waiting
    assert replay.position.step == 11
    assert sum(sleep.asked[slept:]) == pytest.approx(60 / 390, abs=0.05)


async def test_a_new_speed_takes_effect_within_a_nap():
    sleep = FakeSleep()
    replay = replay_at(day_seconds=23_400, sleep=sleep)
    stream = replay.quotes(["AAPL"])
    await anext(stream)
    waiting = asyncio.create_task(collect_next(stream))
    await sleep.fourth.wait()
    replay.day_seconds = 2
    await waiting
    assert sum(sleep.asked) < 2


async def collect_next(stream: object) -> Quote:
    assert hasattr(stream, "__anext__")
    quote: Quote = await stream.__anext__()
    return quote


@pytest.mark.parametrize("seconds", [0, -1, float("nan"), float("inf")])
def test_a_day_of_no_length_is_refused(seconds: float):
    with pytest.raises(ParameterError, match="more than 0 seconds"):
        replay_at(day_seconds=seconds)


async def test_it_ends_on_the_last_day_and_stays_silent_until_cancelled():
    replay = replay_at(date(2013, 3, 1), 389)
    stream = replay.quotes(["AAPL"])
    await anext(stream)
    closing = await anext(stream)
    assert closing.at == datetime(2013, 3, 1, 21, tzinfo=UTC)
    assert replay.ended
    assert not replay.is_open
    silent = asyncio.create_task(collect_next(stream))
    for _ in range(50):
        await asyncio.sleep(0)
    assert not silent.done()
    replay.watch(["AAPL", "IBM"])
    assert (await silent).symbol == "IBM"
    last = asyncio.create_task(collect_next(stream))
    await asyncio.sleep(0)
    last.cancel()
    with pytest.raises(asyncio.CancelledError):
        await last


async def test_a_chosen_last_day_ends_it_earlier_even_on_a_sunday():
    replay = replay_at(date(2012, 6, 1), 389, last=date(2012, 6, 3))
    await collect(replay, ("AAPL",), 2)
    assert replay.ended
    assert replay.last == date(2012, 6, 1)


def test_it_begins_at_the_next_session_when_the_day_has_none():
    assert replay_at(date(2012, 6, 2), 77).position == ReplayPosition(MONDAY, 0)


async def test_cancelling_is_immediate():
    replay = Replay(SAMPLE, CALENDAR, ReplayPosition(MONDAY, 0), day_seconds=23_400)
    task = asyncio.create_task(collect(replay, ("AAPL",), 2))
    await asyncio.sleep(0)
    began = asyncio.get_running_loop().time()
    task.cancel()
    with pytest.raises(asyncio.CancelledError):
        await task
    assert asyncio.get_running_loop().time() - began < 0.2


async def test_a_newer_listener_takes_over():
    replay = replay_at()
    older = replay.quotes(["AAPL"])
    await anext(older)
    newer = replay.quotes(["AAPL"])
    await anext(newer)
    with pytest.raises(StopAsyncIteration):
        await anext(older)
    await anext(newer)
    assert replay.position.step == 1
