<#
.SYNOPSIS
Runs the demo and the Pester files that can differ there in PowerShell for Windows, under Wine. docs/windows.md says what that shows and what it cannot.
.EXAMPLE
./build.sh windows
.EXAMPLE
./build.sh windows Care,Damage
#>
[CmdletBinding()]
param(
    # The files of tests/Pester without ".Tests.ps1", separated by commas; Demo is the demo.
    [string] $Name = 'Demo,Care,Damage,Interchange,Journals,Workers,Stops,Invoke,Start-JournalBatch,Module,Windows',

    # How long one file may take.
    [int] $Minutes = 15
)

$ErrorActionPreference = 'Stop'
$PSNativeCommandUseErrorActionPreference = $false
$root = Split-Path $PSScriptRoot
Import-Module "$PSScriptRoot/Tools.psm1"
$store = "$root/artifacts/windows"
$packages = $env:JOURNAL_TOOLS ? $env:JOURNAL_TOOLS : "$root/artifacts/packages"
$wine = '/usr/lib/wine/wine64'

function Skip([string] $reason) {
    "Left out: PowerShell for Windows ($reason)."
    exit 0
}

if (-not $IsLinux -or [Runtime.InteropServices.RuntimeInformation]::OSArchitecture -ne 'X64') { Skip 'it runs under Wine on x64 Linux; on Windows itself use ./build.ps1 test' }
if (-not (Test-Path $wine)) {
    if (-not (Get-Command apt-get -ErrorAction Ignore)) { Skip 'it needs Wine as Debian packs it, wine64' }
    if ((id -u) -ne 0) { Skip 'it needs Wine; install it with: sudo apt-get install --no-install-recommends wine64 wine' }
    $said = bash -c 'export DEBIAN_FRONTEND=noninteractive; apt-get update -q && apt-get install -y -q --no-install-recommends wine64 wine' 2>&1
    if ($LASTEXITCODE) { Skip "apt-get could not install wine64: $(@($said)[-1])" }
}

# The packages: .NET for Windows, and the Windows half of the PowerShell tool.
$version = { ([xml](Get-Content -Raw -LiteralPath "$root/Directory.Packages.props")).SelectSingleNode("//$($args[0])").InnerText }
$dotnet = & $version WindowsRuntimeVersion
$powershell = (Get-Content -Raw -LiteralPath "$root/.config/dotnet-tools.json" | ConvertFrom-Json).tools.powershell.version
$said = dotnet restore "$PSScriptRoot/Windows/Windows.csproj" --packages $packages 2>&1
if ($LASTEXITCODE -eq 0 -and -not (Test-Path -LiteralPath "$packages/powershell/$powershell/.nupkg.metadata")) {
    $env:NUGET_PACKAGES = $env:DOTNET_CLI_HOME = $packages
    $said = dotnet tool restore 2>&1
}

if ($LASTEXITCODE) {
    if ("$said" -match 'NU1101|NU1102|not found in NuGet feeds') { Skip "the package registry does not have PowerShell $powershell or .NET $dotnet for Windows" }
    throw "The packages of PowerShell for Windows could not be restored into ${packages}:`n$($said -join "`n")"
}

$null = Get-PesterManifest

# A Windows of its own: nothing of this session's .NET, modules or journal is seen in it.
$env:WINEPREFIX, $env:WINEARCH, $env:WINEDEBUG = "$store/prefix-$powershell-$dotnet", 'win64', '-all'
# Without W^X: Wine does not keep two mappings of one page alike, and the runtime ends with an internal error.
$env:DOTNET_EnableWriteXorExecute = '0'
Remove-Item Env:DISPLAY, Env:DOTNET_ROOT, Env:PSModulePath, Env:JOURNAL_PATH, Env:JOURNAL_DURABILITY, Env:JOURNAL_MODULE, Env:DOTNET_HOST_PATH, Env:MSBuild*, Env:JOURNAL_TOOLS -ErrorAction Ignore

function Install-Windows {
    Remove-Item -LiteralPath $env:WINEPREFIX -Recurse -Force -ErrorAction Ignore
    $null = New-Item -ItemType Directory -Force $store
    # Not while it makes its folders: mscoree would ask for Mono.
    $env:WINEDLLOVERRIDES = 'mscoree=;mshtml='
    & $wine wineboot -i *> "$store/wineboot.log"
    if ($LASTEXITCODE) { throw "Wine could not be set up: $store/wineboot.log tells why." }
    $env:WINEDLLOVERRIDES = 'mshtml='
    & $wine winecfg -v win10 *>> "$store/wineboot.log"

    $programs = "$env:WINEPREFIX/drive_c/Program Files"
    $null = New-Item -ItemType Directory -Force "$programs/dotnet/host/fxr/$dotnet", "$programs/PowerShell"
    foreach ($framework in 'Microsoft.NETCore.App', 'Microsoft.WindowsDesktop.App') {
        $package = "$packages/$($framework.ToLowerInvariant()).runtime.win-x64/$dotnet/runtimes/win-x64"
        $folder = (New-Item -ItemType Directory -Force "$programs/dotnet/shared/$framework/$dotnet").FullName
        foreach ($part in 'native', 'lib/net10.0') { Copy-Item "$package/$part/*" $folder -Recurse -Force -ErrorAction Ignore }
    }

    Move-Item -LiteralPath "$programs/dotnet/shared/Microsoft.NETCore.App/$dotnet/hostfxr.dll" "$programs/dotnet/host/fxr/$dotnet"
    Copy-Item -LiteralPath "$packages/powershell/$powershell/tools/net10.0/any/win" "$programs/PowerShell/7" -Recurse
    Set-Content "$env:WINEPREFIX/.whole" ''
}

# Runs a script in PowerShell for Windows, and gives its exit code. It needs a terminal: without one it ends silently.
function Invoke-Windows([string[]] $ArgumentList) {
    $line = @($wine, 'C:\Program Files\PowerShell\7\pwsh.exe', '-NoProfile', '-NonInteractive', '-ExecutionPolicy', 'Bypass') + $ArgumentList
    $quoted = $line.ForEach{ "'" + $_.Replace("'", "'\''") + "'" } -join ' '
    @() | timeout --kill-after=10 "$($Minutes)m" script -qec "stty cols 200 rows 50; exec $quoted" /dev/null | Out-Host
}

function ConvertTo-WindowsPath([string] $path) { 'Z:' + (Convert-Path -LiteralPath $path).Replace('/', '\') }

$sum = @{ Passed = 0; Failed = 0; Skipped = 0 }
$odd = @()
try {
    if (-not (Test-Path -LiteralPath "$env:WINEPREFIX/.whole")) { Install-Windows }
    $env:WINEDLLOVERRIDES = 'mshtml='
    $env:JOURNAL_TOOLS = ConvertTo-WindowsPath $packages
    $results = (New-Item -ItemType Directory -Force "$store/results").FullName
    foreach ($one in $Name.Split(',').Trim()) {
        Write-Host "`n$one, on Windows."
        $report = "$results/$one.json"
        # The runtime ends now and then for Wine's reasons (a thread that cannot be suspended): a file that left no figures is tried once more.
        foreach ($try in 1, 2) {
            Remove-Item -LiteralPath $report -ErrorAction Ignore
            if ($one -eq 'Demo') {
                Invoke-Windows '-File', (ConvertTo-WindowsPath "$root/samples/demo.ps1")
                $figures = @{ Passed = [int]($LASTEXITCODE -eq 0); Failed = [int]($LASTEXITCODE -ne 0); Skipped = 0 }
                if ($figures.Passed) { break }
            }
            else {
                Invoke-Windows '-File', (ConvertTo-WindowsPath "$root/tests/Pester/Run.ps1"), '-Path', (ConvertTo-WindowsPath "$root/tests/Pester/$one.Tests.ps1"), '-Report', "$(ConvertTo-WindowsPath $results)\$one.json"
                $figures = @{ Passed = 0; Failed = 1; Skipped = 0 }
                if (Test-Path -LiteralPath $report) {
                    $figures = Get-Content -Raw -LiteralPath $report | ConvertFrom-Json -AsHashtable
                    break
                }
            }

            if ($try -eq 1) { $odd += "$one ended without figures (exit code $LASTEXITCODE) and was run once more." }
        }

        Write-Host "${one}: $($figures.Passed) passed, $($figures.Failed) failed, $($figures.Skipped) skipped."
        foreach ($kind in 'Passed', 'Failed', 'Skipped') { $sum[$kind] += $figures[$kind] }
    }
}
finally {
    # Whatever still runs in this prefix, and nothing else.
    wineserver -k 2>$null
}

$odd
"$($sum.Passed) passed, $($sum.Failed) failed, $($sum.Skipped) skipped"
exit [int]($sum.Failed -gt 0 -or $sum.Passed -eq 0)
