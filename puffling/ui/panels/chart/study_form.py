"""The settings of one study: its own, where it stands, its lines and its colours."""

from __future__ import annotations

from enum import StrEnum
from typing import TYPE_CHECKING

from pydantic import BaseModel, ConfigDict, Field, field_validator
from PySide6.QtCore import QSize, Signal
from PySide6.QtGui import QColor, QIcon, QPixmap
from PySide6.QtWidgets import QColorDialog, QHBoxLayout, QLabel, QToolButton, QVBoxLayout, QWidget

from puffin.errors import ParameterError
from puffin.factors.base import Shape
from puffling.services.study_offers import COMPARE, PATTERNS
from puffling.services.study_specs import THICKEST, THINNEST, USUAL_WIDTH, StudySpec
from puffling.ui.forms.form import Form
from puffling.ui.forms.schema import plain, typed
from puffling.ui.theme.charts import SERIES
from puffling.ui.theme.tokens import Tone

if TYPE_CHECKING:
    from collections.abc import Mapping

    from puffling.services.study_offers import Offer
    from puffling.ui.theme.theme import Theme

_SWATCH, _LABEL = 14, 150


class Place(StrEnum):
    """Where a study stands."""

    PRICE = "price"
    BELOW = "below"

    @property
    def label(self) -> str:
        """What the form calls it."""
        return "On the price" if self is Place.PRICE else "Below it"


class Look(BaseModel):
    """How a study is drawn."""

    model_config = ConfigDict(frozen=True)

    place: Place = Field(default=Place.PRICE, title="Where")
    width: float = Field(
        default=USUAL_WIDTH,
        ge=THINNEST,
        le=THICKEST,
        title="Line width",
        json_schema_extra={"step": 0.5},
    )
    levels: tuple[str, ...] = Field(
        default=(), title="Levels", description="Values with a line of their own, such as 30 70"
    )

    @field_validator("levels")
    @classmethod
    def _numbers(cls, levels: tuple[str, ...]) -> tuple[str, ...]:
        for each in levels:
            try:
                float(each)
            except ValueError:
                raise ValueError(f"{each} is not a number.") from None
        return levels


class StudyForm(QWidget):
    """Everything that can be set of a study.

    Signals:
        changed: The person changed something.
    """

    changed = Signal()

    def __init__(
        self, spec: StudySpec | Offer, theme: Theme, drawn: Mapping[str, QColor] | None = None
    ) -> None:
        """Build the form; `drawn` are the colours of its outputs on the chart, if it is there."""
        super().__init__()
        self._theme = theme
        known = spec.offer if isinstance(spec, StudySpec) else spec
        self.offer = known
        self._spec = spec if isinstance(spec, StudySpec) else None
        values = {} if self._spec is None else typed(known.Parameters, self._spec.parameters)
        self.parameters = Form(known.Parameters, values, theme=theme)
        self.look = Form(Look, self._look(), theme=theme, only=self._looks())
        self._problem = QLabel()
        self._problem.setWordWrap(True)
        theme.set_role(self._problem, "caption", Tone.DANGER)
        self._problem.hide()
        self.colors = ColorRow(known, self._spec.colors if self._spec else (), theme, drawn or {})
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(theme.px(8))
        for each in (self.parameters, self.look, self.colors, self._problem):
            column.addWidget(each)
        column.addStretch(1)
        self.look.setVisible(bool(self.look.names))
        self.parameters.setVisible(bool(self.parameters.names))
        self.colors.setVisible(bool(self.colors.buttons))
        self.parameters.changed.connect(lambda _: self.changed.emit())
        self.look.changed.connect(lambda _: self.changed.emit())
        self.colors.changed.connect(self.changed)

    def spec(self) -> StudySpec | None:
        """Return the study as it is set; None once what is wrong stands at its field."""
        self._problem.hide()
        if not (self.parameters.check() and self.look.check()):
            return None
        look = Look.model_validate({**self._look(), **self.look.values()})
        below = look.place is Place.BELOW
        levels = tuple(map(float, look.levels))
        try:
            return StudySpec(
                self.offer.id,
                plain(self.parameters.values()),
                own_pane=below if self.offer.is_movable else None,
                colors=self.colors.chosen,
                width=look.width,
                levels=None if levels == self.offer.guides else levels,
            )
        except ParameterError as error:
            self._problem.setText(str(error))
            self._problem.show()
            return None

    def first_editor(self) -> QWidget:
        """Return where the keyboard should go first."""
        form = self.parameters if self.parameters.names else self.look
        return form.first_editor()

    def _looks(self) -> tuple[str, ...]:
        outputs = self.offer.outputs
        movable, lines = self.offer.is_movable, any(each.shape is Shape.LINE for each in outputs)
        offered = {"place": movable, "width": lines or self.offer.id == COMPARE, "levels": movable}
        return tuple(name for name, fits in offered.items() if fits and not self._has_no_look())

    def _has_no_look(self) -> bool:
        marks = {each.shape for each in self.offer.outputs} == {Shape.MARKS}
        return self.offer.id == PATTERNS or (marks and self.offer.on_price)

    def _look(self) -> dict[str, object]:
        spec = self._spec
        on_price = self.offer.on_price if spec is None else spec.on_price
        guides = self.offer.guides if spec is None else spec.guides
        return {
            "place": Place.PRICE if on_price else Place.BELOW,
            "width": USUAL_WIDTH if spec is None else spec.width,
            "levels": tuple(f"{each:g}" for each in guides),
        }


class ColorRow(QWidget):
    """A button for the colour of each output; a second press on a chosen one asks again.

    Signals:
        changed: Another colour was chosen.
    """

    changed = Signal()

    def __init__(
        self,
        known: Offer,
        colors: tuple[str, ...],
        theme: Theme,
        drawn_as: Mapping[str, QColor],
    ) -> None:
        super().__init__()
        self._theme = theme
        drawn = [each for each in known.outputs if each.shape is not Shape.MARKS]
        names = [each.title for each in drawn] if known.outputs else [known.title]
        ids = [each.id for each in drawn] if known.outputs else ["value"]
        self._usual = [
            drawn_as.get(id_, theme.color(SERIES[place % len(SERIES)]))
            for place, id_ in enumerate(ids)
        ]
        if known.id == PATTERNS:
            names = []
        self._colors = [*colors, *[""] * (len(names) - len(colors))][: len(names)]
        self.buttons: list[QToolButton] = []
        row = QHBoxLayout(self)
        row.setContentsMargins(0, 0, 0, 0)
        words = QLabel("Colours")
        theme.set_role(words, "muted")
        words.setMinimumWidth(theme.px(_LABEL))
        row.addWidget(words)
        for place, name in enumerate(names):
            button = QToolButton()
            button.setAutoRaise(True)
            button.setAccessibleName(f"Colour of {name}")
            button.setToolTip(f"Colour of {name}")
            button.setIconSize(QSize(theme.px(_SWATCH), theme.px(_SWATCH)))
            button.clicked.connect(lambda _=False, at=place: self._ask(at))
            self.buttons.append(button)
            row.addWidget(button)
        self._reset = QToolButton()
        self._reset.setText("As the theme")
        self._reset.setAutoRaise(True)
        self._reset.clicked.connect(self._clear)
        row.addWidget(self._reset)
        row.addStretch(1)
        self._paint()

    @property
    def chosen(self) -> tuple[str, ...]:
        """The colours, "" where the theme decides."""
        return tuple(self._colors)

    def choose(self, place: int, color: str) -> None:
        """Take a colour for an output."""
        self._colors[place] = color
        self._paint()
        self.changed.emit()

    def _clear(self) -> None:
        self._colors = [""] * len(self._colors)
        self._paint()
        self.changed.emit()

    def _ask(self, place: int) -> None:
        dialog = QColorDialog(QColor(self._shown(place)), self)
        dialog.colorSelected.connect(lambda color: self.choose(place, color.name()))
        dialog.finished.connect(dialog.deleteLater)
        dialog.open()

    def _shown(self, place: int) -> QColor:
        chosen = self._colors[place]
        return QColor(chosen) if chosen else self._usual[place]

    def _paint(self) -> None:
        size = self._theme.px(_SWATCH)
        for place, button in enumerate(self.buttons):
            picture = QPixmap(size, size)
            picture.fill(self._shown(place))
            button.setIcon(QIcon(picture))
        self._reset.setEnabled(any(self._colors))
