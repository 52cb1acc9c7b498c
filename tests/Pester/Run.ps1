<#
.SYNOPSIS
Runs the Pester suite against the module built in this clone, or against another.
.EXAMPLE
./tests/Pester/Run.ps1 -Path ./tests/Pester/Views.Tests.ps1
.EXAMPLE
./tests/Pester/Run.ps1 -Module ./artifacts/package/Journal/0.1.0/Journal.psd1
#>
[CmdletBinding()]
param(
    # Which tests; by default all.
    [string[]] $Path = $PSScriptRoot,

    # The manifest of the module to test, such as that of a package.
    [string] $Module,

    # A file to write the figures to, as JSON: Passed, Failed, Skipped, and Failures, the name and the message of each test that failed.
    [string] $Report
)

$ErrorActionPreference = 'Stop'
if ($Module) { $env:JOURNAL_MODULE = Convert-Path $Module }
Import-Module "$PSScriptRoot/../../build/Tools.psm1"
Import-Module (Get-PesterManifest)
$configuration = New-PesterConfiguration
$configuration.Run.Path = $Path
$configuration.Run.PassThru = $true
$configuration.Output.Verbosity = 'Normal'
$result = Invoke-Pester -Configuration $configuration
# A file that cannot be run has no tests to count, and is a failure all the same.
$failed = $result.FailedCount + $result.FailedContainersCount + $result.FailedBlocksCount
if ($Report) {
    # By the pipeline: the lists' own ForEach gives nothing back.
    $failures = @($result.Failed | ForEach-Object { "$($_.ExpandedPath)`n    $($_.ErrorRecord)" }) + @($result.FailedContainers | ForEach-Object { "$_`n    $($_.ErrorRecord)" })
    @{ Passed = $result.PassedCount; Failed = $failed; Skipped = $result.SkippedCount; Failures = $failures } | ConvertTo-Json | Set-Content $Report
}
exit [int]($failed -gt 0)
