; The installer for Windows, for Inno Setup 6: iscc /DVersion=0.1.0 bundle\installer.iss
; It installs for one person without asking for administrator's rights, and leaves the profile
; (orders, journal, settings) in place when Puffling is removed.
#ifndef Version
  #define Version "0.1.0"
#endif

[Setup]
AppId={{7C0B0F52-6C86-4B5B-9A51-0B4E3F0B7C1D}
AppName=Puffling
AppVersion={#Version}
AppVerName=Puffling {#Version}
DefaultDirName={autopf}\Puffling
DefaultGroupName=Puffling
DisableProgramGroupPage=yes
PrivilegesRequired=lowest
PrivilegesRequiredOverridesAllowed=dialog
LicenseFile=..\LICENSE
OutputDir=..\dist
OutputBaseFilename=puffling-{#Version}-setup
SetupIconFile=puffling.ico
UninstallDisplayIcon={app}\puffling.exe
Compression=lzma2
SolidCompression=yes
ArchitecturesAllowed=x64compatible
ArchitecturesInstallIn64BitMode=x64compatible
ChangesAssociations=yes
CloseApplications=yes

[Languages]
Name: "english"; MessagesFile: "compiler:Default.isl"

[Tasks]
Name: "desktopicon"; Description: "Put a shortcut on the desktop"; Flags: unchecked
Name: "layouts"; Description: "Open layout files (.puffling-layout) with Puffling"

[Files]
Source: "..\dist\puffling\*"; DestDir: "{app}"; Flags: recursesubdirs createallsubdirs ignoreversion

[Icons]
Name: "{group}\Puffling"; Filename: "{app}\puffling.exe"
Name: "{group}\Puffling kill switch"; Filename: "{app}\puffling.exe"; Parameters: "halt"
Name: "{autodesktop}\Puffling"; Filename: "{app}\puffling.exe"; Tasks: desktopicon

[Registry]
Root: HKA; Subkey: "Software\Classes\.puffling-layout"; ValueType: string; ValueData: "Puffling.Layout"; Flags: uninsdeletevalue; Tasks: layouts
Root: HKA; Subkey: "Software\Classes\Puffling.Layout"; ValueType: string; ValueData: "Puffling layout"; Flags: uninsdeletekey; Tasks: layouts
Root: HKA; Subkey: "Software\Classes\Puffling.Layout\DefaultIcon"; ValueType: string; ValueData: "{app}\puffling.exe,0"; Tasks: layouts
Root: HKA; Subkey: "Software\Classes\Puffling.Layout\shell\open\command"; ValueType: string; ValueData: """{app}\puffling.exe"" open ""%1"""; Tasks: layouts

[Run]
Filename: "{app}\puffling.exe"; Description: "Open Puffling"; Flags: nowait postinstall skipifsilent
