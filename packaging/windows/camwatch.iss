; The installer for Windows, by Inno Setup 6.3 or newer. After scripts/package on Windows:
;   iscc /DVersion=X.Y.Z packaging\windows\camwatch.iss
; scripts/package says the command with the version, which stands in pyproject.toml alone.
#ifndef Version
  #error Give the version: iscc /DVersion=X.Y.Z
#endif

[Setup]
AppId={{6B0C2C0E-6A6B-4C0B-9B55-7E2B5C0E51B4}
AppName=CamWatch
AppVersion={#Version}
AppPublisher=The CamWatch authors
VersionInfoVersion={#Version}
DefaultDirName={autopf}\CamWatch
DefaultGroupName=CamWatch
DisableProgramGroupPage=yes
LicenseFile=..\..\LICENSE
OutputDir=..\..\dist
OutputBaseFilename=camwatch-{#Version}-windows-x64
SetupIconFile=..\..\build\package\icons\camwatch.ico
UninstallDisplayIcon={app}\camwatch.exe
ArchitecturesAllowed=x64compatible
ArchitecturesInstallIn64BitMode=x64compatible
; For one user without an administrator, or for all with one: the installer asks.
PrivilegesRequired=lowest
PrivilegesRequiredOverridesAllowed=dialog
MinVersion=10.0.17763
Compression=lzma2/max
SolidCompression=yes
WizardStyle=modern
; Asks CamWatch to close instead of replacing files that are in use.
CloseApplications=yes
RestartApplications=no

[Languages]
Name: "en"; MessagesFile: "compiler:Default.isl"
Name: "de"; MessagesFile: "compiler:Languages\German.isl"

[CustomMessages]
en.Desktop=Put an icon on the desktop
de.Desktop=Ein Symbol auf den Desktop legen
en.Autostart=Start CamWatch when I sign in
de.Autostart=CamWatch starten, wenn ich mich anmelde
en.Demo=CamWatch demonstration
de.Demo=CamWatch-Vorführung
en.Start=Start CamWatch
de.Start=CamWatch starten

[Tasks]
Name: "desktop"; Description: "{cm:Desktop}"; Flags: unchecked
Name: "autostart"; Description: "{cm:Autostart}"; Flags: unchecked

[InstallDelete]
; An older version's libraries must not stay beside the new ones.
Type: filesandordirs; Name: "{app}\_internal"
Type: filesandordirs; Name: "{app}\licenses"

[Files]
Source: "..\..\build\package\frozen\camwatch\*"; DestDir: "{app}"; Flags: ignoreversion recursesubdirs createallsubdirs

[Icons]
Name: "{group}\CamWatch"; Filename: "{app}\camwatch.exe"
Name: "{group}\{cm:Demo}"; Filename: "{app}\camwatch.exe"; Parameters: "--demo"
Name: "{autodesktop}\CamWatch"; Filename: "{app}\camwatch.exe"; Tasks: desktop
Name: "{autostartup}\CamWatch"; Filename: "{app}\camwatch.exe"; Tasks: autostart

[Run]
Filename: "{app}\camwatch.exe"; Description: "{cm:Start}"; Flags: nowait postinstall skipifsilent

; Settings and history are in %LOCALAPPDATA%\CamWatch and stay when CamWatch is removed.
