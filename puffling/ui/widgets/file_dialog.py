"""Asks for a file in the desktop's own dialog, without stopping anything else."""

from __future__ import annotations

from typing import TYPE_CHECKING

from PySide6.QtWidgets import QFileDialog

if TYPE_CHECKING:
    from collections.abc import Callable

    from PySide6.QtWidgets import QWidget


def ask_file(
    parent: QWidget,
    title: str,
    taken: Callable[[str], object],
    *,
    kinds: str,
    save_as: str = "",
) -> QFileDialog:
    """Let the person choose a file to read, or one to write.

    Args:
        parent: What the dialog lies over.
        title: What it is called.
        taken: Gets the chosen file; not called if there is none.
        kinds: The files that fit, such as "Tables (*.csv);;Pages (*.html)".
        save_as: The name proposed for a file to write; its ending is kept if none is typed.
    """
    dialog = QFileDialog(parent, title)
    dialog.setNameFilter(kinds)
    if save_as:
        dialog.setAcceptMode(QFileDialog.AcceptMode.AcceptSave)
        dialog.setDefaultSuffix(save_as.rpartition(".")[2])
        dialog.filterSelected.connect(lambda kind: dialog.setDefaultSuffix(_ending(kind)))
        dialog.selectFile(save_as)
    else:
        dialog.setFileMode(QFileDialog.FileMode.ExistingFile)
    dialog.fileSelected.connect(taken)
    dialog.finished.connect(dialog.deleteLater)
    dialog.open()
    return dialog


def _ending(kind: str) -> str:
    """Return the ending of a kind of files: "csv" of "Tables (*.csv)"."""
    return kind.rpartition("*.")[2].rstrip(")")
