# Limits, times and holds, as somebody types them; that the claim decides them is tested with the stores (PaceConformance).

BeforeAll { Import-Module $PSScriptRoot/TestSupport.psm1 -Force }
AfterAll { Clear-JournalSetting }

Describe 'A rate limit' {
    BeforeEach { $null = Use-NewJournal }

    It 'lets no more start in any second than it says and its burst' {
        $count = (1..60 | Invoke-JournalBatch rate -RateLimit '40/s' -ThrottleLimit 4 { $_ }).Count
        $count | Should -Be 60
        $starts = @(Get-JournalEvent rate -Kind Claimed | ForEach-Object At | Sort-Object)
        $starts.Count | Should -Be 60
        for ($first = 0; $first -lt 60; $first++) {
            $within = @($starts | Where-Object { $_ -ge $starts[$first] -and $_ -lt $starts[$first].AddSeconds(1) }).Count
            $within | Should -BeLessOrEqual (40 + 10)
        }
        # The tenth is the last of the burst; the others follow one by one.
        ($starts[-1] - $starts[0]).TotalSeconds | Should -BeGreaterOrEqual ((60 - 10) / 40)
    }

    It 'is refused where it is <Why>' -ForEach @(
        @{ Why = 'zero'; Text = '0/s' }
        @{ Why = 'over no time'; Text = '5/0s' }
        @{ Why = 'a word'; Text = 'fast' }
        @{ Why = 'a count alone'; Text = '100' }
        @{ Why = 'negative'; Text = '-1/s' }
        @{ Why = 'of an unknown unit'; Text = '5/fortnight' }
        @{ Why = 'smaller than its burst'; Text = '5/s+6' }
    ) {
        $errors = Get-ErrorOf { 1 | Invoke-JournalBatch bad -RateLimit $Text { $_ } }
        $errors.Id | Should -Be InvalidRateLimit
        $errors.Category | Should -Be InvalidArgument
        $errors.Target | Should -Be $Text
        Test-Path $env:JOURNAL_PATH | Should -BeFalse
    }

    It 'that nobody may use yet makes no batch one without a worker' {
        $batch = 1..3 | Start-JournalBatch waiting -RateLimit 1/1h
        Request-JournalTask $batch | Complete-JournalTask
        $now = Get-JournalBatch $batch
        $now.InProgress, $now.Pending, $now.StatusText | Should -Be 0, 2, 'Running'
        $null = Set-JournalBatch $batch -RateLimit None
        (Get-JournalBatch $batch).StatusText | Should -Be 'Running (no worker)'
    }

    It 'is told by -WhatIf, with what it means' {
        $said = Invoke-PowerShell -NoProfile -NonInteractive -Command "Import-Module '$(Get-ModulePath)'; 1..61 | Invoke-JournalBatch told -RateLimit 60/1m+1 -ConcurrencyLimit 3 -WhatIf { }" | Out-String
        $said | Should -Match 'Under the rate limit 60/1m\+1 the last of 61 tasks starts in 1m at the earliest'
        $said | Should -Match 'At most 3 tasks are in progress at once'
    }

    It 'is changed while the batch runs, from elsewhere' {
        $batch = 1..400 | Start-JournalBatch slow -RateLimit '1/1h'
        $other = [powershell]::Create().AddScript({
            param($Module, $Journal, $Id)
            Import-Module $Module
            Connect-Journal $Journal
            Get-JournalEvent $Id -Kind Claimed -Wait | Select-Object -First 1 | Out-Null
            Set-JournalBatch $Id -RateLimit None
        }).AddArgument("$PSScriptRoot/../../Journal.psd1").AddArgument($env:JOURNAL_PATH).AddArgument($batch.Id)
        $going = $other.BeginInvoke()
        (Invoke-JournalBatch -BatchId $batch.Id { $_ }).Count | Should -Be 400
        $other.EndInvoke($going).Options.RateLimit | Should -BeNullOrEmpty
        $other.Dispose()
    }
}

Describe 'A limit by key' {
    BeforeEach { $null = Use-NewJournal }

    It 'keeps the tasks of a key apart in time, and holds up no other key' {
        $inputs = 1..16 | ForEach-Object { [pscustomobject]@{ Id = $_; Server = $_ -le 10 ? 'hot' : "s$_" } }
        $null = $inputs | Invoke-JournalBatch keys -Key Id -LimitBy Server -ConcurrencyLimit 1 -ThrottleLimit 6 { Start-Sleep -Milliseconds 30 }
        $attempts = @(Get-JournalAttempt keys)
        $attempts.Count | Should -Be 16
        $hot = @($attempts | Where-Object { [int]$_.Key -le 10 } | Sort-Object StartedAt)
        for ($n = 1; $n -lt $hot.Count; $n++) { $hot[$n].StartedAt | Should -BeGreaterOrEqual $hot[$n - 1].EndedAt }
        $lastOther = ($attempts | Where-Object { [int]$_.Key -gt 10 } | Measure-Object StartedAt -Maximum).Maximum
        $lastOther | Should -BeLessThan $hot[-1].StartedAt
    }

    It 'takes a script block, and says what each task waits for' {
        $batch = 'a1', 'a2', 'b1' | Start-JournalBatch letters -LimitBy { $_[0] } -ConcurrencyLimit 1
        (Get-JournalTask $batch).LimitKey | Should -Be 'a', 'a', 'b'
        (Get-JournalTask $batch).WaitsFor | Should -Be $null, 'Key', $null
        (Request-JournalTask $batch -Count 3).Key | Should -Be 'a1', 'b1'
    }

    It 'belongs to its batch: a line that finds keys otherwise is refused' {
        $inputs = [pscustomobject]@{ Id = 1; Server = 'x'; Site = 'y' }
        $batch = $inputs | Start-JournalBatch owned -Key Id -LimitBy Server
        (Get-ErrorOf { $inputs | Invoke-JournalBatch owned -Key Id -LimitBy Site { $_ } }).Id | Should -Be LimitByChanged
        (Get-ErrorOf { $inputs | Invoke-JournalBatch owned -Key Id { $_ } }).Id | Should -Be LimitByChanged
        (Get-ErrorOf { $inputs | Add-JournalTask $batch -Key Id }).Id | Should -Be LimitByChanged
        (Get-ErrorOf { $inputs | Add-JournalTask $batch -Key Id -LimitBy Site }).Id | Should -Be LimitByChanged
        Get-ErrorOf { Invoke-JournalBatch owned { $_.Id } } | Should -BeNullOrEmpty
        $plain = 1 | Start-JournalBatch plain
        (Get-ErrorOf { 2 | Add-JournalTask $plain -LimitBy { 'x' } }).Id | Should -Be LimitByChanged
        (Get-ErrorOf { 2 | Add-JournalTask (Start-JournalBatch empty) -LimitBy { 'x' } }).Id | Should -Be LimitByChanged
    }

    It 'gives an error for an input whose key cannot be had, and takes the others' {
        $null = $errors = Get-ErrorOf { 'a', 'b' | Start-JournalBatch odd -LimitBy { if ($_ -eq 'a') { throw 'no key' }; $_ } }
        $errors.Id | Should -Be InvalidValue
        (Get-JournalTask odd).Key | Should -Be 'b'
    }
}

Describe 'A hold' {
    BeforeEach { $null = Use-NewJournal }

    It 'of a Retry-After costs no retry, and the batch says until when' {
        $batch = 1..3 | Start-JournalBatch limited -MaxRetries 0
        $task = Request-JournalTask $batch
        $null = try { Write-JournalError 'slow down' -Category RateLimited -RetryAfter 60 -ErrorAction Stop } catch { $task | Set-JournalTask -Status Failed -ErrorRecord $_ }
        Request-JournalTask $batch | Should -BeNullOrEmpty
        $now = Get-JournalBatch $batch
        ($now.HeldBackUntil - [DateTimeOffset]::UtcNow).TotalSeconds | Should -BeGreaterThan 30
        $now.HoldReason | Should -Be 'slow down'
        (Get-JournalTask $batch -Key 1).Attempts | Should -Be 0
        Get-JournalBatch $batch | Out-String | Should -Match 'Held back for'
    }

    It 'of a key by its block holds back that key alone' {
        $null = 'a1', 'a2', 'b1' | Invoke-JournalBatch holding -LimitBy { $_[0] } {
            if ($_ -eq 'a1') { $JournalTask.HoldKey([timespan]::FromMilliseconds(400), 'maintenance') }
        }
        $starts = @{}
        foreach ($attempt in Get-JournalAttempt holding) { $starts[$attempt.Key] = $attempt }
        $starts['a2'].StartedAt | Should -BeGreaterOrEqual $starts['a1'].StartedAt.AddMilliseconds(400)
        $starts['b1'].StartedAt | Should -BeLessThan $starts['a2'].StartedAt
    }
}

Describe 'A task of its own time' {
    BeforeEach { $null = Use-NewJournal }

    It 'waits for the time that its input gives' {
        $later = [DateTime]::Today.AddDays(2).AddHours(3)
        $inputs = [pscustomobject]@{ Id = 'now'; At = $null }, [pscustomobject]@{ Id = 'later'; At = $later }
        $batch = $inputs | Start-JournalBatch timed -Key Id -NotBefore At
        (Get-JournalTask $batch).WaitsFor | Should -Be $null, 'Time'
        (Get-JournalTask $batch -Key later).NotBefore.LocalDateTime | Should -Be $later
        (Request-JournalTask $batch -Count 2).Key | Should -Be 'now'
        Get-JournalTask $batch -Key later | Set-JournalTask -NotBefore ([DateTimeOffset]::Now)
        (Request-JournalTask $batch).Key | Should -Be 'later'
        (Get-ErrorOf { 1 | Start-JournalBatch odd -NotBefore { 'soon' } }).Id | Should -Be InvalidValue
    }

    It 'is postponed by its block at no cost' {
        $said = 1..2 | Invoke-JournalBatch posts -MaxRetries 0 {
            if ($_ -eq 1 -and $JournalTask.Postponed -lt 2) { $JournalTask.Postpone([timespan]::FromMilliseconds(50), 'not yet'); 'too early'; return }
            "$_ $($JournalTask.Attempt) $($JournalTask.Postponed)"
        }
        $said | Should -Be '2 1 0', '1 1 2'
        (Get-JournalEvent posts -Kind Postponed).Reason | Should -Be 'not yet', 'not yet'
    }

    It 'is held until it is let go, and the run says so' {
        $batch = 1..3 | Start-JournalBatch held
        Get-JournalTask $batch -Key 2 | Set-JournalTask -Hold
        $warnings = $null
        Invoke-JournalBatch held { $_ } -WarningVariable warnings -WarningAction SilentlyContinue | Should -Be 1, 3
        $warnings | Should -Match '1 task is held by an operator'
        (Invoke-JournalBatch held -WhatIf -Verbose { $_ } 4>&1 | Out-String) | Should -Match 'held by an operator'
        Get-JournalTask $batch -Key 2 | Set-JournalTask -Hold:$false
        Invoke-JournalBatch held { $_ } | Should -Be 2
    }

    It 'that costs more than the rate ever allows is refused when it is added' {
        $errors = Get-ErrorOf { 1, 2 | Invoke-JournalBatch dear -RateLimit 10/1s -Cost { $_ * 8 } { $_ } }
        $errors.Id | Should -Be InvalidCost
    }
}

Describe 'A quota that is renewed' {
    BeforeEach { $null = Use-NewJournal }

    It 'pauses until then, says so, and is neither tried nor lifted before' {
        $warnings = $null
        1..5 | Invoke-JournalBatch daily -QuotaLimit 2 -QuotaReset 1.00:00:00 { $JournalTask.AddQuota(1); $_ } -WarningVariable warnings -WarningAction SilentlyContinue | Should -Be 1, 2
        $warnings | Should -Match 'The same line goes on after'
        $batch = Get-JournalBatch daily
        $batch.PausedUntil | Should -Be $batch.QuotaResetsAt
        ($batch.QuotaResetsAt - $batch.QuotaSince).TotalHours | Should -Be 24
        $batch | Out-String | Should -Match 'run the same line after'
        1..5 | Invoke-JournalBatch daily -QuotaLimit 2 { $_ } -WarningAction SilentlyContinue | Should -BeNullOrEmpty
        (Set-JournalBatch daily -QuotaReset '00:00 UTC').Options.QuotaReset | Should -Be '00:00 UTC'
        (Set-JournalBatch daily -QuotaReset None).Options.QuotaReset | Should -BeNullOrEmpty
    }

    It 'goes on at once with a larger limit, given by the line or before it' {
        $line = { param($Limit) 1..5 | Invoke-JournalBatch raised -QuotaLimit $Limit -QuotaReset 24h { $JournalTask.AddQuota(1); $_ } -WarningAction SilentlyContinue }
        & $line 2 | Should -Be 1, 2
        & $line 3 | Should -Be 3
        $null = Set-JournalBatch raised -QuotaLimit 4
        Invoke-JournalBatch raised { $JournalTask.AddQuota(1); $_ } -WarningAction SilentlyContinue | Should -Be 4
    }

    It 'is refused where it is <_>' -ForEach 'tomorrow', '06:00', '06:00 Nowhere', '0s', '-1.00:00:00' {
        $errors = Get-ErrorOf { 1 | Invoke-JournalBatch bad -QuotaLimit 1 -QuotaReset $_ { $_ } }
        $errors.Id | Should -Be InvalidQuotaReset
        Test-Path $env:JOURNAL_PATH | Should -BeFalse
    }
}

Describe 'A pause that waits' {
    BeforeEach { $null = Use-NewJournal }

    It 'returns when what runs has ended, and nothing else has begun' {
        $go = Join-Path $TestDrive "go-$(New-Guid)"
        $other = [powershell]::Create().AddScript({
            param($Module, $Journal, $Go)
            Import-Module $Module
            Connect-Journal $Journal
            1..3 | Invoke-JournalBatch draining { $null = [System.Threading.SpinWait]::SpinUntil({ Test-Path $using:Go }, 60000); $_ } -WarningAction SilentlyContinue
        }).AddArgument((Get-ModulePath)).AddArgument($env:JOURNAL_PATH).AddArgument($go)
        $running = $other.BeginInvoke()
        # Until there is one, there is no journal.
        [System.Threading.SpinWait]::SpinUntil({ Test-Path $env:JOURNAL_PATH }, 60000) | Should -BeTrue
        Get-JournalEvent -Kind Claimed -Wait | Select-Object -First 1 | Out-Null
        $waiting = [powershell]::Create().AddScript({
            param($Module, $Journal)
            Import-Module $Module
            Connect-Journal $Journal
            Suspend-JournalBatch draining -Wait
        }).AddArgument((Get-ModulePath)).AddArgument($env:JOURNAL_PATH)
        $paused = $waiting.BeginInvoke()
        Get-JournalEvent -Kind BatchPaused -Wait | Select-Object -First 1 | Out-Null
        $paused.IsCompleted | Should -BeFalse
        $null = New-Item $go
        $batch = $waiting.EndInvoke($paused)
        $batch.Status, $batch.InProgress, $batch.Completed | Should -Be 'Paused', 0, 1
        $other.EndInvoke($running) | Should -Be 1
        $other.Dispose()
        $waiting.Dispose()
    }
}

Describe 'A time of what is emitted' {
    It 'can be formatted as any other' {
        $null = Use-NewJournal
        $null = 1 | Invoke-JournalBatch formatted { $_ }
        $at = (Get-JournalBatch formatted).CreatedAt
        $at.ToString('yyyy') | Should -Be "$($at.Year)"
        $at.ToString('HH:mm', [cultureinfo]::InvariantCulture) | Should -Match '^\d\d:\d\d$'
        $at.ToString() | Should -Match '^\d{4}-\d\d-\d\dT'
    }
}
