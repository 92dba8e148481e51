"""What Windows shows of the program in its properties, written for the version being built."""

from __future__ import annotations

from puffling import __version__


def version_text(version: str = __version__) -> str:
    """Return the version resource in the form that PyInstaller reads.

    Raises:
        ValueError: The version is not three numbers.
    """
    numbers = tuple(int(each) for each in version.split("."))
    if len(numbers) != 3:  # noqa: PLR2004 - major, minor, patch
        raise ValueError(f"{version} is not three numbers.")
    four = (*numbers, 0)
    said = {
        "CompanyName": "Puffling",
        "FileDescription": "Puffling trading workstation",
        "FileVersion": version,
        "InternalName": "puffling",
        "LegalCopyright": "Apache License 2.0",
        "OriginalFilename": "puffling.exe",
        "ProductName": "Puffling",
        "ProductVersion": version,
    }
    strings = ", ".join(f"StringStruct({name!r}, {text!r})" for name, text in said.items())
    return (
        "VSVersionInfo(\n"
        f"  ffi=FixedFileInfo(filevers={four}, prodvers={four}, mask=0x3F, flags=0x0, OS=0x40004,\n"
        "    fileType=0x1, subtype=0x0, date=(0, 0)),\n"
        "  kids=[\n"
        f"    StringFileInfo([StringTable('040904B0', [{strings}])]),\n"
        "    VarFileInfo([VarStruct('Translation', [1033, 1200])]),\n"
        "  ],\n"
        ")\n"
    )
