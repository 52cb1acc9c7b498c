BeforeAll { Import-Module $PSScriptRoot/TestSupport.psm1 -Force }
AfterAll { Clear-JournalSetting }

Describe 'Get-JournalBatch' {
    BeforeEach {
        $null = Use-NewJournal
        $photos = 'a', 'b' | Start-JournalBatch photos
        $podcasts = 'c' | Start-JournalBatch podcasts
    }

    It 'gets all, newest first' {
        (Get-JournalBatch).Name | Should -Be 'podcasts', 'photos'
    }

    It 'gets by <What>' -ForEach @(
        @{ What = 'name'; Given = @{ Name = 'photos' }; Names = 'photos' }
        @{ What = 'pattern, in any case'; Given = @{ Name = 'P*s' }; Names = 'podcasts', 'photos' }
        @{ What = 'status'; Given = @{ Status = 'Ready' }; Names = 'podcasts', 'photos' }
        @{ What = 'status that none has'; Given = @{ Status = 'Failed', 'Paused' }; Names = @() }
        @{ What = 'being the newest'; Given = @{ Latest = $true }; Names = 'podcasts' }
        @{ What = 'page'; Given = @{ First = 1; Skip = 1 }; Names = 'photos' }
        @{ What = 'a pattern that nothing matches'; Given = @{ Name = 'x*' }; Names = @() }
    ) {
        @((Get-JournalBatch @Given).Name) | Should -Be $Names
    }

    It 'gets by id, from a parameter and from the pipeline' {
        (Get-JournalBatch -Id $photos.Id).Name | Should -Be 'photos'
        ($photos.Id, $podcasts.Id | Get-JournalBatch).Name | Should -Be 'photos', 'podcasts'
    }

    It 'gets the batch of a <Of>, not one with its id' -ForEach @(@{ Of = 'task' }, @{ Of = 'attempt' }, @{ Of = 'event' }, @{ Of = 'summary' }, @{ Of = 'group' }) {
        $task = Request-JournalTask $photos
        $task | Skip-JournalTask
        $object = switch ($Of) {
            'task' { Get-JournalTask -Id $task }
            'attempt' { Get-JournalAttempt -TaskId $task }
            'event' { Get-JournalEvent -TaskId $task -First 1 }
            'summary' { Measure-JournalBatch $photos }
            'group' { Measure-JournalTask $photos -GroupBy BatchId }
        }
        ($object | Get-JournalBatch).Id | Should -Be $photos.Id
    }

    It 'gets the batch of a task that went through a CSV file' {
        (Get-JournalTask $photos | ConvertTo-Csv | ConvertFrom-Csv | Get-JournalBatch).Id | Should -Be $photos.Id
    }

    It 'gets a batch once, however many of its tasks come' {
        Get-JournalTask $photos | Get-JournalBatch | Should -HaveCount 1
    }

    It 'follows objects to the journal they come from' {
        $null = Use-NewJournal
        ($photos | Get-JournalBatch).Id | Should -Be $photos.Id
    }

    It 'knows no <What>' -ForEach @(
        @{ What = 'such id'; Given = @{ Id = 'nope' }; Error = 'BatchNotFound'; Target = 'nope' }
        @{ What = 'such name'; Given = @{ Name = 'nope' }; Error = 'BatchNameNotFound'; Target = 'nope' }
        @{ What = 'name with wildcards that are escaped'; Given = @{ Name = 'p`*' }; Error = 'BatchNameNotFound'; Target = 'p*' }
    ) {
        $found = Get-ErrorOf { Get-JournalBatch @Given }
        $found.Id | Should -Be $Error
        $found.Category | Should -Be 'ObjectNotFound'
        $found.Target | Should -Be $Target
        $found.Terminating | Should -BeFalse
    }

    It 'refuses a negative -<Limit>' -ForEach @(@{ Limit = 'First' }, @{ Limit = 'Skip' }) {
        $given = @{ $Limit = -1 }
        $found = Get-ErrorOf { Get-JournalBatch @given }
        $found.Id | Should -Be 'ParameterArgumentValidationError'
        $found.Message | Should -BeLike '*-1*'
    }

    It 'refuses an object that tells no batch, and goes on' {
        $found = Get-ErrorOf { [pscustomobject]@{ Color = 'red' }, $photos | Get-JournalBatch }
        $found.Id | Should -Be 'ParameterArgumentTransformationError'
    }
}

Describe 'Suspend-JournalBatch' {
    BeforeEach {
        $null = Use-NewJournal
        $batch = 'a', 'b' | Start-JournalBatch waits
    }

    It 'pauses with a reason, until a time, and nothing is handed out' {
        $until = [datetimeoffset]::Now.AddHours(3)
        $paused = $batch | Suspend-JournalBatch -Reason 'Lunch' -Until $until
        $paused.Status | Should -Be 'Paused'
        $paused.PauseReason | Should -Be 'Lunch'
        $paused.PausedUntil | Should -BeGreaterThan $until.AddSeconds(-1)
        Request-JournalTask $batch | Should -BeNullOrEmpty
    }

    It 'holds against every later line, in words with the reason, until it is resumed; a resumption says that it runs nothing' {
        $null = 'a', 'b' | Invoke-JournalBatch waits { $_ } -WarningAction SilentlyContinue | Select-Object -First 1
        $null = Get-JournalBatch waits | Suspend-JournalBatch -Reason 'The target is being moved'
        foreach ($more in @{}, @{ Resume = $true }, @{ Force = $true }, @{ VerifyOutput = 'Exists' }, @{ Incremental = $true }) {
            $said = 'a', 'b', 'c' | Invoke-JournalBatch waits @more { throw 'ran' } 3>&1
            "$said" | Should -BeLike '*paused by an operator (The target is being moved): nothing is run*Resume-JournalBatch*run the same line again*'
        }
        $said = 'a', 'b', 'c' | Invoke-JournalBatch waits -New { throw 'ran' } 3>&1
        "$said" | Should -BeLike '*paused by an operator (The target is being moved), and -New begins none beside it: nothing is run*Resume-JournalBatch*Stop-JournalBatch*'
        (Get-JournalBatch waits).Total, (Get-JournalBatch waits).Status, (Get-JournalBatch waits).IsHeld | Should -Be 2, Paused, $true
        $said = Resume-JournalBatch -Name waits 6>&1
        "$($said -is [System.Management.Automation.InformationRecord] ? $said : @($said)[0])" | Should -BeLike '*when the batch''s line is run again*'
        'a', 'b' | Invoke-JournalBatch waits { $_ } | Should -Not -BeNullOrEmpty
        (Get-JournalBatch waits).Status | Should -Be Completed
    }

    It 'pauses until a time that has passed, which holds nothing' {
        $null = Suspend-JournalBatch $batch -Until ([datetime]::Now.AddHours(-1))
        (Request-JournalTask $batch).Key | Should -Be 'a'
    }

    It 'with -WhatIf changes nothing' {
        Suspend-JournalBatch $batch -WhatIf
        (Get-JournalBatch -Id $batch).Status | Should -Be 'Ready'
    }

    It 'does not pause what has ended' {
        $null = Stop-JournalBatch $batch
        $found = Get-ErrorOf { Suspend-JournalBatch $batch }
        $found.Id | Should -Be 'IllegalBatchMove'
        $found.Category | Should -Be 'InvalidOperation'
        $found.Target | Should -Be $batch.Id
    }

    It 'goes on with the next batch after one that is not there' {
        $found = Get-ErrorOf { 'nope', $batch.Id | Suspend-JournalBatch }
        $found.Id | Should -Be 'BatchNotFound'
        (Get-JournalBatch -Id $batch).Status | Should -Be 'Paused'
    }
}

Describe 'Resume-JournalBatch' {
    BeforeEach {
        $null = Use-NewJournal
        $batch = 'a', 'b', 'c' | Start-JournalBatch again
    }

    It 'ends a pause, by <By>' -ForEach @(@{ By = 'object' }, @{ By = 'id' }, @{ By = 'name' }) {
        $null = Suspend-JournalBatch $batch
        $resumed = switch ($By) {
            'object' { $batch | Resume-JournalBatch }
            'id' { Resume-JournalBatch $batch.Id }
            'name' { Resume-JournalBatch -Name again }
        }
        $resumed.Id | Should -Be $batch.Id
        $resumed.Status | Should -Be 'Ready'
        $resumed.PauseReason | Should -BeNullOrEmpty
        $resumed.LastResumedAt | Should -Not -BeNullOrEmpty
    }

    It 'puts failed tasks back with a fresh budget, and keeps their history' {
        Request-JournalTask $batch -Count 3 | Set-JournalTask -Status Failed -ErrorMessage 'no' -NoRetry
        (Get-JournalBatch -Id $batch).Status | Should -Be 'Failed'
        $resumed = Resume-JournalBatch $batch
        $resumed.Pending | Should -Be 3
        $resumed.Status | Should -Be 'Running'
        (Get-JournalTask $batch).Attempts | Should -Be 0, 0, 0
        Get-JournalAttempt $batch | Should -HaveCount 3
    }

    It 'leaves failed tasks alone with -SkipFailed' {
        Request-JournalTask $batch | Set-JournalTask -Status Failed -ErrorMessage 'no' -NoRetry
        $null = Suspend-JournalBatch $batch
        (Resume-JournalBatch $batch -SkipFailed).Failed | Should -Be 1
    }

    It 'puts just the tasks back that come through the pipeline' {
        Request-JournalTask $batch -Count 2 | Set-JournalTask -Status Failed -ErrorMessage 'no' -NoRetry
        $resumed = Get-JournalTask $batch -Status Failed -Key a | Resume-JournalBatch
        $resumed.Id | Should -Be $batch.Id
        (Get-JournalTask $batch).Status | Should -Be 'Pending', 'Failed', 'Pending'
    }

    It 'puts thousands of tasks back, all that fit and no other' {
        $many = 1..2500 | Start-JournalBatch many
        $null = Stop-JournalBatch $many
        $null = Get-JournalTask $many -Status Canceled | Resume-JournalBatch
        (Get-JournalBatch -Id $many).Pending | Should -Be 2500
    }

    It 'says for each task why it cannot be put back, and puts the others back' {
        Get-JournalTask $batch -Key a | Skip-JournalTask
        $found = Get-ErrorOf { Get-JournalTask $batch -Key a, b | Resume-JournalBatch }
        $found.Id | Should -Be 'IllegalMove'
        $found.Target | Should -Be (Get-JournalTask $batch -Key b).Id
        (Get-JournalTask $batch -Key a).Status | Should -Be 'Pending'
    }

    It 'takes, by name, the newest batch that can be resumed' {
        $null = 'a' | Start-JournalBatch again | Stop-JournalBatch
        $null = Suspend-JournalBatch $batch
        (Resume-JournalBatch -Name again).Id | Should -Be $batch.Id
    }

    It 'says so when <What>' -ForEach @(
        @{ What = 'all is done'; End = { Get-JournalTask $batch | Skip-JournalTask }; Id = 'NothingToResume' }
        @{ What = 'it was stopped'; End = { $null = Stop-JournalBatch $batch }; Id = 'IllegalBatchMove' }
        @{ What = 'only failures are left and are to be left alone'; End = { Request-JournalTask $batch -Count 3 | Set-JournalTask -Status Failed -NoRetry }; Skip = $true; Id = 'NothingToResume' }
    ) {
        . $End
        (Get-ErrorOf { Resume-JournalBatch $batch -SkipFailed:$Skip }).Id | Should -Be $Id
    }

    It 'tells an unknown name from one with nothing to resume' {
        $null = Stop-JournalBatch $batch
        (Get-ErrorOf { Resume-JournalBatch -Name again }).Id | Should -Be 'NothingToResume'
        (Get-ErrorOf { Resume-JournalBatch -Name nope }).Id | Should -Be 'BatchNameNotFound'
    }

    It 'with -WhatIf changes nothing' {
        Request-JournalTask $batch -Count 3 | Set-JournalTask -Status Failed -NoRetry
        Resume-JournalBatch $batch -WhatIf
        Get-JournalTask $batch | Resume-JournalBatch -WhatIf
        (Get-JournalBatch -Id $batch).Failed | Should -Be 3
    }
}

Describe 'Stop-JournalBatch' {
    BeforeEach {
        $null = Use-NewJournal
        $batch = 'a', 'b', 'c' | Start-JournalBatch ends
    }

    It 'cancels what is left and keeps what is done' {
        Request-JournalTask $batch | Complete-JournalTask
        $stopped = $batch | Stop-JournalBatch -Reason 'Enough'
        $stopped.Status | Should -Be 'Canceled'
        $stopped.Completed | Should -Be 1
        $stopped.Canceled | Should -Be 2
    }

    It 'fences off a worker that is in the middle of it' {
        $task = Request-JournalTask $batch
        $null = Stop-JournalBatch $batch
        (Get-ErrorOf { $task | Complete-JournalTask }).Id | Should -Be 'LeaseLost'
    }

    It 'with -WhatIf changes nothing' {
        Stop-JournalBatch $batch -WhatIf
        (Get-JournalBatch -Id $batch).Canceled | Should -Be 0
    }
}

Describe 'Remove-JournalBatch' {
    BeforeEach {
        $null = Use-NewJournal
        $batch = 'a', 'b' | Start-JournalBatch gone
    }

    It 'removes a batch with its tasks and history, and emits it' {
        ($batch | Remove-JournalBatch -Confirm:$false).Id | Should -Be $batch.Id
        Get-JournalBatch | Should -BeNullOrEmpty
        Get-JournalTask | Should -BeNullOrEmpty
        Get-JournalEvent | Should -BeNullOrEmpty
    }

    It 'asks first' {
        (Get-Command Remove-JournalBatch).ImplementingType.GetCustomAttributes([System.Management.Automation.CmdletAttribute], $true).ConfirmImpact | Should -Be 'High'
    }

    It 'does not pull work from under a living worker, but with -Force' {
        $null = Request-JournalTask $batch
        $found = Get-ErrorOf { Remove-JournalBatch $batch -Confirm:$false }
        $found.Id | Should -Be 'BatchInUse'
        $found.Category | Should -Be 'ResourceBusy'
        (Remove-JournalBatch $batch -Force -Confirm:$false).Id | Should -Be $batch.Id
    }

    It 'removes a batch whose worker is dead' {
        Invoke-KilledProcess "Request-JournalTask '$($batch.Id)'"
        (Remove-JournalBatch $batch -Confirm:$false).Id | Should -Be $batch.Id
    }

    It 'with -WhatIf removes nothing' {
        Remove-JournalBatch $batch -WhatIf
        Get-JournalBatch | Should -HaveCount 1
    }
}

Describe 'Remove-StaleJournalBatch' {
    BeforeEach {
        $null = Use-NewJournal
        $ended = 'a' | Start-JournalBatch ended | Stop-JournalBatch
        $open = 'a' | Start-JournalBatch open
    }

    It 'removes what ended long enough ago, and nothing that is open' {
        (Remove-StaleJournalBatch -OlderThan 0 -Confirm:$false).Id | Should -Be $ended.Id
        (Get-JournalBatch).Id | Should -Be $open.Id
    }

    It 'leaves what ended in the last 7 days' {
        Remove-StaleJournalBatch -Confirm:$false | Should -BeNullOrEmpty
        Get-JournalBatch | Should -HaveCount 2
    }

    It 'takes a number for days: <Age>' -ForEach @(@{ Age = 30 }, @{ Age = '30' }, @{ Age = '30d' }, @{ Age = [timespan]::FromDays(30) }, @{ Age = 0.5 }) {
        $attribute = (Get-Command Remove-StaleJournalBatch).Parameters['OlderThan'].Attributes.Where{ $_ -is [System.Management.Automation.ArgumentTransformationAttribute] }[0]
        $attribute.Transform($ExecutionContext, $Age).TotalDays | Should -Be ($Age -is [timespan] ? 30 : [double] "$Age".TrimEnd('d'))
    }

    It 'removes only the names that were given' {
        Remove-StaleJournalBatch -OlderThan 0 -Name other* -Confirm:$false | Should -BeNullOrEmpty
    }

    It 'with -WhatIf removes nothing' {
        Remove-StaleJournalBatch -OlderThan 0 -WhatIf
        Get-JournalBatch | Should -HaveCount 2
    }

    It 'refuses a negative age' {
        (Get-ErrorOf { Remove-StaleJournalBatch -OlderThan -5 }).Id | Should -Be 'ParameterArgumentTransformationError'
    }
}

Describe 'A name where an id goes' {
    BeforeEach {
        $null = Use-NewJournal
        $old = 'a' | Start-JournalBatch work | Stop-JournalBatch
        $new = 'b' | Start-JournalBatch work
    }

    It 'means the newest batch of that name: <_>' -ForEach @(
        { Get-JournalBatch -Id work }, { Get-JournalTask work }, { Get-JournalEvent work -Kind BatchCreated }, { Measure-JournalBatch work }, { Request-JournalTask work },
        { Suspend-JournalBatch work 'later' }, { Resume-JournalBatch work }, { Stop-JournalBatch work }, { 'c' | Add-JournalTask work }, { Set-JournalCheckpoint x 1 -BatchId work -PassThru }
    ) {
        $found = & $_
        ($found | ForEach-Object { $_.BatchId ?? $_.Id } | Select-Object -Unique) | Should -Be $new.Id
    }

    It 'says what can be done where a batch is to be paused before it is made' {
        $found = @(Get-ErrorOf { Suspend-JournalBatch nope })
        $found.Id, $found.Category, $found.Target | Should -Be BatchNotFound, ObjectNotFound, nope
        $found.Message | Should -BeLike "There is no batch 'nope'*Start-JournalBatch 'nope' | Suspend-JournalBatch*"
        'x' | Start-JournalBatch nope | Suspend-JournalBatch -Until (Get-Date).AddHours(1) | Out-Null
        'x' | Invoke-JournalBatch nope { $_ } -WarningAction SilentlyContinue | Should -BeNullOrEmpty
        (Get-ErrorOf { Suspend-JournalBatch nope-20260101-000000 }).Message | Should -Be "There is no batch 'nope-20260101-000000' in this journal."
    }

    It 'is told once where there is none' {
        $found = @(Get-ErrorOf { Get-JournalTask nope })
        $found.Id | Should -Be BatchNotFound
        $found.Target | Should -Be nope
    }
}
