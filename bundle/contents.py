"""What the bundle holds beside the code that is found by itself, and what it does without."""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from pathlib import Path

# Packages that look themselves up by name while they run.
METADATA = (
    "alembic",
    "alpaca-py",
    "httpcore2",
    "httpx2",
    "keyring",
    "numba",
    "opentelemetry-api",
    "optuna",
    "pandas",
    "PySide6-Essentials",
    "PySide6-QtAds",
    "pyqtgraph",
    "scikit-learn",
    "skfolio",
    "sqlalchemy",
    "statsmodels",
    "yfinance",
)

# Modules that are asked for by their names, where no import statement can be read.
HIDDEN = (
    "anyio._backends._asyncio",
    "keyring.backends.SecretService",
    "keyring.backends.Windows",
    "keyring.backends.chainer",
    "keyring.backends.fail",
    "keyring.backends.kwallet",
    "keyring.backends.libsecret",
    "keyring.backends.macOS",
    "keyring.backends.null",
    "opentelemetry.context.contextvars_context",
    "pyqtgraph.graphicsItems",
    "sqlalchemy.dialects.sqlite",
    "talib.abstract",
)

# Modules of compiled code: the compiler keeps its work where it is told to for files alone.
KERNELS = tuple(
    f"puffin.backtest.{each}"
    for each in (
        "kernel",
        "kernel_events",
        "kernel_figures",
        "kernel_fills",
        "kernel_plain",
        "kernel_run",
        "kernel_signals",
        "kernel_targets",
    )
)

# Other toolkits, notebooks, tests, and tools for those who write programs.
EXCLUDED = [
    "IPython",
    "PyQt5",
    "PyQt6",
    "PySide2",
    "_pytest",
    "black",
    "grimp",
    "hypothesis",
    "importlinter",
    "ipykernel",
    "ipywidgets",
    "jupyter",
    "kaleido",
    "matplotlib",
    "mypy",
    "nbformat",
    "notebook",
    "pyqtgraph.examples",
    "pyqtgraph.opengl",
    "pytest",
    "ruff",
    "setuptools",
    "tkinter",
    "uvloop",
]

# Parts of names of files that nothing here loads.
UNWANTED = (
    "PySide6/Qt/qml",
    "PySide6/Qt/translations",
    "libQt6Pdf",
    "libQt6Quick",
    "libQt6VirtualKeyboard",
    "libgtk-3",
    "platforms/libqeglfs",
    "platforms/libqlinuxfb",
    "platforms/libqminimalegl",
    "platforms/libqvkkhrdisplay",
    "platforms/libqvnc",
    "platformthemes/libqgtk3",
    "plotly/package_data/plotly.min.js",
    "sqldrivers",
    "/tests/",
)


def data_files(root: Path) -> list[tuple[str, str]]:
    """Return the files that are read and not imported, each with its folder in the bundle."""
    return [
        (str(root / "resources"), "resources"),
        (str(root / "puffin" / "data" / "xnys.json"), "puffin/data"),
        (str(root / "puffin" / "nlp" / "lexicon.tsv"), "puffin/nlp"),
        (str(root / "puffling" / "store" / "revisions"), "puffling/store/revisions"),
        (str(root / "LICENSE"), "."),
    ]


def is_wanted(target: str) -> bool:
    """Whether a file of a package belongs into the bundle, by its place in it."""
    place = target.replace("\\", "/")
    return not any(each in place for each in UNWANTED)
