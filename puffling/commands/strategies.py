"""Commands about strategies: the library, revisions, files and signals."""

from __future__ import annotations

from puffling.commands.context import Context
from puffling.commands.registry import Effect, command
from puffling.services.strategy_cards import StrategyCard


@command("strategy.list", "Strategies", menu=None, effect=Effect.LOOK, words="momentum parameters")
async def strategies(context: Context) -> list[StrategyCard]:
    """List the strategies: built in, saved, and files of your own, with their parameters."""
    return await context.jobs.run(
        "Look at strategies", context.strategies.refresh, panel="strategies"
    )


COMMANDS = (strategies,)
