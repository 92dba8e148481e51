from __future__ import annotations

from puffling.ui.shell.faces import FACES
from puffling.ui.shell.help import HelpDialog, pages, title_of


def shown(dialog: HelpDialog) -> list[str]:
    return [dialog.list.item(row).text() for row in range(dialog.list.count())]


def test_every_panel_has_its_page_and_first_steps_come_first():
    found = pages()
    assert next(iter(found)) == "start"
    assert set(FACES) <= set(found)
    for name, face in FACES.items():
        assert title_of(found[name], name) == face.title


def test_it_opens_at_the_focused_panel_at_the_top(qtbot, theme):
    dialog = HelpDialog(theme, "ticket")
    qtbot.addWidget(dialog)
    assert "Writes an order" in dialog.page.toPlainText()
    assert dialog.page.verticalScrollBar().value() == 0
    dialog.open_page("nothing")
    assert "DEMO" in dialog.page.toPlainText()


def test_searching_keeps_the_pages_that_have_every_word(qtbot, theme):
    dialog = HelpDialog(theme, "")
    qtbot.addWidget(dialog)
    dialog.line.setText("crosshair volume")
    assert shown(dialog)[0] == "Chart"
    assert "Ticket" not in shown(dialog)
    dialog.line.setText("zzzz")
    assert shown(dialog) == []
    assert "Try fewer" in dialog.page.toPlainText()


def test_a_page_loads_nothing_and_shows_markup_as_text(qtbot, theme, monkeypatch):
    wild = {"start": "# Wild\n\n<b>bold</b> ![x](http://127.0.0.1:9/x.png)"}
    monkeypatch.setattr("puffling.ui.shell.help.pages", lambda: wild)
    dialog = HelpDialog(theme, "")
    qtbot.addWidget(dialog)
    assert "<b>bold</b>" in dialog.page.toPlainText()
