"""A chart in a file: a picture, a drawing, or its numbers."""

from __future__ import annotations

from typing import TYPE_CHECKING

from puffling.core.errors import BadValueError

if TYPE_CHECKING:
    from pathlib import Path

    from puffling.ui.charts.chart import PriceChart


def write_picture(chart: PriceChart | None, path: Path) -> None:
    """Write a chart to a file, as the file's ending says: .png, .svg or .csv.

    Raises:
        BadValueError: There is nothing on it, or the file cannot be written.
    """
    if chart is None or not chart.count:
        raise BadValueError("There is no chart to save yet.", hint="Choose a symbol with prices.")
    if not chart.export(path):
        raise BadValueError(
            f"The chart could not be written to {path}.",
            hint="Choose a folder that exists and a name that ends in .png, .svg or .csv.",
        )
