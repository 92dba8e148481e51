"""A page of HTML as a PDF on A4."""

from __future__ import annotations

import tempfile
from pathlib import Path
from typing import TYPE_CHECKING

from PySide6.QtCore import QByteArray, QMarginsF, QUrl
from PySide6.QtGui import QImage, QPageLayout, QPageSize, QPainter, QPdfWriter, QTextDocument
from PySide6.QtSvg import QSvgRenderer

from puffling.core.files import file_errors, write_whole

if TYPE_CHECKING:
    from collections.abc import Mapping

MARGIN = 15.0  # millimetres
SHARP = 3  # pixels of a picture for each of its own


def write_pdf(html: str, pictures: Mapping[str, str], path: Path) -> None:
    """Write a page as a PDF, all or nothing; it may run on any thread.

    Args:
        html: The page; `<img src="name">` shows a picture.
        pictures: SVG by name.
        path: The file.

    Raises:
        StoreError: It cannot be written.
    """
    document = QTextDocument()
    kind = QTextDocument.ResourceType.ImageResource
    for name, svg in pictures.items():
        document.addResource(kind.value, QUrl(name), _drawn(svg))
    document.setHtml(html)
    with file_errors(path), tempfile.TemporaryDirectory() as folder:
        made = Path(folder) / "page.pdf"
        writer = QPdfWriter(str(made))
        writer.setPageSize(QPageSize(QPageSize.PageSizeId.A4))
        margins = QMarginsF(MARGIN, MARGIN, MARGIN, MARGIN)
        writer.setPageMargins(margins, QPageLayout.Unit.Millimeter)
        document.print_(writer)
        del writer
        write_whole(path, made.read_bytes())


def _drawn(svg: str) -> QImage:
    renderer = QSvgRenderer(QByteArray(svg.encode()))
    image = QImage(renderer.defaultSize() * SHARP, QImage.Format.Format_RGB32)
    image.fill(0xFFFFFFFF)
    painter = QPainter(image)
    renderer.render(painter)
    painter.end()
    return image
