from __future__ import annotations

import pytest
from PySide6.QtCore import Qt
from PySide6.QtWidgets import QLineEdit, QPushButton, QToolButton, QVBoxLayout, QWidget

from puffling.core.events import Level, NoticePosted
from puffling.core.settings import Appearance
from puffling.ui.widgets.toast import MOST, Toasts


def notice(
    level: Level = Level.INFO,
    title: str = "Backtest finished",
    text: str = "",
    panel: str = "",
    details: str = "",
) -> NoticePosted:
    return NoticePosted(level, title, text, panel, details)


@pytest.fixture
def window(qtbot):
    window = QWidget()
    QVBoxLayout(window).addWidget(QLineEdit())
    qtbot.addWidget(window)
    window.resize(900, 600)
    window.show()
    return window


@pytest.fixture
def toasts(qapp, theme, window):
    theme.apply(qapp, Appearance(reduced_motion=True))
    return Toasts(theme, window)


def titles(toasts: Toasts) -> list[str]:
    return [each.notice.title for each in toasts.toasts]


def test_they_stack_at_the_foot_in_the_middle_newest_lowest(toasts, window):
    toasts.post(notice(title="first"))
    toasts.post(notice(title="second"))
    first, second = toasts.toasts
    assert first.geometry().bottom() < second.geometry().top()
    assert abs(second.geometry().center().x() - window.width() // 2) <= 1
    assert window.height() - 20 < second.geometry().bottom() <= window.height()
    window.resize(700, 500)
    assert abs(second.geometry().center().x() - 350) <= 1
    assert second.geometry().bottom() <= 500


def test_no_more_than_four_and_errors_stay_longest(toasts):
    toasts.post(notice(Level.ERROR, "error"))
    for each in range(MOST + 1):
        toasts.post(notice(title=str(each)))
    assert titles(toasts) == ["error", "2", "3", "4"]


def test_four_errors_give_way_to_the_next(toasts):
    for each in range(MOST + 1):
        toasts.post(notice(Level.ERROR, str(each)))
    assert titles(toasts) == ["1", "2", "3", "4"]


def test_the_same_again_is_counted_not_stacked(toasts):
    for _ in range(3):
        toasts.post(notice(title="The quantity must be more than zero."))
    assert len(toasts.toasts) == 1
    assert "(×3)" in toasts.toasts[0].accessibleName()


@pytest.mark.parametrize(
    ("level", "stays"),
    [(Level.SUCCESS, 4000), (Level.INFO, 4000), (Level.WARNING, 8000), (Level.ERROR, None)],
)
def test_how_long_one_stays_depends_on_its_weight(toasts, level, stays):
    toasts.post(notice(level))
    toast = toasts.toasts[0]
    assert toast.is_sticky is (stays is None)
    assert toast._timer.isActive() is (stays is not None)
    if stays is not None:
        assert toast._timer.interval() == stays


def test_one_leaves_when_its_time_is_over(toasts, qtbot):
    toasts.post(notice())
    toasts.toasts[0]._timer.timeout.emit()
    assert toasts.toasts == ()


def test_it_waits_while_it_is_looked_at(toasts, window, qtbot):
    toasts.post(notice())
    toast = toasts.toasts[0]
    toast.setFocus()
    qtbot.waitUntil(toast.hasFocus)
    assert not toast._timer.isActive()
    window.findChild(QLineEdit).setFocus()
    assert toast._timer.isActive()


def test_it_takes_no_focus_by_itself(toasts, window, qtbot):
    line = window.findChild(QLineEdit)
    line.setFocus()
    qtbot.waitUntil(line.hasFocus)
    toasts.post(notice(Level.ERROR))
    assert line.hasFocus()


@pytest.mark.parametrize("key", [Qt.Key.Key_Escape, Qt.Key.Key_Delete])
def test_a_key_closes_it(toasts, qtbot, key):
    toasts.post(notice(Level.ERROR))
    qtbot.keyClick(toasts.toasts[0], key)
    assert toasts.toasts == ()


def test_return_opens_what_it_is_about(toasts, qtbot):
    said = notice(panel="backtest")
    toasts.post(said)
    with qtbot.waitSignal(toasts.opened) as heard:
        qtbot.keyClick(toasts.toasts[0], Qt.Key.Key_Return)
    assert heard.args == [said]
    assert toasts.toasts == ()


def test_details_of_an_error_can_be_asked_for(toasts, qtbot):
    said = notice(Level.ERROR, "The disk is full.", details="OSError 28")
    toasts.post(said)
    with qtbot.waitSignal(toasts.details_asked) as heard:
        qtbot.mouseClick(toasts.toasts[0].findChild(QPushButton), Qt.MouseButton.LeftButton)
    assert heard.args == [said]
    assert len(toasts.toasts) == 1


def test_the_close_button_closes(toasts, qtbot):
    toasts.post(notice(Level.ERROR))
    qtbot.mouseClick(toasts.toasts[0].findChild(QToolButton), Qt.MouseButton.LeftButton)
    assert toasts.toasts == ()


def test_dismiss_takes_the_newest_and_says_whether_there_was_one(toasts):
    toasts.post(notice(title="a"))
    toasts.post(notice(title="b"))
    assert toasts.dismiss()
    assert titles(toasts) == ["a"]
    toasts.clear()
    assert not toasts.dismiss()


def test_a_screen_reader_hears_level_title_and_text(toasts):
    toasts.post(notice(Level.WARNING, "No cash", text="Sell something first."))
    assert toasts.toasts[0].accessibleName() == "Warning: No cash. Sell something first."


def test_all_of_the_words_are_shown(toasts):
    toasts.post(notice(Level.ERROR, "The disk is full.", text="Free some space; " * 12))
    toast = toasts.toasts[0]
    assert toast.height() >= toast.heightForWidth(toast.width()) > 100


def test_it_slides_in_unless_motion_is_reduced(qapp, theme, toasts, window, qtbot):
    theme.apply(qapp, Appearance(reduced_motion=False))
    toasts.post(notice(title="moving"))
    toast = toasts.toasts[0]
    start = toast.pos().y()
    qtbot.waitUntil(lambda: toast.pos().y() < start)
    window.resize(800, 500)  # a moving one goes straight to its new place
    resting = toast.pos()
    qtbot.wait(150)
    assert toast.pos() == resting
