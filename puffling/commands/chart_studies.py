"""Commands about the studies of the focused chart, and about chart templates."""

from __future__ import annotations

from dataclasses import replace
from enum import StrEnum
from typing import Annotated

from pydantic import Field

from puffin.errors import ParameterError
from puffling.commands.context import Context
from puffling.commands.registry import Effect, Menu, command
from puffling.commands.words import Name, Symbol
from puffling.core.errors import BadValueError
from puffling.services.chart_templates import ChartTemplate, ChartTemplates
from puffling.services.study_specs import spec_of

Written = Annotated[
    str,
    Field(
        max_length=120,
        title="Study",
        description="Such as rsi 14, macd 12 26 9 or bollinger deviations=2.5; empty searches.",
    ),
]
Which = Annotated[
    str,
    Field(
        max_length=120,
        title="Study",
        description="Its number on the chart, its title such as RSI 14, or its kind.",
    ),
]
WhichOrAll = Annotated[
    str,
    Field(
        max_length=120,
        title="Study",
        description="Its number on the chart, its title or its kind; empty takes all away.",
    ),
]
Values = Annotated[
    str,
    Field(
        max_length=120,
        title="Values",
        description="Such as 21 or window=21; empty shows its settings.",
    ),
]


class Where(StrEnum):
    """Where a study is drawn."""

    USUAL = "usual"
    PRICE = "price"
    BELOW = "below"


Place = Annotated[
    Where, Field(title="Where", description="usual: as its kind is; price: on it; below: under it.")
]


@command(
    "chart.study_add",
    "Add study…",
    menu=Menu.VIEW,
    effect=Effect.LOOK,
    shortcut="Ctrl+I",
    window_only=True,
    words="indicator rsi macd bollinger vwap atr adx obv stochastic volume profile patterns",
)
async def study_add(context: Context, study: Written = "", where: Place = Where.USUAL) -> None:
    """Draw an indicator, a volume profile or candle patterns on the focused chart."""
    if not study.strip():
        context.desk.studies.ask()
        return
    try:
        spec = spec_of(study)
    except ParameterError as error:
        raise BadValueError(str(error), hint="Name one as in the catalogue: rsi 14.") from None
    if where is not Where.USUAL:
        spec = replace(spec, own_pane=where is Where.BELOW)
    context.desk.studies.add(spec)


@command(
    "chart.study_remove",
    "Remove study…",
    menu=None,
    effect=Effect.LOOK,
    window_only=True,
    words="indicator delete clear",
)
async def study_remove(context: Context, study: WhichOrAll = "") -> None:
    """Take a study off the focused chart, or all of them."""
    context.desk.studies.remove(study)


@command(
    "chart.study_edit",
    "Study settings…",
    menu=None,
    effect=Effect.LOOK,
    window_only=True,
    words="indicator change parameters colour",
)
async def study_edit(context: Context, study: Which, values: Values = "") -> None:
    """Change a study on the focused chart, or show its settings."""
    context.desk.studies.edit(study, values)


@command(
    "chart.compare",
    "Compare with a symbol…",
    menu=Menu.VIEW,
    effect=Effect.LOOK,
    window_only=True,
    words="overlay benchmark relative index against",
)
async def compare(context: Context, symbol: Symbol) -> None:
    """Draw another symbol on the focused chart, from the same point on, or take it away."""
    context.desk.studies.compare(symbol)


@command(
    "chart.template_save",
    "Keep chart as a template…",
    menu=None,
    effect=Effect.CHANGE,
    window_only=True,
    words="studies preset save",
)
async def template_save(context: Context, name: Name) -> ChartTemplate:
    """Keep studies, series and scale of the focused chart under a name."""
    return ChartTemplates(context.state).save(context.desk.studies.template(name))


@command(
    "chart.template_apply",
    "Put a template on the chart…",
    menu=None,
    effect=Effect.LOOK,
    window_only=True,
    words="studies preset load open",
)
async def template_apply(context: Context, name: Name) -> None:
    """Give the focused chart the studies, series and scale of a template."""
    context.desk.studies.apply(ChartTemplates(context.state).get(name))


@command(
    "chart.template_delete",
    "Delete a chart template…",
    menu=None,
    effect=Effect.CHANGE,
    words="studies preset remove",
)
async def template_delete(context: Context, name: Name) -> ChartTemplate:
    """Forget a chart template of yours."""
    return ChartTemplates(context.state).remove(name)


@command(
    "chart.template_list",
    "Chart templates",
    menu=None,
    effect=Effect.LOOK,
    words="studies preset names",
)
async def template_list(context: Context) -> list[ChartTemplate]:
    """Name the chart templates with their studies: the built-in ones, then yours."""
    return ChartTemplates(context.state).all()


COMMANDS = (
    study_add,
    study_remove,
    study_edit,
    compare,
    template_save,
    template_apply,
    template_delete,
    template_list,
)
