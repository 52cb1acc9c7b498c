# What comes out of a run: everything once where it ended in order, the rest first after a stop, what is in doubt after a kill, all of it with -KeepResult.

BeforeAll {
    Import-Module "$PSScriptRoot/TestSupport.psm1" -Force

    # Starts a line in a process of its own, waits for a word of it, and kills it.
    function Invoke-Killed([string] $Line, [string] $Word = 'now') {
        $start = New-PowerShellStart '-NoProfile', '-NonInteractive', '-Command', "Import-Module '$(Get-ModulePath)'; $Line"
        $start.RedirectStandardOutput = $start.RedirectStandardError = $true
        $process = [System.Diagnostics.Process]::Start($start)
        do { $said = $process.StandardOutput.ReadLine() } until ($null -eq $said -or $said -eq $Word)
        if ($null -eq $said) { throw "The line ended: $($process.StandardError.ReadToEnd())" }
        $process.Kill()
        $process.WaitForExit()
        $process.Dispose()
    }
}

AfterAll { Clear-JournalSetting }

Describe 'What a stop left unwritten' {
    BeforeEach { $null = Use-NewJournal }

    It 'comes out first when the line runs again, and nothing comes twice (<Limit> at once)' -ForEach @{ Limit = 1 }, @{ Limit = 3 } {
        $all = [System.Collections.Generic.List[object]]::new()
        foreach ($first in 3, 2, 100) {
            $all.AddRange([object[]]@(1..20 | Invoke-JournalBatch cut -ThrottleLimit $Limit -WarningAction SilentlyContinue { "r$_" } | Select-Object -First $first))
        }
        $all | Sort-Object { [int]$_.Substring(1) } | Should -Be (1..20 | ForEach-Object { "r$_" })
        if ($Limit -eq 1) { $all | Should -Be (1..20 | ForEach-Object { "r$_" }) }
        @(Get-JournalBatch).Count | Should -Be 1
        Get-JournalResult | Should -BeNullOrEmpty
        (Test-Journal).IsHealthy | Should -BeTrue
    }

    It 'begins in the middle of what a task emitted' {
        1..3 | Invoke-JournalBatch parts -WarningAction SilentlyContinue { "a$_"; "b$_"; "c$_" } | Select-Object -First 2 | Should -Be a1, b1
        1..3 | Invoke-JournalBatch parts { "a$_"; "b$_"; "c$_" } | Should -Be c1, a2, b2, c2, a3, b3, c3
    }

    It 'is written after an error further down, from the object on that met it' {
        { 1..6 | Invoke-JournalBatch down -WarningAction SilentlyContinue { "e$_" } | ForEach-Object { if ($_ -eq 'e3') { throw 'no more' }; $_ } } | Should -Throw 'no more'
        1..6 | Invoke-JournalBatch down { "e$_" } | Should -Be e3, e4, e5, e6
    }

    It 'is written after -ErrorAction Stop' {
        $work = { if ($_ -eq 2) { throw 'odd' }; "s$_" }
        $seen = [System.Collections.Generic.List[object]]::new()
        { 1..5 | Invoke-JournalBatch strict -MaxRetries 0 -ErrorAction Stop -WarningAction SilentlyContinue $work | ForEach-Object { $seen.Add($_) } } | Should -Throw
        1..5 | Invoke-JournalBatch strict -MaxRetries 0 -SkipFailed $work | ForEach-Object { $seen.Add($_) }
        $seen | Should -Be s1, s3, s4, s5
    }

    It 'comes before anything else, and only then the same line begins a new batch' {
        # In runspaces the work goes on while the next command has the first result in hand.
        { 1..3 | Invoke-JournalBatch whole -ThrottleLimit 2 -WarningAction SilentlyContinue { "w$_" } |
            ForEach-Object { $null = Get-JournalEvent -Wait | Where-Object Kind -EQ BatchEnded | Select-Object -First 1; throw 'full' } } | Should -Throw
        (Get-JournalBatch whole).Status | Should -Be Completed
        1..3 | Invoke-JournalBatch whole { "again $_" } | Sort-Object | Should -Be w1, w2, w3
        @(Get-JournalBatch whole).Count | Should -Be 1
        1..3 | Invoke-JournalBatch whole { "again $_" } | Should -Be 'again 1', 'again 2', 'again 3'
        @(Get-JournalBatch whole).Count | Should -Be 2
    }

    It 'is counted in the line at the end, which goes by the warning preference and redirections' {
        $null = 1..4 | Invoke-JournalBatch told -WarningVariable said -WarningAction SilentlyContinue { "a$_"; "b$_" } | Select-Object -First 1
        "$said" | Should -BeLike 'Interrupted: */4 done; * given back, nothing is lost; * recorded result* out first. To go on, run the same line again.'
        $line = "Import-Module '$(Get-ModulePath)'; `$WarningPreference = '{0}'; 1..3 | Invoke-JournalBatch quiet{1} {{ `$_ }} 3>{2} | Select-Object -First 1"
        Invoke-PowerShell -NoProfile -NonInteractive -Command ($line -f 'Continue', 1, '$null') | Should -Be 1
        Invoke-PowerShell -NoProfile -NonInteractive -Command ($line -f 'SilentlyContinue', 2, '&1') | Should -Be 1
    }
}

Describe 'What a killed run may have written' {
    BeforeEach { $null = Use-NewJournal }

    It 'is in doubt: the next run says so, and writes it again only when it is asked to' {
        # The first task waits for its row to be on the disk, the second never ends.
        Invoke-Killed "1..5 | Invoke-JournalBatch dead { if (`$_ -eq 3) { [Console]::Out.WriteLine('now'); Start-Sleep 100 }; Start-Sleep -Milliseconds 5; `"d`$_`" } | ForEach-Object { }"
        Get-JournalResult -Unconfirmed | Should -Be d1, d2
        Get-JournalBatch | Get-JournalResult -Unconfirmed | Should -Be d1, d2
        1..5 | Invoke-JournalBatch dead -WarningVariable said -WarningAction SilentlyContinue { "d$_" } | Should -Be d3, d4, d5
        @($said -like "2 results of batch * may not have arrived: *-Redeliver*Get-JournalResult * -Unconfirmed").Count | Should -Be 1
        Get-JournalResult -Unconfirmed | Should -Be d1, d2

        # Now that the batch is complete: a plain line begins another one, and says it again.
        $null = 1..5 | Invoke-JournalBatch dead -WarningVariable said -WarningAction SilentlyContinue { "d$_" }
        @($said -like '2 results of batch * may not have arrived*').Count | Should -Be 1
    }

    It 'is written first with -Redeliver' {
        Invoke-Killed "1..5 | Invoke-JournalBatch dead { if (`$_ -eq 3) { [Console]::Out.WriteLine('now'); Start-Sleep 100 }; Start-Sleep -Milliseconds 5; `"d`$_`" } | ForEach-Object { }"
        1..5 | Invoke-JournalBatch dead -Redeliver -WarningAction SilentlyContinue { "d$_" } | Should -Be d1, d2, d3, d4, d5
        Get-JournalResult | Should -BeNullOrEmpty
    }
}

Describe '-KeepResult' {
    BeforeEach { $null = Use-NewJournal }

    It 'writes everything in every run, each result once' {
        1..5 | Invoke-JournalBatch keep -KeepResult -WarningAction SilentlyContinue { [pscustomobject]@{ N = $_; Text = "t$_" } } | Select-Object -First 2 | ForEach-Object Text | Should -Be t1, t2
        1..5 | Invoke-JournalBatch keep -KeepResult { [pscustomobject]@{ N = $_; Text = "t$_" } } | ForEach-Object Text | Should -Be t1, t2, t3, t4, t5
        Get-JournalBatch keep | Get-JournalResult | ForEach-Object Text | Should -Be t1, t2, t3, t4, t5
        Get-JournalTask -Key 2, 3 | ForEach-Object Result | ForEach-Object Text | Should -Be t2, t3
        (Get-JournalTask -Key 2).Result().N | Should -Be 2
        Get-JournalTask -Key 4 | Get-JournalResult | ForEach-Object N | Should -Be 4
        @(Get-JournalBatch).Count | Should -Be 1
    }

    It 'goes on with a batch whose tasks were all done before its output was whole' {
        # In runspaces the work goes on while the next command has the first result in hand.
        1..5 | Invoke-JournalBatch ahead -KeepResult -ThrottleLimit 2 -WarningAction SilentlyContinue { "a$_" } |
            ForEach-Object { $null = Get-JournalEvent -Wait | Where-Object Kind -EQ BatchEnded | Select-Object -First 1; $_ } | Select-Object -First 1 | Should -BeLike 'a?'
        (Get-JournalBatch ahead).Status | Should -Be Completed
        1..5 | Invoke-JournalBatch ahead -KeepResult -ThrottleLimit 2 { "again $_" } | Sort-Object | Should -Be a1, a2, a3, a4, a5
        @(Get-JournalBatch ahead).Count | Should -Be 1
        # That run has written everything: the line is done, and begins another batch.
        1..5 | Invoke-JournalBatch ahead -KeepResult { "new $_" } | Select-Object -First 5 | Should -Be 'new 1', 'new 2', 'new 3', 'new 4', 'new 5'
        1..5 | Invoke-JournalBatch ahead -KeepResult { "newer $_" } | Should -Be 'newer 1', 'newer 2', 'newer 3', 'newer 4', 'newer 5'
        @(Get-JournalBatch ahead).Count | Should -Be 3
    }

    It 'says what is not kept where it comes late' {
        $null = 1..4 | Invoke-JournalBatch late -WarningAction SilentlyContinue { "l$_" } | Select-Object -First 1
        $null = 1..4 | Invoke-JournalBatch late -KeepResult -WarningVariable said -WarningAction SilentlyContinue { "l$_" }
        @($said -like '* been completed before -KeepResult was given*').Count | Should -Be 1
    }

    It 'leaves a whole file after random kills, and without it the files and what is in doubt hold everything' {
        $outcome = & "$PSScriptRoot/ResultKills.ps1" -Kills 3 -Inputs 60 -Module (Get-ModulePath)
        $outcome.Missing | Should -Be 0, 0
        $outcome[0].Twice | Should -Be 0
    }
}

Describe 'A result' {
    BeforeEach { $null = Use-NewJournal }

    It 'that is too large fails its task alone, with an error that says how large' {
        $errors = Get-ErrorOf { $script:seen = 1..3 | Invoke-JournalBatch large -MaxResultSize 100 { $_ -eq 2 ? 'x' * 200 : "ok$_" } }
        $errors.Count, $errors.Id | Should -Be 1, TaskFailed
        $errors.Message | Should -BeLike '*202 bytes*100*-MaxResultSize*'
        $script:seen | Should -Be ok1, ok3
        (Get-JournalTask -Status Failed).ErrorCategory | Should -Be InvalidInput
        (Get-JournalAttempt -Outcome Failed).ErrorId | Should -BeLike 'ResultTooLarge*'
    }

    It 'of the last stage alone goes to the pipeline; the others are in the journal' {
        'a', 'b' | Invoke-JournalBatch steps ([ordered]@{ One = { "one $_" }; Two = { "two of $($JournalTask.Result('One'))" } }) | Should -Be 'two of one a', 'two of one b'
        Get-JournalResult -Stage one | Should -Be 'one a', 'one b'
        (Get-JournalTask -Key a).Result('One') | Should -Be 'one a'
        Get-JournalResult | Should -BeNullOrEmpty
    }

    It 'goes with its batch, into a copy and away' {
        $null = 1..3 | Invoke-JournalBatch moved -KeepResult { "m$_"; "n$_" }
        $copy = "$env:JOURNAL_PATH.copy.db"
        Copy-Journal $copy | Out-Null
        Export-Journal "$env:JOURNAL_PATH.json" | Out-Null
        Get-JournalResult -JournalPath $copy | Should -Be m1, n1, m2, n2, m3, n3
        Get-JournalBatch | Remove-JournalBatch -Confirm:$false | Out-Null
        Get-JournalResult | Should -BeNullOrEmpty
        Import-Journal "$env:JOURNAL_PATH.json" | Out-Null
        Get-JournalResult | Should -Be m1, n1, m2, n2, m3, n3
    }

    It 'is not recorded where nobody wants it' {
        $null = 1..3 | Invoke-JournalBatch silent -Summary { "s$_" }
        Get-JournalResult | Should -BeNullOrEmpty
    }
}

Describe 'An input that has changed' {
    BeforeEach { $null = Use-NewJournal }

    It 'replaces that of a failed task, which is told once and in the history' {
        $block = { if ($_.Url -notlike 'https:*') { throw "no address: $($_.Url)" }; $_.Url }
        $rows = 1..3 | ForEach-Object { [pscustomobject]@{ Id = "r$_"; Url = $_ -eq 1 ? 'https://ok' : "typo$_" } }
        $null = Get-ErrorOf { $rows | Invoke-JournalBatch rows -Key Id -MaxRetries 0 $block }
        $rows | ForEach-Object { $_.Url = "https://$($_.Id)" }
        $rows | Invoke-JournalBatch rows -Key Id -MaxRetries 0 -WarningVariable said -WarningAction SilentlyContinue $block | Should -Be https://r2, https://r3
        $said | Should -Be '2 inputs changed since the batch began; their tasks take the new value.',
        '1 input changed since its task was done or begun; that task stays as it is. -Force does every task again.'
        @(Get-JournalEvent -Kind Amended | Where-Object Reason -EQ 'Its input changed since the batch began.').Count | Should -Be 2
        $rows | Invoke-JournalBatch rows -Key Id -Force $block | Should -Be https://r1, https://r2, https://r3
    }

    It 'comes out of a paused batch, too, where it is kept; and a summary says how the batch stands' {
        $line = { param($More = @{}) 1..4 | Invoke-JournalBatch paused -KeepResult @More { if ($_ -eq 3) { Write-JournalError used -Category QuotaExceeded -ResetAt ([datetimeoffset]::Now.AddHours(1)) }; "r$_" } -WarningAction SilentlyContinue }
        & $line | Should -Be r1, r2
        & $line | Should -Be r1, r2
        $summary = & $line @{ Summary = $true }
        $summary.Status, $summary.Completed, $summary.PauseReason | Should -Be Paused, 2, 'Quota exhausted: used'
        1 | Invoke-JournalBatch other { } -Summary -WhatIf | Should -BeNullOrEmpty
        $null = Suspend-JournalBatch (Get-JournalBatch paused) 'moving'
        & $line | Should -Be r1, r2
    }

    It 'is one only against what was there before: the first of several with one key counts' {
        $rows = [pscustomobject]@{ Id = 'a'; V = 'first' }, [pscustomobject]@{ Id = 'a'; V = 'second' }, [pscustomobject]@{ Id = 'b'; V = 'other' }
        $null = Get-ErrorOf { $rows | Invoke-JournalBatch twins -Key Id -MaxRetries 0 { throw $_.V } }
        # A pause between the inputs, so that they come in chunks of their own.
        $rows | ForEach-Object { Start-Sleep -Milliseconds 250; $_ } | Invoke-JournalBatch twins -Key Id -WarningVariable said -WarningAction SilentlyContinue { $_.V } | Should -Be first, other
        @($said -like '*changed*').Count | Should -Be 0
    }

    It 'of a waiting task of an incremental run goes with its new fingerprint' {
        $make = { param($v) 1..2 | ForEach-Object { [pscustomobject]@{ Id = "p$_"; V = $v } } }
        $null = & $make old | Invoke-JournalBatch inc -Key Id -Incremental -Fingerprint { $_.V } -WarningAction SilentlyContinue { $_.V } | Select-Object -First 1
        $again = { & $make new | Invoke-JournalBatch inc -Key Id -Incremental -Fingerprint { $_.V } -WarningVariable script:said -WarningAction SilentlyContinue { "$($_.Id)=$($_.V)" } }
        & $again | Should -Be p2=new
        # The one that was done with the old value is the next batch's, and that is told.
        "$said" | Should -BeLike '*1 input changed since its task was done or begun; that task stays as it is. The next run of this line does it again.'
        & $again | Should -Be p1=new
        & $again | Should -BeNullOrEmpty
    }

    It 'is taken by Add-JournalTask as well' {
        $batch = 'a' | Start-JournalBatch adding -Key { $_ }
        $null = [pscustomobject]@{ K = 'a'; V = 2 } | Add-JournalTask $batch -Key K -WarningVariable said -WarningAction SilentlyContinue
        "$said" | Should -Be '1 input changed since the batch began; its task takes the new value.'
        (Get-JournalTask).Input | Out-String | Should -Match 'V'
    }
}
