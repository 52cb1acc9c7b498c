<#
.SYNOPSIS
Tests the package as users get it: a folder is registered as a repository, the older version is installed from it, and is updated while a run of it
has a journal open; then the Pester suite runs against what was installed.
#>
[CmdletBinding()]
param(
    # The .nupkg, or the folder that holds it.
    [Parameter(Mandatory)]
    [string] $Package,

    # The package to update from. By default the sources of this clone are built once more with a lower version: that proves that installing and
    # updating work and that two versions share a journal, not that the code of an earlier release does.
    [string] $Previous,

    # Which test file of the suite, or folder of them; by default all.
    [string] $Path
)

$ErrorActionPreference = 'Stop'
$PSNativeCommandUseErrorActionPreference = $false
$root = Split-Path $PSScriptRoot
Import-Module "$root/build/Tools.psm1"
$Package = (Get-ChildItem $Package -Filter Journal.*.nupkg).FullName
$work = "$root/artifacts/installed"
Remove-Item $work -Recurse -Force -ErrorAction Ignore
$feed, $homeFolder = 'feed', 'home' | ForEach-Object { (New-Item -ItemType Directory "$work/$_").FullName }
# Where it is missing, the list of repositories is written into the current folder.
$null = New-Item -ItemType Directory -Force "$homeFolder/.local/share", "$homeFolder/AppData/Local"

# A package of the same sources under another version, from a copy of them: the build writes into the clone it stands in.
function Build-Older([string] $version) {
    $copy = (New-Item -ItemType Directory "$work/older").FullName
    foreach ($item in 'src', 'module', 'docs', 'build', 'Directory.Build.props', 'Directory.Packages.props', 'Journal.psd1', 'LICENSE', 'CHANGELOG.md') {
        Copy-Item "$root/$item" $copy -Recurse
    }

    Get-ChildItem "$copy/src", "$copy/build" -Directory -Recurse | Where-Object Name -In bin, obj | Remove-Item -Recurse -Force -ErrorAction Ignore
    Remove-Item "$copy/module/bin" -Recurse -Force
    $manifest = Get-Content -Raw "$copy/Journal.psd1"
    Set-Content "$copy/Journal.psd1" ($manifest -replace "(?<=ModuleVersion\s*=\s*)'[^']*'", "'$version'") -NoNewline
    foreach ($project in 'build/Journal.Help', 'src/Journal.Sqlite', 'src/Journal.Postgres', 'src/Journal.Yaml') {
        $said = dotnet build "$copy/$project" -c Release --nologo -v quiet
        if ($LASTEXITCODE) { throw "The older version could not be built:`n$($said -join "`n")" }
    }

    & "$copy/module/package.ps1" -Destination "$work/package" | Out-Null
    "$work/package/Journal.$version.nupkg"
}

# A PowerShell whose home is the test's: nothing is installed for the user who runs this, and nothing of theirs is found.
function Start-Session([string] $line, [switch] $Redirect) {
    $start = New-PowerShellStart '-NoProfile', '-NonInteractive', '-Command', "`$ErrorActionPreference = 'Stop'; $line"
    foreach ($name in 'HOME', 'USERPROFILE') { $start.Environment[$name] = $homeFolder }
    $start.Environment['LOCALAPPDATA'] = "$homeFolder/AppData/Local"
    $start.Environment['JOURNAL_PATH'] = "$work/journal.db"
    foreach ($name in 'PSModulePath', 'JOURNAL_MODULE', 'XDG_DATA_HOME', 'XDG_CONFIG_HOME', 'XDG_CACHE_HOME') { $null = $start.Environment.Remove($name) }
    $start.RedirectStandardOutput = $start.RedirectStandardInput = $Redirect
    [Diagnostics.Process]::Start($start)
}

function Invoke-Session([string] $line) {
    $process = Start-Session $line -Redirect
    $said = $process.StandardOutput.ReadToEnd()
    $process.WaitForExit()
    if ($process.ExitCode) { throw "A session with the installed module failed: $line`n$said" }
    $said.Trim() -split '\r?\n'
}

function Assert([string] $what, [bool] $holds) {
    if (-not $holds) { throw "Not so: $what" }
    "  ok: $what"
}

$versionOf = { [version](Split-Path $args[0] -LeafBase).Substring('Journal.'.Length) }
$new = & $versionOf $Package
$older = $Previous ? (Convert-Path $Previous) : (Build-Older ($new.Minor ? "$($new.Major).$($new.Minor - 1).9999" : "$($new.Major - 1).9999.0"))
$old = & $versionOf $older

"1. Install Journal $old from a folder that is registered as a repository."
Copy-Item $older $feed
# Windows keeps the user's modules where no environment variable can send them.
$modules = "$work/modules"
$install, $update = $IsWindows ? @("Save-PSResource Journal -Path '$modules' -Repository Local -TrustRepository") * 2 : 'Install-PSResource Journal -Repository Local -TrustRepository', 'Update-PSResource Journal -Repository Local -TrustRepository'
if ($IsWindows) { $null = New-Item -ItemType Directory $modules } else { $modules = "$homeFolder/.local/share/powershell/Modules" }
$import = "$($IsWindows ? "`$env:PSModulePath = '$modules;' + `$env:PSModulePath; " : '')Import-Module Journal;"
$null = Invoke-Session "Register-PSResourceRepository Local -Uri '$feed' -Trusted; $install"
Assert "Journal $old is found by name" ((Invoke-Session "$import (Get-Module Journal).Version.ToString()") -eq "$old")

"2. Update to $new while a run of $old has the journal open."
# The first task of each run says that it is at work; that of the older one then waits until it is told to go on.
$block = { param($first) "1..200 | Invoke-JournalBatch update { if (-not `$global:said) { `$global:said = `$true; [Console]::WriteLine('at work'); $first }; '{0} {1}' -f (Get-Module Journal).Version, `$_ }" }
$running = Start-Session "$import $(& $block '$null = [Console]::ReadLine()')" -Redirect
try {
    while ($null -ne ($said = $running.StandardOutput.ReadLine()) -and $said -ne 'at work') { }
    Assert "a run of $old is at work" ($said -eq 'at work')
    Copy-Item $Package $feed
    $null = Invoke-Session $update
    Assert "Journal $new is found by name" ((Invoke-Session "$import (Get-Module Journal).Version.ToString()") -eq "$new")
    Assert "$new reads the journal that $old works on" ((Invoke-Session "$import (Get-JournalBatch).Status") -eq 'Running')
    $joined = Start-Session "$import $(& $block '')" -Redirect
    try {
        $lines = @(while ($null -ne ($said = $joined.StandardOutput.ReadLine())) {
                if ($said -eq 'at work') { $running.StandardInput.WriteLine() } else { $said }
            })
        $joined.WaitForExit()
        $lines += @($running.StandardOutput.ReadToEnd().Trim() -split '\r?\n')
        $running.WaitForExit()
        Assert "both ended well" ($running.ExitCode -eq 0 -and $joined.ExitCode -eq 0)
    }
    finally { if (-not $joined.HasExited) { $joined.Kill() } }
}
finally { if (-not $running.HasExited) { $running.Kill() } }

$by = $lines | Where-Object { $_ } | Group-Object { $_.Split(' ')[0] } -AsHashTable -AsString
Assert "both versions had tasks of the batch ($($by["$old"].Count) and $($by["$new"].Count))" ($by["$old"].Count -gt 0 -and $by["$new"].Count -gt 0)
Assert 'each task came out once' (@($lines.ForEach{ $_.Split(' ')[1] } | Sort-Object -Unique).Count -eq 200 -and $lines.Count -eq 200)
$state = Invoke-Session "$import (Get-JournalBatch).Status, (Get-JournalBatch).Completed, (Test-Journal).IsHealthy"
Assert "the batch is complete and the journal sound" (($state -join ' ') -eq 'Completed 200 True')

'3. The suite against what was installed.'
$arguments = @('-Module', "$modules/Journal/$new/Journal.psd1")
if ($Path) { $arguments += '-Path', $Path }
Invoke-TestSuite @arguments
exit $LASTEXITCODE
