# Quotas by project and waiting for a quota, as somebody types them; that use is counted is tested with the stores (QuotaConformance).

BeforeAll { Import-Module $PSScriptRoot/TestSupport.psm1 -Force }
AfterAll { Clear-JournalSetting }

Describe 'A quota by project' {
    BeforeEach { $null = Use-NewJournal }

    It 'is used up project by project, pauses the batch, and is shown' -ForEach @{ Throttle = 1 }, @{ Throttle = 4 } {
        $out = 1..9 | Invoke-JournalBatch upload -QuotaLimit @{ projectA = 100; projectB = 250 } -ThrottleLimit $Throttle { $JournalTask.TakeQuota(50) } -WarningVariable warned -WarningAction SilentlyContinue
        $out | Group-Object -NoElement | Sort-Object Name | ForEach-Object { "$($_.Name) $($_.Count)" } | Should -Be 'projectA 2', 'projectB 5'
        "$warned" | Should -BeLike '*projectA 100 of 100, projectB 250 of 250*higher -QuotaLimit*'
        $batch = Get-JournalBatch upload
        $batch.QuotaLimit, $batch.QuotaLeftByProject.projectA, $batch.QuotaLeftByProject.PROJECTB | Should -Be 350, 0, 0
        $summary = Measure-JournalBatch upload
        $summary.QuotaLeft, $summary.QuotaByProject.projectB | Should -Be 0, 250
        $summary | Get-ViewOf -Width 200 | Where-Object { $_ -match '350 used, 0 left \(projectA 0, projectB 0\)' } | Should -HaveCount 1
        # The same table again changes nothing; a larger one goes on.
        1..9 | Invoke-JournalBatch upload -QuotaLimit @{ ProjectB = 250; ProjectA = 100 } { 'not run' } -WarningAction SilentlyContinue | Should -BeNullOrEmpty
        Set-JournalBatch upload -QuotaLimit @{ projectA = 200; projectB = 250 } | ForEach-Object { $_.QuotaLeftByProject.projectA } | Should -Be 100
        1..9 | Invoke-JournalBatch upload { $JournalTask.TakeQuota(50) } | Should -Be projectA, projectA
        (Get-JournalBatch upload).Status | Should -Be Completed
        @(Test-Journal).Problems | Should -BeNullOrEmpty
    }

    It 'tells a block what is left' {
        1 | Invoke-JournalBatch left -QuotaLimit @{ a = 10; b = 5 } {
            $JournalTask.QuotaLeft('A'); $JournalTask.QuotaLeft()
            $JournalTask.AddQuota(3, 'A')
            $JournalTask.QuotaLeft('a'); $JournalTask.QuotaLeft()
        } | Should -Be 10, 15, 7, 12
    }

    It 'refuses a project that it does not have' {
        $found = Get-ErrorOf { 1 | Invoke-JournalBatch typo -QuotaLimit @{ projectA = 10 } { $JournalTask.AddQuota(1, 'projektA') } }
        $found.Message | Should -BeLike "*no limit for the project 'projektA'*projectA*"
        1 | Start-JournalBatch hand -QuotaLimit @{ projectA = 10 } | Out-Null
        (Get-ErrorOf { Request-JournalTask hand | Complete-JournalTask -Quota 1 -QuotaProject projektA }).Id | Should -Be UnknownQuotaProject
    }

    It 'closes the project whose quota the other side says is used up' {
        1..4 | Invoke-JournalBatch closed -QuotaLimit @{ a = 100; b = 50 } {
            $project = $JournalTask.TakeQuota(0)
            if ($project -eq 'a') { Write-JournalError 'daily limit' -Category QuotaExceeded -RetryAfter ([timespan]::FromHours(3)) }
            $project
        } | Should -Be b, b, b, b
        (Get-JournalBatch closed).QuotaLeftByProject.a | Should -Be 0
    }

    It 'is refused where it is <Why>' -ForEach @(
        @{ Why = 'a negative number'; Limit = -1 }
        @{ Why = 'a text'; Limit = 'much' }
        @{ Why = 'an empty table'; Limit = @{} }
        @{ Why = 'a table with a negative number'; Limit = @{ a = -1 } }
        @{ Why = 'a table with a text'; Limit = @{ a = 'much' } }
        @{ Why = 'a table with nothing'; Limit = @{ a = $null } }
        @{ Why = 'a table without a name'; Limit = @{ ' ' = 1 } }
        @{ Why = 'a table with one name twice'; Limit = @{} }
    ) {
        if ($Why -like '*twice') { $Limit = [System.Collections.Specialized.OrderedDictionary]::new(); $Limit.Add('a', 1); $Limit.Add('A', 2) }
        foreach ($line in { 1 | Invoke-JournalBatch bad -QuotaLimit $Limit { $_ } }, { 1 | Start-JournalBatch bad -QuotaLimit $Limit }) {
            $found = Get-ErrorOf $line
            $found.Id, $found.Category | Should -Be InvalidQuotaLimit, InvalidArgument
        }
        Test-Path $env:JOURNAL_PATH | Should -BeFalse
    }

    It 'goes along with its period through an export, a copy and a repair' {
        $null = 1..4 | Invoke-JournalBatch moved -QuotaLimit @{ a = 10; b = 5 } -QuotaReset 24h { $JournalTask.AddQuota(2, 'a'); if ($_ -eq 2) { Suspend-JournalBatch moved } } -WarningAction SilentlyContinue
        $was = Get-JournalBatch moved
        $was.QuotaSince | Should -Not -BeNullOrEmpty
        $folder = Split-Path $env:JOURNAL_PATH
        Export-Journal "$folder/moved.json" -Format Json -Force | Out-Null
        Copy-Journal "$folder/copied.db" | Out-Null
        Import-Journal "$folder/moved.json" -JournalPath "$folder/imported.db" | Out-Null
        foreach ($name in 'copied', 'imported', 'repaired') {
            if ($name -eq 'repaired') { $path = $env:JOURNAL_PATH; Repair-Journal -Confirm:$false | Out-Null } else { $path = "$folder/$name.db" }
            $now = Get-JournalBatch moved -JournalPath $path
            $now.QuotaSince, $now.QuotaLeftByProject.a | Should -Be $was.QuotaSince, 6 -Because $name
        }
        Remove-Item "$folder/copied.db", "$folder/imported.db", "$folder/moved.json" -ErrorAction Ignore
    }
}

Describe 'Invoke-JournalBatch -Wait' {
    BeforeEach { $null = Use-NewJournal }

    It 'waits until the quota is renewed, says so, and goes on' {
        $out = 1..3 | Invoke-JournalBatch waits -QuotaLimit 2 -QuotaReset '2s' -Wait { $JournalTask.AddQuota(1); $_ } -WarningVariable warned -WarningAction SilentlyContinue
        $out | Should -Be 1, 2, 3
        $warned | Should -HaveCount 1
        "$warned" | Should -BeLike "2/3 done; batch 'waits-*' is paused: Quota: 2 of 2*The run waits until *"
        (Get-JournalBatch waits).Status | Should -Be Completed
    }

    It 'waits for a batch that is paused already, and for the time that the other side gave, also in parallel and in a job' {
        $line = { param([hashtable] $More) 1..3 | Invoke-JournalBatch later @More { if (-not (Test-Path "$env:JOURNAL_PATH.open")) { New-Item "$env:JOURNAL_PATH.open" | Out-Null; Write-JournalError 'daily limit' -Category QuotaExceeded -RetryAfter ([timespan]::FromSeconds(2)) }; $_ } -WarningAction SilentlyContinue }
        & $line @{} | Should -BeNullOrEmpty
        & $line @{ Wait = $true; ThrottleLimit = 2 } | Sort-Object | Should -Be 1, 2, 3
        Remove-Item "$env:JOURNAL_PATH.open"
        $job = & $line @{ Wait = $true; AsJob = $true; New = $true }
        $job | Wait-Job | Receive-Job | Sort-Object | Should -Be 1, 2, 3
        $job | Remove-Job
    }

    It 'does not wait where nobody knows until when, nor for an operator' {
        1..3 | Invoke-JournalBatch budget -QuotaLimit 1 -Wait { $JournalTask.AddQuota(1); $_ } -WarningAction SilentlyContinue | Should -Be 1
        $null = 1..2 | Start-JournalBatch held | Suspend-JournalBatch -Until ([DateTimeOffset]::Now.AddHours(1))
        Invoke-JournalBatch held -Wait { $_ } -WarningVariable warned -WarningAction SilentlyContinue | Should -BeNullOrEmpty
        "$warned" | Should -BeLike '*is paused until*nothing is run*'
    }

    It 'ends at once when it is stopped, and the same line goes on' {
        $job = 1..3 | Invoke-JournalBatch stopped -QuotaLimit 1 -QuotaReset 24h -Wait -AsJob { $JournalTask.AddQuota(1); $_ }
        while (-not ($job.Warning -match 'The run waits until')) { $null = $job.Finished.WaitOne(50) }
        $job | Stop-Job
        $job.State | Should -Be Stopped
        (Get-JournalBatch stopped).Status | Should -Be Paused
        $job | Remove-Job
        1..3 | Invoke-JournalBatch stopped -QuotaLimit 9 { $JournalTask.AddQuota(1); $_ } | Should -Be 2, 3
    }

    It 'goes on when somebody raises the limit meanwhile, and ends when an operator pauses the batch' {
        $job = 1..3 | Invoke-JournalBatch raised -QuotaLimit 1 -QuotaReset 24h -Wait -AsJob { $JournalTask.AddQuota(1); $_ }
        while (-not ($job.Warning -match 'The run waits until')) { $null = $job.Finished.WaitOne(50) }
        $null = Set-JournalBatch raised -QuotaLimit 2
        while (@($job.Warning -match 'The run waits until').Count -lt 2) { $null = $job.Finished.WaitOne(50) }
        $null = Suspend-JournalBatch raised -Reason 'maintenance'
        $job | Wait-Job | Receive-Job -WarningAction SilentlyContinue | Should -Be 1, 2
        $job | Remove-Job
        (Get-JournalBatch raised).IsHeld | Should -BeTrue
    }

    It 'is told by -WhatIf' {
        $null = 1..3 | Invoke-JournalBatch plan -QuotaLimit 1 -QuotaReset 24h { $JournalTask.AddQuota(1) } -WarningAction SilentlyContinue
        $told = Invoke-PowerShell -NoProfile -NonInteractive -Command "Import-Module '$(Get-ModulePath)'; 1..3 | Invoke-JournalBatch plan -Wait -WhatIf { }"
        "$told" | Should -BeLike '*the run waits until then*2 to run*'
    }
}

Describe 'A line about the pace' {
    BeforeEach { $null = Use-NewJournal }

    It 'says that no input has the property of <Parameter>' -ForEach @(
        @{ Parameter = 'LimitBy'; Instead = 'share one limit' }
        @{ Parameter = 'Cost'; Instead = 'costs 1' }
        @{ Parameter = 'NotBefore'; Instead = 'waits' }
        @{ Parameter = 'Weight'; Instead = 'weighs 1' }
        @{ Parameter = 'Priority'; Instead = 'priority 0' }
    ) {
        $rows = 1..3 | ForEach-Object { [pscustomobject]@{ Id = $_; Right = $null } }
        $wrong = @{ $Parameter = 'Wrong' }
        $rows | Invoke-JournalBatch wrong -Key Id @wrong { } -WarningVariable warned -WarningAction SilentlyContinue
        $warned | Should -HaveCount 1
        "$warned" | Should -BeLike "-$Parameter 'Wrong': no input has a property of this name*$Instead*"
        $right = @{ $Parameter = 'Right' }
        $rows | Start-JournalBatch right -Key Id @right -WarningVariable warned -WarningAction SilentlyContinue | Out-Null
        $warned | Should -BeNullOrEmpty
    }

    It 'whose inputs are all refused leaves nothing' {
        (Get-ErrorOf { 1..2 | Invoke-JournalBatch dear -RateLimit 1/s -Cost 5 { $_ } -WarningAction SilentlyContinue }).Id | Select-Object -Unique | Should -Be InvalidCost
        (Get-ErrorOf { 1..2 | Start-JournalBatch dear -RateLimit 1/s -Cost 5 }).Id | Select-Object -Unique | Should -Be InvalidCost
        (Get-ErrorOf { $null | Start-JournalBatch nothing }).Id | Should -Be KeyMissing
        Test-Path $env:JOURNAL_PATH | Should -BeFalse
        (1, 9 | Invoke-JournalBatch dear -RateLimit 5/s -Cost { $_ } { $_ } -ErrorAction SilentlyContinue) | Should -Be 1
    }

    It 'takes 0.5/s for a start in two seconds' {
        (1 | Start-JournalBatch slow -RateLimit 0.5/s).Options.RateLimit | Should -Be '1/2s'
    }

    It 'is planned with what the tasks cost' {
        $said = Invoke-PowerShell -NoProfile -NonInteractive -Command "Import-Module '$(Get-ModulePath)'; 1..3 | Invoke-JournalBatch costs -RateLimit 10/1h -Cost 5 -WhatIf { }"
        "$said" | Should -BeLike '*of 3 tasks starts in 1h*together they cost 15*'
    }

    It 'limits by other keys only in a new batch, as the cmdlet says it' {
        $null = [pscustomobject]@{ Id = 1; A = 1 } | Start-JournalBatch keyed -Key Id -LimitBy A
        (Get-ErrorOf { [pscustomobject]@{ Id = 2; B = 1 } | Add-JournalTask keyed -Key Id -LimitBy B }).Message | Should -BeLike '*Start-JournalBatch begins a new batch*'
        (Get-ErrorOf { [pscustomobject]@{ Id = 2; B = 1 } | Invoke-JournalBatch keyed -Key Id -LimitBy B { } }).Message | Should -BeLike '*Use -New*'
    }
}

Describe 'A worker that gets nothing' {
    BeforeEach { $null = Use-NewJournal }

    It 'is told that <What>' -ForEach @(
        @{ What = 'a rate lets no other start'; Line = { 1..2 | Start-JournalBatch w -RateLimit 1/1h }; Says = 'Nothing to claim before * -RateLimit 1/1h lets no other task start now.' }
        @{ What = 'as many as may are in progress'; Line = { 1..2 | Start-JournalBatch w -ConcurrencyLimit 1 }; Says = 'Nothing to claim: 1 task is in progress, and -ConcurrencyLimit is 1.' }
        @{ What = 'the tasks wait for their key'; Line = { 1..2 | ForEach-Object { [pscustomobject]@{ Id = $_; S = 'srv' } } | Start-JournalBatch w -Key Id -LimitBy S -ConcurrencyLimit 1 }; Says = "Nothing to claim: 1 task waits for its key, such as 'srv' (-ConcurrencyLimit 1 of each)." }
        @{ What = 'the tasks wait for their time'; Line = { 1, 2 | Start-JournalBatch w -NotBefore { if ($_ -eq 2) { '2199-01-01' } } }; Says = 'Nothing to claim before 2199-01-01*' }
    ) {
        $null = & $Line
        Request-JournalTask w | Should -HaveCount 1
        $said = Request-JournalTask w -Verbose 4>&1 | Where-Object { $_ -is [System.Management.Automation.VerboseRecord] }
        "$(@($said)[-1])" | Should -BeLike $Says
    }
}

Describe 'What waits' {
    BeforeEach { $null = Use-NewJournal }

    It 'for -NotBefore alone is not without a worker, and with a task that is ready it is' {
        $null = 1, 2 | Start-JournalBatch w -NotBefore { if ($_ -eq 2) { '2199-01-01' } }
        Request-JournalTask w | Complete-JournalTask
        Get-JournalBatch w | Get-ViewOf | Should -Not -Match 'No worker'
        $null = 3 | Add-JournalTask w
        (Get-JournalBatch w | Get-ViewOf) -match 'No worker' | Should -HaveCount 1
    }

    It 'Suspend-JournalBatch -Wait does not in a block of its own batch' {
        $found = Get-ErrorOf { 1..2 | Invoke-JournalBatch own -MaxRetries 0 { if ($_ -eq 1) { Suspend-JournalBatch $JournalTask.BatchId -Wait }; $_ } }
        $found.Message | Should -BeLike '*would wait for that task itself*'
        (Get-JournalBatch own).Completed | Should -Be 1
    }

    It 'has times and numbers that take a format' {
        $batch = 1 | Start-JournalBatch formats -QuotaLimit 2
        '{0:yyyy}' -f $batch.CreatedAt | Should -Be $batch.CreatedAt.Year
        '{0:0.00}' -f $batch.QuotaConsumed | Should -Be '0.00'.Replace('.', [cultureinfo]::CurrentCulture.NumberFormat.NumberDecimalSeparator)
        $batch.CreatedAt.ToString() | Should -Be $batch.CreatedAt.ToString('O', [cultureinfo]::InvariantCulture)
        ($batch | Select-Object CreatedAt | ConvertTo-Csv)[1] | Should -Be """$($batch.CreatedAt.ToString('O', [cultureinfo]::InvariantCulture))"""
    }
}
