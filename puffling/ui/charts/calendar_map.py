"""Months as a heat map: a row for each year, its months, and the year as a whole at the end."""

from __future__ import annotations

import math
from typing import TYPE_CHECKING

import numpy as np
from typing_extensions import override

from puffling.core.formats import MONTHS, signed
from puffling.ui.charts.heatmap import Grid, HeatMap

if TYPE_CHECKING:
    from collections.abc import Sequence

    from PySide6.QtWidgets import QWidget

    from puffin.backtest.result import YearOfReturns
    from puffling.ui.theme.theme import Theme

YEAR = "Year"


class MonthMap(HeatMap):
    """Shows monthly returns; the arrow keys and the pointer read one out."""

    def __init__(self, theme: Theme, parent: QWidget | None = None) -> None:
        super().__init__(theme, parent)
        self.setAccessibleName("Monthly returns")

    def show_months(self, rows: Sequence[YearOfReturns]) -> None:
        """Show these years, the first at the top; none shows nothing."""
        if not rows:
            self.show_grid(None)
            return
        values = np.array(
            [
                [math.nan if each is None else each for each in (*row.months, row.total)]
                for row in reversed(rows)
            ]
        )
        self.show_grid(
            Grid(
                "",
                "",
                (*MONTHS, YEAR),
                tuple(str(row.year) for row in reversed(rows)),
                values,
                "Monthly returns, %",
                _written,
            )
        )

    @override
    def words(self) -> str:
        grid = self.grid
        if grid is None:
            return ""
        if self.looked_at is None:
            return grid.title
        column, row = self.looked_at
        value = float(grid.values[row, column])
        name = grid.x_names[column]
        when = grid.y_names[row] if name == YEAR else f"{name} {grid.y_names[row]}"
        return f"{when}: no session" if math.isnan(value) else f"{when}: {_written(value)} %"


def _written(value: float | None) -> str:
    return "" if value is None else signed(value * 100, places=1)
