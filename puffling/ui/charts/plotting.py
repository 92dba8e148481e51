"""What every chart takes from the drawing library, whichever chart is the first to be imported."""

from __future__ import annotations

from puffling.ui.charts.library import import_library

import_library()

from pyqtgraph import GraphicsObject, GraphicsView, ViewBox  # noqa: E402 - the line above is how

__all__ = ["GraphicsObject", "GraphicsView", "ViewBox"]
