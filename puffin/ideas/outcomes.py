"""What became of an idea, followed to the letter on the days after it, and nothing assumed.

* The entry is a limit order: it fills at the open if that is as good or better, at its price if the
  day reaches it, within five days or not at all. A day without volume is no day of trading.
* A stop that the open has gone through fills at the open. One that the day reaches fills at its
  price. Where a day reaches stop and target, the stop came first.
* On the day the entry filled inside the day, the target does not count: the high may have come
  before. The stop does, because the price had to pass the entry on its way there.
* A target that the open has gone through fills at the open.
* After 1, 5 and 20 days from the idea what is still held is sold in thought at the close.
* Stops and closes are orders at the market and cost five hundredths of a percent; there is no
  commission. Limit orders cost nothing.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from decimal import Decimal
from typing import TYPE_CHECKING, Final

from puffin.data.times import midnight, moment
from puffin.execution.costs import Costs
from puffin.ideas.base import HORIZONS, LIFE, End, Outcome

if TYPE_CHECKING:
    from datetime import date

    from puffin.data.bars import Bars
    from puffin.ideas.base import Idea

ALIKE: Final = 1e-9
COSTS: Final = Costs(slippage_bps=Decimal(5))


@dataclass(frozen=True, slots=True)
class _Trade:
    """How far an idea has come; prices are those of the bars."""

    filled_row: int | None = None
    filled_at: float = 0.0
    ended_row: int | None = None
    ended_at: float = 0.0
    end: End = End.WAITING
    at_market: bool = False  # whether it ended with an order that takes the market's price
    text: str = ""


def outcomes(idea: Idea, bars: Bars, *, since: int = 0) -> tuple[Outcome, ...]:
    """Return what an idea came to after 1, 5 and 20 trading days, as far as they have passed.

    Args:
        idea: The idea.
        bars: Daily and adjusted; where a split or a dividend has changed the scale since, the
            idea's prices are changed with it, so that a dividend counts as gain.
        since: Where the prices of the symbol have ended: how many trading days the exchange has
            had since the idea. What was over by then counts, the rest is not to be known.
    """
    row = bars.row_at(midnight(idea.day))
    if row < 0 or bars.when(row).date() != idea.day:
        why = f"There are no prices of {idea.symbol} on {idea.day} any more."
        return tuple(Outcome(each, End.UNKNOWN, text=why, passed=False) for each in HORIZONS)
    scale = float(bars.close[row]) / float(idea.close)
    followed = _followed(idea, bars, row, scale)
    return tuple(
        _after(days, idea, bars, row, (followed, scale), gone=days <= since) for days in HORIZONS
    )


def _followed(idea: Idea, bars: Bars, row: int, scale: float) -> _Trade:
    """Follow an idea day by day, up to the longest horizon."""
    trade = _Trade()
    last = min(row + max(HORIZONS), len(bars) - 1)
    for at in range(row + 1, last + 1):
        if trade.filled_row is None and at > row + LIFE:
            return trade
        if not bars.volume[at]:
            continue  # nothing was traded
        if trade.filled_row is None:
            trade = _entered(idea, bars, at, scale)
            if trade.filled_row is None:
                continue
        trade = _ended(idea, bars, at, scale, trade)
        if trade.ended_row is not None:
            return trade
    return trade


def _entered(idea: Idea, bars: Bars, at: int, scale: float) -> _Trade:
    """Return the trade if the entry fills on this day."""
    limit, sign = float(idea.entry) * scale, idea.side.sign
    opened = float(bars.open[at])
    worst = float(bars.low[at] if sign > 0 else bars.high[at])
    if (limit - opened) * sign >= -ALIKE * limit:
        return _Trade(at, opened)
    if (limit - worst) * sign >= -ALIKE * limit:
        return _Trade(at, limit)
    return _Trade()


def _ended(idea: Idea, bars: Bars, at: int, scale: float, trade: _Trade) -> _Trade:
    """Return the trade as it stands after this day."""
    sign = idea.side.sign
    stop, target = float(idea.stop) * scale, float(idea.target) * scale
    opened = float(bars.open[at])
    bad, good = (bars.low[at], bars.high[at]) if sign > 0 else (bars.high[at], bars.low[at])
    inside = at == trade.filled_row and trade.filled_at != opened
    day = moment(int(bars.time[at])).date()
    if not inside and (opened - stop) * sign <= 0:
        words = f"The open of {day} went through the stop."
        return replace(
            trade, ended_row=at, ended_at=opened, end=End.STOPPED, at_market=True, text=words
        )
    reached = (float(good) - target) * sign >= 0
    if (float(bad) - stop) * sign <= 0:
        both = " It may have reached the target too; the stop counts." if reached else ""
        words = f"The stop was reached on {day}.{both}"
        return replace(
            trade, ended_row=at, ended_at=stop, end=End.STOPPED, at_market=True, text=words
        )
    if inside or not reached:
        return trade
    price = opened if (opened - target) * sign >= 0 else target
    words = f"The target was reached on {day}."
    return replace(trade, ended_row=at, ended_at=price, end=End.TARGET, text=words)


def _after(
    days: int,
    idea: Idea,
    bars: Bars,
    row: int,
    followed: tuple[_Trade, float],
    *,
    gone: bool,
) -> Outcome:
    trade, scale = followed
    at = row + days
    if trade.ended_row is not None and trade.ended_row <= at:
        return _closed(days, idea, bars, trade, scale, passed=gone or at < len(bars))
    missed = trade.filled_row is None and len(bars) > row + LIFE
    if gone and at >= len(bars) and not missed:
        text = f"The prices end on {_day(bars, -1)}, before {days} trading days had passed."
        return Outcome(days, End.UNKNOWN, text=text, passed=False)
    if at >= len(bars) and not gone:
        text = f"{days} trading days have not passed yet."
        return Outcome(days, End.WAITING, text=text, passed=False)
    day = _day(bars, min(at, len(bars) - 1))
    if trade.filled_row is None or trade.filled_row > at:
        text = f"The entry was not reached by {day}."
        return Outcome(days, End.UNFILLED, ended_on=day, text=text)
    text = f"Neither stop nor target was reached by {day}."
    close = float(bars.close[at])
    held = replace(trade, ended_row=at, ended_at=close, end=End.OPEN, at_market=True, text=text)
    return _closed(days, idea, bars, held, scale, passed=True)


def _closed(
    days: int, idea: Idea, bars: Bars, trade: _Trade, scale: float, *, passed: bool
) -> Outcome:
    """Return what a trade made on one share."""
    sign = idea.side.sign
    entry, out = trade.filled_at, trade.ended_at
    paid = COSTS.rates.slipped(out, -sign) if trade.at_market else out
    made = (paid - entry) * sign
    away = abs(float(idea.entry) - float(idea.stop)) * scale
    return Outcome(
        days,
        trade.end,
        None if trade.filled_row is None else _day(bars, trade.filled_row),
        None if trade.ended_row is None else _day(bars, trade.ended_row),
        price=out / scale,
        ratio=made / entry,
        gross=(out - entry) * sign / entry,
        multiple=made / away,
        text=trade.text,
        passed=passed,
    )


def _day(bars: Bars, row: int) -> date:
    return moment(int(bars.time[row])).date()
