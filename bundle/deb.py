"""A Debian package of the bundle: `python -m bundle.deb dist/puffling dist` after `make bundle`.

The program lies in /opt/puffling with a link in /usr/bin, and the desktop learns of it: an entry in
the menu, a picture, and the type of layout files.
"""

from __future__ import annotations

import platform
import shutil
import subprocess
import sys
import tempfile
from pathlib import Path

from puffling import __version__

HERE = Path(__file__).parent
ROOT = HERE.parent
ARCHITECTURES = {"x86_64": "amd64", "aarch64": "arm64"}


def depends(packages: Path = ROOT / ".ci" / "packages.txt") -> list[str]:
    """Return the Debian packages that a window needs, from the project's one list."""
    lines = packages.read_text(encoding="utf-8").splitlines()
    found = [line.split()[1] for line in lines if line.split()[:1] == ["run"]]
    return [each for each in found if not each.startswith("fonts-inter")]


def control(installed_kilobytes: int, machine: str = "") -> str:
    """Return the package's description for dpkg.

    Raises:
        ValueError: Debian has no such architecture here.
    """
    machine = machine or platform.machine()
    if machine not in ARCHITECTURES:
        raise ValueError(f"No package is made for {machine}.")
    return "\n".join(
        (
            "Package: puffling",
            f"Version: {__version__}",
            f"Architecture: {ARCHITECTURES[machine]}",
            "Section: misc",
            "Priority: optional",
            "Maintainer: Puffling <puffling@localhost>",
            f"Installed-Size: {installed_kilobytes}",
            f"Depends: {', '.join(depends())}",
            "Recommends: fonts-inter, gnome-keyring | kwalletmanager",
            "Description: native trading workstation",
            " Charts, watchlists, backtests, paper trading, orders and alerts in one window,",
            " by keyboard. It starts on a demo market: no key, no network, no account.",
            "",
        )
    )


def lay_out(bundle: Path, root: Path) -> None:
    """Put the bundle and what the desktop needs into the tree that the package holds."""
    shutil.copytree(bundle, root / "opt" / "puffling", symlinks=True)
    for source, target in (
        (HERE / "puffling.desktop", "usr/share/applications/puffling.desktop"),
        (HERE / "puffling.xml", "usr/share/mime/packages/puffling.xml"),
        (HERE / "puffling.png", "usr/share/icons/hicolor/256x256/apps/puffling.png"),
        (
            ROOT / "resources" / "icons" / "puffling.svg",
            "usr/share/icons/hicolor/scalable/apps/puffling.svg",
        ),
        (ROOT / "LICENSE", "usr/share/doc/puffling/copyright"),
    ):
        place = root / target
        place.parent.mkdir(parents=True, exist_ok=True)
        shutil.copyfile(source, place)
        place.chmod(0o644)
    link = root / "usr" / "bin" / "puffling"
    link.parent.mkdir(parents=True)
    link.symlink_to("/opt/puffling/puffling")


def build(bundle: Path, target: Path) -> Path:
    """Make the package in the folder `target` and return it."""
    with tempfile.TemporaryDirectory() as made:
        root = Path(made) / "package"
        root.mkdir(mode=0o755)
        lay_out(bundle, root)
        files = [each for each in root.rglob("*") if each.is_file() and not each.is_symlink()]
        size = sum(each.stat().st_size for each in files) // 1024
        (root / "DEBIAN").mkdir()
        (root / "DEBIAN" / "control").write_text(control(size), encoding="utf-8")
        target.mkdir(parents=True, exist_ok=True)
        name = f"puffling_{__version__}_{ARCHITECTURES[platform.machine()]}.deb"
        command = ["dpkg-deb", "--root-owner-group", "-Zzstd", "-z6", "--build", str(root)]
        subprocess.run([*command, str(target / name)], check=True)  # noqa: S603 - our own paths
    return target / name


if __name__ == "__main__":
    print(build(Path(sys.argv[1]), Path(sys.argv[2])))  # noqa: T201 - it answers a terminal
