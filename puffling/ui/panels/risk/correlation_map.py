"""What moves with what: a heat map in which nothing is best."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np
from typing_extensions import override

from puffling.core.formats import number
from puffling.ui.charts.heatmap import Grid, HeatMap

if TYPE_CHECKING:
    from puffin.measures import Floats


class _Pairs(Grid):
    """Correlations; a frame around the highest would mean nothing."""

    @property
    @override
    def best(self) -> tuple[int, int] | None:
        return None


class CorrelationMap(HeatMap):
    """Shows the correlation of each pair of positions."""

    def show_correlation(self, symbols: tuple[str, ...], values: Floats) -> None:
        """Show these, the first symbol at the top left."""
        # The lowest row of a grid is at the bottom: turned over, the diagonal runs as usual.
        self.show_grid(_Pairs("", "", symbols, symbols[::-1], values[::-1], "Correlation", number))

    @override
    def words(self) -> str:
        grid = self.grid
        if grid is None:
            return ""
        if self.looked_at is not None:
            column, row = self.looked_at
            value = grid.write(float(grid.values[row, column]))
            return f"{grid.x_names[column]} and {grid.y_names[row]}: correlation {value}"
        others = np.where(np.eye(len(grid.x_names), dtype=bool)[::-1], np.nan, grid.values)
        if not np.isfinite(others).any():
            return "Correlation of daily returns"
        place = divmod(int(np.nanargmax(others)), others.shape[1])
        one, two = grid.x_names[place[1]], grid.y_names[place[0]]
        return f"Closest: {one} and {two}, correlation {grid.write(float(others[place]))}"
