"""A backtest as a report that can be handed on: a page, and its trades and equity as tables."""

from __future__ import annotations

from dataclasses import dataclass
from html import escape
from typing import TYPE_CHECKING

from puffin.backtest.result import BacktestResult
from puffin.data.times import moment
from puffling.core import formats
from puffling.services.metric_words import metric_of
from puffling.services.performance_files import as_csv
from puffling.services.report_curve import curve_picture
from puffling.services.result_words import bar_time, parameter_words, title_of

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

    from puffin.backtest.trades import RoundTrip
    from puffin.truth.verdict import Verdict
    from puffling.services.backtests import BacktestService
    from puffling.store.backtests import AnyResult, SavedBacktest

CURVE = "curve"  # what a page that is printed calls its picture
PRINTED = f"<p><img src='{CURVE}' width='660' height='220'></p>"  # as wide as A4 has room for
MOST_TRADES = 300  # on a page; the table of trades has all of them
PLACES = 6  # decimals of a number in a table
STYLE = (
    "body{font-family:sans-serif;color:#111;margin:24px;max-width:820px}"
    "h1{font-size:20px}h2{font-size:15px;margin-top:22px}"
    "table{border-collapse:collapse;font-size:12px}"
    "td,th{padding:3px 8px;border-bottom:1px solid #ddd;text-align:left}"
    "td.n,th.n{text-align:right}p.small{font-size:11px;color:#555}"
)
NUMBERS = {"Quantity", "Entry price", "Exit price", "Profit", "Return", "Bars", "Value"}


@dataclass(frozen=True, slots=True, eq=False)
class Report:
    """A stored backtest with everything that a reader needs to judge it."""

    saved: SavedBacktest
    result: AnyResult
    verdict: Verdict | None

    @property
    def title(self) -> str:
        """What was run on what."""
        plan = self.saved.plan or {}
        name = str(plan.get("spec", {}).get("title") or title_of(self.saved.strategy_id))
        return f"{name} on {', '.join(self.saved.symbols)}"

    @property
    def subtitle(self) -> str:
        """How long the bars were, which days, and with which parameters."""
        result = self.result
        intraday = result.interval.is_intraday
        days = " to ".join(
            bar_time(each, intraday=intraday) for each in (result.first, result.last)
        )
        told = (
            f"{result.interval.label.capitalize()} bars, {days}",
            parameter_words(result.parameters),
        )
        return " · ".join(each for each in told if each)

    @property
    def picture(self) -> str:
        """The curve of equity as SVG."""
        return curve_picture(self.result.time, self.result.equity)


def read_report(backtests: BacktestService, id_: str) -> Report:
    """Return a stored backtest as a report; blocks.

    Raises:
        BadValueError: No backtest has that id.
    """
    return Report(backtests.get(id_), backtests.load(id_), backtests.verdict(id_))


def page(report: Report, *, picture: str = "") -> str:
    """Return a report as a page of HTML that needs nothing else.

    Args:
        report: What to tell.
        picture: What stands in the place of the curve; nothing draws it into the page itself.
    """
    parts = [
        f"<h1>{escape(report.title)}</h1><p>{escape(report.subtitle)}</p>",
        picture or report.picture,
        *_judged(report.verdict),
        "<h2>Figures</h2>",
        _table(("Figure", "Value", "What it is"), _figures(report.result)),
        *_brought(report.result),
        *_trades_part(report.result),
        "<h2>What was assumed</h2>",
        *(f"<p>{escape(each)}</p>" for each in _assumed(report)),
    ]
    head = f"<meta charset='utf-8'><title>{escape(report.title)}</title><style>{STYLE}</style>"
    body = "\n".join(parts)
    return f"<!doctype html>\n<html><head>{head}</head><body>\n{body}\n</body></html>\n"


def trades_csv(result: AnyResult) -> str:
    """Return every trade as CSV; times are UTC, and what is still open has no exit."""
    heading = (
        "Symbol",
        "Side",
        "Quantity",
        "Entered",
        "Entry price",
        "Left",
        "Exit price",
        "Profit",
        "Return",
        "Bars",
        "Why entered",
        "Why left",
    )
    rows = (
        (
            symbol,
            str(each.side),
            each.quantity,
            each.entry_time,
            _rounded(each.entry_price),
            each.exit_time,
            _rounded(each.exit_price),
            _rounded(each.profit),
            _rounded(each.return_),
            each.bars,
            each.entry_reason,
            each.exit_reason,
        )
        for symbol, each in _trades(result)
    )
    return as_csv([heading, *rows])


def equity_csv(result: AnyResult) -> str:
    """Return equity and drawdown at every close as CSV; times are UTC."""
    columns = zip(
        result.time.tolist(), result.equity.tolist(), result.drawdown.tolist(), strict=True
    )
    rows = ((moment(time), _rounded(equity), _rounded(fall)) for time, equity, fall in columns)
    return as_csv([("Time", "Equity", "Drawdown"), *rows])


def _rounded(value: float | None) -> float | None:
    """Return a number without the dust of binary fractions."""
    return None if value is None else round(value, PLACES)


def _trades(result: AnyResult) -> Iterator[tuple[str, RoundTrip]]:
    if isinstance(result, BacktestResult):
        yield from ((result.symbol, each) for each in result.trades)
    else:
        yield from ((each.symbol, each.trade) for each in result.trades)


def _judged(verdict: Verdict | None) -> Iterator[str]:
    if verdict is None:
        yield "<p>Nobody has checked yet whether this result can be believed.</p>"
        return
    yield f"<p><b>Verdict: {escape(str(verdict.grade))}.</b> {escape(verdict.sentence)}</p>"
    rows = ((each.title, str(each.grade), each.sentence) for each in verdict.checks)
    yield _table(("Check", "Grade", "What was found"), rows)


def _figures(result: AnyResult) -> Iterator[tuple[str, str, str]]:
    for name, value in result.metrics.items():
        metric = metric_of(name)
        yield metric.title, metric.write(value), metric.meaning


def _brought(result: AnyResult) -> Iterator[str]:
    """Tell what each symbol brought, where there are several."""
    if isinstance(result, BacktestResult):
        return
    yield "<h2>Symbols</h2>"
    rows = (
        (each.symbol, str(each.trades), formats.signed(each.profit)) for each in result.attribution
    )
    yield _table(("Symbol", "Trades", "Profit"), rows)


def _trades_part(result: AnyResult) -> Iterator[str]:
    count, intraday = len(result.trades), result.interval.is_intraday
    yield "<h2>Trades</h2>"
    if not count:
        yield "<p>The strategy never traded.</p>"
        return
    if count > MOST_TRADES:
        yield f"<p class='small'>The first {MOST_TRADES} of {count:,}; the CSV has all of them.</p>"
    rows = []
    for place, (symbol, each) in enumerate(_trades(result)):
        if place == MOST_TRADES:
            break
        rows.append(
            (
                symbol,
                "Long" if str(each.side) == "buy" else "Short",
                formats.quantity(each.quantity),
                bar_time(each.entry_time, intraday=intraday),
                formats.price(each.entry_price),
                "still open" if each.is_open else bar_time(each.exit_time, intraday=intraday),
                formats.price(each.exit_price),
                formats.signed(each.profit),
            )
        )
    heading = ("Symbol", "Side", "Quantity", "Entered", "Entry price", "Left", "Exit price")
    yield _table((*heading, "Profit"), rows)


def _assumed(report: Report) -> Iterator[str]:
    result = report.result
    yield from (f"{topic}: {words}." for topic, words in result.assumptions.items())
    if not isinstance(result, BacktestResult):
        yield from result.notes
    if report.saved.note:
        yield f"Note: {report.saved.note}"
    yield f"Run on {formats.day(report.saved.created_at)}."
    yield f"Data fingerprint: {result.data_hash[:16]}, of the settings: {result.config_hash[:16]}."


def _table(heading: tuple[str, ...], rows: Iterable[tuple[str, ...]]) -> str:
    kinds = [" class='n'" if each in NUMBERS else "" for each in heading]
    lines = [_line("th", heading, kinds), *(_line("td", each, kinds) for each in rows)]
    return f"<table cellspacing='0'>{''.join(lines)}</table>"


def _line(tag: str, cells: tuple[str, ...], kinds: list[str]) -> str:
    both = zip(cells, kinds, strict=True)
    return f"<tr>{''.join(f'<{tag}{kind}>{escape(cell)}</{tag}>' for cell, kind in both)}</tr>"
