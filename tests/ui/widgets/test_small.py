from __future__ import annotations

import math
from dataclasses import dataclass
from typing import TYPE_CHECKING

import pytest
from PySide6.QtCore import QEvent, QPoint, Qt
from PySide6.QtGui import QHelpEvent
from PySide6.QtWidgets import QApplication, QLabel, QMenu, QToolTip

from puffling.core.settings import Appearance
from puffling.core.settings import Theme as Scheme
from puffling.ui.theme.tokens import Tone
from puffling.ui.widgets.badge import Badge, Dot
from puffling.ui.widgets.headline import Headline, KeyValueStrip
from puffling.ui.widgets.link_button import LinkButton
from puffling.ui.widgets.picture import Picture
from puffling.ui.widgets.sparkline import Sparkline
from puffling.ui.widgets.verdicts import VerdictList

if TYPE_CHECKING:
    from PySide6.QtWidgets import QWidget

COLOURS = (("none", "faint"), ("blue", "link_blue"), ("green", "link_green"))


@dataclass(frozen=True)
class Verdict:
    text: str
    allowed: bool = True
    warning: bool = False


def test_a_badge_is_as_wide_as_its_word_and_says_it(theme, qtbot):
    badge = Badge(theme, "DEMO", "demo")
    qtbot.addWidget(badge)
    narrow = badge.sizeHint().width()
    badge.show_text("DEMO MARKET", "warning")
    assert badge.sizeHint().width() > narrow
    assert (badge.text, badge.tone, badge.accessibleName()) == (
        "DEMO MARKET",
        "warning",
        "DEMO MARKET",
    )


@pytest.mark.parametrize("kind", ["badge", "dot", "picture", "spark"])
def test_what_paints_itself_follows_the_scheme(qapp, theme, qtbot, kind):
    made: dict[str, QWidget] = {
        "badge": Badge(theme, "HELD", Tone.TEXT),
        "dot": Dot(theme, Tone.TEXT),
        "picture": Picture(theme, "bell", Tone.TEXT),
        "spark": Sparkline(theme),
    }
    widget = made.pop(kind)
    for each in made.values():
        each.deleteLater()
    qtbot.addWidget(widget)
    if isinstance(widget, Sparkline):
        widget.show_values([1, 2, 3])
    dark = widget.grab().toImage()
    theme.apply(qapp, Appearance(theme=Scheme.LIGHT))
    assert widget.grab().toImage() != dark


def test_a_dot_says_in_words_what_its_colour_means(theme, qtbot):
    dot = Dot(theme, Tone.FAINT, "Not connected")
    qtbot.addWidget(dot)
    dot.show_tone(Tone.SUCCESS, "Connected")
    assert dot.accessibleName() == dot.toolTip() == "Connected"


@pytest.mark.parametrize("values", [[], [1.0], [math.nan, math.inf], [2.0, 2.0], [1, math.nan, 3]])
def test_a_sparkline_takes_any_values(theme, qtbot, values):
    spark = Sparkline(theme)
    qtbot.addWidget(spark)
    spark.show_values(values)
    spark.grab()


def test_a_headline_says_its_caption_number_and_note(theme, qtbot):
    headline = Headline(theme, "Equity")
    qtbot.addWidget(headline)
    headline.show_number("102,345.10", note="+1.21 % today", note_tone=Tone.UP)
    assert headline.accessibleName() == "Equity: 102,345.10 +1.21 % today"
    assert [each.text() for each in headline.findChildren(QLabel)] == [
        "Equity",
        "102,345.10",
        "+1.21 % today",
    ]


@pytest.fixture
def strip(theme, qtbot):
    strip = KeyValueStrip(theme, [("equity", "Equity"), ("cash", "Cash"), ("day", "Day profit")])
    qtbot.addWidget(strip)
    return strip


def test_what_is_not_known_is_a_dash(strip):
    assert strip.text("cash") == "—"


def test_a_strip_wraps_where_it_is_narrow(strip):
    strip.show_value("equity", "102,345.10")
    wide, narrow = strip.sizeHint().width(), strip.minimumSizeHint().width()
    assert strip.heightForWidth(wide) < strip.heightForWidth(narrow)
    strip.resize(narrow, strip.heightForWidth(narrow))
    strip.grab()


def test_a_strip_names_its_values_and_has_no_others(strip):
    strip.show_value("cash", "5.00", Tone.UP)
    assert strip.accessibleName() == "Equity —, Cash 5.00, Day profit —"
    with pytest.raises(KeyError):
        strip.show_value("cahs", "1")


@pytest.mark.qt_log_ignore("grabbing the (keyboard|mouse)")
def test_a_value_explains_itself(strip):
    strip.show_value("equity", "5.00", tip="Cash and positions at their last price")
    strip.resize(strip.sizeHint())
    strip.show()
    point = QPoint(4, 4)
    QApplication.sendEvent(strip, QHelpEvent(QEvent.Type.ToolTip, point, strip.mapToGlobal(point)))
    assert QToolTip.text() == "Cash and positions at their last price"
    QToolTip.hideText()


def test_refusals_come_first_and_what_is_fine_is_summed_up(theme, qtbot):
    verdicts = VerdictList(theme)
    qtbot.addWidget(verdicts)
    verdicts.show_verdicts(
        [
            Verdict("fine"),
            Verdict("closed", warning=True),
            Verdict("fine too"),
            Verdict("too large", allowed=False),
        ]
    )
    assert verdicts.texts == ["too large", "closed", "2 checks passed"]
    verdicts.show_verdicts([Verdict("fine")], every=True)
    assert verdicts.texts == ["fine"]
    verdicts.show_verdicts([])
    assert verdicts.texts == []


@pytest.fixture
def link(theme, qtbot):
    button = LinkButton(theme, COLOURS, "blue")
    qtbot.addWidget(button)
    button.show()
    return button


@pytest.mark.qt_log_ignore("grabbing the (keyboard|mouse)")
@pytest.mark.parametrize("key", [Qt.Key.Key_Space, Qt.Key.Key_Down])
def test_a_colour_is_picked_by_keyboard(link, qtbot, key):
    link.setFocus()
    qtbot.keyClick(link, key)
    menu = link.findChild(QMenu)
    assert [each.text() for each in menu.actions() if each.isChecked()] == ["Blue"]
    with qtbot.waitSignal(link.picked) as heard:
        qtbot.keyClick(menu, Qt.Key.Key_Down)
        qtbot.keyClick(menu, Qt.Key.Key_Down)
        qtbot.keyClick(menu, Qt.Key.Key_Down)
        qtbot.keyClick(menu, Qt.Key.Key_Return)
    assert heard.args == ["green"]
    assert link.current == "green"
    assert link.accessibleName() == "Link colour: green"


def test_its_ring_has_the_colour_it_names(link, theme):
    link.resize(18, 18)
    assert link.grab().toImage().pixelColor(9, 9).name() == theme.color("link_blue").name()
    link.show_colour("none")
    assert link.grab().toImage().pixelColor(9, 9).name() != theme.color("link_blue").name()
