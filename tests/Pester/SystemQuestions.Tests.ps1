# What the owners of the five systems ask of their files (docs/analysis.md, "The questions of five systems"), each a line. The figures are those
# of their own tools on the same files: jq on the job log, the transcoder's and the copier's status commands, counted by hand from the files.

BeforeAll {
    Import-Module $PSScriptRoot/TestSupport.psm1 -Force
    $systems = Join-Path (Get-RepositoryRoot) tests/samples/systems
    $null = Use-NewJournal
    $log = (Import-Journal (Join-Path $systems job-log/processing_log.json)).BatchId
    $copier = (Import-Journal (Join-Path $systems batch-journal/journal.json))[0].BatchId
    $episodes = (Import-Journal (Join-Path $systems episodes)).BatchId
    $photos = (Import-Journal (Join-Path $systems partial-processing/processing_state.json)).BatchId
    $transcoder = (Import-Journal (Join-Path $systems transcoder/transcoder.db)).BatchId
}
AfterAll { Clear-JournalSetting }

Describe 'The job log' {
    It 'counts records, which are tries, and videos, which are tasks' {
        @(Get-JournalEvent $log -Kind Completed, Failed).Count | Should -Be 10
        @(Get-JournalTask $log).Count | Should -Be 9
        (Get-JournalTask $log | Measure-Object Attempts -Sum).Sum | Should -Be 10
    }

    It 'counts records by success' {
        # group_by(.success)
        $groups = Get-JournalEvent $log -Kind Completed, Failed | Group-Object Kind | Sort-Object Name
        $groups.Name | Should -Be 'Completed', 'Failed'
        $groups | ForEach-Object Count | Should -Be 6, 4
    }

    It 'takes the mean duration of the successes' {
        # map(select(.success).processing_duration) | add / length
        [Math]::Round((Measure-JournalTask $log -Status Completed).MeanDuration.TotalSeconds, 2) | Should -Be 43.03
    }

    It 'groups the errors of failed records' {
        $groups = Get-JournalAttempt $log -Outcome Failed | Group-Object ErrorMessage | Sort-Object Count, Name -Descending
        $groups | ForEach-Object { "$($_.Name) $($_.Count)" } | Should -Be 'API rate limit exceeded: 429 Too Many Requests 2', 'Transcript not available 1', 'Network timeout 1'
    }

    It 'lists failures with id, title, error and stage' {
        $failed = Get-JournalTask $log -Status Failed | Select-Object Key, { $_.Metadata.video_title }, ErrorMessage, Stage
        $failed.Key | Should -Be 'https://youtu.be/vid005', 'https://youtu.be/vid006', 'https://youtu.be/vid008'
        $failed.' $_.Metadata.video_title ' | Should -Be 'Title 5', 'Title 6', 'Title 8'
        $failed.Stage | Should -Be 'generate_notes', 'fetch_transcript', 'fetch_transcript'
    }

    It 'finds the five longest' {
        $longest = Get-JournalTask $log -OrderBy Duration -Descending -First 5
        $longest | ForEach-Object { "$($_.Metadata.video_id) $($_.Duration.TotalSeconds)" } | Should -Be 'vid003 60', 'vid009 50', 'vid001 45.2', 'vid004 40', 'vid002 38'
    }

    It 'counts the records and successes of each worker' {
        $workers = Get-JournalEvent $log -Kind Completed, Failed | Group-Object Worker | Sort-Object Name
        $workers | ForEach-Object { "$($_.Name) $($_.Count) $(@($_.Group | Where-Object Kind -EQ Completed).Count)" } | Should -Be '0 3 2', '1 4 2', '2 3 2'
    }

    It 'gives the failed URLs, for another script' {
        (Get-JournalAttempt $log -Outcome Failed).Key | Should -Be ('vid004', 'vid005', 'vid006', 'vid008').ForEach{ "https://youtu.be/$_" }
    }

    It 'takes the mean of the stages of the successes' {
        $timings = (Get-JournalTask $log -Status Completed).Metadata.timings
        [Math]::Round(($timings.fetch_transcript | Measure-Object -Average).Average, 2) | Should -Be 4.78
        [Math]::Round(($timings.generate_notes | Measure-Object -Average).Average, 2) | Should -Be 23.17
    }

    It 'takes the mean of every run of a stage, also of records that failed later' {
        $stages = (Measure-JournalBatch $log).Stages
        $stages.Stage | Should -Be 'fetch_transcript', 'generate_notes', 'generate_assessment'
        # jq: fetch_transcript of all records whose stage is not fetching_transcript: 44.3 / 8; notes 139 / 6; assessments 56.9 / 6
        $stages | ForEach-Object { [Math]::Round($_.MeanDuration.TotalSeconds, 4) } | Should -Be 5.5375, 23.1667, 9.4833
    }

    It 'breaks the time of a video down' {
        $attempts = Get-JournalTask $log -Key '*vid004' | Get-JournalAttempt
        $attempts | ForEach-Object { "$($_.Stage) $($_.Outcome) $($_.Duration.TotalSeconds)" } | Should -Be @(
            'fetch_transcript Completed 8.3', 'generate_notes Failed 4', 'fetch_transcript Completed 5.5', 'generate_notes Completed 21', 'generate_assessment Completed 9.9')
    }

    It 'counts records by subject' {
        $subjects = Get-JournalTask $log | Group-Object { $_.Metadata.subject } | Sort-Object Name
        $subjects | ForEach-Object { "$($_.Name) $(($_.Group | Measure-Object Attempts -Sum).Sum)" } | Should -Be 'AI 4', 'Bio 3', 'Math 3'
    }

    It 'counts records by the day on which they were logged' {
        $days = Get-JournalEvent $log -Kind Completed, Failed | Group-Object { $_.At.UtcDateTime.ToString('yyyy-MM-dd') } | Sort-Object Name
        $days | ForEach-Object { "$($_.Name) $($_.Count)" } | Should -Be '2025-10-17 2', '2025-10-18 5', '2025-10-19 3'
    }

    It 'finds by stage and by subject' {
        @(Get-JournalTask $log -Stage fetch_transcript -Status Failed).Count | Should -Be 2
        @(Get-JournalTask $log -Metadata @{ stage = 'completed' }).Count | Should -Be 6
        @(Get-JournalTask $log -Metadata @{ subject = 'Bio' }).Count | Should -Be 3
    }

    It 'has the statistics of the whole' {
        # total 9 videos, 6 successful, 3 failed, 66.7 %; 12 files created; by category
        $summary = Measure-JournalBatch $log
        $summary.Total, $summary.Completed, $summary.Failed | Should -Be 9, 6, 3
        $summary.SuccessRate | Should -Be 66.7
        $summary.Outputs | Should -Be 12
        $summary.FailedAttempts, $summary.Retries | Should -Be 4, 1
    }

    It 'tries those failures again' {
        $copy = "$env:JOURNAL_PATH.copy"
        Backup-Journal $copy | Out-Null
        Get-JournalTask $log -Status Failed -JournalPath $copy | Resume-JournalBatch | Out-Null
        (Get-JournalTask $log -Status Pending -JournalPath $copy).Key | Should -Be ('vid005', 'vid006', 'vid008').ForEach{ "https://youtu.be/$_" }
    }
}

Describe 'The copier''s journal' {
    It 'has the summary that its own command prints' {
        # plists2mlists: 49/100, 45 completed, 3 failed, 1 skipped, 51 left, 2250 units, a minute each, 51 minutes to go
        $summary = Measure-JournalBatch $copier
        $summary.Name, $summary.Status, $summary.PauseReason | Should -Be 'plists2mlists', 'Paused', 'Quota exhausted (resets in 4h 12m)'
        $summary.Total, $summary.Completed, $summary.Failed, $summary.Skipped, $summary.Remaining | Should -Be 100, 45, 3, 1, 51
        $summary.QuotaConsumed | Should -Be 2250
        $summary.MeanDuration.TotalSeconds | Should -Be 60
        $summary.Eta.TotalSeconds | Should -Be 3060
        $summary.ErrorsByCategory.QuotaExceeded, $summary.ErrorsByCategory.NotFound, $summary.ErrorsByCategory.NetworkError | Should -Be 1, 1, 1
        $summary.SuccessRate | Should -Be 93.8
    }
}

Describe 'The episodes' {
    It 'counts them by stage and says how far they are' {
        (Get-JournalTask $episodes | ForEach-Object { $_.Metadata.stage } | Sort-Object -Unique).Count | Should -Be 11
        $summary = Measure-JournalBatch $episodes
        $summary.Total, $summary.Completed, $summary.Failed, $summary.Skipped | Should -Be 11, 1, 1, 1
        # 3 of 11
        $summary.Percent | Should -Be 27.2
        $summary.Stages.Waiting | Should -Be 2, 2, 2, 1, 1
    }

    It 'does not tell a time that nobody knows' {
        $summary = Measure-JournalBatch $episodes
        $summary.Eta ?? $summary.FinishAt ?? $summary.MeanDuration | Should -BeNullOrEmpty
        @($summary.Stages | Where-Object { $null -ne $_.MeanDuration }).Count | Should -Be 0
        ($summary | Get-ViewOf) -join "`n" | Should -BeLike '*Eta*not known yet*'
        ($summary | Get-ViewOf) -join "`n" | Should -Not -BeLike '*mean 0*'
    }

    It 'finds one by what the outside world calls it' {
        (Get-JournalTask -TargetId ia-hy7_hooting_yard_2005-06-02).Key | Should -Be 'hy7_hooting_yard_2005-06-02'
        @(Get-JournalTask $episodes -TargetId 'ia-hy*2004*').Count | Should -Be 6
        (Measure-JournalTask -TargetId 'ia-hy*2005*' -GroupBy BatchId).Count | Should -Be 5
    }

    It 'keeps the log of their database' {
        @(Get-JournalEvent $episodes -Kind Amended).Count | Should -Be 11
    }

    It 'gives the next ones for a stage' {
        (Get-JournalTask $episodes -Stage Convert -Status Pending -First 10).Key | Should -Be 'hy2_hooting_yard_2004-04-28', 'hy3_hooting_yard_2005-05-05'
    }
}

Describe 'The photo state' {
    It 'counts what is done, what failed and what nobody has processed' {
        $groups = Measure-JournalTask $photos | Sort-Object Status
        $groups | ForEach-Object { "$($_.Status) $($_.Count)" } | Should -Be 'Pending 2', 'Completed 2', 'Failed 1'
        (Get-JournalBatch -Id $photos).InputSource | Should -Be 'D:\Photos\_Google Photos Backup\Google Photos'
    }
}

Describe 'The transcoder' {
    It 'counts its jobs by status' {
        $jobs = Get-JournalTask $transcoder -Metadata @{ status = '*' }
        @($jobs).Count | Should -Be 26
        $jobs | Group-Object { $_.Metadata.status } | Sort-Object Name | ForEach-Object { "$($_.Name) $($_.Count)" } | Should -Be @(
            'canceled 3', 'completed 3', 'downloading 4', 'failed 3', 'paused 3', 'queued 3', 'transcoding 4', 'uploading 3')
    }

    It 'says how many files want a job' {
        $wanted = Get-JournalTask $transcoder -Metadata @{ should_transcode = 1 }
        @($wanted).Count | Should -Be 32
        @($wanted | Where-Object { $_.Metadata.status -in $null, 'failed', 'canceled' }).Count | Should -Be 12
    }

    It 'keeps where its scan was' {
        (Get-JournalCheckpoint scan_checkpoint_path -BatchId $transcoder).Value | Should -Be '/media/shows/s01'
    }
}
