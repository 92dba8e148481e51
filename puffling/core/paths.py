"""Where files go on each system."""

from __future__ import annotations

import sys
from dataclasses import dataclass
from pathlib import Path

from puffling.core.errors import PufflingError
from puffling.core.files import file_errors


@dataclass(frozen=True, slots=True)
class Paths:
    """The places of one profile; everything it keeps is below `root`."""

    root: Path

    @property
    def settings(self) -> Path:
        """Your settings, as JSON."""
        return self.root / "settings.json"

    @property
    def database(self) -> Path:
        """Everything that is yours: orders, fills, lists, alerts, backtests."""
        return self.root / "puffling.db"

    @property
    def market(self) -> Path:
        """Fetched prices; may be deleted at any time."""
        return self.root / "market.db"

    @property
    def marker(self) -> Path:
        """Says that a database was made here, so that a vanished one is noticed."""
        return self.root / "profile.json"

    @property
    def restore(self) -> Path:
        """Says which backup is to be put back at the next start; not there otherwise."""
        return self.root / "restore.json"

    @property
    def layouts(self) -> Path:
        """Folder of saved arrangements of panels."""
        return self.root / "layouts"

    @property
    def backups(self) -> Path:
        """Folder of copies of the database."""
        return self.root / "backups"

    @property
    def journal(self) -> Path:
        """Folder of the journal's pictures."""
        return self.root / "journal"

    @property
    def logs(self) -> Path:
        """Folder of log files."""
        return self.root / "logs"

    @property
    def lock(self) -> Path:
        """Held by the one Puffling that may write here."""
        return self.root / "lock"

    def make(self) -> None:
        """Create the folders that are missing, readable by their owner alone.

        Raises:
            StoreError: The data folder cannot be made.
        """
        for folder in (self.root, self.layouts, self.backups, self.journal, self.logs):
            with file_errors(folder):
                folder.mkdir(mode=0o700, parents=True, exist_ok=True)


PORTABLE = "puffling-data"


def default_paths() -> Paths:
    """Return the places that this system sets aside for a person's data.

    The installed program keeps everything beside itself instead if a folder `puffling-data` is
    there: on a stick, say.
    """
    from platformdirs import user_data_path

    beside = Path(sys.executable).resolve().parent / PORTABLE
    if getattr(sys, "frozen", False) and beside.is_dir():
        return Paths(beside)
    return Paths(user_data_path("puffling", appauthor=False))


def resources() -> Path:
    """Return the folder of icons, themes, help and the demo market.

    It lies beside the packages in a checkout, inside `puffling` once installed, and in the bundle
    when frozen.
    """
    here = Path(__file__).resolve()
    bundle = getattr(sys, "_MEIPASS", None)
    places = [here.parents[1] / "resources", here.parents[2] / "resources"]
    if bundle is not None:
        places.insert(0, Path(bundle) / "resources")
    for place in places:
        if place.is_dir():
            return place
    raise PufflingError("Puffling's own files are missing.", hint="Install Puffling again.")
