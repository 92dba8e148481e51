"""Commands that look closer: the data inspector, export, regimes and factors."""

from __future__ import annotations

from datetime import date
from pathlib import Path
from typing import Annotated, Any

from pydantic import BeforeValidator, Field

from puffin.data.bars import Interval
from puffling.commands.context import Context
from puffling.commands.registry import Effect, Menu, command
from puffling.commands.words import Symbol, Symbols
from puffling.services.periods import Period
from puffling.services.research import Exported

Bars = Annotated[Interval, Field(title="Interval", description="Such as 1d, 1w or 1mo.")]
File = Annotated[Path, Field(title="File", description="A CSV file; it is replaced.")]
Adjusted = Annotated[
    bool, Field(title="Adjusted", description="With splits and dividends taken out.")
]
First = Annotated[date | None, Field(title="First day", description="Empty: as far as it goes.")]
Last = Annotated[date | None, Field(title="Last day", description="Empty: up to now.")]
Expression = Annotated[
    str,
    Field(
        min_length=1,
        max_length=2_000,
        title="Expression",
        description="Such as rank(delta(close, 5)) * -1, or the id of a factor of factor.list.",
    ),
]


def _numbers(value: object) -> object:
    """Let people write several numbers with commas or spaces between."""
    return value.replace(",", " ").split() if isinstance(value, str) else value


Horizons = Annotated[
    tuple[int, ...],
    BeforeValidator(_numbers),
    Field(max_length=10, title="Horizons (bars)", description="How far ahead, such as 1, 5, 20."),
]
Quantiles = Annotated[
    int | None,
    Field(ge=2, le=20, title="Quantiles", description="Into how many parts symbols are sorted."),
]
Clusters = Annotated[
    bool, Field(title="Clusters", description="Learn groups of days as well; takes longer.")
]


@command("data.inspect", "Inspect prices…", menu=Menu.DATA, effect=Effect.LOOK, words="gaps errors")
async def inspect(context: Context, symbol: Symbol, interval: Bars = Interval.D1) -> dict[str, Any]:
    """Look prices over: where they come from, what is missing, and what looks wrong."""
    found = await context.jobs.run(
        f"Inspect {symbol}", lambda _: context.research.inspect(symbol, interval), panel="risk"
    )
    return {
        "symbol": symbol,
        "bars": len(found.bars),
        "expected": found.expected,
        "missing": found.missing,
        "provenance": dict(found.provenance),
        "gaps": list(found.gaps),
        "suspects": list(found.suspects),
        "notes": list(found.notes),
    }


@command("data.export", "Export prices…", menu=Menu.DATA, effect=Effect.CHANGE, words="csv save")
async def export(
    context: Context,
    symbol: Symbol,
    path: File,
    interval: Bars = Interval.D1,
    adjusted: Adjusted = False,  # noqa: FBT002 - a command's values have names
) -> Exported:
    """Write prices to a CSV file that data.import_csv reads again, digit for digit."""
    return await context.jobs.run(
        f"Export {symbol}",
        lambda _: context.research.export(symbol, path, interval, adjusted=adjusted),
        panel="activity",
    )


@command("regime.show", "Market regime…", menu=None, effect=Effect.LOOK, words="volatility trend")
async def regime(
    context: Context,
    symbol: Symbol,
    clusters: Clusters = False,  # noqa: FBT002 - a command's values have names
) -> dict[str, Any]:
    """Say in which kind of market a symbol is: how wild against usual, and which way it leans."""
    found = await context.jobs.run(
        f"Regime of {symbol}", lambda _: context.research.regime(symbol), panel="risk"
    )
    answer: dict[str, Any] = {
        "symbol": symbol,
        "volatility": found.volatility_now,
        "trend": found.trend_now,
        "changes": list(found.changes[-10:]),
    }
    if clusters:
        view = await context.jobs.run(
            f"Clusters of {symbol}",
            lambda progress: context.research.clusters(symbol, progress),
            panel="risk",
        )
        answer["cluster"] = view.now
    return answer


@command("factor.list", "Factors", menu=None, effect=Effect.LOOK, words="alphas library")
async def factors(context: Context) -> list[dict[str, Any]]:
    """List the factors of the library, with the expression and the source of each."""
    return [
        {
            "id": each.id,
            "title": each.title,
            "group": each.group,
            "expression": each.text,
            "summary": each.summary,
            "source": each.source,
            "missing": each.missing,
        }
        for each in context.research.factors()
    ]


@command(
    "factor.compute", "Compute factor…", menu=None, effect=Effect.LOOK, words="expression alpha"
)
async def compute(
    context: Context,
    expression: Expression,
    symbols: Symbols,
    start: First = None,
    end: Last = None,
) -> dict[str, Any]:
    """Compute an expression on symbols and sort them by its newest value."""
    period = Period(start=start, end=end)
    found = await context.jobs.run(
        "Compute a factor",
        lambda _: context.research.factor(expression, symbols, period),
        panel="risk",
    )
    return {
        "expression": found.expression,
        "latest": [
            {"symbol": symbol, "value": value, "at": at, "why": found.reasons.get(symbol)}
            for symbol, value, at in found.latest
        ],
        "warm_up": found.warm_up,
        "notes": list(found.notes),
    }


@command("factor.evaluate", "Evaluate factor…", menu=None, effect=Effect.LOOK, words="ic quantiles")
async def evaluate(  # noqa: PLR0913 - a question has that many words
    context: Context,
    *,
    expression: Expression,
    symbols: Symbols,
    horizons: Horizons = (),
    quantiles: Quantiles = None,
    start: First = None,
    end: Last = None,
) -> dict[str, Any]:
    """Say whether a factor foretold returns: rank correlation, quantiles, turnover, decay."""
    period = Period(start=start, end=end)
    found = await context.jobs.run(
        "Evaluate a factor",
        lambda progress: context.research.evaluate(
            expression, symbols, progress, period=period, horizons=horizons, quantiles=quantiles
        ),
        panel="risk",
    )
    return {
        "symbols": found.symbols,
        "coverage": found.coverage,
        "alpha": found.alpha,
        "beta": found.beta,
        "horizons": [
            {
                "bars": each.bars,
                "dates": each.dates,
                "mean": each.mean,
                "deviation": each.deviation,
                "t": each.t,
                "positive": each.positive,
                "spread": each.spread,
                "turnover": each.turnover,
                "autocorrelation": each.autocorrelation,
            }
            for each in found.horizons
        ],
        "notes": list(found.notes),
    }


COMMANDS = (inspect, export, regime, factors, compute, evaluate)
