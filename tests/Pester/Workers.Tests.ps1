BeforeAll { Import-Module $PSScriptRoot/TestSupport.psm1 -Force }
AfterAll { Clear-JournalSetting }

Describe 'Request-JournalTask' {
    BeforeEach {
        $null = Use-NewJournal
        $batch = 'a', 'b', 'c' | Start-JournalBatch work
    }

    It 'claims a task under a token, in this process'' name' {
        $task = $batch | Request-JournalTask
        $task.Key | Should -Be 'a'
        $task.Status | Should -Be 'InProgress'
        $task.Token | Should -BeGreaterThan 0
        $task.Worker | Should -BeLike "*:${PID}:*"
        $task.LeaseUntil | Should -BeGreaterThan ([datetimeoffset]::Now)
    }

    It 'claims so many, and none twice' {
        $keys = (Request-JournalTask $batch -Count 2).Key + (Request-JournalTask $batch -Count 5 -Worker me).Key
        $keys | Should -Be 'a', 'b', 'c'
        Request-JournalTask $batch | Should -BeNullOrEmpty
        (Get-JournalTask $batch -Key c).Worker | Should -Be 'me'
    }

    It 'claims for a stage' {
        $staged = 'x' | Start-JournalBatch staged -Stage Download, Convert
        Request-JournalTask $staged -Stage Convert | Should -BeNullOrEmpty
        (Request-JournalTask $staged -Stage download).Stage | Should -Be 'Download'
        $found = Get-ErrorOf { Request-JournalTask $staged -Stage Upload }
        $found.Id | Should -Be 'StageNotFound'
        $found.Target | Should -Be 'Upload'
    }

    It 'takes over at once from a worker that was killed' {
        Invoke-KilledProcess "Request-JournalTask '$($batch.Id)' -Count 2"
        (Get-JournalTask $batch -Status InProgress).Key | Should -Be 'a', 'b'
        # One that a worker died with is handed out alone: it may be the killer.
        $tasks = 1..3 | ForEach-Object { Request-JournalTask $batch -Count 3 }
        $tasks.Key | Should -Be 'a', 'b', 'c'
        $tasks[0].Crashes | Should -Be 1
        $tasks[0].Attempts | Should -Be 1
    }

    It 'claims a given task and no other' {
        $wanted = Get-JournalTask $batch -Key b
        (Request-JournalTask -TaskId $wanted).Key | Should -Be b
        (Get-JournalTask $batch -Status InProgress).Key | Should -Be b
        $found = Get-ErrorOf { Request-JournalTask -TaskId $wanted.Id }
        $found.Id, $found.Category, $found.Target | Should -Be TaskNotClaimed, ResourceBusy, $wanted.Id
        $found.Message | Should -BeLike '*has it.'
        $wanted | Get-JournalTask | Complete-JournalTask
        (Get-ErrorOf { Request-JournalTask -TaskId $wanted.Id -Wait 60 }).Message | Should -BeLike '*it is Completed.'
        (Get-ErrorOf { Request-JournalTask -TaskId 999 }).Id | Should -Be TaskNotFound
    }

    It 'takes a task that is piped for that task, and a batch for its batch' {
        (Get-JournalTask $batch -Key b | Request-JournalTask).Key | Should -Be b
        (Get-JournalTask $batch -Key c | ConvertTo-Json | ConvertFrom-Json | Request-JournalTask).Key | Should -Be c
        ($batch | Request-JournalTask).Key | Should -Be a
        (Get-ErrorOf { Get-JournalTask $batch -Key b | Request-JournalTask }).Id | Should -Be TaskNotClaimed
        Get-JournalTask $batch -Key c | Set-JournalTask -Status Pending
        (Request-JournalTask (Get-JournalTask $batch -Key c)).Key | Should -Be c
        $other = 'x', 'y' | Start-JournalBatch other
        ((Get-JournalTask $other -Key y), $other | Request-JournalTask).Key | Should -Be y, x
    }

    It 'waits for a given task while another worker has it, at most so long' {
        $wanted = Get-JournalTask $batch -Key a
        Request-JournalTask -TaskId $wanted | Out-Null
        (Get-ErrorOf { Request-JournalTask -TaskId $wanted -Wait 0.3 }).Id | Should -Be TaskNotClaimed
        $shell = [powershell]::Create().AddScript({
                param($manifest, $path, $id)
                Import-Module $manifest
                (Request-JournalTask -TaskId $id -JournalPath $path -Wait 60).Key
            }).AddArgument((Get-ModulePath)).AddArgument($env:JOURNAL_PATH).AddArgument($wanted.Id)
        $waiting = $shell.BeginInvoke()
        $wanted | Set-JournalTask -Status Pending
        $shell.EndInvoke($waiting) | Should -Be a
        $shell.Streams.Error | Should -BeNullOrEmpty
        $shell.Dispose()
    }

    It 'with -WhatIf claims nothing' {
        Request-JournalTask $batch -WhatIf | Should -BeNullOrEmpty
        (Get-JournalBatch -Id $batch).InProgress | Should -Be 0
    }

    It 'refuses to claim <Count>' -ForEach @(@{ Count = 0 }, @{ Count = -1 }) {
        (Get-ErrorOf { Request-JournalTask $batch -Count $Count }).Id | Should -Be 'ParameterArgumentValidationError'
    }
}

Describe 'Complete-JournalTask' {
    BeforeEach {
        $null = Use-NewJournal
        $batch = 'a', 'b' | Start-JournalBatch work
    }

    It 'refuses the target id of another task, and changes nothing' {
        $first, $second = Request-JournalTask $batch -Count 2
        $first | Complete-JournalTask -TargetId same
        $found = Get-ErrorOf { $second | Complete-JournalTask -TargetId same -Quota 5 }
        $found.Id, $found.Category, $found.Target | Should -Be TargetTaken, ResourceExists, same
        $found.Message | Should -BeLike "'b' cannot be completed with the target id 'same', which is that of 'a'*Nothing was changed.*"
        (Get-JournalTask $batch -Key b).Status | Should -Be InProgress
        ($second | Complete-JournalTask -PassThru).Status | Should -Be Completed
    }

    It 'records what the work made' {
        $task = Request-JournalTask $batch | Complete-JournalTask -TargetId T1 -OutputPath TestDrive:/out.jpg -Quota 3 -QuotaProject p -Metadata @{ subject = 'AI' } -PassThru
        $task.Status | Should -Be 'Completed'
        $task.TargetId | Should -Be 'T1'
        $task.Outputs | Should -Be (Join-Path (Get-PSDrive TestDrive).Root 'out.jpg')
        $task.QuotaConsumed | Should -Be 3
        $task.QuotaProject | Should -Be 'p'
        $task.Metadata.subject | Should -Be 'AI'
        (Get-JournalBatch -Id $batch).QuotaConsumed | Should -Be 3
    }

    It 'completes the batch with its last task' {
        Request-JournalTask $batch -Count 2 | Complete-JournalTask
        (Get-JournalBatch -Id $batch).Status | Should -Be 'Completed'
    }

    It 'takes ids, for tasks that this process holds' {
        $ids = (Request-JournalTask $batch -Count 2).Id
        Complete-JournalTask $ids[0]
        Complete-JournalTask -Id $ids[1] -Token (Get-JournalTask -Id $ids[1]).Token
        (Get-JournalBatch -Id $batch).Completed | Should -Be 2
    }

    It 'takes a task that went to another process and back' {
        $task = Request-JournalTask $batch | ConvertTo-Json -Depth 3 | ConvertFrom-Json
        $task | Complete-JournalTask
        (Get-JournalBatch -Id $batch).Completed | Should -Be 1
    }

    It 'completes once: a second report is fenced off' {
        $task = Request-JournalTask $batch
        $task | Complete-JournalTask
        $found = Get-ErrorOf { $task | Complete-JournalTask }
        $found.Id | Should -Be 'LeaseLost'
        $found.Category | Should -Be 'ResourceBusy'
        $found.Target | Should -Be $task.Id
        Get-JournalAttempt $batch | Should -HaveCount 1
    }

    It 'fences off a worker whose task was given to another' {
        $task = Request-JournalTask $batch
        $task | Set-JournalTask -Status Pending
        $again = Request-JournalTask $batch
        $again.Id | Should -Be $task.Id
        (Get-ErrorOf { $task | Complete-JournalTask }).Id | Should -Be 'LeaseLost'
        (Get-ErrorOf { Complete-JournalTask $task.Id -Token $task.Token }).Id | Should -Be 'LeaseLost'
        $again | Complete-JournalTask
    }

    It 'fences off a worker whose token another one holds' {
        # As when a server lost its last commits in a crash, and gave the task out again.
        $task = Request-JournalTask $batch -Worker me | ConvertTo-Json -Depth 3 | ConvertFrom-Json
        $task.Worker = 'you'
        (Get-ErrorOf { $task | Complete-JournalTask }).Id | Should -Be 'LeaseLost'
        $task.Worker = 'me'
        $task | Complete-JournalTask
    }

    It 'does not let this process report for another one by a mere id' {
        Invoke-KilledProcess "Request-JournalTask '$($batch.Id)'"
        $id = (Get-JournalTask $batch -Status InProgress).Id
        (Get-ErrorOf { Complete-JournalTask $id }).Id | Should -Be 'LeaseLost'
    }

    It 'does not complete what nobody has claimed' {
        $found = Get-ErrorOf { Get-JournalTask $batch -Key a | Complete-JournalTask }
        $found.Id | Should -Be 'IllegalMove'
        $found.Category | Should -Be 'InvalidOperation'
        $found.Message | Should -BeLike '*Pending*Completed*'
    }

    It 'goes on with the next stage, which sees the result of the one before' {
        $staged = 'x' | Start-JournalBatch staged -Stage Download, Convert
        $task = Request-JournalTask $staged | Complete-JournalTask -Result @{ file = 'x.mp3' } -PassThru
        $task.Status | Should -Be 'Pending'
        $task.Stage | Should -Be 'Convert'
        (Request-JournalTask $staged | Complete-JournalTask -PassThru).Status | Should -Be 'Completed'
        (Get-JournalAttempt $staged).Stage | Should -Be 'Download', 'Convert'
    }

    It 'with -WhatIf records nothing' {
        Request-JournalTask $batch | Complete-JournalTask -WhatIf
        (Get-JournalBatch -Id $batch).Completed | Should -Be 0
    }

    It 'knows no task 999' {
        $found = Get-ErrorOf { Complete-JournalTask 999 }
        $found.Id | Should -Be 'TaskNotFound'
        $found.Category | Should -Be 'ObjectNotFound'
        $found.Target | Should -Be 999
    }

    It 'refuses what is no task' {
        (Get-ErrorOf { 'abc' | Complete-JournalTask }).Id | Should -Be 'ParameterArgumentTransformationError'
    }
}

Describe 'Update-JournalTask' {
    BeforeEach {
        $null = Use-NewJournal
        $batch = 'a' | Start-JournalBatch work -LeaseTimeout 60
        $task = Request-JournalTask $batch
    }

    It 'renews the claim and reports progress' {
        $updated = $task | Update-JournalTask -Progress 40 -ProgressText 'half way' -LeaseTimeout 01:00:00 -PassThru
        $updated.Progress | Should -Be 40
        $updated.ProgressText | Should -Be 'half way'
        $updated.LeaseUntil | Should -BeGreaterThan ([datetimeoffset]::Now.AddMinutes(50))
        $updated | Complete-JournalTask
    }

    It 'is fenced off when the lease is gone' {
        $null = Stop-JournalBatch $batch
        (Get-ErrorOf { $task | Update-JournalTask }).Id | Should -Be 'LeaseLost'
        (Get-ErrorOf { Update-JournalTask $task.Id }).Id | Should -Be 'LeaseLost'
    }

    It 'refuses a progress of <Percent>' -ForEach @(@{ Percent = -1 }, @{ Percent = 101 }) {
        (Get-ErrorOf { $task | Update-JournalTask -Progress $Percent }).Id | Should -Be 'ParameterArgumentValidationError'
    }
}

Describe 'Skip-JournalTask' {
    BeforeEach {
        $null = Use-NewJournal
        $batch = 'a', 'b' | Start-JournalBatch work
    }

    It 'skips a claimed task and a waiting one, with a reason' {
        Request-JournalTask $batch | Skip-JournalTask -Reason 'a duplicate'
        Skip-JournalTask (Get-JournalTask $batch -Key b) 'not needed'
        (Get-JournalTask $batch).Status | Should -Be 'Skipped', 'Skipped'
        (Get-JournalEvent $batch -Kind Skipped).Reason | Should -Be 'a duplicate', 'not needed'
        (Get-JournalBatch -Id $batch).Status | Should -Be 'Completed'
    }

    It 'waves a failed task through' {
        Request-JournalTask $batch | Set-JournalTask -Status Failed -NoRetry
        Get-JournalTask $batch -Status Failed | Skip-JournalTask
        (Get-JournalTask $batch -Key a).Status | Should -Be 'Skipped'
    }

    It 'does not skip what is done' {
        $task = Request-JournalTask $batch
        $task | Complete-JournalTask
        (Get-ErrorOf { Get-JournalTask -Id $task | Skip-JournalTask }).Id | Should -Be 'IllegalMove'
    }

    It 'with -WhatIf skips nothing' {
        Get-JournalTask $batch | Skip-JournalTask -WhatIf
        (Get-JournalBatch -Id $batch).Skipped | Should -Be 0
    }
}

Describe 'Set-JournalTask' {
    BeforeEach {
        $null = Use-NewJournal
        $batch = 'a', 'b' | Start-JournalBatch work -MaxRetries 1 -RetryDelay 0
    }

    It 'retries an error that may pass, until the retries are used up' {
        $first = Request-JournalTask $batch | Set-JournalTask -Status Failed -ErrorMessage 'Connection reset' -ErrorCategory NetworkError -PassThru
        $first.Status | Should -Be 'Pending'
        $first.ErrorCategory | Should -Be 'NetworkError'
        $second = Request-JournalTask $batch | Set-JournalTask -Status Failed -ErrorMessage 'Connection reset' -ErrorCategory NetworkError -PassThru
        $second.Id | Should -Be $first.Id
        $second.Status | Should -Be 'Failed'
        $second.Attempts | Should -Be 2
    }

    It 'fails at once for an error that stays' {
        try { Get-Item TestDrive:/nowhere -ErrorAction Stop } catch { $caught = $_ }
        $task = Request-JournalTask $batch | Set-JournalTask -Status Failed -ErrorRecord $caught -PassThru
        $task.Status | Should -Be 'Failed'
        $task.ErrorCategory | Should -Be 'NotFound'
        $attempt = Get-JournalAttempt $batch
        $attempt.ErrorId | Should -BeLike 'PathNotFound*'
        $attempt.ScriptStackTrace | Should -Not -BeNullOrEmpty
    }

    It 'fails at once with -NoRetry' {
        (Request-JournalTask $batch | Set-JournalTask -Status Failed -ErrorMessage 'x' -ErrorCategory Timeout -NoRetry -PassThru).Status | Should -Be 'Failed'
    }

    It 'pauses the batch when a quota is used up, and refunds the attempt' {
        try { Write-JournalError 'Daily limit reached' -Category QuotaExceeded -RetryAfter 3600 } catch { $caught = $_ }
        $task = Request-JournalTask $batch | Set-JournalTask -Status Failed -ErrorRecord $caught -PassThru
        $task.Status | Should -Be 'Pending'
        $task.Attempts | Should -Be 0
        $paused = Get-JournalBatch -Id $batch
        $paused.Status | Should -Be 'Paused'
        $paused.PausedUntil | Should -BeGreaterThan ([datetimeoffset]::Now.AddMinutes(55))
    }

    It 'gives a claimed task back without counting the attempt' {
        $task = Request-JournalTask $batch | Set-JournalTask -Status Pending -PassThru
        $task.Status | Should -Be 'Pending'
        $task.Attempts | Should -Be 0
    }

    It 'puts an ended task back' {
        Get-JournalTask $batch -Key a | Skip-JournalTask
        (Get-JournalTask $batch -Key a | Set-JournalTask -Status Pending -PassThru).Status | Should -Be 'Pending'
    }

    It 'cancels a task, whoever holds it' {
        $task = Request-JournalTask $batch
        Get-JournalTask $batch | Set-JournalTask -Status Canceled
        (Get-JournalBatch -Id $batch).Status | Should -Be 'Canceled'
        (Get-ErrorOf { $task | Complete-JournalTask }).Id | Should -Be 'LeaseLost'
    }

    It 'sets priority, weight and metadata' {
        $task = Get-JournalTask $batch -Key b | Set-JournalTask -Priority 5 -Weight 2.5 -Metadata @{ note = 'first' } -PassThru
        $task.Priority | Should -Be 5
        $task.Weight | Should -Be 2.5
        $task.Metadata.note | Should -Be 'first'
        (Request-JournalTask $batch).Key | Should -Be 'b'
    }

    It 'sets the stage that a task waits for' {
        $staged = 'x' | Start-JournalBatch staged -Stage Download, Convert
        (Get-JournalTask $staged | Set-JournalTask -Stage convert -PassThru).Stage | Should -Be 'Convert'
        (Get-ErrorOf { Get-JournalTask $staged | Set-JournalTask -Stage nope }).Id | Should -Be 'StageNotFound'
    }

    It 'refuses a secret in the metadata and changes nothing' {
        (Get-ErrorOf { Get-JournalTask $batch -Key a | Set-JournalTask -Metadata @{ p = [securestring]::new() } -Priority 9 }).Id | Should -Be 'SecretRefused'
        (Get-JournalTask $batch -Key a).Priority | Should -Be 0
    }

    It 'with -WhatIf changes nothing' {
        Get-JournalTask $batch | Set-JournalTask -Priority 9 -WhatIf
        (Get-JournalTask $batch).Priority | Should -Be 0, 0
    }
}

Describe 'Write-JournalError' {
    It 'throws an error of its category: <Category>' -ForEach @(
        @{ Category = 'QuotaExceeded'; Is = 'QuotaExceeded' }, @{ Category = 'RateLimited'; Is = 'LimitsExceeded' }, @{ Category = 'NotFound'; Is = 'ObjectNotFound' }, @{ Category = 'Unknown'; Is = 'NotSpecified' }
    ) {
        $found = Get-ErrorOf { Write-JournalError 'no' -Category $Category -TargetObject 7 }
        $found.Id | Should -Be $Category
        $found.Category | Should -Be $Is
        $found.Target | Should -Be 7
        $found.Terminating | Should -BeTrue
    }
}
