from __future__ import annotations

import re
from decimal import Decimal
from pathlib import Path

import pytest
from PySide6.QtCore import QSize
from PySide6.QtGui import QFontMetricsF, QIcon, QImage, QPalette
from PySide6.QtWidgets import QLabel, QPushButton, QToolButton

from puffling.core.paths import resources
from puffling.core.settings import Appearance, Density, UpDown
from puffling.core.settings import Theme as Scheme
from puffling.ui.theme.charts import SERIES, ChartColors
from puffling.ui.theme.stylesheet import scaled
from puffling.ui.theme.theme import Kind, Theme
from puffling.ui.theme.tokens import Sizes, Tone, read_tokens

LIGHT = Appearance(theme=Scheme.LIGHT)


def test_the_scheme_reaches_the_palette_and_what_is_painted(qapp, theme, qtbot):
    button = QPushButton("Send")
    qtbot.addWidget(button)
    assert qapp.palette().color(QPalette.ColorRole.Window).name() == read_tokens("dark").window
    dark = button.grab().toImage().pixelColor(8, 8)
    theme.apply(qapp, LIGHT)
    assert qapp.palette().color(QPalette.ColorRole.Window).name() == read_tokens("light").window
    light = button.grab().toImage().pixelColor(8, 8)
    assert dark.lightness() < 100 < light.lightness()


def test_a_switch_of_scheme_is_announced(qapp, theme, qtbot):
    with qtbot.waitSignal(theme.changed):
        theme.apply(qapp, LIGHT)
    assert not theme.is_dark


def test_the_stylesheet_has_no_placeholder_left_and_no_rule_for_every_widget(qapp, theme):
    sheet = qapp.styleSheet()
    assert "$" not in sheet
    assert not re.search(r"(^|[\s,}])\*\s*[{,:\[]", sheet)


def test_up_and_down_follow_the_persons_choice(qapp, theme):
    assert theme.up.name() == read_tokens("dark").up
    theme.apply(qapp, Appearance(up_down=UpDown.BLUE_ORANGE))
    assert theme.up.name() == read_tokens("dark").up_alternative
    assert theme.color(Tone.DOWN).name() == read_tokens("dark").down_alternative
    assert read_tokens("dark").up_alternative in qapp.styleSheet()


def test_red_rises_where_it_does(qapp, theme):
    theme.apply(qapp, Appearance(up_down=UpDown.RED_GREEN))
    assert (theme.up.name(), theme.down.name()) == (
        read_tokens("dark").down,
        read_tokens("dark").up,
    )
    buys = re.search(r'QPushButton\[role="buy"\]:checked \{ background: (#\w+)', qapp.styleSheet())
    assert buys is not None
    assert buys[1] == theme.up.name()


def test_high_contrast_is_dark_and_its_pictures_are_found(qapp, theme):
    theme.apply(qapp, Appearance(theme=Scheme.HIGH_CONTRAST))
    assert theme.is_dark
    pictures = re.findall(r"url\(([^)]*)\)", qapp.styleSheet())
    assert pictures
    assert all(Path(each).is_file() and " " not in Path(each).name for each in pictures)


@pytest.mark.parametrize("kind", [Kind.TEXT, Kind.CAPTION, Kind.HEADLINE, Kind.STRONG])
def test_figures_are_equally_wide_in_every_font(theme, kind):
    metrics = QFontMetricsF(theme.font(kind))
    widths = [metrics.horizontalAdvance(figure * 8) for figure in "0123456789"]
    assert max(widths) - min(widths) < 0.5  # hinting moves an edge by a fraction of a pixel


def test_sizes_of_type_are_those_of_the_design(theme):
    sizes = {kind: theme.font(kind).pixelSize() for kind in Kind}
    assert sizes == {
        Kind.TEXT: 13,
        Kind.STRONG: 13,
        Kind.MONO: 13,
        Kind.CAPTION: 11,
        Kind.HEADLINE: 20,
    }


def test_the_text_size_scales_type_and_rows_and_holds_until_the_next_start(qapp):
    theme = Theme(Appearance(scale=200))
    theme.apply(qapp, Appearance(scale=100))
    assert theme.font().pixelSize() == 26
    assert theme.row_height == 44
    assert theme.px(8) == 16


def test_rows_are_taller_when_comfortable(qapp, theme):
    assert theme.row_height == 22
    theme.apply(qapp, Appearance(density=Density.COMFORTABLE))
    assert theme.row_height == 28


@pytest.mark.parametrize(
    ("value", "tone"),
    [
        (Decimal("0.01"), Tone.UP),
        (-1.5, Tone.DOWN),
        (0, Tone.MUTED),
        (None, Tone.MUTED),
        (float("nan"), Tone.MUTED),
    ],
)
def test_the_tone_of_a_number_is_its_sign(theme, value, tone):
    assert theme.sign_tone(value) is tone


def test_a_role_brings_its_font_and_a_tone_its_colour(theme, qtbot):
    label = QLabel("1,234.50")
    qtbot.addWidget(label)
    theme.set_role(label, "headline", Tone.UP)
    label.grab()
    assert label.font().pixelSize() == 20
    assert label.palette().color(QPalette.ColorRole.WindowText).name() == theme.up.name()
    theme.set_tone(label, Tone.DOWN)
    assert label.palette().color(QPalette.ColorRole.WindowText).name() == theme.down.name()


def test_an_unknown_token_is_an_error_not_black(theme):
    with pytest.raises(KeyError):
        theme.color("puce")


def test_an_icon_follows_the_scheme_by_itself(qapp, theme):
    icon = theme.icon("bell", Tone.TEXT)
    dark = ink(icon)
    theme.apply(qapp, LIGHT)
    assert dark == read_tokens("dark").text
    assert ink(icon) == read_tokens("light").text


def test_an_icon_is_faint_when_its_button_is_off(theme):
    icon = theme.icon("bell", Tone.TEXT)
    assert ink(icon, QIcon.Mode.Disabled) == theme.color(Tone.FAINT).name()


@pytest.mark.parametrize("ratio", [1.0, 1.5, 2.0])
def test_an_icon_is_sharp_at_any_pixel_ratio(theme, ratio):
    pixmap = theme.icon("bell").pixmap(QSize(16, 16), ratio)
    assert pixmap.devicePixelRatio() == ratio
    assert pixmap.width() == 16 * ratio
    own = theme.pixmap("bell", Tone.MUTED, 16, ratio)
    assert (own.width(), own.devicePixelRatio()) == (16 * ratio, ratio)


def test_an_icon_survives_copies_and_its_button(theme, qtbot):
    for _ in range(50):
        button = QToolButton()
        button.setIcon(QIcon(theme.icon("gear")))
        button.grab()
        button.deleteLater()
    qtbot.wait(1)


def test_a_wrong_icon_name_fails_where_it_is_asked_for(theme):
    with pytest.raises(FileNotFoundError):
        theme.icon("unicorn")


@pytest.mark.parametrize(
    "path", sorted((resources() / "icons").glob("*.svg")), ids=lambda path: path.stem
)
def test_every_icon_draws_something_in_one_colour(theme, path):
    text = path.read_text()
    assert theme.icon(path.stem).pixmap(16, 16).toImage() != QImage(
        16, 16, QImage.Format.Format_ARGB32_Premultiplied
    )
    if path.stem != "puffling":
        assert "#" not in text
        assert "currentColor" in text


def test_charts_take_their_colours_from_the_scheme(theme):
    colors = ChartColors(theme)
    assert colors.up.name() == theme.up.name()
    assert colors.grid.alphaF() == pytest.approx(0.08, abs=0.01)
    assert colors.volume_up.alphaF() == pytest.approx(0.35, abs=0.01)
    assert colors.watermark.alphaF() == pytest.approx(0.05, abs=0.01)
    assert colors.series(0).name() == colors.series(len(SERIES)).name()
    assert colors.pen(colors.up, 2).isCosmetic()


def ink(icon: QIcon, mode: QIcon.Mode = QIcon.Mode.Normal) -> str:
    """The colour of the icon's most solid pixel."""
    image = icon.pixmap(QSize(64, 64), 1.0, mode).toImage()
    pixels = (image.pixelColor(x, y) for x in range(64) for y in range(64))
    return max(pixels, key=lambda color: color.alpha()).name()


def test_lengths_in_the_stylesheet_scale_and_lines_stay_thin():
    template = (
        "padding: 4px 24px; margin: -5px 0; border: 1px solid; width: ${size_icon}px; c: #12px"
    )
    assert scaled(template, Sizes()) == template
    assert scaled(template, Sizes().scaled(200)) == (
        "padding: 8px 48px; margin: -10px 0; border: 1px solid; width: ${size_icon}px; c: #12px"
    )
