# What the build, the tests and the samples share: how they start another PowerShell, and where Pester comes from.

$root = Split-Path $PSScriptRoot

# The command that starts a PowerShell like this one: a program and its first arguments. PowerShell as a .NET tool is a library that dotnet runs:
# ProcessPath is dotnet there, and the `pwsh` of the tool is a launcher, whose process is not the one to signal. This command starts the real process.
function Get-PowerShellCommand {
    $program = [Environment]::ProcessPath
    $program
    if ([IO.Path]::GetFileNameWithoutExtension($program) -eq 'dotnet') { Join-Path $PSHOME pwsh.dll }
}

# Runs a PowerShell with these arguments, as `pwsh …` would: its output is this function's, and $LASTEXITCODE its exit code.
function Invoke-PowerShell {
    $program, $first = Get-PowerShellCommand
    $all = @($first) + $args | Where-Object { $null -ne $_ }
    & $program $all
}

# Runs the Pester suite in a process of its own (a module's assemblies can never be unloaded from this one), with these arguments for tests/Pester/Run.ps1.
# In this clone's folder as build.sh gives it: Pester takes names for patterns.
function Invoke-TestSuite {
    $command = @(Get-PowerShellCommand)
    # nohup, and a shell without job control, have everything that they start ignore signals, which the suite sends.
    if ($IsLinux) { $command = @('env', '--default-signal=INT,HUP') + $command }
    # A failed test is in the report; the caller asks for the exit code.
    $PSNativeCommandUseErrorActionPreference = $false
    & $command[0] $command[1..9] -WorkingDirectory $root -NoProfile -NonInteractive -File (Join-Path $root tests Pester Run.ps1) @args
}

# What a PowerShell with these arguments is started from, for a caller that redirects, signals or kills it.
function New-PowerShellStart([string[]] $ArgumentList) {
    $program, $first = Get-PowerShellCommand
    $start = [System.Diagnostics.ProcessStartInfo]::new($program)
    @($first) + $ArgumentList | Where-Object { $null -ne $_ } | ForEach-Object { $start.ArgumentList.Add($_) }
    $start
}

# The manifest of the Pester that Directory.Packages.props names, downloaded into this clone.
function Get-PesterManifest {
    $version = ([xml](Get-Content -Raw -LiteralPath (Join-Path $root Directory.Packages.props))).SelectSingleNode('//PesterVersion').InnerText
    $packages = $env:JOURNAL_TOOLS ? $env:JOURNAL_TOOLS : (Join-Path $root artifacts packages)
    $folder = Join-Path $packages pester $version
    if (-not (Test-Path -LiteralPath (Join-Path $folder .nupkg.metadata))) {
        $said = dotnet restore (Join-Path $root build Pester Pester.csproj) --packages $packages 2>&1
        if ($LASTEXITCODE) { throw "Pester $version could not be restored into ${packages}: $($said -join [Environment]::NewLine)" }
    }

    Join-Path $folder tools Pester.psd1
}

Export-ModuleMember -Function *-*
