"""What protects a position, how much is taken, and a note."""

from __future__ import annotations

from functools import cache
from typing import TYPE_CHECKING, Any

from pydantic import ConfigDict, create_model
from PySide6.QtCore import Signal
from PySide6.QtWidgets import QVBoxLayout, QWidget

from puffling.ui.forms.form import Form
from puffling.ui.panels.strategies.draft import PROTECTION

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping

    from pydantic import BaseModel

    from puffling.ui.panels.strategies.draft import Document, Problem
    from puffling.ui.theme.theme import Theme


class ProtectionForm(QWidget):
    """A form of the fields of a `RuleSet` that are no rules.

    Signals:
        changed: The person changed something (all the values, nothing for what is left open).
    """

    changed = Signal(object)

    def __init__(self, theme: Theme) -> None:
        super().__init__()
        self._theme = theme
        self._column = QVBoxLayout(self)
        self._column.setContentsMargins(0, 0, 0, 0)
        self._form: Form | None = None
        self._shown: dict[str, Any] | None = None

    @property
    def form(self) -> Form:
        """The form itself; it is made when it is first needed."""
        if self._form is None:
            self._form = Form(_model(), theme=self._theme, captions=False)
            self._form.changed.connect(self._edited)
            self._column.addWidget(self._form)
            self.setFocusProxy(self._form.first_editor())
        return self._form

    def show_document(self, document: Document) -> None:
        """Show what a document holds of it, unless that is what is shown already."""
        values: dict[str, Any] = {name: document[name] for name in PROTECTION if name in document}
        if values == self._shown:
            return  # what cannot be read is not in the document: it stays as it was typed
        if self._shown is None or values != _kept(self.form.values()):
            self.form.show_values(values)
        self._shown = values

    def forget(self) -> None:
        """Show what the next document holds, whatever was typed here."""
        self._shown = None

    @property
    def is_right(self) -> bool:
        """Whether everything that was typed can be read; it is not in the document otherwise."""
        if self._form is None:
            return True
        return not any(self._form.editor(name).problem for name in self._form.names)

    def show_problems(self, problems: Iterable[Problem]) -> None:
        """Show what is wrong with it, each at its field."""
        said = {str(each.path[0]): each.sentence for each in problems if each.path}
        for name in self.form.names:
            if self.form.editor(name).problem:
                said[name] = self.form.editor(name).problem
        self.form.show_problems({name: said[name] for name in self.form.names if name in said})

    def _edited(self) -> None:
        values = self.form.values()
        kept = _kept(values)
        # What cannot be read yet has no value: it stays in the document as it was.
        self.changed.emit({name: kept.get(name) for name in self.form.names if name in values})


def _kept(values: Mapping[str, object]) -> dict[str, Any]:
    """Return what a document would hold: without what is left at its default."""
    defaults = {name: field.default for name, field in _model().model_fields.items()}
    return {name: each for name, each in values.items() if each not in {None, defaults[name]}}


@cache
def _model() -> type[BaseModel]:
    from puffin.strategies.rules import RuleSet

    fields: dict[str, Any] = {
        name: (RuleSet.model_fields[name].annotation, RuleSet.model_fields[name])
        for name in PROTECTION
    }
    return create_model("Protection", __config__=ConfigDict(extra="ignore"), **fields)
