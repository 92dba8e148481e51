"""Which card a result is shown as, and what of the result goes onto it."""

from __future__ import annotations

import asyncio
import logging
from typing import TYPE_CHECKING, Any

from puffling.agents.cards import Card, Kind
from puffling.agents.fencing import clean, line
from puffling.agents.results import is_number, table_of
from puffling.core import formats
from puffling.services.metric_words import METRICS

if TYPE_CHECKING:
    from collections.abc import Awaitable, Callable, Mapping, Sequence

    from puffling.agents.results import Told
    from puffling.commands.context import Context
    from puffling.commands.registry import Command

log = logging.getLogger(__name__)

SHOWN_ROWS = 20
MOST_COLUMNS = 12
MOST_POINTS = 300
LONGEST_CELL = 120
HEADLINES = (
    "total_return",
    "cagr",
    "buy_and_hold",
    "sharpe",
    "max_drawdown",
    "trades",
    "win_rate",
    "profit_factor",
)


async def card_of(
    context: Context, command: Command[..., Any], told: Told, *, changed: str = ""
) -> Card | None:
    """Return the card of a result; None when words say it all, or it cannot be drawn.

    `changed` names the part of it that a change returned.
    """
    value = told.value
    if changed and isinstance(value, dict):
        value = value.get(changed)
    make = _CARDS.get(command.id)
    try:
        if make is not None and isinstance(value, dict):
            return await make(context, value)
        if not changed and isinstance(value, list) and value:
            return _table(context, command.title, value)
    except Exception:
        log.exception("A result has no card: %s", command.id)  # what was asked for is done
    return None


def _base(context: Context, title: str) -> dict[str, Any]:
    market = context.market
    return {
        "title": line(title, LONGEST_CELL),
        "as_of": market.now().isoformat(),
        "source": market.source or market.mode.value,
    }


def _table(context: Context, title: str, rows: Sequence[Any]) -> Card:
    """Show the first rows of a list."""
    table = table_of(rows)
    columns = list(table.columns)[:MOST_COLUMNS]
    shown = [[_cell(each) for each in row[:MOST_COLUMNS]] for row in table.rows[:SHOWN_ROWS]]
    numeric = [
        any(row[place] is not None for row in table.rows)
        and all(row[place] is None or is_number(row[place]) for row in table.rows)
        for place in range(len(columns))
    ]
    data = _base(context, title.rstrip("…")) | {
        "columns": [line(each, 40) for each in columns],
        "rows": shown,
        "count": len(rows),
        "numeric": numeric,
        "handle": "",
    }
    return Card(Kind.TABLE, data)


def _cell(value: object) -> str | None:
    if value is None:
        return None
    if isinstance(value, float):
        return f"{value:.6g}"
    if isinstance(value, list):
        return line(", ".join(str(each) for each in value), LONGEST_CELL)
    return line(str(value), LONGEST_CELL)


async def _chart(context: Context, value: Mapping[str, Any]) -> Card | None:
    """Draw the closes of bars; of very many, every so many."""
    bars = value.get("bars") or []
    if len(bars) < 2:  # noqa: PLR2004 - a line has two ends
        return None
    step = -(-len(bars) // MOST_POINTS)
    shown = [*bars[:-1:step], bars[-1]]
    first, last = float(bars[0]["close"]), float(bars[-1]["close"])
    symbol = line(str(value.get("symbol", "")), 24)
    data = _base(context, f"{symbol}, adjusted" if value.get("adjusted") else symbol) | {
        "source": line(str(value.get("source", "")), 60),
        "symbol": symbol,
        "interval": str(value.get("interval", "")),
        "times": [str(each["time"]) for each in shown],
        "closes": [str(each["close"]) for each in shown],
        "first": formats.price(first),
        "last": formats.price(last),
        "change": last / first - 1 if first else None,
    }
    return Card(Kind.CHART, data)


async def _backtest(context: Context, value: Mapping[str, Any]) -> Card | None:
    """Show a stored backtest with its verdict, from what is stored of it."""
    id_ = str(value.get("id", ""))
    if not id_:
        return None
    result = await asyncio.to_thread(context.backtests.load, id_)
    verdict = context.backtests.verdict(id_)
    symbols = [line(str(each), 24) for each in value.get("symbols") or [value.get("symbol", "")]]
    equity = result.equity
    step = max(1, -(-len(equity) // MOST_POINTS))
    name = line(str(value.get("strategy", "")), 60)
    data = _base(context, f"{name} on {', '.join(symbols)}") | {
        "id": id_,
        "name": name,
        "symbols": symbols,
        "period": f"{_day(value.get('first'))} to {_day(value.get('last'))}",
        "metrics": _metrics(value.get("metrics") or {}),
        "verdict": None
        if verdict is None
        else {
            "grade": str(verdict.grade),
            "words": verdict.sentence,
            "checks": [[each.title, str(each.grade), each.sentence] for each in verdict.checks],
        },
        "curve": [*equity[:-1:step].tolist(), *equity[-1:].tolist()],
    }
    return Card(Kind.BACKTEST, data)


def _day(value: object) -> str:
    return str(value or formats.UNKNOWN).partition("T")[0]


async def _alert(context: Context, value: Mapping[str, Any]) -> Card | None:
    """Show an alert as it stands now."""
    id_ = str(value.get("id", ""))
    alert = next((each for each in context.alerts.all() if each.id == id_), None)
    if alert is None:
        return None
    lines = [
        ["Alert", line(alert.text)],
        ["Watches", "yes" if alert.enabled else "no"],
        ["Repeat", str(alert.manner.repeat)],
        ["Note", line(alert.note) or formats.UNKNOWN],
    ]
    return Card(Kind.ALERT, _base(context, "Alert") | {"lines": lines})


async def _draft(context: Context, value: Mapping[str, Any]) -> Card | None:
    """Show rules as they were read, what differs from before, and what the past made of them."""
    draft = value.get("draft") if "draft" in value else value
    if not isinstance(draft, dict) or not isinstance(draft.get("rules"), dict):
        return None
    said = [("Rule", draft.get("words")), ("Differs", draft.get("changes"))]
    said += [("Not understood", value.get("not_understood")), ("Note", value.get("notes"))]
    name = line(str(draft.get("name") or "Draft"), 60)
    data = _base(context, name) | {
        "name": name,
        "rules": _plain(draft["rules"]),
        "lines": [
            [what, formats.UNKNOWN, line(str(each))] for what, texts in said for each in texts or ()
        ],
        "saved": False,
        "trial": _trial(draft.get("trial")),
        "why": line(str(draft.get("why") or "")),
    }
    return Card(Kind.DRAFT, data)


def _trial(trial: Mapping[str, Any] | None) -> dict[str, Any] | None:
    """Return the backtest of a draft, which is not stored."""
    if not trial:
        return None
    curve = [float(each) for each in trial.get("equity") or ()]
    step = max(1, -(-len(curve) // MOST_POINTS))
    return {
        "symbol": line(str(trial.get("symbol", "")), 24),
        "period": f"{_day(trial.get('first'))} to {_day(trial.get('last'))}",
        "metrics": _metrics(trial.get("metrics") or {}),
        "grade": str(trial.get("grade", "")),
        "words": line(str(trial.get("verdict", ""))),
        "curve": [*curve[:-1:step], *curve[-1:]],
    }


def _metrics(metrics: Mapping[str, Any]) -> list[list[str]]:
    """Return the headlines of a backtest as pairs of a name and its value."""
    return [
        [METRICS[each].title, METRICS[each].write(metrics[each])]
        for each in HEADLINES
        if each in METRICS and each in metrics
    ]


def _plain(value: object) -> object:
    """Return rules with every text in them cleaned."""
    if isinstance(value, dict):
        return {clean(str(name), 80): _plain(each) for name, each in value.items()}
    if isinstance(value, list):
        return [_plain(each) for each in value]
    return clean(value, 400) if isinstance(value, str) else value


_CARDS: Mapping[str, Callable[[Context, Mapping[str, Any]], Awaitable[Card | None]]] = {
    "alert.add": _alert,
    "alert.copy": _alert,
    "alert.create": _alert,
    "alert.edit": _alert,
    "alert.enable": _alert,
    "backtest.rerun": _backtest,
    "backtest.run": _backtest,
    "backtest.show": _backtest,
    "data.bars": _chart,
    "strategy.draft": _draft,
    "strategy.from_words": _draft,
}
