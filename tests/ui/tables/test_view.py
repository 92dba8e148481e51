from __future__ import annotations

from dataclasses import dataclass, replace
from decimal import Decimal

import pytest
from PySide6.QtCore import QPoint, Qt
from PySide6.QtGui import QColor, QContextMenuEvent, QGuiApplication
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QApplication, QHeaderView, QMenu

from puffling.core.settings import Appearance, Density
from puffling.core.settings import Theme as Scheme
from puffling.ui.tables.columns import Align, Column, Draw, number
from puffling.ui.tables.model import RecordModel
from puffling.ui.tables.view import RecordView
from puffling.ui.theme.theme import Theme
from puffling.ui.theme.tokens import Tone

MENUS = pytest.mark.qt_log_ignore("grabbing the (keyboard|mouse)")


@dataclass(frozen=True)
class Row:
    name: str
    price: Decimal = Decimal(1)


def columns(seen: list[str] | None = None) -> tuple[Column[Row], ...]:
    def price(row: Row) -> str:
        if seen is not None:
            seen.append(row.name)
        return f"{row.price:,.2f}"

    return (
        Column("name", "Name", lambda row: row.name, draw=Draw.STRONG),
        number("price", "Price", price, lambda row: row.price, flash=True, tone=lambda _: Tone.UP),
        Column("chip", "State", lambda _: "Working", draw=Draw.CHIP, tone=lambda _: Tone.INFO),
        Column("dot", "Feed", lambda _: "Live", draw=Draw.DOT),
        Column("bar", "Weight", lambda _: "12 %", Align.RIGHT, draw=Draw.BAR, amount=lambda _: 0.5),
        Column("spark", "Bars", lambda _: "", draw=Draw.SPARK, series=lambda _: [1.0, 2.0]),
        Column("extra", "Extra", lambda _: "more", hidden=True),
    )


@pytest.fixture
def seen() -> list[str]:
    """The names of rows whose price was asked for: the rows that were painted."""
    return []


@pytest.fixture
def model(qapp, seen):
    model = RecordModel(columns(seen), lambda row: row.name)
    model.put_many(Row(f"S{each:03}", Decimal(each)) for each in range(200))
    return model


@pytest.fixture
def view(theme, model, qtbot, seen):
    view = RecordView(theme, model, empty="Add a symbol with Ins.", name="Quotes")
    qtbot.addWidget(view)
    view.resize(640, 220)
    view.show()
    view.grab()
    seen.clear()
    return view


def flush(view: RecordView) -> None:
    view.viewport().repaint()


def test_only_visible_rows_are_painted(view, model, seen):
    model.put_many([Row(f"S{each:03}", Decimal(5000)) for each in range(200)])
    flush(view)
    assert 0 < len(set(seen)) <= 12
    assert "S150" not in seen


def test_a_change_out_of_sight_paints_nothing(view, model, qapp, seen):
    qapp.processEvents()
    seen.clear()
    model.put(Row("S150", Decimal(1)))
    qapp.processEvents()
    assert seen == []


def test_a_changed_cell_lights_up_in_its_direction_and_fades(view, model, qtbot):
    where = QPoint(view.columnViewportPosition(1) + 3, view.rowViewportPosition(2) + 3)

    def ground() -> QColor:
        return QColor(view.viewport().grab().toImage().pixelColor(where))

    calm = ground()
    model.put(Row("S002", Decimal(99)))
    risen = ground()
    assert risen.green() > calm.green() + 20
    qtbot.waitUntil(lambda: ground() == calm)
    qtbot.waitUntil(lambda: not view._fade.isActive())
    model.put(Row("S002", Decimal(1)))
    assert ground().red() > calm.red() + 20


def test_nothing_lights_up_with_reduced_motion(qapp, theme, view, model):
    theme.apply(qapp, Appearance(reduced_motion=True))
    where = QPoint(view.columnViewportPosition(1) + 3, view.rowViewportPosition(2) + 3)
    calm = view.viewport().grab().toImage().pixelColor(where)
    model.put(Row("S002", Decimal(99)))
    assert view.viewport().grab().toImage().pixelColor(where) == calm


def test_a_row_scrolled_into_view_does_not_light_up(view, model):
    model.put(Row("S150", Decimal(99)))
    view.scrollToBottom()
    flush(view)
    assert not view._flashes.active
    view.scrollToTop()
    flush(view)
    model.put(Row("S199", Decimal(1)))
    view.scrollToBottom()
    flush(view)
    assert not view._flashes.active


def test_an_empty_table_says_so(view, model, qtbot):
    before = view.viewport().grab().toImage()
    model.reset()
    view.set_empty("")
    blank = view.viewport().grab().toImage()
    view.set_empty("Add a symbol with Ins.")
    assert view.viewport().grab().toImage() not in (before, blank)


def test_keys_move_open_and_copy(view, model, qtbot):
    view.setFocus()
    view.choose("S000")
    with qtbot.waitSignal(view.chosen) as heard:
        qtbot.keyClick(view, Qt.Key.Key_Down)
    assert heard.args[0].name == "S001"
    qtbot.keyClick(view, Qt.Key.Key_Down, Qt.KeyboardModifier.ShiftModifier)
    assert [each.name for each in view.selected] == ["S001", "S002"]
    with qtbot.waitSignal(view.opened) as opened:
        qtbot.keyClick(view, Qt.Key.Key_Return)
    assert opened.args[0].name == "S002"
    qtbot.keyClick(view, Qt.Key.Key_C, Qt.KeyboardModifier.ControlModifier)
    assert QGuiApplication.clipboard().text().splitlines() == [
        "Name\tPrice\tState\tFeed\tWeight\tBars",
        "S001\t1.00\tWorking\tLive\t12 %\t",
        "S002\t2.00\tWorking\tLive\t12 %\t",
    ]


def test_tab_leaves_the_table(view):
    assert not view.tabKeyNavigation()


def test_the_selection_follows_its_record_through_a_sort(view, model):
    view.choose("S003")
    view.horizontalHeader().setSortIndicator(1, Qt.SortOrder.DescendingOrder)
    assert view.current.name == "S003"
    assert model.row_of("S003") == 196
    assert [each.name for each in view.selected] == ["S003"]


def test_a_sorted_table_is_put_in_order_a_moment_after_values_moved(view, model, qtbot):
    view.horizontalHeader().setSortIndicator(1, Qt.SortOrder.AscendingOrder)
    model.put(Row("S000", Decimal(10_000)))
    assert model.row_of("S000") == 0
    assert view._resort.isActive()
    view._resort.timeout.emit()
    assert model.row_of("S000") == 199
    view._resort.stop()


def test_a_click_on_a_heading_sorts_the_other_way_and_a_third_one_stops(view, model, qtbot):
    header = view.horizontalHeader()
    place = QPoint(header.sectionViewportPosition(1) + 5, 5)
    found = []
    for _ in range(3):
        qtbot.mouseClick(header.viewport(), Qt.MouseButton.LeftButton, pos=place)
        found.append(model.sorted_by)
    assert found == [("price", False), ("price", True), None]


def test_columns_are_wide_enough_for_what_they_say(view, model):
    paint = view._painter
    assert view.columnWidth(1) >= paint.width_of("199.00") + 2 * paint.padding
    assert view.columnWidth(2) >= paint.width_of("Working") + 2 * paint.padding


def test_the_arrangement_is_remembered(theme, model, view, qtbot):
    header = view.horizontalHeader()
    header.moveSection(header.visualIndex(1), 0)
    view.columns.show_column(6, shown=True)
    view.columns.show_column(5, shown=False)
    header.resizeSection(0, 123)
    header.setSortIndicator(1, Qt.SortOrder.DescendingOrder)
    state = view.layout_state()
    other = RecordView(theme, RecordModel(columns(), lambda row: row.name))
    qtbot.addWidget(other)
    other.restore_layout(state)
    assert other.layout_state() == state
    assert other.columnWidth(0) == 123
    assert [each.id for each in other.columns.visible()] == [
        "price",
        "name",
        "chip",
        "dot",
        "bar",
        "extra",
    ]


def test_widths_grow_with_the_text_whether_declared_or_remembered(view, qtbot):
    view.horizontalHeader().resizeSection(0, 100)
    state = view.layout_state()
    declared = [replace(each, width=80) for each in columns()]
    larger = Theme(Appearance(scale=150))
    other = RecordView(larger, RecordModel(declared, lambda row: row.name))
    qtbot.addWidget(other)
    assert other.columnWidth(0) == 120
    other.restore_layout(state)
    assert other.columnWidth(0) == 150
    assert other.layout_state()["columns"][0] == state["columns"][0]


def test_a_width_dragged_by_hand_is_announced_and_kept(view, qtbot):
    header = view.horizontalHeader()
    edge = QPoint(header.sectionViewportPosition(0) + header.sectionSize(0) - 1, 8)
    before = view.columnWidth(0)
    with qtbot.waitSignal(view.arranged):
        QTest.mousePress(
            header.viewport(), Qt.MouseButton.LeftButton, Qt.KeyboardModifier.NoModifier, edge
        )
        QTest.mouseMove(header.viewport(), edge + QPoint(40, 0))
    QTest.mouseRelease(
        header.viewport(), Qt.MouseButton.LeftButton, Qt.KeyboardModifier.NoModifier, edge
    )
    assert view.columnWidth(0) > before
    assert "width" in view.layout_state()["columns"][0]


@pytest.mark.parametrize(
    "state",
    [
        {},
        {"columns": "no", "sort": 7},
        {"columns": [1, None, {"id": "gone"}], "sort": {"column": "gone"}},
        {
            "columns": [
                {"id": "name", "width": "wide"},
                {"id": "price", "width": -5},
                {"id": "chip", "width": 5_000},
            ]
        },
        {"columns": [{"id": each.id, "hidden": True} for each in columns()]},
    ],
)
def test_a_damaged_arrangement_is_passed_over(view, state):
    view.restore_layout(state)
    assert view.columns.visible()
    assert all(28 <= view.columnWidth(at) <= 1200 for at in range(6))
    view.grab()


@MENUS
def test_columns_are_chosen_from_a_menu_and_the_last_one_stays(view, qtbot):
    menu = view.column_menu()
    actions = {each.text(): each for each in menu.actions()}
    with qtbot.waitSignal(view.arranged):
        actions["Extra"].trigger()
    assert "extra" in [each.id for each in view.columns.visible()]
    for each in ("Price", "State", "Feed", "Weight", "Bars", "Extra"):
        actions[each].trigger()
    last = {each.text(): each for each in view.column_menu().actions()}
    assert not last["Name"].isEnabled()
    last["Reset columns"].trigger()
    assert len(view.columns.visible()) == 6


@MENUS
def test_the_context_menu_takes_what_a_panel_adds_and_opens_by_keyboard(view, qtbot):
    heard = []

    def fill(menu: QMenu, record: Row) -> None:
        menu.addAction("Buy…")
        heard.append(record)

    view.filling_menu.connect(fill)
    view.choose("S004")
    reason = QContextMenuEvent.Reason.Keyboard
    place = QPoint(5, 5)  # where the mouse is, not the row
    event = QContextMenuEvent(reason, place, view.mapToGlobal(place))
    QApplication.sendEvent(view.viewport(), event)
    menu = view.findChild(QMenu)
    assert [each.text() for each in menu.actions()][:1] == ["Buy…"]
    assert heard[0].name == "S004"
    menu.close()


def test_rows_and_colours_follow_the_theme(qapp, theme, view):
    assert view.rowHeight(0) == 22
    dark = view.viewport().grab().toImage()
    theme.apply(qapp, Appearance(theme=Scheme.LIGHT, density=Density.COMFORTABLE))
    assert view.rowHeight(0) == 28
    assert view.viewport().grab().toImage() != dark


def test_letters_are_left_to_the_panel(view, qtbot):
    view.choose("S000")
    view.setFocus()
    qtbot.keyClicks(view, "S1")
    assert view.current.name == "S000"
    QTest.keyClick(view, Qt.Key.Key_End, Qt.KeyboardModifier.ControlModifier)
    assert [each.name for each in view.selected] == ["S199"]
    QTest.keyClick(view, Qt.Key.Key_Home, Qt.KeyboardModifier.ControlModifier)
    assert [each.name for each in view.selected] == ["S000"]


def test_numbers_end_at_the_same_edge(theme, qtbot):
    model = RecordModel(columns(), lambda row: row.name)
    model.put_many([Row("A", Decimal("1.11")), Row("B", Decimal("88888.88"))])
    view = RecordView(theme, model)
    qtbot.addWidget(view)
    view.resize(640, 120)
    view.show()
    image = view.viewport().grab().toImage()
    left, width = view.columnViewportPosition(1), view.columnWidth(1)
    up = theme.up
    ends = []
    for row in (0, 1):
        top = view.rowViewportPosition(row)
        lit = [
            x
            for x in range(left, left + width)
            for y in range(top, top + 21)
            if abs(image.pixelColor(x, y).green() - up.green()) < 60
            and image.pixelColor(x, y).green() > 100
        ]
        ends.append(max(lit))
    edge = left + width - 8
    assert all(edge - 4 <= each <= edge for each in ends)  # less the air in the last figure


def test_a_stretching_column_takes_what_is_left(theme, qtbot):
    stretchy = tuple(replace(each, stretch=each.id == "name") for each in columns())
    model = RecordModel(stretchy, lambda row: row.name)
    view = RecordView(theme, model)
    qtbot.addWidget(view)
    view.resize(800, 120)
    view.show()
    assert view.horizontalHeader().sectionResizeMode(0) is QHeaderView.ResizeMode.Stretch
    assert view.horizontalHeader().length() == view.viewport().width()


def test_home_and_end_go_to_the_first_and_the_last_row(view):
    view.choose("S050")
    QTest.keyClick(view, Qt.Key.Key_End)
    assert [each.name for each in view.selected] == ["S199"]
    QTest.keyClick(view, Qt.Key.Key_Home)
    assert [each.name for each in view.selected] == ["S000"]
    assert view.current.name == "S000"
