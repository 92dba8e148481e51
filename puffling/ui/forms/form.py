"""A form from a typed model: settings, commands and strategies use the same one."""

from __future__ import annotations

from typing import TYPE_CHECKING

from pydantic import ValidationError
from PySide6.QtCore import Qt, Signal
from PySide6.QtWidgets import QGridLayout, QLabel, QVBoxLayout, QWidget

from puffin.errors import PuffinError
from puffling.core.errors import PufflingError
from puffling.ui.forms.describe import Sort, describe, title_of
from puffling.ui.forms.fields import editor
from puffling.ui.forms.wording import sentence
from puffling.ui.theme.tokens import Tone
from puffling.ui.widgets.tab_order import stand_after

if TYPE_CHECKING:
    from collections.abc import Collection, Mapping

    from pydantic import BaseModel

    from puffling.ui.forms.describe import Field
    from puffling.ui.forms.fields import Editor
    from puffling.ui.theme.theme import Theme

_LABEL_WIDTH, _WIDEST_LABEL = 150, 170


class Form(QWidget):
    """One editor for each field of a model, with its problem below it in plain words.

    Wrong input never raises: `problems()` says what is wrong, `values()` gives what is right.

    Signals:
        changed: The person changed a value (the field's name).
    """

    changed = Signal(str)

    def __init__(
        self,
        model: type[BaseModel],
        values: Mapping[str, object] | None = None,
        *,
        theme: Theme,
        only: Collection[str] | None = None,
        captions: bool = True,
        parent: QWidget | None = None,
    ) -> None:
        """Build the form.

        Args:
            model: Whose fields are edited; kinds a form does not know are left out.
            values: What to show; the model's defaults for the rest.
            theme: The theme.
            only: The fields to show, if not all.
            captions: Whether descriptions stand below the fields or are tooltips only.
            parent: The widget it is in.
        """
        super().__init__(parent)
        self.model, self._theme, self._captions = model, theme, captions
        self._rows: dict[str, _Row] = {}
        self._kept: dict[str, object] = {}  # values of fields that are not shown
        self._general = QLabel()  # what is wrong with the values taken together
        self._general.setWordWrap(True)
        theme.set_role(self._general, "caption", Tone.DANGER)
        self._general.hide()
        grid = QGridLayout(self)
        grid.setContentsMargins(0, 0, 0, 0)
        grid.setHorizontalSpacing(theme.px(12))
        grid.setVerticalSpacing(theme.px(8))
        grid.setColumnMinimumWidth(0, theme.px(_LABEL_WIDTH))
        grid.setColumnStretch(1, 1)
        fields = [each for each in describe(model) if only is None or each.name in only]
        for at, field in enumerate(fields):
            self._rows[field.name] = row = _Row(field, theme, captions=captions)
            grid.addWidget(row.label, at, 0, Qt.AlignmentFlag.AlignTop)
            grid.addWidget(row.cell, at, 1)
            row.editor.changed.connect(lambda name=field.name: self._edited(name))
        grid.addWidget(self._general, len(fields), 1)
        grid.setRowStretch(len(fields) + 1, 1)
        self.show_values(values or {})

    @property
    def names(self) -> tuple[str, ...]:
        """The fields that are shown."""
        return tuple(self._rows)

    def editor(self, name: str) -> Editor:
        """Return the editor of a field.

        Raises:
            KeyError: If the form has no such field.
        """
        return self._rows[name].editor

    def stand_after(self, widget: QWidget) -> QWidget:
        """Let Tab come from a widget to the fields, and return the last of them.

        Needed for a form that is made later than what stands below it.
        """
        return stand_after(widget, (row.editor for row in self._rows.values()))

    def values(self) -> dict[str, object]:
        """Return the values of the fields that are right by themselves."""
        return {
            name: row.editor.value() for name, row in self._rows.items() if not row.editor.problem
        }

    def problems(self) -> dict[str, str]:
        """Return what is wrong, by field; "" is for the values taken together."""
        problems = {
            name: row.editor.problem for name, row in self._rows.items() if row.editor.problem
        }
        try:
            self.model.model_validate({**self._kept, **self.values()})
        except (PuffinError, PufflingError) as error:
            problems.setdefault("", str(error))
        except ValidationError as error:
            for each in error.errors(include_url=False):
                name = str(each["loc"][0]) if each["loc"] else ""
                known = name if name in self._rows else ""
                words = sentence(each)
                if name and not known:
                    words = f"{title_of(name)}: {words}"
                problems.setdefault(known, words)
        return problems

    def show_values(self, values: Mapping[str, object]) -> None:
        """Show these values, and defaults for the rest."""
        self._kept = {name: each for name, each in values.items() if name not in self._rows}
        for name, row in self._rows.items():
            row.editor.show_value(values.get(name, row.editor.field.default))
            row.say("")
        self._general.hide()

    def check(self) -> bool:
        """Show what is wrong, put the cursor there, and return whether all is right."""
        problems = self.problems()
        self.show_problems(problems)
        first = next((name for name in self._rows if name in problems), "")
        if first:
            self._rows[first].editor.setFocus()
        return not problems

    def show_problems(self, problems: Mapping[str, str]) -> None:
        """Show these problems at their fields, and none elsewhere."""
        for name, row in self._rows.items():
            row.say(problems.get(name, ""))
        self._general.setText(problems.get("", ""))
        self._general.setVisible(bool(problems.get("")))

    def first_editor(self) -> QWidget:
        """Return where the keyboard should go first."""
        for row in self._rows.values():
            if row.editor.field.required:
                return row.editor
        return next((row.editor for row in self._rows.values()), self)

    def _edited(self, name: str) -> None:
        problems = self.problems()
        # Speak about the field being edited and about those already found wrong, not about
        # required ones that the person has not come to yet.
        spoken = {key for key, row in self._rows.items() if row.is_bad} | {name, ""}
        empty = self._rows[name].editor.field.required and not self._rows[name].editor.value()
        shown = {key: words for key, words in problems.items() if key in spoken}
        if set(problems) - set(shown) or empty:
            shown.pop("", None)
        self.show_problems(shown)
        self.changed.emit(name)


class _Row:
    """A field's label, editor, caption and problem."""

    def __init__(self, field: Field, theme: Theme, *, captions: bool) -> None:
        self._theme = theme
        self.editor = editor(field, theme)
        self.label = QLabel(field.title)
        self.label.setBuddy(self.editor)
        self.label.setMinimumHeight(theme.sizes.control)
        theme.set_role(self.label, "muted")
        widest = theme.px(_WIDEST_LABEL)
        if self.label.sizeHint().width() > widest:  # else it would push the editor out of sight
            self.label.setWordWrap(True)
            self.label.setFixedWidth(widest)
        self.cell = QWidget()
        column = QVBoxLayout(self.cell)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(theme.px(2))
        column.addWidget(self.editor)
        if field.sort is Sort.FLAG:
            self.editor.setMinimumHeight(theme.sizes.control)
        self._tip = " ".join(each for each in (field.description, _range(field)) if each)
        if captions and field.description:
            caption = QLabel(field.description)
            caption.setWordWrap(True)
            theme.set_role(caption, "caption")
            column.addWidget(caption)
        self._problem = QLabel()
        self._problem.setWordWrap(True)
        self._problem.setTextFormat(Qt.TextFormat.PlainText)
        theme.set_role(self._problem, "caption", Tone.DANGER)
        column.addWidget(self._problem)
        self.is_bad = True
        self.say("")

    def say(self, problem: str) -> None:
        if bool(problem) == self.is_bad and problem == self._problem.text():
            return
        self.is_bad = bool(problem)
        self._problem.setText(problem)
        self._problem.setVisible(self.is_bad)
        self.editor.mark(bad=self.is_bad)
        self.editor.setToolTip(problem or self._tip)
        self.label.setToolTip(self._tip)


def _range(field: Field) -> str:
    return f"({field.limits})" if field.limits else ""
