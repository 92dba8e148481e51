from __future__ import annotations

import re

from PySide6.QtCore import QUrl

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
    dialog.line.setText("glossary")
    assert shown(dialog)[0] == "Glossary"
    dialog.line.setText("zzzz")
    assert shown(dialog) == []
    assert "Try fewer" in dialog.page.toPlainText()


def test_a_page_loads_nothing_and_shows_markup_as_text(qtbot, theme, monkeypatch):
    wild = {"start": "# Wild\n\n<b>bold</b> ![x](http://127.0.0.1:9/x.png)"}
    monkeypatch.setattr("puffling.ui.shell.help.pages", lambda: wild)
    dialog = HelpDialog(theme, "")
    qtbot.addWidget(dialog)
    assert "<b>bold</b>" in dialog.page.toPlainText()


def test_links_lead_to_pages_that_are_there_and_nowhere_else(qtbot, theme):
    found = pages()
    links = [each for text in found.values() for each in re.findall(r"\]\(([^)]*)\)", text)]
    assert {"glossary.md", "layouts.md", "lines.md", "upkeep.md"} <= set(links)
    assert all(each.removesuffix(".md") in found for each in links)
    dialog = HelpDialog(theme, "")
    qtbot.addWidget(dialog)
    dialog.line.setText("tour")
    dialog.page.anchorClicked.emit(QUrl("glossary.md"))
    assert dialog.page.toPlainText().startswith("Glossary")
    dialog.page.anchorClicked.emit(QUrl("https://127.0.0.1:9/x"))
    assert dialog.page.toPlainText().startswith("Glossary")


def test_the_glossary_explains_the_words_in_use_in_order():
    words = re.findall(r"(?m)^\*\*([^*]+)\*\* · \S", pages()["glossary"])
    assert words == sorted(words, key=str.casefold)
    assert {"Notional", "Drawdown", "Time in force", "Bracket", "OCO", "Sharpe"} <= set(words)
    assert {"Value at risk (VaR)", "Expected shortfall", "IV", "Greeks", "Slippage"} <= set(words)


def test_what_a_person_asks_about_is_found():
    found = pages()
    for words in ("macro", "workflow wheel", "latency", "portable", "backups", "replay", "ctrl+f"):
        assert any(words in text.casefold() for text in found.values()), words
    assert "high contrast" in found["look"]
