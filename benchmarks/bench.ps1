<#
.SYNOPSIS
What a user feels, as ratios taken in one run: the same work by this module and by what an admin would use otherwise.
.NOTES
Times depend on the machine; ratios of one run do not. Every figure in docs/performance.md comes from here. A line is left out, saying so,
where the tool it compares with is not installed.
#>
[CmdletBinding()]
param(
    # Smaller numbers, less than a minute.
    [switch] $Quick,
    # Growth up to ten million tasks, for which 3 GB of disk are taken and given back.
    [switch] $Large,
    # Only the lines whose name matches.
    [string] $Only = '*',
    # Write the table of a full run into docs/performance.md.
    [switch] $Write,
    # Instead of all that: a few lines beside this module as it was at that commit.
    [string] $Against
)
$ErrorActionPreference = 'Stop'
if ($Against) { return & "$PSScriptRoot/compare.ps1" -Against $Against | Format-Table | Out-String -Width 120 }
if ($Write -and ($Quick -or $Only -ne '*')) { throw 'Only the whole of a full run is written: leave out -Quick and -Only.' }
$PSNativeCommandUseErrorActionPreference = $true
$manifest = (Resolve-Path "$PSScriptRoot/../Journal.psd1").Path
Import-Module $manifest, "$PSScriptRoot/../build/Tools.psm1"
$program = "$PSScriptRoot/Journal.Benchmarks/bin/Release/net10.0/Journal.Benchmarks.dll"
$directory = Join-Path ([IO.Path]::GetTempPath()) "journal-bench-$([guid]::NewGuid().ToString('n'))"
$null = New-Item -ItemType Directory $directory
$rows = [Collections.Generic.List[object]]::new()

function New-JournalPath { Join-Path $directory "$([guid]::NewGuid().ToString('n')).db" }

# How long each of several works takes, in milliseconds: the median of some rounds, in which they take turns, so that whatever else the
# machine does strikes them alike. Each starts with a journal of its own and without garbage.
function Measure-InTurn([Collections.Specialized.OrderedDictionary] $Work, [int] $Rounds = 3) {
    $all = @{}
    foreach ($name in $Work.Keys) { $all[$name] = [Collections.Generic.List[double]]::new() }
    foreach ($round in 1..$Rounds) {
        foreach ($name in $Work.Keys) {
            $env:JOURNAL_PATH = New-JournalPath
            [GC]::Collect()
            $all[$name].Add((Measure-Command { $null = & $Work[$name] }).TotalMilliseconds)
        }
    }
    $median = @{}
    foreach ($name in $Work.Keys) { $median[$name] = @($all[$name] | Sort-Object)[[int][Math]::Floor(($Rounds - 1) / 2)] }
    $median
}

function Measure-Median([scriptblock] $Work, [int] $Times = 3) { (Measure-InTurn ([ordered]@{ Work = $Work }) $Times).Work }

function Test-Tool([string] $Name, [string] $For) {
    if (Get-Command $Name -CommandType Application -ErrorAction Ignore) { return $true }
    Write-Host "Left out: $For ($Name is not installed)."
    $false
}

function Add-Line([string] $What, [int] $N, [string] $Ours, [string] $Theirs, [string] $Figure, [string] $Goal, [bool] $Met) {
    $row = [pscustomobject]@{ What = $What; N = $N; Ours = $Ours; Beside = $Theirs; Figure = $Figure; Goal = $Goal; Met = $Goal ? ($Met ? 'yes' : 'NO') : '' }
    $rows.Add($row)
    Write-Host ('{0,-58} {1,8} {2,14} {3,34} {4,24} {5,-14} {6}' -f $row.What, $row.N, $row.Ours, $row.Beside, $row.Figure, $row.Goal, $row.Met)
}

# The lines that the C# program measures.
function Add-ProgramLine([string] $Verb, [int] $N) {
    foreach ($line in dotnet $program $Verb $N | ConvertFrom-Json) { Add-Line $line.What $line.N $line.Ours $line.Beside $line.Figure $line.Goal $line.Met }
}

try {
    $watch = [Diagnostics.Stopwatch]::StartNew()
    foreach ($file in Get-ChildItem "$PSScriptRoot/lines" -Filter *.ps1 | Sort-Object Name) {
        if ($file.BaseName -like $Only) { . $file.FullName }
    }
    Write-Host ('{0:n0} s.' -f $watch.Elapsed.TotalSeconds)
    if ($rows.Where{ $_.Met -eq 'NO' }) { Write-Host 'Some goals are not reached; docs/performance.md says what the time goes to.' }
    if ($Write) { & "$PSScriptRoot/write-performance.ps1" $rows }
}
finally {
    Remove-Item $directory -Recurse -Force -ErrorAction Ignore
    Remove-Item env:JOURNAL_PATH -ErrorAction Ignore
}
