"""Commands about goals: how money is meant to be split, and the way there."""

from __future__ import annotations

from decimal import Decimal
from typing import Annotated, Any

from pydantic import Field

from puffling.commands.allocation_words import Weights
from puffling.commands.context import Context
from puffling.commands.registry import Effect, command
from puffling.commands.staged import note_posted
from puffling.commands.words import Name, Symbols
from puffling.core.errors import BadValueError
from puffling.services.goal_targets import exact_targets
from puffling.store.goals import Foreign, Goal, Manner

Like = Annotated[
    str,
    Field(
        max_length=60,
        title="Like",
        description="equal (of the symbols), holdings, or the name of weights that were kept.",
    ),
]
Equal = Annotated[
    Symbols | None, Field(title="Symbols", description="What gets equal shares: AAPL,GOOG.")
]
Band = Annotated[
    Decimal,
    Field(gt=0, le=1, title="Band", description="How far a share may be off: 0.05 is 5 %."),
]
HowTold = Annotated[
    Manner,
    Field(
        title="When missed",
        description="alert tells you; propose puts the trades into the inbox. Nothing is ordered.",
    ),
]
Others = Annotated[
    Foreign,
    Field(title="Other holdings", description="keep leaves alone what is not named; or sell."),
]
Whole = Annotated[
    bool, Field(title="Whole shares", description="Without it, fractions of shares are traded.")
]
Leave = Annotated[
    Symbols | None,
    Field(title="Leave alone", description="Symbols that are not traded, such as IBM,GOOG."),
]


@command("goal.save", "Save goal…", menu=None, effect=Effect.CHANGE, words="target allocation")
async def save(  # noqa: PLR0913 - a goal has that many words
    context: Context,
    name: Name,
    *,
    targets: Weights = {},  # noqa: B006 - validated into a new one at each call
    like: Like = "",
    symbols: Equal = None,
    band: Band = Decimal("0.05"),
    manner: HowTold = Manner.ALERT,
    foreign: Others = Foreign.KEEP,
    whole: Whole = True,
) -> Goal:
    """Keep target shares of the account under a name; what they leave stays cash."""
    goals = context.goals
    if like and targets:
        raise BadValueError("Name the shares, or what they are like; not both.")
    if like == "holdings" or not (like or targets):
        shares = goals.as_held()
    elif like == "equal":
        shares = goals.as_equal(symbols or ())
    else:
        shares = goals.as_kept(like) if like else exact_targets(targets)
    return goals.save(name, shares, band=band, manner=manner, foreign=foreign, whole=whole)


@command("goal.list", "Goals", menu=None, effect=Effect.LOOK, words="target drift rebalance")
async def list_goals(context: Context) -> list[Goal]:
    """List the goals with their targets, by name."""
    return context.goals.all()


@command("goal.remove", "Remove goal…", menu=None, effect=Effect.CHANGE, words="forget target")
async def remove(context: Context, name: Name) -> None:
    """Forget a goal; nothing that is held changes."""
    context.goals.remove(name)


@command("goal.drift", "Drift from goal", menu=None, effect=Effect.LOOK, words="off target")
async def drift(context: Context, name: Name) -> dict[str, Any]:
    """Say how far each share of the account is from a goal, cash and other holdings included."""
    found = context.goals.state(name)
    return {
        "goal": name,
        "largest": found.largest,
        "band": found.goal.band,
        "missed": found.is_missed,
        "why_not": found.why_not,
        "shares": [
            {
                "symbol": each.symbol,
                "target": each.target,
                "weight": each.weight,
                "drift": each.drift,
                "foreign": each.foreign,
            }
            for each in found.rows
        ],
    }


@command("goal.preview", "Preview rebalance…", menu=None, effect=Effect.LOOK, words="trades cost")
async def preview(context: Context, name: Name, leave: Leave = None) -> dict[str, Any]:
    """Show the trades that would meet a goal and what they cost; nothing is ordered."""
    found = context.goals.preview(name, leave)
    return {
        "trades": list(found.trades),
        "value": found.value,
        "cash": found.cash,
        "cash_after": found.cash_after,
        "cost": found.cost,
        "turnover": found.turnover,
        "notes": list(found.notes),
    }


@command(
    "goal.propose", "Send rebalance to the inbox…", menu=None, effect=Effect.CHANGE, words="basket"
)
async def propose(context: Context, name: Name, leave: Leave = None) -> str:
    """Put the trades that would meet a goal into the inbox as one basket; return its id."""
    posted = context.goals.propose(name, leave)
    note_posted(context, posted)
    return posted


COMMANDS = (save, list_goals, remove, drift, preview, propose)
