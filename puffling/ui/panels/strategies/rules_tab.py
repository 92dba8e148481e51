"""The editor of rules: a tree, a form for the chosen line, and in sentences what they do."""

from __future__ import annotations

import copy
from functools import partial
from typing import TYPE_CHECKING, Any

from PySide6.QtCore import Qt, Signal

from puffling.ui.panels.strategies import words
from puffling.ui.panels.strategies.draft import GROUPS, NAME, RULES, Draft
from puffling.ui.panels.strategies.rule_tree import PROTECTED
from puffling.ui.panels.strategies.rules_page import RulesPage
from puffling.ui.tables.keys import TableKeys
from puffling.ui.theme.tokens import Tone

if TYPE_CHECKING:
    from collections.abc import Mapping

    from puffling.ui.panels.strategies.draft import Document, Path, Problem
    from puffling.ui.theme.theme import Theme

_NEW = {"name": ""}
_FIRST = (
    "Choose a rule in the tree and press Ins to add a comparison, "
    "or begin with one of the library's templates."
)


def fresh_comparison(path: Path) -> Document:
    """Return a comparison to begin with, which suits the rule it is for."""
    falls = path[0] in {"exit_long", "entry_short"}
    return {
        "kind": "compare",
        "left": {"kind": "price", "field": "close"},
        "op": "crosses below" if falls else "crosses above",
        "right": {"kind": "indicator", "id": "sma", "parameters": {"window": 20}},
    }


class RulesTab(RulesPage):
    """Edits one draft; what is wrong stands where it is wrong.

    Signals:
        save_asked: The rules are to be kept (their name, the document, the id of the saved
            strategy or nothing, a note, whether to try them in a backtest then).
        backtest_asked: What is saved is to be tried (its id).
    """

    save_asked = Signal(str, object, str, str, bool)
    backtest_asked = Signal(str)

    def __init__(self, theme: Theme) -> None:
        super().__init__(theme)
        self.draft = Draft(_NEW)
        self.saved_id = ""  # of the strategy that saving makes a revision of
        self._problems: list[Problem] = []
        self._connect()
        self._show((RULES[0],))

    # -- what is edited ----------------------------------------------------------------------

    def begin(self, document: Mapping[str, Any] | None = None, saved_id: str = "") -> None:
        """Begin with some rules, or with none; asks if others would be lost."""
        if self.draft.is_changed and not self.draft.is_empty:
            self.bar.ask_yes(
                f"The changes of {self.draft.document.get('name') or 'the rules'} are not saved.",
                "Drop them",
                lambda: self._begin(document, saved_id),
            )
            return
        self._begin(document, saved_id)

    def _begin(self, document: Mapping[str, Any] | None, saved_id: str) -> None:
        self.draft = Draft(copy.deepcopy(dict(document or _NEW)))
        self.saved_id = saved_id
        self.protection.forget()
        self.note.clear()
        self.name.setText(str(self.draft.document.get("name", "")))
        self._show((RULES[0],))
        if self.name.text():
            self.tree.setFocus(Qt.FocusReason.OtherFocusReason)
        else:
            self.name.setFocus(Qt.FocusReason.OtherFocusReason)

    def note_saved(self, id_: str, name: str) -> None:
        """The draft was kept under this id and name."""
        self.saved_id = id_
        self.draft.put(("name",), name)
        self.draft.note_saved()
        self.note.clear()
        self.name.setText(name)
        self._show(self.tree.path)

    def save(self, *, as_new: bool = False, backtest: bool = False) -> None:
        """Keep the rules, if they are right; go to what is wrong otherwise."""
        if self._problems:
            self._go_to(self._problems[0])
            return
        if not self.protection.is_right:
            self.tree.choose(PROTECTED)
            return
        name = self.draft.document["name"]
        document = {key: each for key, each in self.draft.document.items() if key != "name"}
        id_ = "" if as_new else self.saved_id
        self.save_asked.emit(name, document, id_, self.note.text().strip(), backtest)

    def backtest(self) -> None:
        """Try what is edited, saving it first if it is not saved."""
        if self.saved_id and not self.draft.is_changed:
            self.backtest_asked.emit(self.saved_id)
        else:
            self.save(backtest=True)

    def state(self) -> dict[str, Any]:
        """Return what a layout should remember: the draft, also if it is not saved."""
        if self.draft.is_empty:
            return {}
        return {
            "draft": self.draft.document,
            "saved": self.saved_id,
            "changed": self.draft.is_changed,
        }

    def restore(self, state: Mapping[str, Any]) -> None:
        """Take up a remembered draft; what does not fit is passed over."""
        document = state.get("draft")
        if not isinstance(document, dict) or not isinstance(state.get("saved", ""), str):
            return
        self.saved_id = state.get("saved", "")
        if state.get("changed"):
            self.draft = Draft(_NEW)
            for key, each in document.items():
                self.draft.put((str(key),), each, step="restored")
        else:
            self.draft = Draft(document)
        self.name.setText(str(document.get("name", "")))
        self._show((RULES[0],))

    # -- acting ------------------------------------------------------------------------------

    def act(self, name: str) -> None:
        """Change the chosen line."""
        path, tree = self.tree.path, self.tree
        if not tree.allowed(name):
            return
        draft = self.draft
        if name == "compare":
            path = draft.add(path, fresh_comparison(path))
        elif name in GROUPS:
            path = self._group(path, name)
        elif name == "not":
            path = draft.negate(path)
        elif name == "copy":
            path = draft.add(path, copy.deepcopy(draft.at(path)))
        elif name in {"up", "down"}:
            path = draft.move(path, -1 if name == "up" else 1)
        elif name == "delete":
            path = draft.remove(path)
        self._show(path)

    def _group(self, path: Path, kind: str) -> Path:
        """Make a group: of the line, or a new one in the group that the line is."""
        here = self.draft.at(path)
        if here is None:
            self.draft.put(path, {"kind": kind, "terms": [fresh_comparison(path)]})
            return (*path, "terms", 0)
        return self.draft.join(path, kind)

    def undo(self) -> None:
        """Take the last change back."""
        if self.draft.undo():
            self._after_steps()

    def redo(self) -> None:
        """Do again what was taken back."""
        if self.draft.redo():
            self._after_steps()

    def _after_steps(self) -> None:
        self.name.setText(str(self.draft.document.get("name", "")))
        self._show(self.tree.path)

    # -- showing -----------------------------------------------------------------------------

    def _show(self, path: Path) -> None:
        self._problems = self.draft.problems()
        self.tree.show_draft(self.draft, self._problems, path)
        self._show_form()
        self._say()

    def _show_form(self) -> None:
        path = self.tree.path
        term = None if path == PROTECTED else self.draft.at(path)
        compares = isinstance(term, dict) and term.get("kind") == "compare"
        self.comparison.setVisible(compares)
        self.protection.setVisible(path == PROTECTED)
        self.about.setVisible(not compares and path != PROTECTED)
        self.place.setText(words.PROTECTION if path == PROTECTED else words.TITLES[str(path[0])])
        if compares and term is not None:
            self.comparison.show_value(term)
            length = len(path)
            self.comparison.show_problems(
                (each.path[length:], each) for each in self._problems if each.path[:length] == path
            )
        elif path == PROTECTED:
            self.protection.show_document(self.draft.document)
            self.protection.show_problems(self._problems)
        else:
            self.about.setText(self._about(path, term))
        for name, button in (
            ("compare", self.add_button),
            ("all", self.all_button),
            ("any", self.any_button),
            ("not", self.not_button),
            ("delete", self.delete_button),
        ):
            button.setEnabled(self.tree.allowed(name))

    def _about(self, path: Path, term: Document | None) -> str:
        if term is None:
            return f"{words.DOES[str(path[0])]} Add a comparison to say so."
        kinds = {
            "all": "It holds while every line below it does.",
            "any": "It holds while at least one line below it does.",
            "not": "It holds while the line below it is known not to.",
        }
        return kinds.get(str(term.get("kind")), "")

    def _say(self) -> None:
        draft = self.draft
        wrong = [each for each in self._problems if each.path != NAME and not draft.is_empty]
        if draft.is_empty:
            self.said.setText(_FIRST)
            tone = Tone.MUTED
        elif wrong:
            self.said.setText("\n".join(each.words for each in wrong))
            tone = Tone.DANGER
        else:
            self.said.setText("\n".join(draft.said()))
            tone = Tone.TEXT
        self.said_title.setText("What is not right yet" if wrong else "What it does")
        self._theme.set_tone(self.said, tone)
        right = not self._problems and not draft.is_empty and self.protection.is_right
        self.save_button.setEnabled(right and (draft.is_changed or not self.saved_id))
        self.save_button.setText("Save revision" if self.saved_id else "Save")
        self.save_as_button.setVisible(bool(self.saved_id))
        self.save_as_button.setEnabled(right and draft.is_changed)
        self.backtest_button.setEnabled(right)
        self.undo_button.setEnabled(draft.can_undo)
        self.redo_button.setEnabled(draft.can_redo)
        self.note.setVisible(bool(self.saved_id))
        self.name.setToolTip("" if self.name.text().strip() else "It needs a name to be saved")
        self._theme.set_flag(
            self.name,
            "bad",
            on=not draft.is_empty and any(each.path == NAME for each in self._problems),
        )

    def _go_to(self, problem: Problem) -> None:
        if problem.path == NAME:
            self.name.setFocus()
        else:
            self.tree.choose(problem.path)
            self.tree.setFocus()

    # -- editing -----------------------------------------------------------------------------

    def _edit_comparison(self, term: Document) -> None:
        path = self.tree.path
        self.draft.put(path, term, step=path)
        self._show(path)

    def _edit_protection(self, values: Mapping[str, object]) -> None:
        for name, value in values.items():
            self.draft.put((name,), value, step=PROTECTED)
        self._show(PROTECTED)

    def _edit_name(self, name: str) -> None:
        self.draft.put(("name",), name.strip(), step="name")
        self._problems = self.draft.problems()
        self._say()

    # -- building ----------------------------------------------------------------------------

    def _connect(self) -> None:
        self.name.textEdited.connect(self._edit_name)
        self.comparison.changed.connect(self._edit_comparison)
        self.protection.changed.connect(self._edit_protection)
        self.tree.chosen.connect(self._show_form)
        self.tree.acted.connect(self.act)
        self.tree.itemActivated.connect(self._enter)
        self.save_button.clicked.connect(self.save)
        self.save_as_button.clicked.connect(lambda: self.save(as_new=True))
        self.backtest_button.clicked.connect(self.backtest)
        self.undo_button.clicked.connect(self.undo)
        self.redo_button.clicked.connect(self.redo)
        for name, button in (
            ("compare", self.add_button),
            ("all", self.all_button),
            ("any", self.any_button),
            ("not", self.not_button),
            ("delete", self.delete_button),
        ):
            button.clicked.connect(lambda *_, name=name: self.act(name))
        keys = {key: partial(self.act, name) for _, _, key, name in self.tree.ACTIONS}
        steps = {"Ctrl+Z": self.undo, "Ctrl+Shift+Z": self.redo, "Ctrl+Y": self.redo}
        self._keys = TableKeys(self.tree, {**keys, **steps})

    def _enter(self) -> None:
        """Go on from a line to its form."""
        for form in (self.comparison.left, self.protection):
            if form.isVisible():
                form.setFocus(Qt.FocusReason.TabFocusReason)
                return
        self.act("compare")
