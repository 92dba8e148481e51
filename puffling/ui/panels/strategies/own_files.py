"""Strategy files of your own: one to begin with, and documents that come and go."""

from __future__ import annotations

from typing import TYPE_CHECKING

from PySide6.QtWidgets import QFileDialog

from puffin.strategies.example import EXAMPLE
from puffling.core.files import write_whole

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

    from PySide6.QtWidgets import QWidget

_NAME = "falling_days"
_JSON = "Strategies (*.json)"


def write_example(folder: Path) -> Path:
    """Write the example into the folder, beside those that are there, and return its place.

    Raises:
        StoreError: The folder may not be written.
    """
    path, number = folder / f"{_NAME}.py", 1
    while path.exists():
        number += 1
        path = folder / f"{_NAME}_{number}.py"
    write_whole(path, EXAMPLE.encode())
    return path


def ask_file(
    parent: QWidget, title: str, taken: Callable[[str], object], *, save_as: str = ""
) -> QFileDialog:
    """Let the person choose a document, without stopping anything else."""
    dialog = QFileDialog(parent, title)
    dialog.setNameFilter(_JSON)
    if save_as:
        dialog.setAcceptMode(QFileDialog.AcceptMode.AcceptSave)
        dialog.setDefaultSuffix("json")
        dialog.selectFile(save_as)
    else:
        dialog.setFileMode(QFileDialog.FileMode.ExistingFile)
    dialog.fileSelected.connect(taken)
    dialog.finished.connect(dialog.deleteLater)
    dialog.open()
    return dialog
