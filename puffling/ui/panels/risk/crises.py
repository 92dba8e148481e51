"""What crises would cost the book: those that were, those supposed, and those of one's own."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from pydantic import ValidationError
from PySide6.QtWidgets import QHBoxLayout, QLabel, QLineEdit, QPushButton, QVBoxLayout, QWidget

from puffin.risk.stress import SCENARIOS, Held, Scenario, stress_all
from puffling.core.errors import BadValueError
from puffling.ui.panels.risk.book_columns import CRISES, crisis_rows
from puffling.ui.panels.risk.book_words import ScenarioWords, pairs, scenario_of
from puffling.ui.tables.keys import TableKeys
from puffling.ui.tables.model import RecordModel
from puffling.ui.tables.view import RecordView
from puffling.ui.theme.tokens import Tone

if TYPE_CHECKING:
    from puffling.services.portfolio_risk import PortfolioRisk
    from puffling.ui.panels.risk.book_columns import CrisisRow
    from puffling.ui.theme.theme import Theme

MOST = 20


class Crises(QWidget):
    """A table of scenarios, and below it a line for one more."""

    def __init__(self, theme: Theme) -> None:
        super().__init__()
        self._theme = theme
        self._risk: PortfolioRisk | None = None
        self.own: list[Scenario] = []
        self.model: RecordModel[CrisisRow] = RecordModel(CRISES, lambda row: row.id, self)
        self.view = RecordView(theme, self.model, name="Stress scenarios")
        self.title, self.market, self.names = QLineEdit(), QLineEdit(), QLineEdit()
        for line, name, hint, width in (
            (self.title, "Name of the scenario", "Name", 120),
            (self.market, "What the market does, in percent", "−20 %", 96),
            (self.names, "What single names do, in percent", "AAPL −30", 130),
        ):
            line.setAccessibleName(name)
            line.setToolTip(name)
            line.setPlaceholderText(hint)
            line.setMinimumWidth(theme.px(width * 2 // 3))
            line.returnPressed.connect(self.add)
        self.add_button, self.remove_button = QPushButton("Add"), QPushButton("Remove")
        self.add_button.setToolTip("Try a scenario of your own")
        self.remove_button.setToolTip("Remove the chosen scenario, if it is your own (Del)")
        self.problem = QLabel()
        self.problem.setWordWrap(True)
        theme.set_role(self.problem, "caption", Tone.DANGER)
        self.problem.hide()
        self.add_button.clicked.connect(self.add)
        self.remove_button.clicked.connect(self.remove)
        self.view.chosen.connect(lambda _: self._judge())
        TableKeys(self.view, {"Del": self.remove})
        self._lay_out()
        self._judge()

    def show_risk(self, risk: PortfolioRisk) -> None:
        """Try every scenario on this book."""
        self._risk = risk
        self._try_all()

    def add(self) -> None:
        """Add the scenario that is typed."""
        try:
            found = self._typed()
        except BadValueError as error:
            self.problem.setText(f"{error} {error.hint}".strip())
            self.problem.show()
            return
        self.problem.hide()
        self.own = [*[each for each in self.own if each.id != found.id][-MOST + 1 :], found]
        self._try_all()
        self.view.choose(found.id)

    def remove(self) -> None:
        """Remove the chosen scenario, if it is one's own."""
        row: CrisisRow | None = self.view.current
        if row is not None and row.is_own:
            self.own = [each for each in self.own if each.id != row.id]
            self._try_all()

    def state(self) -> list[dict[str, Any]]:
        """Return one's own scenarios, as JSON would."""
        return [each.model_dump(mode="json") for each in self.own]

    def restore(self, state: list[Any]) -> None:
        """Take up remembered scenarios; what does not fit any more is left out."""
        self.own = []
        for each in state[:MOST]:
            try:
                self.own.append(Scenario.model_validate(each))
            except ValidationError:
                continue
        self._try_all()

    def _typed(self) -> Scenario:
        text = self.market.text().replace("−", "-").replace("%", "").strip()
        try:
            market = float(text) if text else 0.0
            words = ScenarioWords(
                title=self.title.text().strip() or "My scenario",
                market=market,
                names=self.names.text(),
            )
        except ValueError:
            raise BadValueError(
                "The market’s change is a number in percent, at least −100.", hint="Such as −20."
            ) from None
        if not market and not pairs(words.names):
            raise BadValueError("Say what the market does, or what single names do.")
        try:
            return scenario_of(words)
        except ValidationError as error:
            raise BadValueError(
                str(error.errors(include_url=False)[0]["msg"]).removeprefix("Value error, ")
            ) from None

    def _try_all(self) -> None:
        risk = self._risk
        if risk is None:
            return
        held = [
            Held(each, risk.weights[each] * risk.equity, risk.betas[each]) for each in risk.symbols
        ]
        self.model.reset(crisis_rows(stress_all(held, (*self.own, *SCENARIOS), equity=risk.equity)))
        self._judge()

    def _judge(self) -> None:
        row: CrisisRow | None = self.view.current
        self.remove_button.setEnabled(row is not None and row.is_own)

    def _lay_out(self) -> None:
        theme = self._theme
        line = QHBoxLayout()
        line.setContentsMargins(theme.px(8), 0, theme.px(8), 0)
        line.setSpacing(theme.px(4))
        line.addWidget(self.title, 3)
        line.addWidget(self.market, 2)
        line.addWidget(self.names, 4)
        line.addWidget(self.add_button)
        line.addWidget(self.remove_button)
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 0, 0, theme.px(6))
        column.setSpacing(theme.px(4))
        column.addWidget(self.view, 1)
        self.problem.setContentsMargins(theme.px(8), 0, theme.px(8), 0)
        column.addWidget(self.problem)
        column.addLayout(line)
