#!/usr/bin/env pwsh
<#
.SYNOPSIS
Builds, tests, shows, measures and packs Journal.
.EXAMPLE
./build.ps1 test
#>
[CmdletBinding()]
param(
    [Parameter(Position = 0)]
    [ValidateSet('build', 'test', 'demo', 'bench', 'package', 'torture', 'windows')]
    [string] $Task = 'build',

    # What the task takes: bench -Quick, torture -Minutes 5, package -Test, windows Care,Damage.
    [Parameter(ValueFromRemainingArguments)]
    [string[]] $Arguments = @()
)

$ErrorActionPreference = 'Stop'
$PSNativeCommandUseErrorActionPreference = $true
$env:DOTNET_CLI_TELEMETRY_OPTOUT = '1'
$env:DOTNET_NOLOGO = '1'
Set-Location -LiteralPath $PSScriptRoot
Import-Module "$PSScriptRoot/build/Tools.psm1"

function Build {
    dotnet build Journal.PowerShell.sln -c Release --nologo -v quiet
}

# dotnet test writes one .trx for each test project; the suite's figures are their sum.
function Test-Xunit {
    $results = 'artifacts/test-results'
    Remove-Item $results -Recurse -Force -ErrorAction Ignore
    $PSNativeCommandUseErrorActionPreference = $false
    dotnet test Journal.PowerShell.sln -c Release --no-build --nologo -v quiet --logger trx --results-directory $results | Out-Host
    $count = @{ Passed = 0; Failed = [int]($LASTEXITCODE -ne 0); Skipped = 0; Failures = @() }
    foreach ($file in Get-ChildItem $results -Filter *.trx) {
        $tests = ([xml](Get-Content -Raw -LiteralPath $file.FullName)).TestRun.Results.UnitTestResult
        $outcomes = $tests.outcome | Group-Object -AsHashTable -AsString
        $count.Failures += $tests.Where{ $_.outcome -eq 'Failed' }.ForEach{ "$($_.testName)`n    $($_.Output.ErrorInfo.Message)" }
        $count.Passed += @($outcomes['Passed']).Where{ $_ }.Count
        $count.Failed += @($outcomes['Failed']).Where{ $_ }.Count
        $count.Skipped += @($outcomes['NotExecuted']).Where{ $_ }.Count
    }
    # A failed test run is in the figures already; a run that broke without a failed test counts as one failure.
    if ($count.Failed -gt 1) { $count.Failed-- }
    $count
}

function Test-Pester {
    $report = 'artifacts/pester.json'
    Remove-Item $report -ErrorAction Ignore
    $PSNativeCommandUseErrorActionPreference = $false
    Invoke-TestSuite -Report $report | Out-Host
    if (-not (Test-Path $report)) { return @{ Passed = 0; Failed = 1; Skipped = 0; Failures = @('The Pester suite ended before its report.') } }
    Get-Content -Raw $report | ConvertFrom-Json -AsHashtable
}

switch ($Task) {
    'build' { Build }
    'test' {
        Build
        $parts = (Test-Xunit), (Test-Pester)
        $sum = @{}
        foreach ($name in 'Passed', 'Failed', 'Skipped') { $sum[$name] = ($parts.ForEach{ $_[$name] } | Measure-Object -Sum).Sum }
        # Once more, at the end: a log of which only the end is kept still says what failed.
        $parts.Failures.ForEach{ Write-Host "Failed: $_" }
        Write-Host "xUnit: $($parts[0].Passed) passed, $($parts[0].Failed) failed, $($parts[0].Skipped) skipped; Pester: $($parts[1].Passed) passed, $($parts[1].Failed) failed, $($parts[1].Skipped) skipped."
        "$($sum.Passed) passed, $($sum.Failed) failed, $($sum.Skipped) skipped"
        if ($sum.Failed -gt 0 -or $sum.Passed -eq 0) { exit 1 }
        # On Linux every test can run: what is skipped there lacks something that can be installed.
        if ($sum.Skipped -gt 0 -and $IsLinux -and -not $env:JOURNAL_LEAVE_OUT) {
            Write-Host 'The run left tests out, and so it counts as failed. Install what the lines above name, or set JOURNAL_LEAVE_OUT=1 to do without.'
            exit 1
        }
    }
    'demo' {
        Build
        Invoke-PowerShell -NoProfile -NonInteractive -File samples/demo.ps1
        exit $LASTEXITCODE
    }
    'bench' {
        Build
        Invoke-PowerShell -NoProfile -NonInteractive -File benchmarks/bench.ps1 @Arguments
        exit $LASTEXITCODE
    }
    'torture' {
        $PSNativeCommandUseErrorActionPreference = $false
        # Compiled ahead where the registry has the compiler: a worker that is killed after a second shall not have spent it compiling.
        dotnet publish tests/Journal.Torture -c Release --use-current-runtime --no-self-contained -p:PublishReadyToRun=true -o artifacts/torture --nologo -v quiet
        $torture = 'artifacts/torture/Journal.Torture.dll'
        if ($LASTEXITCODE -ne 0) {
            Build
            $torture = 'tests/Journal.Torture/bin/Release/net10.0/Journal.Torture.dll'
        }
        dotnet $torture @Arguments
        exit $LASTEXITCODE
    }
    'windows' {
        Build
        Invoke-PowerShell -NoProfile -NonInteractive -File build/windows.ps1 @Arguments
        exit $LASTEXITCODE
    }
    'package' {
        Build
        Invoke-PowerShell -NoProfile -NonInteractive -File module/package.ps1 @Arguments
        exit $LASTEXITCODE
    }
}
