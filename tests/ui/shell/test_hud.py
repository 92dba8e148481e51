from __future__ import annotations

from PySide6.QtWidgets import QWidget

from puffling.ui.shell.hud import name_of, said
from puffling.ui.widgets.frames import Painting, listen
from puffling.work.flight import Flight


def test_the_lines_say_what_was_measured_and_a_dash_for_the_rest():
    flight = Flight(lambda: 5.0)
    flight.painted("chart", 0.004)
    text = said(flight, "AAPL", 0.4)
    assert "AAPL quote" in text
    assert "quote to paint  —" in text
    assert "chart           p50 4.0  p99 4.0 ms" in text
    assert "loop stall      none" in text
    flight.shown(0.0125)
    flight.stalled(0.3)
    text = said(flight, "", None)
    assert text.startswith("No symbol")
    assert "p50 12.5" in text
    assert "300 ms" in text


def test_each_paint_is_heard_until_one_stops_listening(qtbot):
    widget = QWidget()
    qtbot.addWidget(widget)
    heard: list[tuple[QWidget, float]] = []
    stop = listen(lambda painted, seconds: heard.append((painted, seconds)))
    with Painting(widget):
        pass
    stop()
    with Painting(widget):
        pass
    assert [each for each, _ in heard] == [widget]
    assert heard[0][1] >= 0


def test_a_widget_is_known_by_its_accessible_name(qtbot):
    widget = QWidget()
    qtbot.addWidget(widget)
    assert name_of(widget) == "QWidget"
    widget.setAccessibleName("Price chart")
    assert name_of(widget) == "Price chart"
