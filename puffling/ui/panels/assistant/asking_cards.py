"""Cards that wait for a person: a proposal, a change, a draft, an errand; and what was set."""

from __future__ import annotations

from functools import partial
from typing import TYPE_CHECKING, Any

from PySide6.QtCore import Qt
from PySide6.QtGui import QKeySequence, QShortcut
from typing_extensions import override

from puffling.ui.panels.assistant.card import Card, Changes
from puffling.ui.panels.assistant.result_cards import GRADES, add_result
from puffling.ui.theme.tokens import Tone

if TYPE_CHECKING:
    from collections.abc import Mapping

    from PySide6.QtWidgets import QPushButton

    from puffling.ui.panels.assistant.deeds import Deeds
    from puffling.ui.theme.theme import Theme

_SIDES = {"buy": Tone.UP, "sell": Tone.DOWN}
_STATES = {
    "asked": ("asks you", Tone.INFO, ""),
    "done": ("done", Tone.SUCCESS, "You said yes; it was done."),
    "refused": ("refused", Tone.MUTED, "You said no; nothing was changed."),
    "stale": ("not asked any more", Tone.FAINT, "Nothing was changed."),
}


class ProposalCard(Card):
    """An order that waits in the Inbox: it is decided there, through its own confirmation."""

    def __init__(self, theme: Theme, data: Mapping[str, Any], deeds: Deeds) -> None:
        side = str(data.get("side") or "")
        super().__init__(theme, str(data.get("order") or data.get("title") or "Proposal"))
        self._deeds, self._id = deeds, str(data.get("proposal") or "")
        self.theme.set_tone(self.title, _SIDES.get(side, Tone.TEXT))
        if reason := str(data.get("reason") or ""):
            self.add_text(reason, tone=Tone.MUTED)
        said = self.title.text()
        self.add_pairs([pair for pair in data.get("lines") or [] if str(pair[-1]) != said])
        self.add_source(data)
        self.state = self.add_text("", "caption")
        self.review = self.add_button(
            "Review…", self._review, "primary", "Shows the order's confirmation; you decide there"
        )
        self.decline = self.add_button("Decline", self._decline, tip="Say no; nothing is sent")
        self.inbox = self.add_button("Inbox", partial(deeds.open_panel, "inbox"), "flat")
        self.settle()

    @override
    def settle(self) -> None:
        """Say how it stands in the Inbox now."""
        now = self._deeds.standing(self._id)
        self.show_badge(now.word, now.tone)
        self.state.setText(f"{now.text} {now.locked}".strip())
        for each in (self.review, self.decline):
            each.setVisible(now.waits)
        self.review.setEnabled(not now.locked)

    def _review(self) -> None:
        self._deeds.run("inbox.approve", {"id": self._id})

    def _decline(self) -> None:
        self._deeds.run("inbox.reject", {"id": self._id, "note": "Declined in the conversation."})


class PreviewCard(Card):
    """A change that waits for a yes. The keyboard starts on No; Y and N answer at once."""

    careful = True

    def __init__(self, theme: Theme, data: Mapping[str, Any], deeds: Deeds, call: str) -> None:
        state = str(data.get("state") or "asked")
        word, tone, said = _STATES.get(state, _STATES["stale"])
        super().__init__(theme, str(data.get("title") or "Change"), (word, tone))
        self.column.addWidget(Changes(theme, data.get("lines") or []))
        undo = "It can be undone." if data.get("undoable") else "It cannot be undone."
        self.add_text(said or undo, "caption")
        self.no: QPushButton | None = None
        self.yes: QPushButton | None = None
        if state == "asked":
            self.no = self.add_button("No", partial(deeds.answer, call, yes=False), tip="N")
            self.yes = self.add_button("Yes, do it", partial(deeds.answer, call, yes=True), tip="Y")
            self.no.setAccessibleDescription(f"Do not: {self.title.text()}")
            self.yes.setAccessibleDescription(f"Do: {self.title.text()}")
            for key, button in (("Y", self.yes), ("N", self.no)):
                shortcut = QShortcut(QKeySequence(key), self, button.click)
                shortcut.setContext(Qt.ShortcutContext.WidgetWithChildrenShortcut)


class DraftCard(Card):
    """Rules that were drafted: what they do, what they change, and Save."""

    def __init__(self, theme: Theme, data: Mapping[str, Any], deeds: Deeds) -> None:
        saved = bool(data.get("saved"))
        name = str(data.get("name") or data.get("title") or "Draft")
        badge = ("saved", Tone.SUCCESS) if saved else ("draft", Tone.INFO)
        super().__init__(theme, name, badge)
        lines = data.get("lines") or []
        if any(str(before or "").strip() for _, before, _ in lines):
            self.column.addWidget(Changes(theme, lines))
        else:
            self.add_pairs([(line, after) for line, _, after in lines])
        self._add_trial(data, name)
        self.add_source(data)
        rules = data.get("rules")
        if rules and not saved:
            values = {"name": name, "rules": rules, "note": "Drafted with the assistant"}
            self.add_button(
                "Save…", partial(deeds.run, "strategy.save", values), "primary", "Keep these rules"
            )
        self.add_button("Strategies", partial(deeds.open_panel, "strategies"), "flat")

    def _add_trial(self, data: Mapping[str, Any], name: str) -> None:
        """Say what the past made of the rules, or why nobody knows."""
        trial: Mapping[str, Any] | None = data.get("trial")
        if trial is None:
            if why := str(data.get("why") or ""):
                self.add_text(f"Not tried on the past: {why}", "caption")
            return
        on = " · ".join(filter(None, map(str, (trial.get("symbol"), trial.get("period")))))
        self.add_text(f"Tried on {on}", "caption")
        add_result(self, trial, name)
        if words := str(trial.get("words") or ""):
            tone = GRADES.get(str(trial.get("grade") or "").casefold(), ("", Tone.MUTED))[1]
            self.add_text(words, tone=tone)


class AlertCard(Card):
    """An alert as it was set."""

    def __init__(self, theme: Theme, data: Mapping[str, Any], deeds: Deeds) -> None:
        super().__init__(theme, str(data.get("title") or "Alert"))
        self.add_pairs(data.get("lines") or [])
        self.add_source(data)
        self.add_button("Open alerts", partial(deeds.open_panel, "automation"))


class ErrandCard(Card):
    """Something only the person does: the button runs the command, which asks if it ever does."""

    careful = True

    def __init__(self, theme: Theme, data: Mapping[str, Any], deeds: Deeds) -> None:
        super().__init__(theme, str(data.get("title") or "For you to do"), ("yours", Tone.INFO))
        self.add_pairs(data.get("lines") or [])
        asks = "asks first, as it always does" if data.get("asks", True) else "does it at once"
        self.add_text(f"Nothing was done. The button {asks}.", "caption")
        run = partial(deeds.errand, data)
        self.add_button(str(data.get("button") or "Do it…"), run, "primary")
