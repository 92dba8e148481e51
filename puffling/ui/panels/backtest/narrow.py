"""Boxes that may get narrower than their longest choice, so that a form fits a narrow panel."""

from __future__ import annotations

from typing import TYPE_CHECKING

from PySide6.QtWidgets import QComboBox

if TYPE_CHECKING:
    from PySide6.QtWidgets import QWidget

_LETTERS = 8


def let_shrink(form: QWidget) -> None:
    """Let every box of a form shrink; its list still shows the choices in full."""
    for box in form.findChildren(QComboBox):
        box.setSizeAdjustPolicy(QComboBox.SizeAdjustPolicy.AdjustToMinimumContentsLengthWithIcon)
        box.setMinimumContentsLength(_LETTERS)
        widest = max(
            (
                box.fontMetrics().horizontalAdvance(box.itemText(each))
                for each in range(box.count())
            ),
            default=0,
        )
        box.view().setMinimumWidth(widest + 2 * box.fontMetrics().averageCharWidth() + 16)
