"""Where words reach the screen: Qt's own methods, which say them in the language of the desk.

The desk speaks English to itself. With another language every method that gives Qt words to show
or to measure says them in that language first, and the few that give titles back return what was
meant. So no sentence can be forgotten, new ones need nothing, and in English nothing is touched.
"""

from __future__ import annotations

from functools import wraps
from typing import TYPE_CHECKING, Any

from PySide6.QtGui import (
    QAction,
    QFontMetrics,
    QFontMetricsF,
    QPainter,
    QStandardItem,
    QStaticText,
)
from PySide6.QtWidgets import (
    QAbstractButton,
    QCheckBox,
    QComboBox,
    QFileDialog,
    QGroupBox,
    QInputDialog,
    QLabel,
    QLineEdit,
    QListWidget,
    QListWidgetItem,
    QMenu,
    QMenuBar,
    QPlainTextEdit,
    QPushButton,
    QRadioButton,
    QSystemTrayIcon,
    QTabBar,
    QTabWidget,
    QTextEdit,
    QToolTip,
    QTreeWidgetItem,
    QWidget,
)

from puffling.ui import voice

if TYPE_CHECKING:
    from collections.abc import Callable

    from puffling.core.language import Catalogue

_TITLES = ("addTab", "insertTab", "setTabText", "setTabToolTip")
_METRICS = ("horizontalAdvance", "boundingRect", "elidedText", "size", "tightBoundingRect")
_ITEM = ("__init__", "setText", "setToolTip")

# Methods whose first words are shown; what follows them is data.
SAYING: tuple[tuple[type, tuple[str, ...]], ...] = (
    (
        QWidget,
        (
            *("setToolTip", "setWindowTitle", "setAccessibleName", "setAccessibleDescription"),
            *("setStatusTip", "addAction"),
        ),
    ),
    (QLabel, ("__init__", "setText")),
    (QAbstractButton, ("setText",)),
    (QPushButton, ("__init__",)),
    (QCheckBox, ("__init__",)),
    (QRadioButton, ("__init__",)),
    (QGroupBox, ("__init__", "setTitle")),
    (QAction, ("__init__", "setText", "setIconText", "setToolTip", "setStatusTip")),
    (QMenu, ("__init__", "addAction", "addMenu", "addSection", "setTitle")),
    (QMenuBar, ("addMenu",)),
    (QLineEdit, ("setPlaceholderText",)),
    (QPlainTextEdit, ("setPlaceholderText",)),
    (QTextEdit, ("setPlaceholderText",)),
    (
        QComboBox,
        ("addItem", "addItems", "insertItem", "setItemText", "setPlaceholderText", "findText"),
    ),
    (QTabWidget, _TITLES),
    (QTabBar, _TITLES),
    (QListWidget, ("addItem", "addItems")),
    (QListWidgetItem, _ITEM),
    (QTreeWidgetItem, _ITEM),
    (QStandardItem, _ITEM),
    (QFileDialog, ("__init__", "getOpenFileName", "getSaveFileName", "getExistingDirectory")),
    (QInputDialog, ("setLabelText", "setOkButtonText", "setCancelButtonText")),
    (QSystemTrayIcon, ("setToolTip",)),
    (QToolTip, ("showText",)),
    (QPainter, ("drawText",)),
    (QStaticText, ("__init__", "setText")),
    (QFontMetrics, _METRICS),
    (QFontMetricsF, _METRICS),
)
# Methods that give back a title, which stands for what is behind it.
MEANING: tuple[tuple[type, tuple[str, ...]], ...] = (
    (QTabWidget, ("tabText",)),
    (QTabBar, ("tabText",)),
    (QComboBox, ("currentText", "itemText")),
)
# Words given by the name of a property.
_NAMED = {"text", "title", "toolTip", "windowTitle", "placeholderText", "accessibleName"}
_STATIC = {"showText", "getOpenFileName", "getSaveFileName", "getExistingDirectory"}


class Boundary:
    """Qt's methods while another language than English is in force."""

    def __init__(self, catalogue: Catalogue) -> None:
        self._catalogue = catalogue
        self._before: list[tuple[type, str, object]] = []

    def put_up(self) -> None:
        """Say everything in this language from here on; what is on the screen stays."""
        voice.use(self._catalogue)
        for kind, names in SAYING:
            for name in names:
                self._replace(kind, name, self._saying)
        for kind, names in MEANING:
            for name in names:
                self._replace(kind, name, self._meaning)

    def take_down(self) -> None:
        """Give Qt its own methods back."""
        voice.use(None)
        for kind, name, before in reversed(self._before):
            if before is None:
                delattr(kind, name)
            else:
                setattr(kind, name, before)
        self._before.clear()

    def _replace(
        self, kind: type, name: str, made: Callable[[Callable[..., Any]], Callable[..., Any]]
    ) -> None:
        self._before.append((kind, name, vars(kind).get(name)))
        wrapped = made(getattr(kind, name))
        setattr(kind, name, staticmethod(wrapped) if name in _STATIC else wrapped)

    def _saying(self, method: Callable[..., Any]) -> Callable[..., Any]:
        say = self._catalogue.say

        @wraps(method, assigned=("__name__", "__doc__"), updated=())
        def saying(*given: Any, **named: Any) -> Any:  # noqa: ANN401 - whatever Qt takes
            for at, each in enumerate(given):
                if isinstance(each, str):
                    given = (*given[:at], say(each), *given[at + 1 :])
                    break
                if type(each) is list and each and isinstance(each[0], str):
                    given = (*given[:at], [say(words) for words in each], *given[at + 1 :])
                    break
            for name in _NAMED & named.keys():
                if isinstance(named[name], str):
                    named[name] = say(named[name])
            return method(*given, **named)

        return saying

    def _meaning(self, method: Callable[..., Any]) -> Callable[..., Any]:
        meant = self._catalogue.meant

        @wraps(method, assigned=("__name__", "__doc__"), updated=())
        def meaning(*given: Any, **named: Any) -> Any:  # noqa: ANN401 - whatever Qt takes
            return meant(method(*given, **named))

        return meaning
