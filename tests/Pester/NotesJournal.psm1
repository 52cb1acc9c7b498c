# A small journal whose every figure can be worked out by hand: ten study notes in two batches, on a clock that is set.
#
#       subject  Fetch        Write      time     ends     worker
#  n1   AI       10           20         30 s     done     anna     2 units of project a, one output that is on the disk
#  n2   AI       10           40         50 s     done     anna     3 units of project b, one output that is gone
#  n3   Math     20           20         40 s     done     anna     1 unit of no project
#  n4   Math     2, NotFound             2 s      failed   anna
#  n5   Bio      10           60, Timeout 70 s    failed   anna
#  n6   Bio      1, skipped                       skipped  anna
#  n7   AI       10           10         20 s     done     ben
#  n8   AI       2, NotFound             2 s      failed   ben
#  n9   Math     10           70         80 s     done     ben
#  n10  Math     5, NetworkError; 10  20  35 s    done     ben

Import-Module (Join-Path (Split-Path (Split-Path $PSScriptRoot)) 'samples/SimulatedRun.psm1')

function New-NotesJournal([string] $Path, [string] $OutputDirectory) {
    $there = Join-Path $OutputDirectory 'n1.md'
    Set-Content $there 'notes' -NoNewline
    $plan = @{
        n1 = @{ Fetch = @{ Seconds = 10 }; Write = @{ Seconds = 20; Quota = 2; Project = 'a'; Outputs = $there } }
        n2 = @{ Fetch = @{ Seconds = 10 }; Write = @{ Seconds = 40; Quota = 3; Project = 'b'; Outputs = Join-Path $OutputDirectory 'gone.md' } }
        n3 = @{ Fetch = @{ Seconds = 20 }; Write = @{ Seconds = 20; Quota = 1 } }
        n4 = @{ Fetch = @{ Seconds = 2; Error = 'NotFound'; Message = 'GET https://notes.example.org/4: 404 (Not Found)'; ErrorId = 'WebCmdletWebResponseException' } }
        n5 = @{ Fetch = @{ Seconds = 10 }; Write = @{ Seconds = 60; Error = 'Timeout'; Message = 'It took longer than allowed.' } }
        n6 = @{ Fetch = @{ Seconds = 1; Skip = 'listed twice' } }
        n7 = @{ Fetch = @{ Seconds = 10 }; Write = @{ Seconds = 10 } }
        n8 = @{ Fetch = @{ Seconds = 2; Error = 'NotFound'; Message = 'GET https://notes.example.org/8: 404 (Not Found)' } }
        n9 = @{ Fetch = @{ Seconds = 10 }; Write = @{ Seconds = 70 } }
        n10 = @{ Fetch = @{ Seconds = 10 }; Write = @{ Seconds = 20 } }
    }
    $work = {
        param($task)
        if ($task.Key -eq 'n10' -and $task.Stage -eq 'Fetch' -and $task.Token -eq 1) { return @{ Seconds = 5; Error = 'NetworkError'; Message = 'Connection reset by peer'; Retry = 30 } }
        $plan[$task.Key][$task.Stage]
    }.GetNewClosure()
    $journal = Open-SimulatedJournal $Path ([DateTimeOffset]::new(2024, 8, 16, 10, 0, 0, [TimeSpan]::Zero))
    $notes = @(
        , @('AI', 'AI', 'Math', 'Math', 'Bio', 'Bio')
        , @('AI', 'AI', 'Math', 'Math')
    )
    $number = 0
    $batches = foreach ($day in 0, 1) {
        $journal.Clock.At = [DateTimeOffset]::new(2024, 8, 16 + $day, 10 - $day, 0, 0, [TimeSpan]::Zero)
        $tasks = foreach ($subject in $notes[$day]) { $number++; @{ Key = "n$number"; Metadata = @{ subject = $subject; year = 2020 + $number } } }
        $id = Add-SimulatedBatch $journal notes Fetch, Write $tasks
        Invoke-SimulatedRun $journal $id ('anna', 'ben')[$day] $work
        $id
    }
    $journal.Store.Dispose()
    $batches
}
