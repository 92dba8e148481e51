"""The name of a model in the settings: chosen from what its service lists, or typed."""

from __future__ import annotations

from typing import TYPE_CHECKING, Protocol

from PySide6.QtCore import QObject, QStringListModel, Qt
from PySide6.QtGui import QKeySequence, QShortcut
from PySide6.QtWidgets import QCompleter, QLabel, QListView, QToolButton

from puffin.errors import PuffinError
from puffling.core.errors import PufflingError
from puffling.services.model_keys import ANTHROPIC, OPENAI, TITLES
from puffling.ui.forms.fields import TextEditor
from puffling.ui.theme.tokens import Tone

if TYPE_CHECKING:
    from collections.abc import Coroutine, Sequence

    from PySide6.QtCore import SignalInstance

    from puffin.ai.base import ModelInfo
    from puffling.core.events import KeysChanged
    from puffling.ui.forms.form import Form
    from puffling.ui.theme.theme import Theme

_MOST_SHOWN = 12
_FIELDS = {ANTHROPIC: "anthropic_model", OPENAI: "openai_model"}


class Lister(Protocol):
    """What knows the models of services."""

    def listed(self, name: str) -> Sequence[ModelInfo]:
        """Return what a service listed last; nothing while it was not asked."""
        ...

    async def models(self, name: str = "") -> Sequence[ModelInfo]:
        """Ask a service what it has."""
        ...


class Spawn(Protocol):
    """Runs work as a task that ends with its owner."""

    def __call__(self, work: Coroutine[object, object, None], owner: QObject) -> object:
        """Begin it."""
        ...


class ModelChoice(QObject):
    """A button beside the name asks the service and lists its models; any name may be typed.

    What was listed once, also by a test of the key, is offered while the name is typed. Nothing
    waits for the service, and why there is no list is said below the name.
    """

    def __init__(
        self,
        theme: Theme,
        editor: TextEditor,
        name: str,
        lister: Lister,
        spawn: Spawn,
        changed: SignalInstance,
    ) -> None:
        """Stand beside a field.

        Args:
            theme: The theme.
            editor: The field.
            name: The service.
            lister: What knows its models.
            spawn: Runs the question.
            changed: The signal that carries `KeysChanged`.
        """
        super().__init__(editor)
        self._theme = theme
        self._name, self._title = name, TITLES[name]
        self._editor, self._lister, self._spawn = editor, lister, spawn
        self._ids = QStringListModel(self)
        self._asking = False
        self.completer = QCompleter(self._ids, self)
        self.completer.setCaseSensitivity(Qt.CaseSensitivity.CaseInsensitive)
        self.completer.setFilterMode(Qt.MatchFlag.MatchContains)
        self.completer.setMaxVisibleItems(_MOST_SHOWN)
        self._list = QListView()
        theme.set_role(self._list, "popup")
        self.completer.setPopup(self._list)
        editor.line.setCompleter(self.completer)
        self.completer.activated.connect(self._taken)
        self.button = QToolButton()
        self.button.setIcon(theme.icon("chevron-down"))
        self.button.setFocusPolicy(Qt.FocusPolicy.StrongFocus)
        self.button.setAccessibleName(f"List the models of {self._title}")
        self.button.setToolTip(f"List the models of {self._title} (F4)")
        self.button.clicked.connect(self.open)
        editor.row.insertWidget(1, self.button)
        self.words = QLabel()
        self.words.setWordWrap(True)
        self.words.setTextFormat(Qt.TextFormat.PlainText)
        theme.set_role(self.words, "caption")
        self.words.hide()
        cell = editor.parentWidget()
        if cell is not None and (column := cell.layout()) is not None:
            column.addWidget(self.words)
        self._key = QShortcut(QKeySequence("F4"), editor, self.open)
        self._key.setContext(Qt.ShortcutContext.WidgetWithChildrenShortcut)
        changed.connect(self._follow)
        self._show_listed()

    @property
    def offers(self) -> list[str]:
        """The names that are offered."""
        return self._ids.stringList()

    def open(self) -> None:
        """Ask the service, and list what it has."""
        if not self._asking:
            self._asking = True
            self._say(f"Asking {self._title} for its models…", Tone.MUTED)
            self._spawn(self._ask(), self)

    async def _ask(self) -> None:
        try:
            found = await self._lister.models(self._name)
        except (PuffinError, PufflingError) as error:
            self._say(f"There is no list: {error} {error.hint} The name can be typed.")
            return
        finally:
            self._asking = False
        self._show_listed()
        self._say("" if found else f"{self._title} lists no model; the name can be typed.")
        if found and (self.button.hasFocus() or self._editor.line.hasFocus()):
            self._editor.line.setFocus(Qt.FocusReason.OtherFocusReason)
            self.completer.setCompletionPrefix("")
            self.completer.complete()

    def _follow(self, event: KeysChanged) -> None:
        if event.name == self._name:
            self._show_listed()

    def _show_listed(self) -> None:
        self._ids.setStringList([each.id for each in self._lister.listed(self._name)])

    def _taken(self, _name: str) -> None:
        self._say("")
        self._editor.changed.emit()

    def _say(self, words: str, tone: str = Tone.WARNING) -> None:
        self._theme.set_tone(self.words, tone)
        self.words.setText(" ".join(words.split()))
        self.words.setVisible(bool(words))


def offer_models(
    theme: Theme, form: Form, lister: Lister, spawn: Spawn, changed: SignalInstance
) -> None:
    """Let the fields of a form that name models list those of their services."""
    for name, field in _FIELDS.items():
        editor = form.editor(field)
        if isinstance(editor, TextEditor):
            ModelChoice(theme, editor, name, lister, spawn, changed)
