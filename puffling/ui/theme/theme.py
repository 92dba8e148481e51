"""The theme in force: every colour, font and icon comes from here, and changes here."""

from __future__ import annotations

from enum import StrEnum
from pathlib import Path
from typing import TYPE_CHECKING

from PySide6.QtCore import QObject, QSize, QTemporaryDir, Signal
from PySide6.QtGui import QColor, QFont, QFontDatabase

from puffling.core.settings import Appearance, Density, UpDown
from puffling.ui.theme.icons import Icons, icon
from puffling.ui.theme.palette import palette
from puffling.ui.theme.stylesheet import stylesheet, write_pictures
from puffling.ui.theme.tokens import Sizes, Tone, read_tokens, slug

if TYPE_CHECKING:
    from decimal import Decimal

    from PySide6.QtGui import QIcon, QPixmap
    from PySide6.QtWidgets import QApplication, QWidget

    from puffling.ui.theme.tokens import Tokens

_FAMILIES = ("Inter", "Segoe UI", "Noto Sans")  # all have tabular figures
_HALF = 128  # of the lightness of white

# The tokens of a rise and of a fall.
PAIRS: dict[UpDown, tuple[str, str]] = {
    UpDown.GREEN_RED: ("up", "down"),
    UpDown.RED_GREEN: ("down", "up"),
    UpDown.BLUE_ORANGE: ("up_alternative", "down_alternative"),
    UpDown.VIVID: ("up_vivid", "down_vivid"),
}


class Kind(StrEnum):
    """What a font is for."""

    TEXT = "text"
    STRONG = "strong"
    CAPTION = "caption"
    HEADLINE = "headline"
    MONO = "mono"


# The roles that come with a font of their own; the others keep what the widget has.
_FONT_OF_ROLE = {
    "caption": Kind.CAPTION,
    "heading": Kind.STRONG,
    "strong": Kind.STRONG,
    "headline": Kind.HEADLINE,
    "mono": Kind.MONO,
    "hud": Kind.MONO,
    "chip": Kind.CAPTION,
}


class Theme(QObject):
    """Colours, fonts, sizes and icons of the scheme in force.

    Signals:
        changed: Another scheme, other up and down colours or another density is in force. What
            Qt paints has followed already; what a widget paints itself should `update()`.
    """

    changed = Signal()

    def __init__(self, appearance: Appearance | None = None, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self.appearance = appearance or Appearance()
        self.scale = self.appearance.scale
        self.sizes = Sizes().scaled(self.scale)
        self._icons = Icons()
        self._fonts: dict[Kind, QFont] = {}
        self._colors: dict[str, QColor] = {}
        self._folder = QTemporaryDir()  # removed with the theme

    @property
    def tokens(self) -> Tokens:
        """The colours by name, as text."""
        return read_tokens(self.appearance.theme.value)

    @property
    def is_dark(self) -> bool:
        """Whether the scheme in force is bright words on a dark ground."""
        return self.color("panel").lightness() < _HALF

    @property
    def reduced_motion(self) -> bool:
        """Whether flashes and sliding are turned off."""
        return self.appearance.reduced_motion

    @property
    def row_height(self) -> int:
        """How tall a table row is."""
        if self.appearance.density is Density.COMPACT:
            return self.sizes.row_compact
        return self.sizes.row_comfortable

    def apply(self, app: QApplication, appearance: Appearance) -> None:
        """Make the whole application look like `appearance`; again at any time.

        The text size is taken from the appearance the theme was made with: it holds until the
        next start, because widgets have been laid out for it.
        """
        self.appearance = appearance
        self._colors.clear()
        if app.style().name().lower() != "fusion":
            app.setStyle("Fusion")
        app.setFont(self.font(Kind.TEXT))
        app.setPalette(palette(self.tokens))
        scheme = slug(self.appearance.theme.value)
        pictures = write_pictures(self.tokens, Path(self._folder.path()), scheme)
        sheet = stylesheet(
            self.tokens, self.sizes, pictures, up=self._name("up"), down=self._name("down")
        )
        if sheet != app.styleSheet():
            app.setStyleSheet(sheet)
        self.changed.emit()

    def color(self, name: str, alpha: float = 1.0) -> QColor:
        """Return the colour of a token (or `Tone`), at `alpha` of its strength.

        Raises:
            KeyError: If no token has that name.
        """
        if name not in self._colors:
            self._colors[name] = QColor(self._name(name))
        color = QColor(self._colors[name])
        if alpha < 1:
            color.setAlphaF(alpha)
        return color

    @property
    def up(self) -> QColor:
        """The colour of a rise, as the person chose it."""
        return self.color(Tone.UP)

    @property
    def down(self) -> QColor:
        """The colour of a fall, as the person chose it."""
        return self.color(Tone.DOWN)

    @staticmethod
    def sign_tone(value: Decimal | float | None) -> Tone:
        """Return the tone of a signed number: up, down, or muted for zero and unknown."""
        if value is None:
            return Tone.MUTED
        return Tone.UP if value > 0 else Tone.DOWN if value < 0 else Tone.MUTED

    def font(self, kind: Kind = Kind.TEXT) -> QFont:
        """Return a font with tabular figures."""
        if kind not in self._fonts:
            self._fonts[kind] = self._make_font(kind)
        return QFont(self._fonts[kind])

    def px(self, length: int) -> int:
        """Return `length` at the text size in force."""
        return round(length * self.scale / 100)

    def icon(self, name: str, tone: str = Tone.MUTED) -> QIcon:
        """Return an icon in the colour of `tone`; it follows the scheme by itself."""

        def tint(enabled: bool) -> QColor:  # noqa: FBT001 - the icon's own state, always by place
            return self.color(tone if enabled else Tone.FAINT)

        return icon(self._icons, name, tint)

    def pixmap(self, name: str, tone: str, size: int, ratio: float = 1.0) -> QPixmap:
        """Return an icon as a picture of `size` logical pixels, in the colours of this moment."""
        side = round(size * ratio)
        return self._icons.pixmap(name, self.color(tone), QSize(side, side), ratio)

    def set_role(self, widget: QWidget, role: str, tone: str = "") -> None:
        """Give `widget` a part to play; resources/themes/stylesheet.qss lists the parts.

        Labels: caption, heading, headline, strong, mono, chip. Buttons: primary, danger, flat,
        link, buy, sell, quote, mode (with a mode's tone). Frames: panel, raised, inset, banner,
        card, toast, line. Any `Tone` may be given beside the role.
        """
        if role in _FONT_OF_ROLE:
            widget.setFont(self.font(_FONT_OF_ROLE[role]))
        if (widget.property("role"), widget.property("tone")) == (role, tone):
            return
        widget.setProperty("role", role)
        widget.setProperty("tone", tone)
        self._polish(widget)

    def set_tone(self, widget: QWidget, tone: str) -> None:
        """Colour what `widget` says; an empty tone takes the colour away."""
        if widget.property("tone") != tone:
            widget.setProperty("tone", tone)
            self._polish(widget)

    @staticmethod
    def set_flag(widget: QWidget, name: str, *, on: bool) -> None:
        """Turn a yes-or-no property that the stylesheet looks at on or off (such as "bad")."""
        if widget.property(name) != on:
            widget.setProperty(name, on)
            Theme._polish(widget)

    @staticmethod
    def _polish(widget: QWidget) -> None:
        widget.style().unpolish(widget)
        widget.style().polish(widget)
        widget.update()

    def _name(self, name: str) -> str:
        if name in {"up", "down"}:
            name = PAIRS[self.appearance.up_down][name == "down"]
        return self.tokens.named(name)

    def _make_font(self, kind: Kind) -> QFont:
        fixed = kind is Kind.MONO
        system = QFontDatabase.systemFont(
            QFontDatabase.SystemFont.FixedFont if fixed else QFontDatabase.SystemFont.GeneralFont
        )
        font = QFont(system)
        if not fixed:
            font.setFamilies([*_FAMILIES, *system.families()])
            font.setFeature(QFont.Tag("tnum"), 1)
        sizes = {Kind.CAPTION: self.sizes.caption, Kind.HEADLINE: self.sizes.headline}
        font.setPixelSize(sizes.get(kind, self.sizes.text))
        if kind in {Kind.STRONG, Kind.HEADLINE}:
            font.setWeight(QFont.Weight.DemiBold)
        return font
