from __future__ import annotations

import pytest
from PySide6.QtCore import Qt, QUrl
from PySide6.QtGui import QTextCursor
from PySide6.QtTest import QTest

from puffling.core.settings import Appearance
from puffling.core.settings import Theme as Scheme
from puffling.ui.theme.theme import Theme
from puffling.ui.widgets.markdown_blocks import closed
from puffling.ui.widgets.markdown_numbers import Mark, around
from puffling.ui.widgets.markdown_view import MarkdownView

WHOLE = """# Compared

Some **bold** and `code`, and [a page](https://example.com/a?b=c).

> A quote
> of two lines.

1. first
2. second

   goes on

3. third

```python
x = 1

y = 2
```

| symbol | return |
|---|--:|
| AAPL | 12.34 % |
| MSFT | 3.1 % |

---

- a bullet
- [x] done

The end."""


@pytest.fixture
def view(qtbot, theme) -> MarkdownView:
    made = MarkdownView(theme, "Page")
    qtbot.addWidget(made)
    made.resize(420, 600)
    made.show()
    return made


def look(view: MarkdownView) -> list[tuple[str, str, float]]:
    """Return each block with what it stands on and how far in."""
    found = []
    block = view.document().begin()
    while block.isValid():
        form = block.blockFormat()
        found.append(
            (
                block.text(),
                str(form.property(form.Property.UserProperty.value + 1)),
                form.leftMargin(),
            )
        )
        block = block.next()
    return found


@pytest.mark.parametrize(
    ("source", "cut"),
    [
        ("One part.\n\n", ""),  # the next line may still belong to it
        ("One part.\n\nT", "One part.\n\n"),
        ("# Heading\n", "# Heading\n"),
        ("1. a\n\n2. b", ""),
        ("1. a\n\n   more", ""),
        ("1. a\n\nText", "1. a\n\n"),
        ("```\nx\n\ny\n", ""),
        ("```\nx\n```\n", "```\nx\n```\n"),
        ("Text:\n```\nx", "Text:\n"),
        ("| a |\n|---|\n| 1 |\n\nT", "| a |\n|---|\n| 1 |\n\n"),
    ],
)
def test_a_part_is_closed_once_no_word_can_change_it(source: str, cut: str):
    assert source[: closed(source)] == cut


@pytest.mark.parametrize("step", [1, 7, 40])
def test_what_grew_looks_like_what_was_written_at_once(view, qtbot, theme, step: int):
    other = MarkdownView(theme, "Other")
    qtbot.addWidget(other)
    other.write(WHOLE)
    view.begin()
    for at in range(0, len(WHOLE), step):
        view.grow(WHOLE[at : at + step])
    view.finish()
    words = [each for each in look(view) if each[0].strip("\u2060")]
    assert words == [each for each in look(other) if each[0].strip("\u2060")]


def test_html_is_words_and_pictures_are_named(view, tmp_path):
    picture = tmp_path / "a.png"
    picture.write_bytes(b"no picture")
    view.write(f"<b>raw</b> <script>x</script> ![a tree]({picture}) ![](https://example.com/p.png)")
    text = view.toPlainText()
    assert "<b>raw</b> <script>x</script>" in text
    assert "[picture: a tree]" in text
    assert "\ufffc" not in text
    assert view.loadResource(2, QUrl.fromLocalFile(str(picture))) is None


def test_no_letter_turns_the_others_round(view):
    view.plain("Pay \u202e00,1\u202c now")
    view.write("Pay \u2066\u202e00,1\u202c\u2069 then, و 3.5%")
    assert view.toPlainText().strip("\u2060\n").split("\n") == [
        "Pay 00,1 now",
        "Pay 00,1 then, و 3.5%",
    ]


def test_only_pages_of_the_web_are_links_and_they_are_asked_for(view):
    asked: list[str] = []
    view.link_asked.connect(asked.append)
    figures: list[str] = []
    view.figure_asked.connect(figures.append)
    view.write("[a](https://example.com) [b](file:///etc/passwd) [c](figure:c1) [d](javascript:x)")
    cursor = view.textCursor()
    cursor.movePosition(QTextCursor.MoveOperation.Start)
    while not cursor.atEnd():
        cursor.movePosition(QTextCursor.MoveOperation.NextCharacter)
        view.setTextCursor(cursor)
        QTest.keyClick(view, Qt.Key.Key_Return)
    assert set(asked) == {"https://example.com"}
    assert figures == []


def test_numbers_lead_to_who_said_them_and_others_are_flagged(view):
    pressed: list[str] = []
    view.figure_asked.connect(pressed.append)
    span = view.write("It made 2.5 and 12.5 and then 99.")
    view.mark(span, [Mark("2.5", "c1"), Mark("99", "")])
    hrefs = {}
    cursor = QTextCursor(view.document())
    while not cursor.atEnd():
        cursor.movePosition(QTextCursor.MoveOperation.NextCharacter)
        if href := cursor.charFormat().anchorHref():
            hrefs.setdefault(href, []).append(cursor.position())
    text = view.toPlainText()
    assert {href: text[at[0] - 1 : at[-1]] for href, at in hrefs.items()} == {
        "figure:c1": "2.5",
        "figure:": "99",
    }
    view.anchorClicked.emit(QUrl("figure:c1"))
    assert pressed == ["c1"]


def test_a_number_is_marked_where_it_is_said_and_not_in_a_date_or_a_name(view):
    said = "SMA20 stood **at 20** on 5 Jun, 1.5 and 5 again, 5.25 of 5,000 and 5."
    places = [(17, 19), (40, 41), (67, 68)]
    assert [said[a:b] for a, b in places] == ["20", "5", "5"]
    start, end = view.write(said)
    view.mark((start, end), [Mark(said[a:b], "c", *around(said, a, b)) for a, b in places])
    cursor, marked = QTextCursor(view.document()), []
    for at in range(start, end):
        cursor.setPosition(at + 1)
        if cursor.charFormat().anchorHref():
            marked.append(at - start)
    shown = view.toPlainText()[start:]
    assert [shown[: each + 1].split()[-2:] for each in marked[1:]] == [
        ["at", "20"],
        ["and", "5"],
        ["and", "5"],
    ]


def test_copying_gives_words_and_markdown_and_no_colours(view):
    view.write("One **bold** word.")
    view.selectAll()
    data = view.createMimeDataFromSelection()
    assert data.text().strip() == "One bold word."
    assert "**bold**" in bytes(data.data("text/markdown").data()).decode()
    assert not data.hasHtml()


def test_what_is_cut_off_leaves_what_stands_above(view):
    view.plain("First")
    at = view.end
    view.write("Second\n\n| a |\n|---|\n| 1 |")
    room = view.leave_room("x", 50)
    assert view.room_at(room).top() > 0
    view.cut_from(at)
    view.write("Third")
    assert view.toPlainText().strip("\u2060\n").split("\n") == ["First", "Third"]


@pytest.mark.parametrize("scheme", list(Scheme))
def test_words_are_in_the_colours_of_every_scheme(qtbot, qapp, scheme):
    theme = Theme(Appearance(theme=scheme))
    theme.apply(qapp, theme.appearance)
    made = MarkdownView(theme, "Page")
    qtbot.addWidget(made)
    made.write("Words and [a link](https://example.com)\n\n> quoted")
    found = set()
    cursor = QTextCursor(made.document())
    while not cursor.atEnd():
        cursor.movePosition(QTextCursor.MoveOperation.NextCharacter)
        found.add(cursor.charFormat().foreground().color().name())
    wanted = {theme.color(each).name() for each in ("text", "accent", "muted")}
    assert wanted <= found


def test_a_wide_table_keeps_its_numbers_whole_and_is_read_by_moving_aside(view):
    cells = [f"{at * 1000.25:,.2f}" for at in range(60)]
    view.write("| " + " | ".join(cells) + " |\n" + "|---" * 60 + "|\n| " + " | ".join(cells) + " |")
    view.plain("The end.", ground="yours")
    bar = view.horizontalScrollBar()
    assert bar.maximum() > 60 * 40
    bar.setValue(bar.maximum())
    room = view.leave_room("x", 50)
    assert (view.aside, view.room_at(room).left()) == (
        bar.maximum(),
        view.document().documentMargin() - bar.maximum(),
    )


def test_the_numbers_of_a_large_table_are_marked_in_one_go(view):
    laid_out: list[object] = []
    row = "| " + " | ".join(f"{at}.25" for at in range(20)) + " |\n"
    span = view.write(row + "|---" * 20 + "|\n" + row * 5)
    view.document().documentLayout().update.connect(lambda *where: laid_out.append(where))
    view.mark(span, [Mark(f"{at}.25", "c1") for at in range(20)] * 6)
    assert len(laid_out) < 20  # not once for each of the 120
