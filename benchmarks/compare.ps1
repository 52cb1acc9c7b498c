<#
.SYNOPSIS
What a user feels, beside the same module as it was at another commit.
.NOTES
Two processes of one PowerShell, one with each module, take turns at every line. What else the machine does changes from second to second, so
each round of one is compared with the round of the other beside it; the figure is the median of these ratios. The first rounds, in which the
runtime still compiles what they call, are left out.
#>
[CmdletBinding(DefaultParameterSetName = 'Compare')]
param(
    [Parameter(Mandatory, ParameterSetName = 'Compare')]
    [string] $Against,
    [Parameter(ParameterSetName = 'Compare')]
    [ValidateRange(1, 999)]
    [int] $Rounds = 20,
    [Parameter(ParameterSetName = 'Compare')]
    [ValidateRange(0, 999)]
    [int] $WarmUp = 6,
    # What each of those processes does: with the module of this manifest, it measures the lines whose numbers it reads.
    [Parameter(Mandatory, ParameterSetName = 'Measure')]
    [string] $Manifest
)
$ErrorActionPreference = 'Stop'
$PSNativeCommandUseErrorActionPreference = $true

# Each run has a journal of its own; the lines that read ask the one of the run before them.
function New-Round { $env:JOURNAL_PATH = Join-Path $directory "$([guid]::NewGuid().ToString('n')).db" }

$lines = [ordered]@{
    'Invoke-JournalBatch, 20,000 no-op tasks'                 = { New-Round; $few | Invoke-JournalBatch run { } }
    'Get-JournalTask, all 20,000'                             = { Get-JournalBatch run | Get-JournalTask }
    'Measure-JournalTask -GroupBy Status'                     = { Get-JournalBatch run | Measure-JournalTask -GroupBy Status }
    'Invoke-JournalBatch, 20,000 tasks that emit a string'    = { New-Round; $few | Invoke-JournalBatch string { 'x' } }
    'Invoke-JournalBatch -ThrottleLimit 4, 5,000 no-op tasks' = { New-Round; $few[0..4999] | Invoke-JournalBatch four { } -ThrottleLimit 4 }
    'Start-JournalBatch, 100,000 strings'                     = { New-Round; $strings | Start-JournalBatch strings }
    'Start-JournalBatch, 20,000 objects of four properties'   = { New-Round; $objects | Start-JournalBatch objects -Key Id }
}

if ($PSCmdlet.ParameterSetName -eq 'Measure') {
    $WarningPreference = 'SilentlyContinue'
    Import-Module $Manifest
    $directory = Join-Path ([IO.Path]::GetTempPath()) "journal-compare-$([guid]::NewGuid().ToString('n'))"
    $null = New-Item -ItemType Directory $directory
    $strings = foreach ($number in 1..100000) { "item $number" }
    $few = $strings[0..19999]
    $objects = foreach ($number in 1..20000) { [pscustomobject]@{ Id = "id-$number"; Name = "name $number"; Size = $number; Url = "https://example.org/$number" } }
    try {
        while ($number = [Console]::In.ReadLine()) {
            $work = @($lines.Values)[[int]$number]
            [GC]::Collect()
            [Console]::Out.WriteLine((Measure-Command { $null = & $work }).TotalMilliseconds.ToString([cultureinfo]::InvariantCulture))
        }
    }
    finally { Remove-Item $directory -Recurse -Force -ErrorAction Ignore }
    return
}

Import-Module "$PSScriptRoot/../build/Tools.psm1"
$root = Split-Path $PSScriptRoot
$there = Join-Path $root artifacts/compare
git -C $root worktree prune
if (Test-Path -LiteralPath $there) { git -C $there checkout --quiet --detach $Against } else { git -C $root worktree add --quiet --detach $there $Against }
dotnet build (Get-Item "$there/*.sln").FullName -c Release --nologo -v quiet | Out-Host

$sides = foreach ($folder in $there, $root) {
    $start = New-PowerShellStart '-NoProfile', '-NonInteractive', '-File', $PSCommandPath, '-Manifest', (Join-Path $folder Journal.psd1)
    $start.RedirectStandardInput = $start.RedirectStandardOutput = $true
    [Diagnostics.Process]::Start($start)
}
try {
    # By rounds, not by lines: a line that reads finds the journal that the run of its own round wrote.
    $times = @(foreach ($line in 0..($lines.Count - 1)) { , @([Collections.Generic.List[double]]::new(), [Collections.Generic.List[double]]::new()) })
    foreach ($round in 1..($WarmUp + $Rounds)) {
        foreach ($line in 0..($lines.Count - 1)) {
            # Who begins changes each round.
            foreach ($side in ($round % 2 ? (0, 1) : (1, 0))) {
                $sides[$side].StandardInput.WriteLine($line)
                $said = $sides[$side].StandardOutput.ReadLine()
                if (-not $said) { throw "The process with the module of '$($side ? $root : $there)' ended in round $round." }
                if ($round -gt $WarmUp) { $times[$line][$side].Add([double]::Parse($said, [cultureinfo]::InvariantCulture)) }
            }
        }
    }
}
finally {
    $sides.ForEach{ $_.StandardInput.Close(); $_.WaitForExit() }
}
function Get-Median([double[]] $Values) { @($Values | Sort-Object)[[int][Math]::Floor(($Values.Count - 1) / 2)] }
foreach ($line in 0..($lines.Count - 1)) {
    $then, $now = $times[$line]
    [pscustomobject]@{
        Line  = @($lines.Keys)[$line]
        Then  = '{0:n1} ms' -f (Get-Median $then)
        Now   = '{0:n1} ms' -f (Get-Median $now)
        Ratio = '{0:n2}' -f (Get-Median @(foreach ($round in 0..($Rounds - 1)) { $now[$round] / $then[$round] }))
    }
}
