BeforeAll { Import-Module $PSScriptRoot/TestSupport.psm1 -Force }
AfterAll { Clear-JournalSetting }

Describe 'Get-JournalAttempt' {
    BeforeEach {
        $null = Use-NewJournal
        $batch = 'a', 'b' | Start-JournalBatch tried -RetryDelay 0
        Request-JournalTask $batch | Set-JournalTask -Status Failed -ErrorMessage 'flaky' -ErrorCategory NetworkError
        Request-JournalTask $batch -Count 2 | Complete-JournalTask
    }

    It 'tells each try of a task, with its error' {
        $attempts = Get-JournalTask $batch -Key a | Get-JournalAttempt
        $attempts.Outcome | Should -Be 'Failed', 'Completed'
        $attempts.Number | Should -Be 1, 2
        $attempts[0].ErrorMessage | Should -Be 'flaky'
        $attempts[0].ErrorCategory | Should -Be 'NetworkError'
        $attempts[0].Duration | Should -BeOfType ([timespan])
    }

    It 'filters by <What>' -ForEach @(
        @{ What = 'outcome'; Given = @{ Outcome = 'Failed' }; Count = 1 }
        @{ What = 'category'; Given = @{ ErrorCategory = 'NetworkError' }; Count = 1 }
        @{ What = 'time'; Given = @{ Since = [datetime]::Now.AddHours(1) }; Count = 0 }
        @{ What = 'page'; Given = @{ First = 2; Skip = 1 }; Count = 2 }
        @{ What = 'nothing'; Given = @{}; Count = 3 }
    ) {
        @($batch | Get-JournalAttempt @Given) | Should -HaveCount $Count
    }

    It 'knows no <What>' -ForEach @(@{ What = 'batch'; Given = @{ BatchId = 'nope' }; Id = 'BatchNotFound' }, @{ What = 'task'; Given = @{ TaskId = 999 }; Id = 'TaskNotFound' }) {
        (Get-ErrorOf { Get-JournalAttempt @Given }).Id | Should -Be $Id
    }
}

Describe 'Get-JournalEvent' {
    BeforeEach {
        $null = Use-NewJournal
        $batch = 'a', 'b' | Start-JournalBatch told
        Request-JournalTask $batch | Complete-JournalTask
    }

    It 'tells what changed, from what to what, and by whom' {
        $events = $batch | Get-JournalEvent
        $events[0].Kind | Should -Be 'BatchCreated'
        $completed = $events | Where-Object Kind -EQ Completed
        $completed.From | Should -Be 'InProgress'
        $completed.To | Should -Be 'Completed'
        $completed.Worker | Should -BeLike "*:${PID}:*"
    }

    It 'filters by <What>' -ForEach @(
        @{ What = 'kind'; Given = @{ Kind = 'Claimed', 'Completed' }; Kinds = 'Claimed', 'Completed' }
        @{ What = 'the last ones'; Given = @{ Last = 1 }; Kinds = 'Completed' }
        @{ What = 'the first ones'; Given = @{ First = 1 }; Kinds = 'BatchCreated' }
        @{ What = 'time'; Given = @{ Until = [datetime]::Now.AddHours(-1) }; Kinds = @() }
    ) {
        @((Get-JournalEvent $batch @Given).Kind) | Should -Be $Kinds
    }

    It 'tells the events of a task' {
        (Get-JournalTask $batch -Key a | Get-JournalEvent).Kind | Should -Be 'Claimed', 'Completed'
    }

    It 'with -Wait goes on with what happens next, and ends with Select-Object -First' {
        $path = $env:JOURNAL_PATH
        $shell = [powershell]::Create().AddScript({
                param($manifest, $path)
                Import-Module $manifest
                Get-JournalEvent -JournalPath $path -Wait -Last 0 -Kind Claimed | Select-Object -First 2
            }).AddArgument((Get-ModulePath)).AddArgument($path)
        try {
            $following = $shell.BeginInvoke()
            # Until it has seen two, there is always one more to see; how soon it looks does not matter.
            $null = 1..50 | Start-JournalBatch busy
            for ($i = 0; $i -lt 50 -and -not $following.AsyncWaitHandle.WaitOne(400); $i++) { $null = Request-JournalTask (Get-JournalBatch busy) }
            $following.IsCompleted | Should -BeTrue
            $shell.EndInvoke($following).Kind | Should -Be 'Claimed', 'Claimed'
        }
        finally {
            $shell.Dispose()
        }
    }

    It 'with -Wait ends when it is stopped' {
        $shell = [powershell]::Create().AddScript({
                param($manifest, $path)
                Import-Module $manifest
                Get-JournalEvent -JournalPath $path -Wait
            }).AddArgument((Get-ModulePath)).AddArgument($env:JOURNAL_PATH)
        $output = [System.Management.Automation.PSDataCollection[psobject]]::new()
        try {
            $following = $shell.BeginInvoke([System.Management.Automation.PSDataCollection[psobject]]::new(), $output)
            while ($output.Count -eq 0 -and -not $following.AsyncWaitHandle.WaitOne(20)) { }
            $shell.Stop()
            $following.AsyncWaitHandle.WaitOne(10000) | Should -BeTrue
            $shell.InvocationStateInfo.State | Should -Be 'Stopped'
        }
        finally {
            $shell.Dispose()
        }
    }
}

Describe 'Write-JournalEvent' {
    BeforeEach {
        $null = Use-NewJournal
        $batch = 'a', 'b' | Start-JournalBatch told
    }

    It 'records about a task, a batch, and in the block about the live task' {
        Get-JournalTask $batch -Key a | Write-JournalEvent published 'It is out' -Data @{ at = [datetime] '2026-05-04'; links = @('x') }
        Write-JournalEvent announced -BatchId told
        Invoke-JournalBatch -Resume told { if ($_ -eq 'b') { Write-JournalEvent seen -Data 3; $JournalTask.AddEvent('again', $null, $null) } }
        $own = Get-JournalEvent $batch -Kind Noted
        $own.Name | Should -Be published, announced, seen, again
        $own[0].Reason | Should -Be 'It is out'
        $own[0].Data.at | Should -Be ([datetime] '2026-05-04')
        $own[0].Data.links | Should -Be x
        $own[1].TaskId | Should -BeNullOrEmpty
        $own[2].Data | Should -Be 3
        $own[2].TaskId | Should -Be (Get-JournalTask $batch -Key b).Id
    }

    It 'goes with the journal, out and in' {
        Get-JournalTask $batch -Key a | Write-JournalEvent published 'It is out' -Data @{ n = 1 }
        $file = Join-Path $TestDrive 'told.jsonl'
        Export-Journal $file | Out-Null
        $null = Use-NewJournal
        Import-Journal $file | Out-Null
        $back = Get-JournalEvent -Kind Noted
        $back.Name, $back.Reason, $back.Data.n | Should -Be published, 'It is out', 1
    }

    It 'refuses <What>' -ForEach @(
        @{ What = 'what is about nothing'; Id = 'InvalidValue'; Script = { Write-JournalEvent x } }
        @{ What = 'a batch that is not there'; Id = 'BatchNotFound'; Script = { Write-JournalEvent x -BatchId nope } }
        @{ What = 'a task that is not there'; Id = 'TaskNotFound'; Script = { Write-JournalEvent x -TaskId 999 } }
        @{ What = 'a name that is too long'; Id = 'InvalidValue'; Script = { Write-JournalEvent ('x' * 101) -BatchId told } }
        @{ What = 'data that is too long'; Id = 'InvalidValue'; Script = { Write-JournalEvent x -BatchId told -Data ('x' * 70000) } }
        @{ What = 'a secret'; Id = 'SecretRefused'; Script = { Write-JournalEvent x -BatchId told -Data ([securestring]::new()) } }
    ) {
        (Get-ErrorOf $Script).Id | Should -Be $Id
        Get-JournalEvent -Kind Noted | Should -BeNullOrEmpty
    }

    It 'with -WhatIf records nothing' {
        Write-JournalEvent x -BatchId told -WhatIf
        Get-JournalEvent -Kind Noted | Should -BeNullOrEmpty
    }
}
