# Invoke-JournalBatch -ThrottleLimit n: runspaces of their own.

BeforeAll {
    Import-Module "$PSScriptRoot/TestSupport.psm1" -Force

    function Get-OpenRunspace { @(Get-Runspace | Where-Object Name -EQ 'Journal worker').Count }
}

AfterAll { Clear-JournalSetting }

Describe 'Invoke-JournalBatch -ThrottleLimit' {
    BeforeEach { $null = Use-NewJournal }

    It 'runs every input once and emits what the blocks emit' {
        1..50 | Invoke-JournalBatch par -ThrottleLimit 4 { $_ * 2 } | Sort-Object | Should -Be (1..50 | ForEach-Object { $_ * 2 })
        (Get-JournalBatch).Completed | Should -Be 50
    }

    It 'runs that many at once' {
        # Each of four attempts waits for the other three: with fewer at once none would end.
        $barrier = [System.Threading.Barrier]::new(4)
        1..4 | Invoke-JournalBatch par -ThrottleLimit 4 -MaxRetries 0 { ($using:barrier).SignalAndWait(20000) } | Should -Be $true, $true, $true, $true
    }

    It 'hands over $using: values, members and indexes' {
        $x = [pscustomobject]@{ Y = 10; Z = 1, 2, 3 }
        1 | Invoke-JournalBatch par -ThrottleLimit 2 { "$($using:x.Y)"; $using:x.Z[1]; "<$using:x>" } | Should -Be '10', 2, '<@{Y=10; Z=System.Object[]}>'
    }

    It 'gives the block $JournalTask' {
        'k' | Invoke-JournalBatch par -ThrottleLimit 2 { $JournalTask.SetTarget("t-$($JournalTask.Key)") }
        (Get-JournalTask).TargetId | Should -Be t-k
    }

    It 'hints at $using: for a variable that is only in the caller''s session' {
        $prefix = 'p'
        1 | Invoke-JournalBatch par -ThrottleLimit 2 { $own = 1; foreach ($i in 1) { }; "$prefix $own $i $HOME" } -WarningVariable warned -WarningAction SilentlyContinue | Out-Null
        @($warned).Count | Should -Be 1
        $warned[0] | Should -BeLike '*$using:prefix*'
    }

    It 'has this module, -ImportModule and -FunctionName in the runspaces' {
        function Get-Twice($n) { 2 * $n }
        $module = Join-Path $TestDrive 'Extra.psm1'
        Set-Content $module 'function Get-Extra { "extra" }'
        1 | Invoke-JournalBatch par -ThrottleLimit 2 -ImportModule $module -FunctionName Get-Twice { Get-Twice 4; Get-Extra; (Get-Command Get-JournalBatch).Name } |
            Should -Be 8, extra, Get-JournalBatch
        (Get-ErrorOf { 1 | Invoke-JournalBatch par -ThrottleLimit 2 -FunctionName Get-Nowhere { } }).Id | Should -Be InvalidValue
    }

    It 'starts in the caller''s location' {
        Push-Location $TestDrive
        try { 1 | Invoke-JournalBatch par -ThrottleLimit 2 { "$PWD" } | Should -Be "$TestDrive" }
        finally { Pop-Location }
    }

    It 'takes a relative path from where its own runspace is, however it got there' {
        $elsewhere = (New-Item "$TestDrive/elsewhere-$([guid]::NewGuid())" -ItemType Directory).FullName
        $caller = (New-Item "$TestDrive/caller-$([guid]::NewGuid())" -ItemType Directory).FullName
        Push-Location $caller
        try {
            1, 2 | Invoke-JournalBatch places -ThrottleLimit 2 {
                Set-Location $using:elsewhere
                $JournalTask.AddOutput("made-$_.txt")
                $JournalTask.AddOutput('./sub/../also.txt')
            } | Out-Null
        }
        finally { Pop-Location }
        $outputs = (Get-JournalTask -BatchId (Get-JournalBatch -Name places).Id).Outputs
        $outputs | Sort-Object -Unique | Should -Be @("$elsewhere/also.txt", "$elsewhere/made-1.txt", "$elsewhere/made-2.txt")
    }

    It 'carries warnings, verbose and information text, in the caller''s streams' {
        $all = 1 | Invoke-JournalBatch par -ThrottleLimit 2 -Verbose {
            Write-Warning w; Write-Verbose v -Verbose; Write-Information i; Write-Host h; 'out'
        } 3>&1 4>&1 6>&1
        $all.Where{ $_ -is [System.Management.Automation.WarningRecord] }.Message | Should -Be w
        $all.Where{ $_ -is [System.Management.Automation.VerboseRecord] }.Message | Should -Contain v
        "$($all.Where{ $_ -is [System.Management.Automation.InformationRecord] }.MessageData)" | Should -BeLike '*i h*'
        $all | Should -Contain out
    }

    It 'records the error of a block, with its place in the script' {
        $errors = Get-ErrorOf { 'a', 'b' | Invoke-JournalBatch par -ThrottleLimit 2 { if ($_ -eq 'a') { Get-Item /no/such/thing } } }
        $errors.Id, $errors.Target | Should -Be TaskFailed, a
        $attempt = Get-JournalAttempt | Where-Object Key -EQ a
        $attempt.ErrorCategory | Should -Be NotFound
        $attempt.ScriptStackTrace | Should -BeLike '*line *'
    }

    It 'leaves no runspace behind, and reuses those it has' {
        $before = Get-OpenRunspace
        $ids = 1..40 | Invoke-JournalBatch par -ThrottleLimit 3 { [runspace]::DefaultRunspace.Id }
        @($ids | Sort-Object -Unique).Count | Should -BeLessOrEqual 3
        Get-OpenRunspace | Should -Be $before
    }

    It 'leaves no runspace behind when the pipeline ends early' {
        $before = Get-OpenRunspace
        1..200 | Invoke-JournalBatch par -ThrottleLimit 3 { $_ } -WarningAction SilentlyContinue | Select-Object -First 2 | Out-Null
        Get-OpenRunspace | Should -Be $before
        $batch = Get-JournalBatch
        $batch.Status, $batch.PauseReason, $batch.InProgress | Should -Be Paused, Interrupted, 0
    }

    It 'ends an attempt at -Timeout, also one that waits for something that never comes' {
        $never = [System.Threading.ManualResetEventSlim]::new()
        $errors = Get-ErrorOf { 1, 2 | Invoke-JournalBatch par -ThrottleLimit 2 -Timeout 0.2 -MaxRetries 0 { if ($_ -eq 1) { while ($true) { $null = ($using:never).IsSet } } } }
        $errors.Id | Should -Be TaskFailed
        (Get-JournalTask -Status Failed).ErrorCategory | Should -Be Timeout
        (Get-JournalTask -Status Completed).Key | Should -Be '2'
    }

    It 'walks away from a block that ignores the stop at its -Timeout, and the run goes on' {
        $never = [System.Threading.ManualResetEventSlim]::new()
        try {
            Get-ErrorOf { 1, 2 | Invoke-JournalBatch par -ThrottleLimit 2 -Timeout 0.2 -MaxRetries 0 { if ($_ -eq 1) { ($using:never).Wait() } } } | Out-Null
            (Get-JournalTask).Status | Should -Be Failed, Completed
            (Get-JournalTask -Status Failed).ErrorCategory | Should -Be Timeout
        }
        finally { $never.Set() }
    }

    It 'goes on in the same runspace after a stopped attempt' {
        $ids = 1..6 | Invoke-JournalBatch par -ThrottleLimit 2 -Timeout 0.3 -MaxRetries 0 { [runspace]::DefaultRunspace.Id; if ($_ -le 2) { Start-Sleep 60 } } -ErrorAction SilentlyContinue
        (Get-JournalTask).Status | Should -Be Failed, Failed, Completed, Completed, Completed, Completed
        @($ids | Sort-Object -Unique).Count | Should -BeLessOrEqual 2
    }

    It 'fails an attempt whose block stops its own pipeline, instead of starting it over for ever' {
        Get-ErrorOf { 1, 2 | Invoke-JournalBatch par -ThrottleLimit 2 -MaxRetries 0 { if ($_ -eq 1) { throw [System.Management.Automation.PipelineStoppedException]::new() } } } | Out-Null
        Get-ErrorOf { 3 | Invoke-JournalBatch closed -ThrottleLimit 2 -MaxRetries 0 { [runspace]::DefaultRunspace.CloseAsync(); while ($true) { } } } | Out-Null
        (Get-JournalTask).Status | Should -Be Failed, Completed, Failed
    }

    It 'fails an attempt that is left by break, continue or exit, as one in the caller''s session is by break and continue' {
        1..3 | Invoke-JournalBatch par -ThrottleLimit 2 -MaxRetries 0 -ErrorAction SilentlyContinue { switch ($_) { 1 { exit 1 } } ; if ($_ -eq 2) { break }; 'out' } | Should -Be out
        (Get-JournalTask).Status | Should -Be Failed, Failed, Completed
        (Get-JournalTask -Key 1).ErrorMessage | Should -BeLike "'exit'*"
    }

    It 'has its input in $_ after a switch, too' {
        'a' | Invoke-JournalBatch par -ThrottleLimit 2 { switch ($_) { x { } }; "<$_>" } | Should -Be '<a>'
    }

    It 'runs blocks of several clauses' {
        1 | Invoke-JournalBatch par -ThrottleLimit 2 { begin { 'b' } end { 'e' } } | Should -Be b, e
    }

    It 'gives functions of modules $JournalTask, too' {
        $module = Join-Path $TestDrive 'Seeing.psm1'
        Set-Content $module 'function Get-Seen { $JournalTask.Key }'
        'k', 'l' | Invoke-JournalBatch par -ThrottleLimit 2 -ImportModule $module { Get-Seen } | Sort-Object | Should -Be k, l
    }

    It 'pauses before a quota is overrun' {
        1..20 | Invoke-JournalBatch par -ThrottleLimit 2 -QuotaLimit 10 { $JournalTask.AddQuota(3, 'p') } -WarningAction SilentlyContinue
        $batch = Get-JournalBatch
        $batch.Status | Should -Be Paused
        $batch.QuotaConsumed | Should -BeLessOrEqual 10
        $batch.PauseReason | Should -BeLike 'Quota*'
    }

    It 'runs in the caller''s language mode' {
        $line = @'
Import-Module '{0}'
$env:JOURNAL_PATH = '{1}'
$ExecutionContext.SessionState.LanguageMode = 'ConstrainedLanguage'
1 | Invoke-JournalBatch par -ThrottleLimit 2 -MaxRetries 0 {{ $ExecutionContext.SessionState.LanguageMode }}
'@ -f (Get-ModulePath), (Use-NewJournal)
        Invoke-PowerShell -NoProfile -NonInteractive -Command $line | Should -Be ConstrainedLanguage
    }
}

Describe 'Invoke-JournalBatch -Timeout in the caller''s session' {
    BeforeEach { $null = Use-NewJournal }

    It 'ends the attempt, and the run goes on' {
        $errors = Get-ErrorOf { 1, 2 | Invoke-JournalBatch slow -Timeout 0.2 -MaxRetries 0 { if ($_ -eq 1) { Start-Sleep 60 }; $_ } }
        $errors.Id | Should -Be TaskFailed
        (Get-JournalTask).Status | Should -Be Failed, Completed
        (Get-JournalTask -Status Failed).ErrorCategory | Should -Be Timeout
    }

    It 'still gives the block its input, its errors and the caller''s variables' {
        $prefix = 'p'
        'a' | Invoke-JournalBatch slow -Timeout 60 { "$prefix $_ $($JournalTask.Key)" } | Should -Be 'p a a'
        Get-ErrorOf { 'b' | Invoke-JournalBatch slow2 -Timeout 60 { throw [IO.FileNotFoundException]::new('no b') } } | Out-Null
        (Get-JournalTask -Status Failed).ErrorCategory | Should -Be NotFound
    }
}
