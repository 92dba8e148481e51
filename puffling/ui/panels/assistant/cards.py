"""Cards by kind: what a call's outcome looks like."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from puffling.ui.panels.assistant.asking_cards import (
    AlertCard,
    DraftCard,
    ErrandCard,
    PreviewCard,
    ProposalCard,
)
from puffling.ui.panels.assistant.result_cards import (
    BacktestCard,
    ChartCard,
    TableCard,
    TextCard,
)

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

    from puffling.ui.panels.assistant.card import Card
    from puffling.ui.panels.assistant.deeds import Deeds
    from puffling.ui.theme.theme import Theme

_KINDS: dict[str, Callable[[Theme, Mapping[str, Any], Deeds], Card]] = {
    "text": TextCard,
    "table": TableCard,
    "chart": ChartCard,
    "backtest": BacktestCard,
    "proposal": ProposalCard,
    "alert": AlertCard,
    "draft": DraftCard,
    "errand": ErrandCard,
}


def card_of(theme: Theme, card: Mapping[str, Any], deeds: Deeds, call: str) -> Card | None:
    """Return the card of a call; None for a kind that this desk does not know."""
    kind, data = str(card.get("kind") or ""), card.get("data") or {}
    if kind == "preview":
        return PreviewCard(theme, data, deeds, call)
    build = _KINDS.get(kind)
    return None if build is None else build(theme, data, deeds)
