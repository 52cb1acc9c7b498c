# Many tasks in one call of the block: -ChunkSize.

BeforeAll { Import-Module "$PSScriptRoot/TestSupport.psm1" -Force }

AfterAll { Clear-JournalSetting }

Describe 'Invoke-JournalBatch -ChunkSize' {
    BeforeEach {
        $null = Use-NewJournal
        $script:calls = [System.Collections.Concurrent.ConcurrentQueue[string]]::new()
    }

    It 'hands the block arrays of inputs and of tasks in the same order' {
        1..45 | Invoke-JournalBatch rows -ChunkSize 20 { "$($_.Count) $($JournalTask.Count) $($_[0]) $($JournalTask[0].Key) $($_[-1]) $($JournalTask[-1].Key) $($_ -is [array]) $($JournalTask -is [array])" } |
            Should -Be '20 20 1 1 20 20 True True', '20 20 21 21 40 40 True True', '5 5 41 41 45 45 True True'
        (Get-JournalBatch).Completed | Should -Be 45
        (Get-JournalAttempt).Count | Should -Be 45
    }

    It 'gives a chunk of one as an array, and inputs with their types' {
        , @(1, 2) | Invoke-JournalBatch one -ChunkSize 5 -Key { 'list' } { "$($_.Count) $($_[0].Count) $($JournalTask[0].Key)" } | Should -Be '1 2 list'
        [pscustomobject]@{ Id = 7 }, [pscustomobject]@{ Id = 8 } | Invoke-JournalBatch objects -Key Id -ChunkSize 2 { ($_ | Measure-Object Id -Sum).Sum } | Should -Be 15
        Get-Item $PSCommandPath | Invoke-JournalBatch files -ChunkSize 2 { $_[0].Name } | Should -Be 'Chunks.Tests.ps1'
        1..3 | Invoke-JournalBatch clauses -ChunkSize 2 { begin { $n = 0 } process { $n += $_.Count } end { $n } } | Should -Be 2, 1
    }

    It 'records each task by itself, as the block says' {
        $errors = Get-ErrorOf {
            1..6 | Invoke-JournalBatch mixed -ChunkSize 6 -RetryDelay 0 -MaxRetries 0 {
                $JournalTask[0].SetTarget('made-1')
                $JournalTask[1].Fail('no such row')
                $JournalTask[2].Fail('the row is odd', 'InvalidInput')
                $JournalTask[3].Skip('there already')
                $JournalTask[4].Postpone([timespan]::FromHours(1), 'too early')
            } -MaxFailures 2
        }
        $errors.Id | Should -Be TaskFailed, TaskFailed
        $errors.Target | Should -Be 2, 3
        (Get-JournalTask).Status | Should -Be Completed, Failed, Failed, Skipped, Pending, Completed
        (Get-JournalTask -Key 1).TargetId | Should -Be 'made-1'
        (Get-JournalTask -Key 3).ErrorCategory | Should -Be InvalidInput
        (Get-JournalTask -Key 5).Attempts | Should -Be 0
    }

    It 'tries a chunk that throws again in parts until the bad ones have failed alone (-ThrottleLimit <_>)' -ForEach 1, 2 {
        $queue = $calls
        $errors = Get-ErrorOf {
            1..64 | Invoke-JournalBatch bad -ChunkSize 64 -MaxRetries 0 -ThrottleLimit $_ {
                ($using:queue).Enqueue("$_")
                foreach ($item in $_) { if ($item -in 5, 40, 41) { throw "bad: $_" } }
            }
        }
        $errors.Message | Should -Be 'bad: 5', 'bad: 40', 'bad: 41'
        $calls.Count | Should -BeLessOrEqual 25
        (Get-JournalTask -Status Failed).Key | Should -Be 5, 40, 41
        (Get-JournalAttempt).Count | Should -Be 64
        (Get-JournalTask).Attempts | Select-Object -Unique | Should -Be 1
    }

    It 'does not do again what the block had completed before it threw, and writes what that emitted' {
        $queue = $calls
        $errors = Get-ErrorOf {
            1..4 | Invoke-JournalBatch half -ChunkSize 4 -MaxRetries 0 -KeepResult {
                foreach ($task in $JournalTask) {
                    ($using:queue).Enqueue($task.Key)
                    if ($task.Key -eq 3) { throw 'bad' }
                    $task.Complete("row $($task.Key)")
                }
            }
        }
        $errors.Target | Should -Be 3
        $calls.ToArray() | Group-Object | Where-Object Name -In 1, 2 | ForEach-Object Count | Should -Be 1, 1
        Get-JournalResult | Should -Be 'row 1', 'row 2', 'row 4'
        Get-JournalTask -Key 2 | ForEach-Object Result | Should -Be 'row 2'
    }

    It 'writes what the block emits once, as of the first task that is completed' {
        1..5 | Invoke-JournalBatch out -ChunkSize 3 -KeepResult { $JournalTask[0].Skip('none'); foreach ($n in $_) { "row $n" } } | Should -Be 'row 1', 'row 2', 'row 3', 'row 4', 'row 5'
        Get-JournalTask -Key 2 | ForEach-Object Result | Should -Be 'row 1', 'row 2', 'row 3'
        Get-JournalTask -Key 3 | ForEach-Object Result | Should -BeNullOrEmpty
        Get-JournalResult | Should -Be 'row 1', 'row 2', 'row 3', 'row 4', 'row 5'
    }

    It 'loses and doubles nothing when the consumer stops in the middle of a chunk' {
        $first = 1..9 | Invoke-JournalBatch stopped -ChunkSize 3 { foreach ($n in $_) { "row $n" } } -WarningAction SilentlyContinue | Select-Object -First 2
        $rest = 1..9 | Invoke-JournalBatch stopped -ChunkSize 3 { foreach ($n in $_) { "row $n" } } -WarningAction SilentlyContinue
        @($first) + $rest | Should -Be (1..9 | ForEach-Object { "row $_" })
        (Get-JournalTask).Attempts | Select-Object -Unique | Should -Be 1
    }

    It 'asks a server that wants no more once, and no task pays for it' {
        $queue = $calls
        $null = 1..64 | Invoke-JournalBatch quota -ChunkSize 64 { ($using:queue).Enqueue('call'); Write-JournalError 'quota' -Category QuotaExceeded } -WarningAction SilentlyContinue
        $calls.Count | Should -Be 1
        (Get-JournalBatch).Status | Should -Be Paused
        (Get-JournalTask).Attempts | Select-Object -Unique | Should -Be 0
    }

    It 'fails a call that runs too long and finds the task that is why' {
        $errors = Get-ErrorOf { 1..4 | Invoke-JournalBatch slow -ChunkSize 4 -MaxRetries 0 -Timeout 1 { if ($_ -contains 3) { Start-Sleep 60 } } }
        $errors.Target | Should -Be 3
        (Get-JournalTask -Key 3).ErrorCategory | Should -Be Timeout
        (Get-JournalBatch).Completed | Should -Be 3
    }

    It 'keeps the log of the call with its first task and with each that failed' {
        $null = Get-ErrorOf { 1..3 | Invoke-JournalBatch logged -ChunkSize 3 -MaxRetries 0 { Write-Warning "sent $($_.Count)"; $JournalTask[2].Fail('odd') } -WarningAction SilentlyContinue }
        Get-JournalAttempt | ForEach-Object { $_.Log -like '*sent 3' } | Should -Be $true, $false, $true
    }

    It 'runs as a job, and says the size with -WhatIf' {
        1..5 | Invoke-JournalBatch job -ChunkSize 3 -AsJob { "$_" } | Receive-Job -Wait -AutoRemoveJob | Should -Be '1 2 3', '4 5'
        $told = (Invoke-PowerShell -NoProfile -NonInteractive -Command "Import-Module '$(Get-ModulePath)'; 1..45 | Invoke-JournalBatch plan -ChunkSize 20 -WhatIf { }; 1 | Invoke-JournalBatch plan -ChunkSize 1 -WhatIf { }") -join "`n"
        $told | Should -BeLike '*Each call of the block gets a chunk of up to 20 tasks: at least 3 calls.*Each call of the block gets a chunk of 1 task.*'
        (Get-JournalBatch).Name | Should -Be job
    }

    It 'refuses what it cannot do' {
        foreach ($size in 0, -1, 10001) { (Get-ErrorOf { 1 | Invoke-JournalBatch x -ChunkSize $size { } }).Id | Should -Be ParameterArgumentValidationError }
        $found = Get-ErrorOf { 1 | Invoke-JournalBatch x ([ordered]@{ One = { }; Two = { } }) -ChunkSize 5 }
        $found.Id, $found.Category, $found.Target | Should -Be InvalidValue, InvalidArgument, 5
        $found.Message | Should -BeLike '*stages*'
        Get-JournalBatch | Should -BeNullOrEmpty
        $found = Get-ErrorOf { 1 | Invoke-JournalBatch x { $JournalTask.Complete() } -MaxRetries 0 }
        $found.Message | Should -BeLike '*-ChunkSize*'
        $found = Get-ErrorOf { 1, 2 | Invoke-JournalBatch y -ChunkSize 2 -MaxRetries 0 { Write-JournalEvent sent } }
        $found.Message | Should -BeLike '*JournalTask`[0`]*'
    }

    It 'abandons the task that kills its process, and no other' -Skip:($IsWindows) {
        $line = "1..8 | Invoke-JournalBatch poison -ChunkSize 8 -WarningAction SilentlyContinue { if (`$_ -contains 6) { Stop-Process -Id `$PID -Force; [Threading.Thread]::Sleep(-1) } }"
        $runs = 0
        do {
            (++$runs) | Should -BeLessThan 6
            $start = New-PowerShellStart '-NoProfile', '-NonInteractive', '-Command', "Import-Module '$(Get-ModulePath)'; $line"
            $process = [System.Diagnostics.Process]::Start($start)
            try {
                $process.WaitForExit(120000) | Should -BeTrue
                $code = $process.ExitCode
            }
            finally {
                if (-not $process.HasExited) { $process.Kill() }
                $process.Dispose()
            }
        } while ($code -gt 1)
        # Three kills, of eight tasks, of four and of one, and a run that goes to the end.
        $runs | Should -Be 4
        (Get-JournalTask -Status Failed).Key | Should -Be 6
        (Get-JournalTask -Key 6).ErrorCategory | Should -Be Abandoned
        (Get-JournalBatch).Completed | Should -Be 7
        Get-JournalTask -Status Completed | ForEach-Object { $_.Attempts } | Select-Object -Unique | Should -Be 1
        (Get-JournalTask | ForEach-Object Crashes) | Should -Be 1, 1, 1, 1, 2, 3, 2, 2
    }
}
