"""How a chart looks beyond type and scale: sessions, zone, direction, heights of panes."""

from __future__ import annotations

from math import isfinite
from typing import TYPE_CHECKING, Any

from puffin.data.sessions import EXCHANGE

if TYPE_CHECKING:
    from PySide6.QtWidgets import QMenu

    from puffling.ui.charts.chart import PriceChart

LEAST = 0.01  # of a pane's share
_WORDS = {
    "inverted": "Low prices at the top",
    "sessions": "Sessions marked, hours outside shaded",
    "local": "Times of this computer instead of New York's",
}


class Looks:
    """Kept before there is a chart, and given to it when there is one."""

    def __init__(self) -> None:
        self._chart: PriceChart | None = None
        self._on = {"inverted": False, "sessions": True, "local": False}
        self._box: float | None = None
        self._base: float | None = None
        self._shares: list[float] = []

    def take(self, chart: PriceChart) -> None:
        """Give this chart its looks."""
        self._chart = chart
        self._apply()

    def fill(self, menu: QMenu) -> None:
        """Fill a menu with what can be turned on and off."""
        for name, words in _WORDS.items():
            action = menu.addAction(words)
            action.setCheckable(True)
            action.setChecked(self._on[name])
            action.triggered.connect(lambda on, each=name: self.turn(each, on=on))

    def turn(self, name: str, *, on: bool) -> None:
        """Turn one of them on or off: inverted, sessions or local."""
        self._on[name] = on
        self._apply()

    def state(self) -> dict[str, Any]:
        """Return what a layout should remember."""
        chart = self._chart
        kept: dict[str, Any] = dict(self._on)
        box, base, shares = self._box, self._base, self._shares
        if chart is not None:
            box, base = chart.box, chart.base
            shares = [round(each.share, 4) for each in chart.panes]
        return kept | {"box": box, "base": base, "panes": shares}

    def restore(self, state: object) -> None:
        """Take up what a layout remembered; what does not fit is passed over."""
        if not isinstance(state, dict):
            return
        for name in self._on:
            if isinstance(state.get(name), bool):
                self._on[name] = bool(state[name])
        self._box, self._base = _positive(state.get("box")), _positive(state.get("base"))
        shares = state.get("panes")
        found = [_positive(each) for each in shares] if isinstance(shares, list) else []
        known = [max(each, LEAST) for each in found if each is not None]
        self._shares = known if len(known) == len(found) else []
        self._apply()

    def share_out(self) -> None:
        """Give the panes their remembered heights, once all of them are there."""
        chart, shares = self._chart, self._shares
        if chart is not None and len(shares) == len(chart.panes):
            for pane, share in zip(chart.panes, shares, strict=True):
                pane.share = share
            chart.refresh()
            self._shares = []

    def _apply(self) -> None:
        chart = self._chart
        if chart is None:
            return
        chart.set_inverted(inverted=self._on["inverted"])
        chart.set_sessions(shown=self._on["sessions"])
        chart.set_zone(None if self._on["local"] else EXCHANGE)
        if self._box is not None:
            chart.set_box(self._box)
        if self._base is not None:
            chart.set_base(self._base)
        self._box = self._base = None
        self.share_out()


def _positive(value: object) -> float | None:
    if isinstance(value, bool) or not isinstance(value, int | float):
        return None
    return float(value) if isfinite(value) and value > 0 else None
