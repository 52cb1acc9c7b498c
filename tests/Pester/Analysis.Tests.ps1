# The questions that people ask of a run (docs/analysis.md), each a line, with answers worked out by hand from the table in NotesJournal.psm1.

BeforeAll {
    Import-Module $PSScriptRoot/TestSupport.psm1 -Force
    Import-Module $PSScriptRoot/NotesJournal.psm1 -Force
    $journal = Use-NewJournal
    $earlier, $later = New-NotesJournal $journal (Split-Path $journal)
    function Seconds($Duration) { [Math]::Round($Duration.TotalSeconds, 3) }
}
AfterAll { Clear-JournalSetting }

Describe 'The recipes' {
    It 'counts by status' {
        $groups = Measure-JournalTask
        $groups.Status | Should -Be 'Completed', 'Failed', 'Skipped'
        ($groups | ForEach-Object Count) | Should -Be 6, 3, 1
    }

    It 'lists failures with their id, title, error and stage' {
        $failed = Get-JournalTask -Status Failed | Select-Object Id, Key, ErrorMessage, Stage
        $failed.Key | Should -Be 'n4', 'n5', 'n8'
        $failed.Stage | Should -Be 'Fetch', 'Write', 'Fetch'
        $failed[1].ErrorMessage | Should -Be 'It took longer than allowed.'
    }

    It 'takes the average, the median and the 95th percentile of the successes' {
        $done = Measure-JournalTask -Status Completed
        Seconds $done.MeanDuration | Should -Be 42.5
        Seconds $done.MedianDuration | Should -Be 35
        Seconds $done.P95Duration | Should -Be 80
    }

    It 'groups errors by type' {
        $groups = Measure-JournalTask -Status Failed -GroupBy ErrorCategory
        $groups.ErrorCategory | Should -Be 'NotFound', 'Timeout'
        ($groups | ForEach-Object Count) | Should -Be 2, 1
        $groups[0].Example | Should -Be 'n4'
    }

    It 'groups errors by their text' {
        $groups = Measure-JournalTask -Status Failed -GroupBy Signature
        ($groups | ForEach-Object Count) | Should -Be 2, 1
        $groups[0].Signature | Should -Be 'GET <url> 404 (Not Found)'
    }

    It 'finds the five longest' {
        $longest = Get-JournalTask -OrderBy Duration -Descending -First 5
        $longest.Key | Should -Be 'n9', 'n5', 'n2', 'n3', 'n10'
        $longest | ForEach-Object { Seconds $_.Duration } | Should -Be 80, 70, 50, 40, 35
    }

    It 'counts and rates each worker' {
        $groups = Measure-JournalTask -GroupBy Worker
        $groups.Worker | Should -Be 'anna', 'ben'
        ($groups | ForEach-Object Count) | Should -Be 6, 4
        $groups.Succeeded | Should -Be 4, 3
        $groups.Failed | Should -Be 2, 1
    }

    It 'gives the failed inputs, for another script' {
        Get-JournalTask -Status Failed | ForEach-Object { "$($_.Input)" } | Should -Be 'n4', 'n5', 'n8'
    }

    It 'counts and times by subject' {
        $by = @{}
        Measure-JournalTask -GroupBy Metadata.subject | ForEach-Object { $by[$_.subject] = [pscustomobject]@{ N = $_.Count; Succeeded = $_.Succeeded; Failed = $_.Failed; MeanDuration = $_.MeanDuration } }
        $by['AI'].N, $by['Math'].N, $by['Bio'].N | Should -Be 4, 4, 2
        $by['AI'].Succeeded, $by['Math'].Succeeded, $by['Bio'].Succeeded | Should -Be 3, 3, 1
        $by['AI'].Failed, $by['Math'].Failed, $by['Bio'].Failed | Should -Be 1, 1, 1
        Seconds $by['AI'].MeanDuration | Should -Be 33.333
        Seconds $by['Math'].MeanDuration | Should -Be 51.667
        $by['Bio'].MeanDuration | Should -BeNullOrEmpty
    }

    It 'breaks the time of a task down, failed attempts included' {
        $attempts = Get-JournalTask -Key n10 | Get-JournalAttempt
        $attempts.Stage | Should -Be 'Fetch', 'Fetch', 'Write'
        $attempts.Outcome | Should -Be 'Failed', 'Completed', 'Completed'
        $attempts | ForEach-Object { Seconds $_.Duration } | Should -Be 5, 10, 20
    }

    It 'takes the mean of each stage' {
        $stages = (Measure-JournalBatch $earlier).Stages
        $stages.Stage | Should -Be 'Fetch', 'Write'
        $stages | ForEach-Object { Seconds $_.MeanDuration } | Should -Be 12.5, 26.667
        $stages.Done | Should -Be 4, 3
        $stages.Failed | Should -Be 1, 1
        (Measure-JournalBatch $later).Stages | ForEach-Object { Seconds $_.MeanDuration } | Should -Be 10, 33.333
    }

    It 'shows the trend from day to day' {
        $days = Measure-JournalTask -GroupBy Day | Sort-Object Day
        ($days | ForEach-Object Count) | Should -Be 6, 4
        $days.Failed | Should -Be 2, 1
        $days.Day | ForEach-Object { $_.TimeOfDay } | Should -Be ([timespan]::Zero), ([timespan]::Zero)
    }

    It 'retries just those failures' {
        $copy = "$journal.copy"
        Copy-Item $journal $copy
        Get-JournalTask -JournalPath $copy -Status Failed -ErrorCategory Timeout | Resume-JournalBatch
        (Get-JournalTask -JournalPath $copy -Status Pending).Key | Should -Be 'n5'
    }
}

Describe 'Get-JournalTask over what the journal holds' {
    It 'filters by <What>' -ForEach @(
        @{ What = 'metadata'; Given = @{ Metadata = @{ subject = 'Bio' } }; Keys = 'n5', 'n6' }
        @{ What = 'a number in metadata'; Given = @{ Metadata = @{ year = 2023 } }; Keys = 'n3' }
        @{ What = 'metadata with wildcards'; Given = @{ Metadata = @{ subject = '[AB]*' } }; Keys = 'n1', 'n2', 'n5', 'n6', 'n7', 'n8' }
        @{ What = 'key'; Given = @{ Key = 'n1*' }; Keys = 'n1', 'n10' }
        @{ What = 'worker and status'; Given = @{ Worker = 'be*'; Status = 'Completed' }; Keys = 'n7', 'n9', 'n10' }
        @{ What = 'stage'; Given = @{ Stage = 'fetch' }; Keys = 'n4', 'n6', 'n8' }
        @{ What = 'category'; Given = @{ ErrorCategory = 'NotFound', 'Timeout' }; Keys = 'n4', 'n5', 'n8' }
        @{ What = 'signature'; Given = @{ Signature = 'GET*' }; Keys = 'n4', 'n8' }
        @{ What = 'time'; Given = @{ Since = [datetimeoffset] '2024-08-16T10:02:00Z'; Until = [datetimeoffset] '2024-08-16T10:03:12Z' }; Keys = 'n3', 'n4' }
        @{ What = 'page'; Given = @{ OrderBy = 'Duration'; First = 2; Skip = 1; Status = 'Completed' }; Keys = 'n1', 'n10' }
        @{ What = 'nothing that is there'; Given = @{ Metadata = @{ subject = 'Art' } }; Keys = $null }
    ) {
        (Get-JournalTask @Given).Key | Should -Be $Keys
    }

    It 'gives the first row at once and leaves the rest unread' {
        $many = Join-Path (Split-Path $journal) 'many.db'
        1..20000 | Start-JournalBatch many -JournalPath $many
        $all = Measure-Command { Get-JournalTask -JournalPath $many }
        $one = Measure-Command { Get-JournalTask -JournalPath $many | Select-Object -First 1 }
        $one.Ticks | Should -BeLessThan ($all.Ticks / 2)
    }
}

Describe 'Measure-JournalTask' {
    It 'groups by several columns at once' {
        $groups = Measure-JournalTask -GroupBy Worker, Status | Sort-Object Worker, Status
        $groups | ForEach-Object { "$($_.Worker) $($_.Status) $($_.Count)" } | Should -Be 'anna Completed 3', 'anna Failed 2', 'anna Skipped 1', 'ben Completed 3', 'ben Failed 1'
    }

    It 'groups by <By>' -ForEach @(
        @{ By = 'BatchId'; Counts = 6, 4 }
        @{ By = 'Stage'; Counts = 7, 3 }
        @{ By = 'QuotaProject'; Counts = 8, 1, 1 }
        @{ By = 'Hour'; Counts = 6, 4 }
        @{ By = 'SourceType'; Counts = 10 }
    ) {
        (Measure-JournalTask -GroupBy $By | ForEach-Object Count) | Should -Be $Counts
    }

    It 'measures what is piped in as one set' {
        $failed = Get-JournalTask -Status Failed | Measure-JournalTask
        @($failed).Count | Should -Be 1
        $failed.Status, $failed.Count, $failed.Failed | Should -Be 'Failed', 3, 3
        # Tasks, batches, both, each once, and what filters leave.
        (Get-JournalTask -Status Failed | Measure-JournalTask -GroupBy ErrorCategory | ForEach-Object Count) | Should -Be 2, 1
        (Get-JournalBatch | Measure-JournalTask | ForEach-Object Count) | Should -Be 6, 3, 1
        (@(Get-JournalTask -Key n1) + @(Get-JournalTask -Key n1) + @(Get-JournalBatch -Id $earlier) | Measure-JournalTask -GroupBy BatchId).Count | Should -Be 6
        (Get-JournalTask | Measure-JournalTask -Status Completed).Count | Should -Be 6
        $seconds = (Get-JournalTask -Status Completed | Measure-JournalTask).MeanDuration
        Seconds $seconds | Should -Be 42.5
    }

    It 'tells the first and the last time' {
        $group = Measure-JournalTask -GroupBy BatchId | Where-Object BatchId -EQ $earlier
        $group.FirstAt | Should -Be ([datetimeoffset] '2024-08-16T10:00:30Z')
        $group.LastAt | Should -Be ([datetimeoffset] '2024-08-16T10:03:13Z')
    }

    It 'groups by a property of inputs that are objects' {
        $batch = [pscustomobject]@{ Id = 1; Team = 'red' }, [pscustomobject]@{ Id = 2; Team = 'blue' }, [pscustomobject]@{ Id = 3; Team = 'red' } | Start-JournalBatch teams -Key Id
        Measure-JournalTask $batch -GroupBy Input.Team | Sort-Object team | ForEach-Object { "$($_.Team) $($_.Count)" } | Should -Be 'blue 1', 'red 2'
        Remove-JournalBatch $batch -Confirm:$false
    }

    It 'says what it can group by where the column is unknown' {
        $wrong = Get-ErrorOf { Measure-JournalTask -GroupBy Colour }
        $wrong.Id | Should -Be 'InvalidValue'
        $wrong.Message | Should -BeLike "*'Colour'*Metadata.<name>*"
    }
}

Describe 'Measure-JournalBatch' {
    It 'measures the whole' {
        $summary = Measure-JournalBatch $earlier
        $summary.Total, $summary.Completed, $summary.Failed, $summary.Skipped, $summary.Remaining | Should -Be 6, 3, 2, 1, 0
        $summary.SuccessRate | Should -Be 60
        Seconds $summary.MeanDuration | Should -Be 40
        Seconds $summary.ActiveTime | Should -Be 193
        $summary.QuotaConsumed | Should -Be 6
        $summary.QuotaByProject['a'], $summary.QuotaByProject['b'], $summary.QuotaByProject['(none)'] | Should -Be 2, 3, 1
        $summary.ErrorsByCategory['NotFound'], $summary.ErrorsByCategory['Timeout'] | Should -Be 1, 1
        $summary.ErrorsBySignature[0].ExampleKey | Should -BeIn 'n4', 'n5'
    }

    It 'looks on the disk only when told to' {
        (Measure-JournalBatch $earlier).OutputsMissing | Should -BeNullOrEmpty
        $looked = Measure-JournalBatch $earlier -VerifyOutput
        $looked.Outputs, $looked.OutputsMissing, $looked.OutputBytes, $looked.OutputsShared | Should -Be 2, 1, 5, 0
    }

    It 'tells how many ended when' {
        $throughput = (Measure-JournalBatch $earlier).Throughput
        ($throughput.Ended | Measure-Object -Sum).Sum | Should -Be 6
        $throughput[0].At | Should -Be ([datetimeoffset] '2024-08-16T10:00:30Z')
        $throughput[0].Span | Should -Be ([timespan]::FromSeconds(15))
        $throughput[-1].Failed, $throughput[-1].Skipped | Should -Be 1, 1
    }

    It 'compares with the previous batch of that name' {
        $comparison = Measure-JournalBatch $later -CompareTo Previous
        $comparison.EarlierBatchId | Should -Be $earlier
        $comparison.TotalChange, $comparison.CompletedChange, $comparison.FailedChange | Should -Be -2, 0, -1
        Seconds $comparison.MeanDurationChange | Should -Be 5
        $comparison.DurationRatio | Should -Be 1.12
        $comparison.SuccessRateChange | Should -Be 15
        $comparison.NewErrors.Count | Should -Be 0
        $comparison.GoneErrors.Category | Should -Be 'Timeout'
        ($comparison | Get-ViewOf) -join "`n" | Should -BeLike '*Mean *40s → 45s (+13 %)*'
    }

    It 'compares with a batch that is named, and says when there is none before' {
        (Measure-JournalBatch $earlier -CompareTo $later).MeanDurationChange | Should -Be ([timespan]::FromSeconds(-5))
        (Get-ErrorOf { Measure-JournalBatch $earlier -CompareTo Previous }).Id | Should -Be 'NoEarlierBatch'
        (Get-ErrorOf { Measure-JournalBatch $earlier -CompareTo nothing }).Id | Should -Be 'BatchNotFound'
    }

    It 'survives Export-Csv' {
        $row = Measure-JournalBatch $earlier | ConvertTo-Csv | ConvertFrom-Csv
        ($row.ErrorsBySignature | ConvertFrom-Json).Count | Should -Be 2
        ($row.Throughput | ConvertFrom-Json)[0].Completed | Should -Be 1
        ($row.Stages | ConvertFrom-Json).Stage | Should -Be 'Fetch', 'Write'
    }
}

Describe 'The history of errors' {
    It 'keeps what failed, with its trace, after the task was done' {
        $errors = Get-JournalAttempt -Outcome Failed
        $errors.Key | Should -Be 'n4', 'n5', 'n8', 'n10'
        $errors[3].ErrorMessage | Should -Be 'Connection reset by peer'
        $errors[3].ScriptStackTrace | Should -BeLike 'at <ScriptBlock>*'
        $errors[0].ErrorId | Should -Be 'WebCmdletWebResponseException'
        (Get-JournalTask -Key n10).Status | Should -Be 'Completed'
    }

    It 'is told by event, with who and why' {
        $retried = Get-JournalEvent -Kind Retried
        $retried.Worker | Should -Be 'ben'
        $retried.From, $retried.To | Should -Be 'InProgress', 'Pending'
    }
}

Describe 'An inventory' {
    BeforeAll { $env:JOURNAL_PATH = Join-Path (Split-Path $journal) 'inventory.db' }
    AfterAll { $env:JOURNAL_PATH = $journal }

    It 'adds the first by priority and then weight, and each time those that are missing' {
        $files = 1..6 | ForEach-Object { [pscustomobject]@{ Name = "f$_"; Wanted = [int] ($_ -eq 5); Size = 10 * $_ } }
        $batch = Start-JournalBatch inventory
        $first = $files | Add-JournalTask $batch -Key Name -Priority Wanted -Weight Size -First 2 -InformationVariable said
        $first.Added, $first.AlreadyThere, $first.LeftOut | Should -Be 2, 0, 4
        "$said" | Should -Be "2 added to $batch, 0 already there, 4 left out."
        (Get-JournalTask $batch).Key | Should -Be 'f5', 'f6'
        $second = $files | Add-JournalTask $batch -Key Name -Priority Wanted -Weight Size -First 2
        $second.Added, $second.AlreadyThere, $second.LeftOut | Should -Be 2, 2, 2
        (Get-JournalTask $batch).Key | Should -Be 'f5', 'f6', 'f4', 'f3'
        $rest = $files | Add-JournalTask $batch -Key Name -Priority Wanted -Weight Size -First 10
        $rest.Added, $rest.AlreadyThere, $rest.LeftOut, $rest.Total | Should -Be 2, 4, 0, 6
        ($files | Add-JournalTask $batch -Key Name).Added | Should -Be 0
    }

    It 'starts a batch with the first ones' {
        $batch = 5, 9, 7 | Start-JournalBatch weighed -Weight { $_ } -First 2 -InformationVariable said
        (Get-JournalTask $batch).Key | Should -Be '9', '7'
        "$said" | Should -Be "2 added to $batch, 0 already there, 1 left out."
    }
}

Describe 'Results that several tasks share' {
    It 'counts the outputs that several tasks recorded, and a run tells of them and of shared target ids' {
        $null = Use-NewJournal
        $file = New-Item (Join-Path $TestDrive 'one.txt') -Value x -Force
        1..3 | Invoke-JournalBatch clash -WarningVariable said -WarningAction SilentlyContinue {
            $JournalTask.AddOutput($file.FullName)
            $JournalTask.AddOutput("$file.$_")
            $JournalTask.SetTarget($_ % 2 ? 'odd' : 'even')
        }
        $said | Should -HaveCount 2
        "$($said[0])" | Should -BeLike "'3' was completed with the target id 'odd', which is that of '1' too. To see both: Get-JournalTask 'clash-*' -TargetId 'odd'"
        (Get-JournalTask clash -TargetId odd).Key | Should -Be 1, 3
        (Get-JournalEvent clash -Kind Completed | Where-Object Reason).Reason | Should -Be "The target id 'odd' is that of '1' too."
        "$($said[1])" | Should -BeLike "1 output file was recorded by more than one task*'$file' by '1' and '2'."
        $looked = Measure-JournalBatch clash -VerifyOutput
        $looked.Outputs, $looked.OutputsShared | Should -Be 6, 1
        ($looked | Get-ViewOf) -join "`n" | Should -BeLike '*6 (3 missing, 1 of more than one task,*'
        (Measure-JournalTask clash -GroupBy TargetId | Where-Object Count -GT 1).TargetId | Should -Be odd
    }

    It 'tells of a shared target id at once, and of many at the end how many there are' {
        $null = Use-NewJournal
        1..40 | Invoke-JournalBatch pairs -WarningVariable said -WarningAction SilentlyContinue { $JournalTask.SetTarget("t$($_ % 20)") }
        $said | Should -HaveCount 11
        "$($said[0])" | Should -BeLike "'21' was completed with the target id 't1', which is that of '1' too.*"
        "$($said[-1])" | Should -BeLike '20 target ids belong to more than one task*'
    }

    It 'tells a block that asks, so that it makes nothing twice' {
        $null = Use-NewJournal
        1, 2 | Invoke-JournalBatch asked -WarningVariable said { if (-not $JournalTask.TrySetTarget('one')) { $JournalTask.Skip('made already'); return }; 'made' } | Should -Be made
        $said | Should -BeNullOrEmpty
        (Get-JournalTask asked).Status | Should -Be Completed, Skipped
    }
}
