"""The kinds of studies: an indicator's lines, a volume profile, patterns, another symbol."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

import numpy as np
from PySide6.QtCore import QRectF
from typing_extensions import override

from puffin.factors.base import Shape
from puffling.core.formats import percent
from puffling.services.study_offers import COMPARE, PATTERNS, PROFILE
from puffling.ui.charts.axes import Tag
from puffling.ui.charts.crosshair import Said
from puffling.ui.charts.overlays import LineLayer
from puffling.ui.charts.study_ahead import EDGES as AHEAD
from puffling.ui.charts.study_ahead import AheadLayer
from puffling.ui.charts.study_compare import IndexedLine, aligned, change_since
from puffling.ui.charts.study_layers import BandLayer, DotLayer, HistogramLayer, LevelLayer
from puffling.ui.charts.study_patterns import ALL, USUAL, PatternLayer
from puffling.ui.charts.study_profile import ProfileLayer
from puffling.ui.charts.study_view import NONE, StudyView, joined, value_text
from puffling.ui.charts.ticks import SECOND

if TYPE_CHECKING:
    from collections.abc import Mapping

    from numpy.typing import NDArray

    from puffin.data.bars import Bars, Interval
    from puffling.services.study_specs import StudySpec
    from puffling.ui.charts.pane import Bounds, Pane
    from puffling.ui.charts.pyramid import BarPyramid
    from puffling.ui.charts.study_compare import Times
    from puffling.ui.charts.study_track import Track

# The two outputs between which a band is filled.
BANDS: Final[tuple[tuple[str, str], ...]] = (("upper", "lower"), ("fast", "slow"))
ALIKE: Final = frozenset({"upper", "middle", "lower"})  # outputs of one colour
LINES_OVER = 5.0
NAME_SPARE = 16.0  # pixels beside a pattern's name, where others are counted


class IndicatorView(StudyView):
    """The outputs of an indicator: lines, bars, dots, a band, and levels worth a line."""

    def __init__(self, spec: StudySpec, pane: Pane, *, owns_pane: bool) -> None:
        super().__init__(spec, pane, owns_pane=owns_pane)
        self.track: Track | None = None
        self._drawn: dict[str, LineLayer | HistogramLayer | DotLayer] = {}
        self._band: BandLayer | None = None
        colors = self.surface.colors
        if spec.guides and not spec.on_price:
            self.layers.append(LevelLayer(pane, spec.guides))
        names = {each.id for each in spec.offer.outputs}
        self._ahead: AheadLayer | None = None
        self._between = next((each for each in BANDS if names.issuperset(each)), None)
        if self._between is not None:
            self._band = BandLayer(pane, colors.up)
            self.layers.append(self._band)
        if names.issuperset(AHEAD):
            self._ahead = AheadLayer(pane, spec)
            self.layers.append(self._ahead)
        for output in spec.offer.outputs:
            layer: LineLayer | HistogramLayer | DotLayer
            if output.shape is Shape.BARS or (output.shape is Shape.MARKS and not spec.on_price):
                layer = HistogramLayer(pane)
            elif output.shape is Shape.LINE:
                layer = LineLayer(pane, colors.axis_text, width=spec.width, height=LINES_OVER)
            elif output.shape is Shape.DOTS:
                layer = DotLayer(pane, colors.axis_text)
            else:
                continue  # a side is said in the legend; a pattern has a layer of its own
            self._drawn[output.id] = layer
            self.layers.append(layer)

    @property
    @override
    def is_ready(self) -> bool:
        return self.track is not None

    @override
    def take(self, pyramid: BarPyramid, interval: Interval) -> None:
        super().take(pyramid, interval)
        self.show(None)

    def show(self, track: Track | None) -> None:
        """Draw what was worked out; None: nothing until it is."""
        self.track = track
        for name, layer in self._drawn.items():
            layer.line = None if track is None else track.lines[name]
        if self._band is not None and self._between is not None:
            upper, lower = self._between
            self._band.upper = None if track is None else track.lines[upper]
            self._band.lower = None if track is None else track.lines[lower]
        if self._ahead is not None:
            self._ahead.follow(self.pyramid, self.interval)

    @override
    def follow(self) -> bool:
        if self._ahead is not None:
            self._ahead.follow(self.pyramid, self.interval)
        return self.track is None or self.track.follow(self.pyramid, self.interval)

    @override
    def tint(self, first: int) -> int:
        place, shared = first, -1
        for own, output in enumerate(self.spec.offer.outputs):
            if output.id in ALIKE and shared >= 0:
                color = self.theme_color(shared, own)
            else:
                color = self.theme_color(place, own)
                shared = place if output.id in ALIKE else shared
                place += output.id in self._drawn and output.shape is not Shape.BARS
            self.colors[output.id] = color
            layer = self._drawn.get(output.id)
            if isinstance(layer, HistogramLayer):
                chosen = own < len(self.spec.colors) and self.spec.colors[own]
                layer.color = color if chosen else None
            elif layer is not None:
                layer.color = color
        if self._band is not None and self._between is not None:
            colors, cloud = self.surface.colors, self._between == BANDS[1]
            self._band.color = colors.up if cloud else self.colors[self._between[0]]
            self._band.other = colors.down if cloud else self._band.color
            if self._ahead is not None:
                self._ahead.color, self._ahead.other = self._band.color, self._band.other
                self._ahead.colors = {name: self.colors[name] for name in AHEAD}
        return place

    @override
    def bounds(self, bars: range) -> Bounds:
        if self.track is None or not bars:
            return NONE
        spare = round((self.pane.frame.x1 - self.pane.frame.x0) / max(1.0, self.pane.frame.width))
        start, stop = max(0, bars.start - spare), min(bars.stop + spare, self.track.count)
        shown = [self.track.lines[name].extremes(start, stop) for name in self._drawn]
        if self._ahead is not None and bars.stop >= self.track.count:
            shown.append(self._ahead.extremes(self.pane.frame.x1))
        from_zero = any(isinstance(each, HistogramLayer) for each in self._drawn.values())
        levels = [(each, each) for each in (*self.spec.guides, *((0.0,) if from_zero else ()))]
        return joined([*shown, *levels]) if joined(shown) is not NONE else NONE

    @override
    def words(self, at: int) -> list[Said]:
        said = super().words(at)
        track, on_price = self.track, self.spec.on_price
        named = len(self.spec.offer.outputs) > 1
        for output in self.spec.offer.outputs:
            line = None if track is None else track.lines[output.id]
            value = float(line.values[at]) if line is not None and at < len(line) else NONE[0]
            is_side = output.shape is Shape.MARKS
            text = _side(value) if is_side else value_text(value, is_price=on_price)
            color = self.colors.get(output.id, self.surface.colors.axis_text)
            layer = self._drawn.get(output.id)
            if isinstance(layer, HistogramLayer) and layer.color is None:
                color = self.surface.colors.up if value >= 0 else self.surface.colors.down
            said.append(Said(f"{output.title} {text}" if named else text, color))
        return said

    @override
    def columns(self) -> list[tuple[str, NDArray[np.float64]]]:
        named = len(self.spec.offer.outputs) > 1
        return [
            (f"{self.spec.title} {each.title}" if named else self.spec.title, line.values)
            for each in self.spec.offer.outputs
            if self.track is not None and (line := self.track.lines[each.id])
        ]

    @override
    def tags(self, at: int | None = None) -> list[Tag]:
        colors = self.surface.colors
        if self.track is None or not self.track.count:
            return []
        place = self.track.count - 1 if at is None else min(at, self.track.count - 1)
        last = [
            Tag(float(self.track.lines[name].values[place]), self.colors[name], colors.on_price)
            for name, layer in self._drawn.items()
            if isinstance(layer, LineLayer) or at is not None
        ]
        return [each for each in last[::-1] if np.isfinite(each.value)]


class ProfileView(StudyView):
    """Volume by price."""

    def __init__(self, spec: StudySpec, pane: Pane, *, owns_pane: bool) -> None:
        super().__init__(spec, pane, owns_pane=owns_pane)
        self.layer = ProfileLayer(pane)
        self.layers.append(self.layer)
        values = spec.parameters
        self.layer.rows, self.layer.by_session = int(values["rows"]), values["over"] == "session"
        self.layer.share, self.layer.width = values["share"] / 100, values["width"] / 100

    @override
    def take(self, pyramid: BarPyramid, interval: Interval) -> None:
        super().take(pyramid, interval)
        self.layer.pyramid, self.layer.interval = pyramid, interval
        self.layer.forget()

    @override
    def tint(self, first: int) -> int:
        self.layer.color = self.theme_color(first)
        self.layer.control = self.colors["value"] = self.layer.color
        return first + 1

    @override
    def words(self, at: int) -> list[Said]:
        said, shown = super().words(at), self.layer.shown
        if not shown:
            return [*said, Said(self._why(), self.surface.colors.axis_text)]
        here = (each for start, stop, each in shown if start <= at < stop)
        profile = next(here, shown[-1][2])  # without a crosshair the last bar may be out of view
        parts = (
            ("POC", profile.point_of_control),
            ("VAH", profile.value_high),
            ("VAL", profile.value_low),
        )
        text = "  ".join(f"{name} {value_text(value, is_price=True)}" for name, value in parts)
        return [*said, Said(text, self.layer.control)]

    def _why(self) -> str:
        return "zoom in to see sessions" if self.layer.by_session else "no volume in view"


class PatternView(StudyView):
    """Candle patterns: the usual ones, all, or one alone."""

    def __init__(self, spec: StudySpec, pane: Pane, *, owns_pane: bool) -> None:
        super().__init__(spec, pane, owns_pane=owns_pane)
        self.layer = PatternLayer(pane)
        self.layers.append(self.layer)
        if spec.indicator == PATTERNS:
            self.layer.ids = ALL if spec.parameters["which"] == "all" else USUAL
            self.layer.names = bool(spec.parameters["names"])
        else:
            self.layer.ids = frozenset({spec.indicator})

    @override
    def take(self, pyramid: BarPyramid, interval: Interval) -> None:
        super().take(pyramid, interval)
        self.layer.pyramid, self.layer.interval = pyramid, interval
        self.layer.forget()

    @override
    def tint(self, first: int) -> int:
        return first

    @override
    def words(self, at: int) -> list[Said]:
        colors = self.surface.colors
        said = super().words(at)
        if not self.layer.is_near:
            return [*said, Said("zoom in to see them", colors.axis_text)]
        for each in self.layer.at(at):
            said.append(Said(each.title, colors.up if each.strength > 0 else colors.down))
        return said

    def live_area(self) -> list[QRectF]:
        """Where the name at the last bar is, which is wider than its column."""
        last, frame = len(self.pyramid) - 1, self.pane.frame
        if last < 0 or not self.layer.at(last):
            return []
        half = max(self.surface.width(each.title) for each in self.layer.at(last)) / 2 + NAME_SPARE
        return [QRectF(frame.x(float(last)) - half, frame.top, 2 * half, frame.height)]


class CompareView(StudyView):
    """Another symbol's closes; they begin at this symbol's price where both are first in view."""

    def __init__(self, spec: StudySpec, pane: Pane, *, owns_pane: bool) -> None:
        super().__init__(spec, pane, owns_pane=owns_pane)
        self.layer = LineLayer(pane, self.surface.colors.axis_text, width=spec.width, height=4)
        self.layers.append(self.layer)
        self.line: IndexedLine | None = None
        self.theirs: Bars | None = None  # what was last drawn of them
        self.why = "…"  # there is nothing to see yet
        self._first: int | None = None
        pane.also.append(self.bounds)

    @property
    def symbol(self) -> str:
        """Whom this one is compared with."""
        return str(self.spec.parameters["symbol"])

    @override
    def take(self, pyramid: BarPyramid, interval: Interval) -> None:
        super().take(pyramid, interval)
        self.show(None, "…")

    @property
    def is_behind(self) -> bool:
        """Whether their bars end before this symbol's, or are of another length."""
        theirs = self.theirs
        if theirs is None or theirs.interval is not self.interval or not len(theirs):
            return True
        length = self.interval.seconds * SECOND
        return bool(len(self.pyramid) and self.pyramid.time[-1] > theirs.time[-1] + length)

    @staticmethod
    def placed(times: Times, bars: Bars) -> IndexedLine:
        """Put their closes beside this symbol's bars; any thread may do it."""
        length = bars.interval.seconds * SECOND
        line = IndexedLine(aligned(times, bars.time, bars.close, length))
        line.take_over()
        return line

    def show(self, line: IndexedLine | None, why: str = "") -> None:
        """Draw their closes, or say why there are none."""
        self.line, self.why, self._first = line, why, None
        self.layer.line = line
        if line is not None:
            self.follow()  # bars that came meanwhile

    def price(self, close: float) -> None:
        """Follow their live price."""
        if self.line is not None and len(self.line):
            self.line.set_last(close)

    @override
    def follow(self) -> bool:
        line = self.line
        while line is not None and len(line) < len(self.pyramid):
            line.append(float(line.values[-1]) if len(line) else NONE[0])
        return True

    @override
    def bounds(self, bars: range) -> Bounds:
        if self.line is None or not bars:
            return NONE
        # A single bar is asked about when it may have outgrown what is seen: nothing moves then.
        if len(bars) > 1 or self._first is None:
            self._first = self.line.start_with(self.pyramid.close, bars)
        return self.line.extremes(bars.start, bars.stop)

    @override
    def tint(self, first: int) -> int:
        self.layer.color = self.colors["value"] = self.theme_color(first)
        return first + 1

    @override
    def words(self, at: int) -> list[Said]:
        said = super().words(at)
        if self.line is None:
            return [*said, Said(self.why, self.surface.colors.axis_text)]
        change = change_since(self.line, at, self._first)
        text = value_text(NONE[0], is_price=True) if change is None else percent(change, sign=True)
        return [*said, Said(text, self.layer.color)]

    @override
    def columns(self) -> list[tuple[str, NDArray[np.float64]]]:
        return [] if self.line is None else [(self.symbol, self.line.values)]

    @override
    def remove(self) -> None:
        super().remove()
        self.pane.also.remove(self.bounds)


def kind_of(spec: StudySpec) -> type[StudyView]:
    """Return what draws a study."""
    if spec.indicator in KINDS:
        return KINDS[spec.indicator]
    shapes = {each.shape for each in spec.offer.outputs}
    return PatternView if shapes == {Shape.MARKS} and spec.on_price else IndicatorView


KINDS: Final[Mapping[str, type[StudyView]]] = {
    COMPARE: CompareView,
    PROFILE: ProfileView,
    PATTERNS: PatternView,
}


def _side(value: float) -> str:
    if not np.isfinite(value):
        return value_text(value, is_price=False)
    return "up" if value > 0 else "down"
