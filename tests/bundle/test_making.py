from __future__ import annotations

import configparser
import re
import struct
from pathlib import Path
from xml.etree import ElementTree as ET

import pytest

from bundle import contents, deb, windows
from bundle.icons import SIZES, ico
from puffling import __version__
from puffling.commands import doctor

ROOT = Path(__file__).parents[2]
BUNDLE = ROOT / "bundle"


def installer() -> dict[str, list[str]]:
    """Return the lines of the installer's script by section."""
    sections: dict[str, list[str]] = {}
    name = ""
    for line in (BUNDLE / "installer.iss").read_text().splitlines():
        if line.startswith("[") and line.endswith("]"):
            name = line[1:-1]
        elif name and line and not line.startswith((";", "#")):
            sections.setdefault(name, []).append(line)
    return sections


def test_everything_the_bundle_is_given_is_there():
    for source, _ in contents.data_files(ROOT):
        assert Path(source).exists(), source


@pytest.mark.parametrize(
    ("place", "wanted"),
    [
        ("PySide6/Qt/lib/libQt6Qml.so.6", True),  # the docks are linked to it
        ("PySide6/Qt/lib/libQt6Quick.so.6", False),
        ("PySide6/Qt/plugins/platforms/libqxcb.so", True),
        ("PySide6\\Qt\\plugins\\sqldrivers\\qsqlite.dll", False),
        ("scipy/stats/tests/data/levy.npy", False),
    ],
)
def test_what_nothing_loads_is_left_out(place: str, *, wanted: bool):
    assert contents.is_wanted(place) is wanted


def test_what_is_loaded_late_is_not_left_out_by_name():
    needed = {each.partition(".")[0] for each in doctor.LATE}
    assert not needed & set(contents.EXCLUDED)


def test_the_menu_entry_opens_layouts_and_can_halt():
    entry = configparser.ConfigParser(interpolation=None)
    entry.optionxform = str  # type: ignore[assignment,method-assign]
    entry.read(BUNDLE / "puffling.desktop")
    main = entry["Desktop Entry"]
    assert main["Exec"] == "puffling open %f"
    assert entry["Desktop Action halt"]["Exec"] == "puffling halt"
    kind = ET.parse(BUNDLE / "puffling.xml").getroot()[0]
    assert main["MimeType"] == f"{kind.attrib['type']};"
    assert [each.attrib["pattern"] for each in kind if each.tag.endswith("glob")] == [
        "*.puffling-layout"
    ]


def test_the_package_needs_what_a_window_needs():
    text = deb.control(700_000, "x86_64")
    fields = dict(line.split(": ", 1) for line in text.splitlines() if ": " in line)
    assert fields["Version"] == __version__
    assert fields["Architecture"] == "amd64"
    assert {"libegl1", "libxcb-cursor0"} <= set(fields["Depends"].split(", "))
    assert "xvfb" not in fields["Depends"]  # that is for tests
    assert text.endswith("\n")
    with pytest.raises(ValueError, match="sparc"):
        deb.control(1, "sparc")


def test_the_package_holds_the_bundle_and_what_the_desktop_reads(tmp_path: Path):
    made = tmp_path / "puffling"
    made.mkdir()
    (made / "puffling").write_text("program")
    deb.lay_out(made, tmp_path / "root")
    assert (tmp_path / "root/opt/puffling/puffling").read_text() == "program"
    assert str((tmp_path / "root/usr/bin/puffling").readlink()) == "/opt/puffling/puffling"
    shared = {each.name for each in (tmp_path / "root/usr/share").rglob("*") if each.is_file()}
    assert shared == {
        "copyright",
        "puffling.desktop",
        "puffling.png",
        "puffling.svg",
        "puffling.xml",
    }


def test_a_picture_for_windows_lists_each_size():
    data = ico({16: b"small", 256: b"large!"})
    assert struct.unpack_from("<HHH", data) == (0, 1, 2)
    assert (data[6], data[22]) == (16, 0)  # 256 is written as 0
    length, place = struct.unpack_from("<II", data, 22 + 8)
    assert data[place : place + length] == b"large!"
    kept = (BUNDLE / "puffling.ico").read_bytes()
    assert struct.unpack_from("<HHH", kept)[2] == len(SIZES)


def test_windows_shows_the_version():
    text = windows.version_text("1.2.3")
    compile(text, "version", "eval")
    assert "filevers=(1, 2, 3, 0)" in text
    assert "StringStruct('ProductVersion', '1.2.3')" in text
    with pytest.raises(ValueError, match="not three"):
        windows.version_text("1.2")


def test_the_installer_names_only_what_there_is():
    script = (BUNDLE / "installer.iss").read_text()
    found = re.search(r'#define Version "(.*)"', script)
    assert found is not None
    assert found[1] == __version__
    sections = installer()
    assert {"Setup", "Files", "Icons", "Registry", "Run", "Tasks"} <= set(sections)
    setup = dict(line.split("=", 1) for line in sections["Setup"])
    assert setup["PrivilegesRequired"] == "lowest"
    for key in ("LicenseFile", "SetupIconFile"):
        assert (BUNDLE / setup[key].replace("\\", "/")).exists(), key
    tasks = {line.split('"')[1] for line in sections["Tasks"]}
    used = re.findall(r"Tasks: (\w+)", "\n".join(sections["Icons"] + sections["Registry"]))
    assert set(used) == tasks


def test_every_line_of_the_installer_is_a_list_of_named_values():
    for name, lines in installer().items():
        if name == "Setup":
            assert all(re.fullmatch(r"\w+=\S.*", line) for line in lines)
        else:
            for line in lines:
                plain = re.sub(r'"(?:[^"]|"")*"', '""', line)
                assert re.fullmatch(r"\w+: [^;:]+(; \w+: [^;:]+)*", plain), line
