<#
.SYNOPSIS
What a user feels, as ratios taken in one run: the same work by this module and by what an admin would use otherwise.
.NOTES
Times depend on the machine; ratios of one run do not. Every figure in docs/performance.md comes from here.
#>
[CmdletBinding()]
param(
    # Smaller numbers, less than a minute.
    [switch] $Quick,
    # Only the lines whose name matches.
    [string] $Only = '*'
)
$ErrorActionPreference = 'Stop'
Import-Module "$PSScriptRoot/../Journal.psd1"
$directory = Join-Path ([IO.Path]::GetTempPath()) "journal-bench-$([guid]::NewGuid().ToString('n'))"
$null = New-Item -ItemType Directory $directory
$rows = [Collections.Generic.List[object]]::new()

# The median of three runs, in milliseconds; each starts from nothing.
function Measure-Median([scriptblock] $Work, [int] $Times = 3) {
    $all = foreach ($time in 1..$Times) {
        $env:JOURNAL_PATH = Join-Path $directory "$([guid]::NewGuid().ToString('n')).db"
        [GC]::Collect()
        (Measure-Command { & $Work }).TotalMilliseconds
    }
    @($all | Sort-Object)[[int][Math]::Floor($Times / 2)]
}

function Add-Line([string] $What, [int] $N, [string] $Ours, [string] $Theirs, [string] $Figure, [string] $Goal, [bool] $Met) {
    $row = [pscustomobject]@{ What = $What; N = $N; Ours = $Ours; Beside = $Theirs; Figure = $Figure; Goal = $Goal; Met = $Met ? 'yes' : 'NO' }
    $rows.Add($row)
    Write-Host ('{0,-58} {1,8} {2,14} {3,32} {4,22} {5,-14} {6}' -f $row.What, $row.N, $row.Ours, $row.Beside, $row.Figure, $row.Goal, $row.Met)
}

try {
    foreach ($file in Get-ChildItem "$PSScriptRoot/lines" -Filter *.ps1 | Sort-Object Name) {
        if ($file.BaseName -like $Only) { . $file.FullName }
    }
    if ($rows.Where{ $_.Met -eq 'NO' }) { Write-Host 'Some goals are not reached; docs/performance.md says what the time goes to.' }
}
finally {
    Remove-Item $directory -Recurse -Force -ErrorAction Ignore
    Remove-Item env:JOURNAL_PATH -ErrorAction Ignore
}
