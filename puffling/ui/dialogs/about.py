"""Version, licences, and where the demo market's prices come from."""

from __future__ import annotations

import platform
from importlib.metadata import PackageNotFoundError, version
from typing import TYPE_CHECKING

from PySide6.QtCore import qVersion
from PySide6.QtWidgets import QHBoxLayout, QLabel, QTextBrowser, QVBoxLayout

from puffling.ui.dialogs.base import Dialog
from puffling.ui.widgets.picture import Picture

if TYPE_CHECKING:
    from PySide6.QtWidgets import QWidget

    from puffling.ui.theme.theme import Theme

# What is shipped or installed with Puffling, and under which terms.
LICENCES: tuple[tuple[str, str, str], ...] = (
    ("PySide6-Essentials", "Qt and PySide6", "LGPL-3.0"),
    ("PySide6-QtAds", "Qt Advanced Docking System", "LGPL-2.1"),
    ("qasync", "qasync", "BSD-2-Clause"),
    ("pyqtgraph", "PyQtGraph", "MIT"),
    ("numpy", "NumPy", "BSD-3-Clause"),
    ("pydantic", "Pydantic", "MIT"),
    ("sqlalchemy", "SQLAlchemy", "MIT"),
    ("alembic", "Alembic", "MIT"),
    ("yfinance", "yfinance", "Apache-2.0"),
    ("alpaca-py", "alpaca-py", "Apache-2.0"),
    ("websockets", "websockets", "BSD-3-Clause"),
    ("anthropic", "Anthropic SDK", "MIT"),
    ("openai", "OpenAI SDK", "Apache-2.0"),
    ("vaderSentiment", "VADER", "MIT"),
    ("keyring", "keyring", "MIT"),
    ("platformdirs", "platformdirs", "MIT"),
    ("numba", "Numba", "BSD-2-Clause"),
    ("scipy", "SciPy", "BSD-3-Clause"),
    ("TA-Lib", "TA-Lib", "BSD-2-Clause"),
    ("statsmodels", "statsmodels", "BSD-3-Clause"),
    ("scikit-learn", "scikit-learn", "BSD-3-Clause"),
    ("skfolio", "skfolio", "BSD-3-Clause"),
    ("optuna", "Optuna", "MIT"),
    ("jeepney", "Jeepney", "MIT"),
    ("typing-extensions", "typing_extensions", "PSF-2.0"),
    ("tzdata", "tzdata", "Apache-2.0"),
)
QT_NOTE = (
    "Qt and PySide6 are used under the GNU Lesser General Public License, version 3, as separate "
    "libraries that you may replace with builds of your own. Their source is at code.qt.io."
)
DATA_NOTE = (
    "The demo market replays real daily prices of AAPL, FB, GOOG, IBM and MSFT from 2000 to 2013, "
    "from the public-domain Quandl WIKI data. The path inside each day is simulated through that "
    "day's real open, high, low and close. Yahoo Finance prices are for personal use under "
    "Yahoo's terms. Nothing here is investment advice."
)


class AboutDialog(Dialog):
    """Who made what, under which terms."""

    topic = "upkeep"

    def __init__(self, theme: Theme, parent: QWidget | None = None) -> None:
        super().__init__(theme, "About Puffling", parent, width=560)
        row = QHBoxLayout()
        row.setSpacing(theme.px(16))
        row.addWidget(Picture(theme, "puffling", size=theme.px(64)))
        words = QVBoxLayout()
        words.setSpacing(theme.px(2))
        name, says = QLabel("Puffling"), QLabel("A native trading workstation")
        theme.set_role(name, "headline")
        theme.set_role(says, "muted")
        self.version = QLabel(version_line())
        theme.set_role(self.version, "caption")
        for each in (name, says, self.version):
            words.addWidget(each)
        row.addLayout(words, 1)
        self.body.addLayout(row)
        self.page = QTextBrowser()
        theme.set_role(self.page, "page")
        self.page.setOpenLinks(False)
        self.page.setPlainText(notes())
        self.page.setMinimumHeight(theme.px(260))
        self.page.setAccessibleName("Licences and data")
        self.body.addWidget(self.page, 1)
        self.close_ = self.add_button("Close", default=True)
        self.close_.clicked.connect(self.accept)
        self.close_.setFocus()


def version_line() -> str:
    """Return the versions that matter in a report."""
    return (
        f"Version {_version('puffling') or 'from a checkout'} · Python "
        f"{platform.python_version()} · Qt {qVersion()}"
    )


def notes() -> str:
    """Return licences and provenance as text."""
    lines = ["Puffling is licensed under the Apache License, version 2.0.", "", QT_NOTE, ""]
    for package, name, licence in LICENCES:
        number = _version(package)
        lines.append(f"{name} {number}".strip() + f" — {licence}")
    return "\n".join([*lines, "", DATA_NOTE])


def _version(package: str) -> str:
    try:
        return version(package)
    except PackageNotFoundError:
        return ""
