# What a monitor asks: did the runs of a name happen and go well, and what does the journal hold, in figures.

BeforeDiscovery {
    if (-not (Get-Command promtool -ErrorAction Ignore)) { Write-Host 'Left out: what promtool says of the metrics (prometheus is not installed).' }
}

BeforeAll { Import-Module "$PSScriptRoot/TestSupport.psm1" -Force }

AfterAll { Clear-JournalSetting }

Describe 'Test-JournalBatch' {
    BeforeEach { $null = Use-NewJournal }

    It 'is not well where <What>' -ForEach @(
        @{ What = 'there is no journal'; Line = { }; Reason = 'No batch of that name was ever started.'; Code = 2 }
        @{ What = 'only others were started'; Line = { 1 | Invoke-JournalBatch other { $_ } }; Reason = 'No batch of that name was ever started.'; Code = 2 }
        @{ What = 'tasks failed'; Line = { 1..3 | Invoke-JournalBatch nightly -ErrorAction Ignore { if ($_ -eq 2) { throw [ArgumentException]::new('bad') }; $_ } }; Reason = '1 task failed, and 0 may.'; Code = 2 }
        @{ What = 'the batch is paused'; Line = { 1..3 | Invoke-JournalBatch nightly -WarningAction Ignore { $_ } | Select-Object -First 1 }; Reason = 'It is paused at */3: Interrupted'; Code = 2 }
        @{ What = 'it is paused until a time'; Line = { 1 | Start-JournalBatch nightly | Suspend-JournalBatch -Until ([datetime]::Now.AddHours(1)) }; Reason = 'It is paused until *'; Code = 1 }
        @{ What = 'it was canceled'; Line = { 1 | Start-JournalBatch nightly | Stop-JournalBatch -Confirm:$false }; Reason = 'It was canceled *'; Code = 2 }
        @{ What = 'nobody has begun it'; Line = { 1 | Start-JournalBatch nightly }; Reason = 'The first run was added just now, and 0/1 are done.'; Code = 1 }
        @{ What = 'too little was completed'; Line = { 1..3 | Invoke-JournalBatch nightly { $_ } }; More = @{ MinCompleted = 4 }; Reason = '3 tasks were completed, and 4 must be.'; Code = 2 }
        @{ What = 'the last one is too old'; Line = { 1..3 | Invoke-JournalBatch nightly { $_ } }; More = @{ MaxAge = 0 }; Reason = 'The newest run that has ended did so just now, and 0s are allowed.'; Code = 2 }
    ) {
        & $Line 3>$null | Out-Null
        $more = @{ MaxAge = '26:00:00' }
        if ($_.More) { foreach ($name in $_.More.Keys) { $more[$name] = $_.More[$name] } }
        $health = Test-JournalBatch nightly @more
        $health.IsHealthy, $health.ExitCode | Should -Be $false, $Code
        $health.Reason | Should -BeLike $Reason
    }

    It 'is well where the newest run has ended, also while the next is under way' {
        1..3 | Invoke-JournalBatch nightly { $_ } | Out-Null
        $health = Test-JournalBatch nightly -MaxAge 26:00:00 -MinCompleted 3
        $health.IsHealthy, $health.ExitCode, $health.Completed, $health.MaxAge | Should -Be $true, 0, 3, ([timespan]::FromHours(26))
        $health.PluginOutput | Should -BeLike 'OK - nightly: 3 completed, 0 failed; ended just now. | completed=3 failed=0 remaining=0 age=*s;;93600'
        "$health" | Should -Be $health.PluginOutput
        1..3 | Invoke-JournalBatch nightly -New { $script:under = Test-JournalBatch nightly -MaxAge 26:00:00 } | Out-Null
        $under.IsHealthy | Should -BeTrue
        $under.Reason | Should -BeLike '*the next is under way*'
    }

    It 'allows the failures that it is told to allow' {
        1..3 | Invoke-JournalBatch nightly -ErrorAction Ignore { if ($_ -eq 2) { throw [ArgumentException]::new('bad') }; $_ } | Out-Null
        (Test-JournalBatch nightly -MaxAge 26:00:00 -MaxFailures 1).IsHealthy | Should -BeTrue
    }

    It 'cannot tell where the journal cannot be read, and says so in the object and in an error' {
        $path = Use-NewJournal
        Set-Content $env:JOURNAL_PATH 'this is no journal'
        $errors = $null
        $health = Test-JournalBatch nightly -MaxAge 26:00:00 -ErrorAction SilentlyContinue -ErrorVariable errors
        $health.ExitCode, $health.IsHealthy | Should -Be 3, $false
        $errors[0].FullyQualifiedErrorId | Should -BeLike 'NotAJournal*'
    }

    It 'refuses an age that is none' {
        { Test-JournalBatch nightly -MaxAge soon } | Should -Throw '*not a length of time*'
    }

    It 'gives a script what to end with: <Code> where <What>' -ForEach @(
        @{ What = 'all is done'; Code = 0; Line = { 1..2 | Invoke-JournalBatch ended -Summary { $_ } } }
        @{ What = 'there was nothing to do'; Code = 0; Line = { @() | Invoke-JournalBatch ended -Summary { $_ } } }
        @{ What = 'tasks failed'; Code = 1; Line = { 1..2 | Invoke-JournalBatch ended -Summary -ErrorAction Ignore { throw [ArgumentException]::new('bad') } } }
        @{ What = 'it was paused by its own limit'; Code = 3; Line = { 1..9 | Invoke-JournalBatch ended -Summary -ErrorAction Ignore -MaxFailures 1 { throw [ArgumentException]::new('bad') } } }
        @{ What = 'it is paused'; Code = 3; Line = { 1..2 | Start-JournalBatch ended | Suspend-JournalBatch; Invoke-JournalBatch ended -Summary { $_ } } }
    ) {
        (& $Line 3>$null | Where-Object { $_ -is [Journal.JournalBatchSummary] }).ExitCode | Should -Be $Code
    }
}

Describe 'Export-JournalMetric' {
    BeforeEach {
        $null = Use-NewJournal
        $file = Join-Path $TestDrive "metrics-$([guid]::NewGuid()).prom"
        function Get-Sample([string] $Line) { (Get-Content $file | Where-Object { $_.StartsWith("$Line ") }) -replace '.* ' }
    }

    It 'tells tasks, attempts, failures and times by the name of the batch' {
        1..3 | Invoke-JournalBatch nightly { $_ } | Out-Null
        1..4 | Invoke-JournalBatch nightly -New -MaxRetries 1 -RetryDelay 0 -ErrorAction Ignore { if ($_ -eq 2) { throw [System.IO.IOException]::new('no') }; $_ } | Out-Null
        (Export-JournalMetric $file).FullName | Should -Be $file
        Get-Sample 'journal_tasks{batch="nightly",status="completed"}' | Should -Be 3
        Get-Sample 'journal_tasks{batch="nightly",status="failed"}' | Should -Be 1
        Get-Sample 'journal_tasks{batch="nightly",status="in_progress"}' | Should -Be 0
        Get-Sample 'journal_attempts_total{batch="nightly",outcome="completed"}' | Should -Be 6
        Get-Sample 'journal_attempts_total{batch="nightly",outcome="failed"}' | Should -Be 2
        (Get-Content $file | Where-Object { $_ -match '^journal_failures_total' } | ForEach-Object { [int] ($_ -replace '.* ') } | Measure-Object -Sum).Sum | Should -Be 2
        (Get-Content $file | Where-Object { $_ -match '^journal_retries_total' } | ForEach-Object { [int] ($_ -replace '.* ') } | Measure-Object -Sum).Sum | Should -Be 1
        Get-Sample 'journal_attempt_duration_seconds_count{batch="nightly"}' | Should -Be 8
        Get-Sample 'journal_attempt_duration_seconds_bucket{batch="nightly",le="+Inf"}' | Should -Be 8
        Get-Sample 'journal_batch_status{batch="nightly",status="failed"}' | Should -Be 1
        [double] (Get-Sample 'journal_last_end_timestamp_seconds{batch="nightly"}') | Should -BeGreaterThan ([double] (Get-Sample 'journal_last_success_timestamp_seconds{batch="nightly"}'))
        Get-Sample 'journal_collect_errors_total' | Should -Be 0
    }

    It 'counts what failed and was repeated, and not what was given up or put back' {
        1..2 | Invoke-JournalBatch nightly -MaxRetries 2 -RetryDelay 0 -ErrorAction Ignore { throw [System.IO.IOException]::new('no') } | Out-Null
        $null = Export-JournalMetric $file
        $retries = (Get-Content $file) -match '^journal_retries_total.*[^0]$'
        $retries | Should -Match ' 4$'
        Get-JournalTask nightly | Set-JournalTask -Status Pending | Out-Null
        Get-JournalBatch nightly -Latest | Resume-JournalBatch | Out-Null
        $null = Export-JournalMetric $file
        (Get-Content $file) -match '^journal_retries_total.*[^0]$' | Should -Be $retries
    }

    It 'tells of a worker that is at work, and when it renewed its lease' {
        $before = [datetimeoffset]::UtcNow.ToUnixTimeSeconds()
        1 | Invoke-JournalBatch nightly { $null = Export-JournalMetric $using:file } -ThrottleLimit 2 | Out-Null
        Get-Sample 'journal_workers{batch="nightly"}' | Should -Be 1
        [double] (Get-Sample 'journal_worker_heartbeat_timestamp_seconds{batch="nightly"}') | Should -BeGreaterOrEqual ($before - 1)
    }

    It 'tells of a quota that is renewed what its present period has used' {
        1..4 | Invoke-JournalBatch nightly -QuotaLimit 2 -QuotaReset 0:00:01 -Wait { $JournalTask.AddQuota(1) } 3>$null | Out-Null
        $null = Export-JournalMetric $file
        Get-Sample 'journal_quota_consumed_units{batch="nightly"}' | Should -Be 2
        Get-Sample 'journal_quota_limit_units{batch="nightly"}' | Should -Be 2
    }

    It 'is in the text format: a head for each metric once, sorted buckets that add up, no byte order mark, line feeds' {
        1..3 | Invoke-JournalBatch 'a "b" \c' { $_ } | Out-Null
        $null = Export-JournalMetric $file
        $bytes = [System.IO.File]::ReadAllBytes($file)
        $bytes[0], ($bytes -contains 13), $bytes[-1] | Should -Be ([int][char]'#'), $false, 10
        $lines = Get-Content $file
        $heads = $lines -match '^# TYPE ' -replace '^# TYPE (\S+).*', '$1'
        @($heads | Group-Object | Where-Object Count -GT 1) | Should -BeNullOrEmpty
        foreach ($line in $lines -notmatch '^#') { $line | Should -MatchExactly '^journal_[a-z_]+(\{batch="a \\"b\\" \\\\c"(,[a-z]+="[^"]+")?\})? [0-9.E+]+$' }
        $buckets = $lines -match '_bucket' -replace '.* ' | ForEach-Object { [long] $_ }
        $buckets | Should -Be ($buckets | Sort-Object)
        if (Get-Command promtool -ErrorAction Ignore) { Get-Content -Raw $file | promtool check metrics | Should -BeNullOrEmpty }
    }

    It 'tells of a key, an error and an id of a batch nothing' {
        'secret-key' | Invoke-JournalBatch nightly -MaxRetries 0 -ErrorAction Ignore { throw 'secret-error' } | Out-Null
        $null = Export-JournalMetric $file
        Get-Content -Raw $file | Should -Not -Match "secret|$((Get-JournalBatch nightly).Id)"
    }

    It 'replaces the file in one step, and lets everybody read it' {
        1 | Invoke-JournalBatch nightly { $_ } | Out-Null
        Set-Content $file 'old'
        $null = Export-JournalMetric $file
        Get-Content -Raw $file | Should -Not -Match '^old'
        @(Get-ChildItem (Split-Path $file) -Force -Filter '*.partial').Count | Should -Be 0
        if (-not $IsWindows) { [System.IO.File]::GetUnixFileMode($file).ToString() | Should -Be 'OtherRead, GroupRead, UserWrite, UserRead' }
    }

    It 'has no samples of a journal that cannot be read, and says so' {
        Set-Content $file 'journal_tasks{batch="old",status="failed"} 7'
        Set-Content $env:JOURNAL_PATH 'this is no journal'
        (Get-ErrorOf { Export-JournalMetric $file }).Id | Should -Be NotAJournal
        Get-Sample 'journal_collect_errors_total' | Should -Be 1
        (Get-Content $file) -match 'batch=' | Should -BeNullOrEmpty
    }

    It 'changes nothing with -WhatIf' {
        1 | Invoke-JournalBatch nightly { $_ } | Out-Null
        Export-JournalMetric $file -WhatIf
        $file | Should -Not -Exist
    }

    It 'says where a file cannot be written' {
        1 | Invoke-JournalBatch nightly { $_ } | Out-Null
        (Get-ErrorOf { Export-JournalMetric (Join-Path $env:JOURNAL_PATH below) }).Id | Should -Be ExportFailed
    }
}

Describe 'Backup-Journal -Every' {
    BeforeEach {
        $null = Use-NewJournal
        1 | Invoke-JournalBatch nightly { $_ } | Out-Null
        $folder = (New-Item (Join-Path $TestDrive ([guid]::NewGuid())) -ItemType Directory).FullName
    }

    It 'makes none while the newest is younger' {
        Backup-Journal $folder -Every 1.00:00:00 | Should -Not -BeNullOrEmpty
        Backup-Journal $folder -Every 1.00:00:00 | Should -BeNullOrEmpty
        (Get-ChildItem $folder).LastWriteTime = [datetime]::Now.AddHours(-25)
        Backup-Journal $folder -Every 1.00:00:00 | Should -Not -BeNullOrEmpty
        (Get-ChildItem $folder).Count | Should -Be 2
    }

    It 'is not held up by a copy of another journal, nor by one that a clock ahead has made' {
        $null = Backup-Journal $folder -Every 1.00:00:00
        (Get-ChildItem $folder).LastWriteTime = [datetime]::Now.AddYears(1)
        Backup-Journal $folder -Every 1.00:00:00 | Should -Not -BeNullOrEmpty
        $name = Split-Path $env:JOURNAL_PATH -Leaf
        $other = (New-Item (Join-Path $TestDrive ([guid]::NewGuid())) -ItemType Directory).FullName
        $env:JOURNAL_PATH = Join-Path $other $name
        1 | Invoke-JournalBatch nightly { $_ } | Out-Null
        Backup-Journal $folder -Every 1.00:00:00 | Should -Not -BeNullOrEmpty
    }

    It 'is for a folder' {
        (Get-ErrorOf { Backup-Journal (Join-Path $folder one.db) -Every 60 }).Id | Should -Be InvalidValue
    }
}
