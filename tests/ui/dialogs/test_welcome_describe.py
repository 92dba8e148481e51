"""The welcome's other way: a description, what was understood of it, and what is used."""

from __future__ import annotations

import asyncio
from decimal import Decimal
from typing import TYPE_CHECKING, cast

import pytest
from PySide6.QtCore import Qt
from PySide6.QtWidgets import QLabel, QPlainTextEdit, QWidget

from puffin.types import Instrument
from puffling.commands.registry import Registry
from puffling.core.settings import Settings, Watchlist
from puffling.services.describing_records import RULES, Described, Known, Said
from puffling.services.describing_rules import by_rules
from puffling.ui.dialogs.welcome import Ground, Welcome, WelcomeDialog
from puffling.ui.dialogs.welcome_describe import EXAMPLES
from puffling.ui.run import Runner

if TYPE_CHECKING:
    from puffling.commands.context import Context

LAYOUTS = (("Morning", "the day before it opens"), ("Trade", "watchlist"), ("Quant", "backtests"))
KNOWN = Known.of(
    [Instrument("AAPL", "Apple Inc."), Instrument("IBM"), Instrument("MSFT")], ["FB", "GOOG"]
)
WORDS = "I have $25,000, day trade AAPL and MSFT, and like green tea."


class Describer:
    """Reads by our own rules, and waits where a test wants to look meanwhile."""

    def __init__(self) -> None:
        self.model = ""
        self.asked: list[tuple[str, bool]] = []
        self.go_on: asyncio.Event | None = None

    async def reader(self) -> str:
        return self.model

    async def read(self, text: str, *, with_model: bool = True) -> Described:
        self.asked.append((text, with_model))
        if self.go_on is not None:
            await self.go_on.wait()
        return by_rules(text, KNOWN)


@pytest.fixture
def describer() -> Describer:
    return Describer()


@pytest.fixture
def runner(bus, loop) -> Runner:
    return Runner(cast("Context", None), Registry([]), bus, loop=loop)


@pytest.fixture
def dialog(theme, describer, runner, loop, qtbot):
    dialog = WelcomeDialog(
        theme,
        settings=Settings(watchlist=Watchlist(starter=("IBM",))),
        ground=Ground(QWidget(), describer, runner),
        layouts=LAYOUTS,
        layout="Morning",
    )
    qtbot.addWidget(dialog)
    dialog.show()
    dialog.way.describe.setChecked(True)
    settle(loop, runner)
    return dialog


def settle(loop, runner) -> None:
    async def ended() -> None:
        await asyncio.gather(*runner.tasks, return_exceptions=True)
        await asyncio.sleep(0)

    loop.run_until_complete(ended())


def told(dialog, loop, runner, qtbot, words: str = WORDS) -> None:
    """Write a description, by keys alone, and let it be read."""
    qtbot.keyClick(dialog, Qt.Key.Key_Return)
    qtbot.keyClicks(dialog.describe.text, words)
    qtbot.keyClick(dialog.describe.text, Qt.Key.Key_Return, Qt.KeyboardModifier.ControlModifier)
    settle(loop, runner)


def source(dialog: WelcomeDialog, name: str) -> str:
    return dialog.review.rows[name].source.text()


def test_what_was_said_is_shown_with_its_words_and_the_rest_stays(dialog, loop, runner, qtbot):
    told(dialog, loop, runner, qtbot)
    review = dialog.review
    assert review.isVisible()
    assert {name for name, row in review.rows.items() if row.box.isChecked()} == {
        "symbols",
        "cash",
        "layout",
    }
    assert source(dialog, "tolerance") == "Nothing was found. It stays as it was: 50."
    assert source(dialog, "cash").startswith("You wrote “$25,000”.")
    assert source(dialog, "layout") == "You wrote “day trade”."
    assert "without a model" in review.about.text()
    assert review.rest.text() == "Not understood: “green tea”."
    assert dialog.chosen() == Welcome(
        watchlist=("AAPL", "MSFT"), layout="Trade", cash=Decimal(25_000)
    )


def test_everything_can_be_changed_and_what_is_changed_is_used(dialog, loop, runner, qtbot):
    told(dialog, loop, runner, qtbot)
    qtbot.keyClick(dialog.review.slider, Qt.Key.Key_End)
    assert "at most 20 % of equity" in source(dialog, "tolerance")
    dialog.review.cash.selectAll()
    qtbot.keyClicks(dialog.review.cash, "5k")
    qtbot.keyClick(dialog.review.rows["layout"].box, Qt.Key.Key_Space)
    assert source(dialog, "layout") == "You wrote “day trade”. It stays as it was: Morning."
    with qtbot.waitSignal(dialog.accepted):
        qtbot.keyClick(dialog, Qt.Key.Key_Return)
    chosen = dialog.chosen()
    assert chosen == Welcome(tolerance=100, watchlist=("AAPL", "MSFT"), cash=Decimal(5_000))
    assert chosen.trading["most_positions"] == 10


def test_only_use_these_takes_what_was_understood(dialog, loop, runner, qtbot):
    told(dialog, loop, runner, qtbot)
    assert dialog.next.text() == "Use these"
    with qtbot.waitSignal(dialog.accepted):
        dialog.skip.click()
    assert dialog.chosen() == Welcome()


def test_closing_the_review_uses_nothing(theme, describer, runner, loop, qtbot):
    window = QWidget()
    qtbot.addWidget(window)
    ground = Ground(QWidget(), describer, runner)
    dialog = WelcomeDialog(
        theme, settings=Settings(), ground=ground, layouts=LAYOUTS, parent=window
    )

    async def go() -> Welcome:
        task = asyncio.ensure_future(dialog.ask())
        await asyncio.sleep(0)
        dialog.way.describe.setChecked(True)
        dialog.next.click()
        dialog.describe.text.setPlainText(WORDS)
        dialog.next.click()
        await asyncio.gather(*runner.tasks)
        await asyncio.sleep(0)
        assert dialog.review.answers
        dialog.reject()
        return await task

    assert loop.run_until_complete(go()) == Welcome()


def test_a_skipped_description_changes_nothing_unless_it_is_ticked(dialog, qtbot):
    dialog.next.click()
    dialog.skip.click()
    assert "You described nothing" in dialog.review.about.text()
    assert dialog.review.answers == {}
    dialog.review.rows["tolerance"].box.setChecked(True)
    assert dialog.chosen() == Welcome(tolerance=50)


@pytest.mark.parametrize("example", EXAMPLES)
def test_each_example_is_understood_to_the_last_word(dialog, loop, runner, qtbot, example):
    dialog.next.click()
    title, words = example
    dialog.describe.examples[EXAMPLES.index((title, words))].click()
    assert dialog.describe.text.toPlainText() == words
    dialog.next.click()
    settle(loop, runner)
    assert dialog.review.answers
    assert dialog.review.rest.text() == "Every word was understood."
    assert "profit" not in words


def test_an_example_in_the_place_of_own_words_can_be_taken_back(dialog, qtbot):
    dialog.next.click()
    qtbot.keyClicks(dialog.describe.text, "Mine.")
    dialog.describe.examples[0].click()
    dialog.describe.text.undo()
    assert dialog.describe.text.toPlainText() == "Mine."


def test_nothing_written_is_not_read(dialog, describer, qtbot):
    dialog.next.click()
    dialog.next.click()
    assert dialog.describe.isVisible()
    assert "Write a sentence first" in dialog.describe.who.text()
    assert describer.asked == []


def test_while_it_is_read_nothing_is_begun_twice_and_leaving_stops_it(
    dialog, describer, loop, runner, qtbot
):
    describer.go_on = asyncio.Event()
    dialog.next.click()
    dialog.describe.text.setPlainText(WORDS)
    dialog.next.click()
    assert not dialog.next.isEnabled()
    dialog.describe.begin()
    assert dialog.describe.who.text() == f"{RULES} reads it…"
    dialog.back.click()
    settle(loop, runner)
    assert dialog.way.isVisible()
    assert not dialog.describe.is_busy
    assert dialog.next.isEnabled()


def test_a_model_is_named_before_anything_is_sent_and_can_be_left_out(
    theme, describer, runner, loop, qtbot
):
    describer.model = "Anthropic"
    ground = Ground(QWidget(), describer, runner)
    dialog = WelcomeDialog(theme, settings=Settings(), ground=ground, layouts=LAYOUTS)
    qtbot.addWidget(dialog)
    dialog.show()
    dialog.way.describe.setChecked(True)
    settle(loop, runner)
    dialog.next.click()
    assert dialog.describe.who.text() == "What you write is sent to Anthropic."
    dialog.describe.model.setChecked(False)
    assert "nothing is sent" in dialog.describe.who.text()
    dialog.describe.text.setPlainText("careful")
    dialog.next.click()
    settle(loop, runner)
    assert describer.asked == [("careful", False)]


def test_what_is_wrong_holds_the_review_and_says_why(dialog, loop, runner, qtbot):
    told(dialog, loop, runner, qtbot)
    dialog.review.symbols_line.setText("AAPL 1$")
    dialog.next.click()
    assert dialog.isVisible()
    assert source(dialog, "symbols") == "“1$” is not a symbol."
    dialog.review.rows["symbols"].box.setChecked(False)
    dialog.review.cash.setText("")
    dialog.next.click()
    assert dialog.isVisible()
    dialog.review.rows["cash"].box.setChecked(False)
    with qtbot.waitSignal(dialog.accepted):
        dialog.next.click()
    assert dialog.chosen() == Welcome(layout="Trade")


def test_the_questions_are_the_usual_way_and_can_be_gone_back_to(dialog, qtbot):
    assert dialog.step.text() == "Step 1 of 3"
    dialog.way.questions.setChecked(True)
    assert dialog.step.text() == "Step 1 of 7"
    dialog.next.click()
    assert dialog.mode.isVisible()


def test_every_control_has_a_name_and_no_name_or_profit_is_asked_for(dialog):
    for page in (dialog.describe, dialog.review):
        rows = [row.editor for row in dialog.review.rows.values()]
        for each in (*page.findChildren(QPlainTextEdit), *rows):
            assert each.accessibleName()
    said = " ".join(each.text() for each in dialog.findChildren(QLabel)).casefold()
    assert "your name or an e-mail" in said
    assert "profit" not in said


def test_a_layout_that_is_not_offered_changes_nothing(dialog):
    dialog.review.show_found(Described(RULES, layout=Said("Nowhere", ("nowhere",))))
    assert dialog.review.answers == {}
