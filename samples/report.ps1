<#
.SYNOPSIS
A report without the work: a simulated night of 640 podcast episodes, and what Export-JournalReport makes of it.
.EXAMPLE
./samples/report.ps1 -Path ./night.html
#>
[CmdletBinding()]
param(
    # The page to write.
    [string] $Path = (Join-Path ([IO.Path]::GetTempPath()) 'journal-report.html')
)
$ErrorActionPreference = 'Stop'
Import-Module "$PSScriptRoot/../Journal.psd1", "$PSScriptRoot/SimulatedRun.psm1"

$file = Join-Path ([IO.Path]::GetTempPath()) "journal-sample-$([guid]::NewGuid().ToString('N')).db"
$journal = Open-SimulatedJournal $file ([DateTimeOffset]::new(2024, 8, 16, 20, 4, 0, [TimeSpan]::Zero))
$random = [Random]::new(7)
$batchId = Add-SimulatedBatch $journal episodes Download, Convert, Upload (1..640 | ForEach-Object { @{ Key = "the-hour-$($_.ToString('000')).mp3" } })

# Some servers are slow, some episodes are gone, and every now and then the network is.
Invoke-SimulatedRun $journal $batchId 'studio-1', 'studio-2', 'studio-3', 'studio-4' {
    param($task)
    $number = [int] $task.Key.Substring(9, 3)
    $spread = 0.5 + $random.NextDouble() * $random.NextDouble() * 3
    switch ($task.Stage) {
        'Download' {
            if ($number % 53 -eq 0) { return @{ Seconds = 1.2; Error = 'NotFound'; Message = "GET https://feeds.example.org/hour/$number`: 404 (Not Found)" } }
            if ($number % 97 -eq 0) { return @{ Seconds = 0.3; Skip = 'the feed lists it twice' } }
            if ($random.Next(25) -eq 0 -and $task.Attempts -lt 3) { return @{ Seconds = 31; Error = 'NetworkError'; Message = 'Connection reset by peer (feeds.example.org:443)'; Retry = 30 } }
            return @{ Seconds = 22 * $spread }
        }
        'Convert' {
            if ($number % 89 -eq 0) { return @{ Seconds = 9; Error = 'InvalidInput'; Message = "ffmpeg exited with code 1: '/work/in/$($task.Key)' has no audio stream" } }
            return @{ Seconds = ($number % 111 -eq 0 ? 940 : 74) * $spread; Outputs = @("/archive/2024/$($task.Key -replace '\.mp3$', '.opus')") }
        }
        'Upload' {
            if ($number -in 211, 212, 377) { return @{ Seconds = 300; Error = 'Timeout'; Message = 'The upload did not finish within 00:05:00.' } }
            return @{ Seconds = 11 * $spread; Quota = 1; Project = ($number % 2 ? 'archive-a' : 'archive-b') }
        }
    }
}
$journal.Store.Dispose()
Export-JournalReport $batchId -Path $Path -JournalPath $file -Force
Remove-Item "$file*"
