from __future__ import annotations

import pytest
from PySide6.QtCore import QEvent, QObject, Qt
from PySide6.QtWidgets import QLabel, QPushButton, QWidget
from typing_extensions import override

from puffling.core.settings import Appearance
from puffling.ui.widgets.empty_state import State, StateStack
from puffling.ui.widgets.hairline import Hairline


@pytest.fixture
def stack(theme, qtbot):
    stack = StateStack(theme, QLabel("old content"))
    qtbot.addWidget(stack)
    stack.resize(480, 320)
    stack.show()
    return stack


def button(stack: StateStack, words: str) -> QPushButton:
    return next(each for each in stack.findChildren(QPushButton) if each.text() == words)


def seen(stack: StateStack) -> list[str]:
    shown = [*stack.findChildren(QLabel), *stack.findChildren(QPushButton)]
    words = [str(each.property("text")) for each in shown if each.isVisible()]
    return [each for each in words if each]


class Windows(QObject):
    """Which widgets were shown as windows of their own."""

    def __init__(self) -> None:
        super().__init__()
        self.seen: list[QWidget] = []

    @override
    def eventFilter(self, watched: QObject, event: QEvent) -> bool:
        if event.type() is QEvent.Type.Show and isinstance(watched, QWidget) and watched.isWindow():
            self.seen.append(watched)
        return False


def test_nothing_flashes_up_as_a_window_while_it_is_made(theme, qtbot, qapp):
    windows = Windows()
    qapp.installEventFilter(windows)
    try:
        stack = StateStack(theme, QLabel("content"))
    finally:
        qapp.removeEventFilter(windows)
    qtbot.addWidget(stack)
    assert windows.seen == []


def test_content_alone_is_shown_first(stack):
    assert stack.state is State.CONTENT
    assert seen(stack) == ["old content"]


def test_empty_says_one_sentence_and_offers_one_action(stack, qtbot):
    stack.show_empty("Alerts tell you when a price is reached.", "Add an alert", "bell")
    assert seen(stack) == ["Alerts tell you when a price is reached.", "Add an alert"]
    with qtbot.waitSignal(stack.acted):
        qtbot.keyClick(button(stack, "Add an alert"), Qt.Key.Key_Space)


def test_empty_without_an_action_has_no_button(stack):
    stack.show_empty("Nothing needs you.")
    assert seen(stack) == ["Nothing needs you."]


def test_the_empty_message_sits_at_two_fifths_of_the_height(stack, qtbot):
    stack.resize(480, 800)
    stack.show_empty("Nothing needs you.")
    qtbot.wait(1)
    sentence = next(
        each for each in stack.findChildren(QLabel) if each.text() == "Nothing needs you."
    )
    middle = sentence.mapTo(stack, sentence.rect().center()).y() / stack.height()
    assert 0.36 < middle < 0.47


def test_loading_keeps_the_content_below_and_can_be_cancelled(stack, qtbot):
    stack.show_loading("Fetching AAPL", 0.4)
    assert {"old content", "Fetching AAPL", "0.0 s", "Cancel"} <= set(seen(stack))
    with qtbot.waitSignal(stack.cancelled):
        qtbot.keyClick(button(stack, "Cancel"), Qt.Key.Key_Space)


def test_the_cover_lies_exactly_over_the_content(stack, qtbot):
    stack.show_loading("Fetching")
    stack.resize(640, 480)
    qtbot.wait(1)
    assert stack._veil.geometry() == stack.content.geometry()


def test_progress_of_the_same_loading_does_not_start_the_time_again(stack, qtbot):
    stack.show_loading("Fetching", 0.1)
    elapsed = next(each for each in stack.findChildren(QLabel) if each.text().endswith(" s"))
    qtbot.waitUntil(lambda: elapsed.text() != "0.0 s")
    stack.show_loading("Fetching", 0.2)
    assert elapsed.text() != "0.0 s"
    stack.show_content()
    stack.show_loading("Fetching")
    assert elapsed.text() == "0.0 s"


def test_an_error_keeps_the_content_and_offers_what_to_do(stack, qtbot):
    stack.show_error("Yahoo does not answer.", "Check the network.", details="HTTP 503")
    assert set(seen(stack)) == {
        "old content",
        "Yahoo does not answer. Check the network.",
        "Retry",
        "Details",
    }
    with qtbot.waitSignal(stack.retried):
        qtbot.keyClick(button(stack, "Retry"), Qt.Key.Key_Space)
    with qtbot.waitSignal(stack.details_asked) as heard:
        qtbot.keyClick(button(stack, "Details"), Qt.Key.Key_Space)
    assert heard.args == ["HTTP 503"]


def test_words_from_outside_are_not_taken_for_markup(stack):
    stack.show_error("<b>Bold</b>")
    assert "<b>Bold</b>" in seen(stack)
    label = next(each for each in stack.findChildren(QLabel) if "Bold" in each.text())
    assert label.textFormat() is Qt.TextFormat.PlainText


def test_only_one_state_is_shown_at_a_time(stack):
    stack.show_error("Oh.")
    stack.show_loading("Fetching")
    assert "Oh." not in seen(stack)
    stack.show_content()
    assert seen(stack) == ["old content"]


@pytest.mark.parametrize(("given", "kept"), [(0.5, 0.5), (-1, 0.0), (7, 1.0), (None, None)])
def test_progress_stays_in_its_range(theme, qtbot, given, kept):
    line = Hairline(theme)
    qtbot.addWidget(line)
    line.show_progress(given)
    assert line.progress == kept
    line.grab()


def test_a_band_wanders_only_while_seen_and_motion_is_wanted(qapp, theme, qtbot):
    line = Hairline(theme)
    qtbot.addWidget(line)
    line.show_progress(None)
    assert not line._timer.isActive()
    line.show()
    assert line._timer.isActive()
    line.hide()
    assert not line._timer.isActive()
    theme.apply(qapp, Appearance(reduced_motion=True))
    line.show()
    assert not line._timer.isActive()
