# Invoke-JournalBatch -AsJob: what a user tries with a job.

BeforeAll {
    Import-Module "$PSScriptRoot/TestSupport.psm1" -Force

    # A job whose task has begun and goes on until it is stopped.
    function Start-EndlessJob([hashtable] $More = @{}) {
        $begun = [System.Threading.ManualResetEventSlim]::new()
        $job = 1..3 | Invoke-JournalBatch endless -AsJob @More { ($using:begun).Set(); while ($true) { Start-Sleep -Milliseconds 20 } }
        $begun.Wait(30000) | Should -BeTrue
        $job
    }

    function Assert-GivenBack {
        $batch = Get-JournalBatch -Name endless
        $batch.Status, $batch.PauseReason, $batch.InProgress, $batch.Pending, $batch.Failed | Should -Be Paused, Interrupted, 0, 3, 0
        Get-JournalTask -Status Pending | ForEach-Object Attempts | Should -Be 0, 0, 0
    }
}

AfterAll { Clear-JournalSetting }

Describe 'Invoke-JournalBatch -AsJob' {
    BeforeEach { $null = Use-NewJournal }
    AfterEach { Get-Job | Where-Object PSJobTypeName -EQ JournalBatch | Remove-Job -Force }

    It 'emits one job without child jobs, which Get-Job finds' {
        $job = 1..20 | Invoke-JournalBatch one -AsJob -ThrottleLimit 2 { $_ }
        @($job) | Should -HaveCount 1
        $job | Should -BeOfType ([System.Management.Automation.Job])
        $job.ChildJobs | Should -BeNullOrEmpty
        @(Get-Job | Where-Object PSJobTypeName -EQ JournalBatch) | Should -HaveCount 1
        (Get-Job -Id $job.Id).InstanceId | Should -Be $job.InstanceId
        $job.BatchId | Should -Be (Get-JournalBatch).Id
    }

    It 'names the job by -JobName, and as PowerShell does without it' {
        $job = 1 | Invoke-JournalBatch named -AsJob -JobName 'my run' { $_ }
        (Get-Job -Name 'my run').Id | Should -Be $job.Id
        $other = 1 | Invoke-JournalBatch other -AsJob { $_ }
        $other.Name | Should -Be "Job$($other.Id)"
    }

    It 'warns that -JobName does nothing without -AsJob' {
        1 | Invoke-JournalBatch named -JobName x { $_ } -WarningVariable warned -WarningAction SilentlyContinue | Should -Be 1
        $warned | Should -BeLike '-JobName did nothing*'
    }

    It 'has what the blocks emit for Receive-Job, with objects as they are' {
        $job = 1..3 | Invoke-JournalBatch out -AsJob { [pscustomobject]@{ N = $_ }; , @($_, $_); $null } | Wait-Job
        # Receive-Job itself leaves out $null.
        $job.Output | Should -HaveCount 9
        $received = @(Receive-Job $job)
        $received | Should -HaveCount 6
        $received[0, 2, 4].N | Should -Be 1, 2, 3
        $received[1] | Should -Be 1, 1
    }

    It 'leaves what it has with -Keep, and has no more data after the last Receive-Job' {
        $job = 1..5 | Invoke-JournalBatch keep -AsJob { $_; Write-Progress at "$_" } | Wait-Job
        $job.State | Should -Be Completed
        Receive-Job $job -Keep | Should -Be (1..5)
        $job.HasMoreData | Should -BeTrue
        Receive-Job $job | Should -Be (1..5)
        $job.HasMoreData | Should -BeFalse
        Receive-Job $job | Should -BeNullOrEmpty
    }

    It 'writes with Receive-Job -Wait what comes as it comes' {
        # The second task ends only when the output of the first has arrived.
        $arrived = [System.Threading.ManualResetEventSlim]::new()
        $job = 1, 2 | Invoke-JournalBatch stream -AsJob -MaxRetries 0 { if ($_ -eq 2 -and -not ($using:arrived).Wait(30000)) { throw 'Nothing arrived.' }; $_ }
        Receive-Job $job -Wait -AutoRemoveJob | ForEach-Object { if ($_ -eq 1) { $arrived.Set() }; $_ } | Should -Be 1, 2
        Get-Job -Id $job.Id -ErrorAction Ignore | Should -BeNullOrEmpty
    }

    It 'has the streams of the blocks and of the run' {
        $job = 1 | Invoke-JournalBatch streams -AsJob { Write-Warning 'w'; Write-Information 'i'; Write-Verbose 'v' -Verbose; Write-Debug 'd' -Debug; Write-Error 'e' -ErrorAction Continue } | Wait-Job
        $job.Warning.Message | Should -Be w
        $job.Information.MessageData | Should -Contain i
        $job.Verbose.Message | Should -Contain v
        $job.Debug.Message | Should -Be d
        $job.Error.Exception.Message | Should -Be e
        ($job.Information.MessageData -like '*1 completed, 0 failed*') | Should -HaveCount 1
        $job.StatusMessage | Should -Be '1/1 done'
    }

    It 'keeps of a progress bar the latest record alone' {
        $job = 1 | Invoke-JournalBatch bar -AsJob { foreach ($n in 1..50) { Write-Progress copying "$n of 50" -PercentComplete ($n * 2) } } | Wait-Job
        @($job.Progress | Where-Object Activity -EQ copying).StatusDescription | Should -Be '50 of 50'
    }

    It 'carries functions, and values by $using:, into the runspace of its own' {
        function Get-Doubled($Number) { $Number * 2 }
        $add = 1
        $job = 1..3 | Invoke-JournalBatch carried -AsJob -FunctionName Get-Doubled -WarningVariable warned { (Get-Doubled $_) + $using:add; [runspace]::DefaultRunspace.Name }
        Receive-Job $job -Wait | Should -Be 3, 'Journal worker', 5, 'Journal worker', 7, 'Journal worker'
        $warned | Should -BeNullOrEmpty
    }

    It 'is Completed where tasks failed, with their errors' {
        $job = 1..3 | Invoke-JournalBatch failing -AsJob -MaxRetries 0 { if ($_ -eq 2) { throw 'no' }; $_ } | Wait-Job
        $job.State | Should -Be Completed
        $job.Error | Should -HaveCount 1
        $job.Error[0].FullyQualifiedErrorId | Should -BeLike 'TaskFailed*'
        $job.Error[0].TargetObject | Should -Be 2
        Receive-Job $job -ErrorAction SilentlyContinue | Should -Be 1, 3
    }

    It 'is Completed where the batch was paused meanwhile, with a warning' {
        $job = 1..3 | Invoke-JournalBatch pausing -AsJob { Suspend-JournalBatch $JournalTask.BatchId -Reason enough | Out-Null } | Wait-Job
        $job.State | Should -Be Completed
        ($job.Warning.Message -like '*is paused: enough*') | Should -HaveCount 1
    }

    It 'is Failed where the run itself cannot go on, with the error' {
        $gate = [System.Threading.ManualResetEventSlim]::new()
        $job = 1..3 | Invoke-JournalBatch broken -AsJob { ($using:gate).Wait() }
        # Another journal under the name of this one: the run cannot record in it.
        Rename-Item $env:JOURNAL_PATH 'gone.db'
        Set-Content $env:JOURNAL_PATH ('no journal ' * 1000)
        $gate.Set()
        $null = Wait-Job $job -Timeout 60
        $job.State | Should -Be Failed
        $job.Error | Should -HaveCount 1
        $job.Error[0].Exception.ErrorId | Should -BeLike 'Journal*'
        @(Receive-Job $job -ErrorAction SilentlyContinue -ErrorVariable met)
        $met | Should -HaveCount 1
    }

    It 'gives its tasks back on Stop-Job, as Ctrl+C does, and the same line goes on' {
        $job = Start-EndlessJob
        Stop-Job $job
        $job.State | Should -Be Stopped
        Assert-GivenBack
        $job.Warning.Message | Should -BeLike 'Interrupted: 0/3 done; 1 task was given back*'
        1..3 | Invoke-JournalBatch endless -AsJob { $_ } | Receive-Job -Wait | Should -Be 1, 2, 3
    }

    It 'does not wait on Stop-Job for a block that does not stop' {
        $begun = [System.Threading.ManualResetEventSlim]::new()
        $release = [System.Threading.ManualResetEventSlim]::new()
        try {
            # Neither a stop nor an interruption ends it.
            Add-Type -TypeDefinition 'public static class StubbornWork { public static void Run(System.Threading.ManualResetEventSlim begun, System.Threading.ManualResetEventSlim release) { begun.Set(); while (!release.IsSet) { System.Threading.Thread.SpinWait(1000); } } }'
            $job = 1..3 | Invoke-JournalBatch endless -AsJob { [StubbornWork]::Run($using:begun, $using:release) }
            $begun.Wait(30000) | Should -BeTrue
            $took = Measure-Command { Stop-Job $job }
            $took.TotalSeconds | Should -BeLessThan 20
            $job.State | Should -Be Stopped
            Assert-GivenBack
        }
        finally {
            $release.Set()
        }
    }

    It 'is not removed while it runs, and with -Force is stopped first' {
        $job = Start-EndlessJob
        (Get-ErrorOf { Remove-Job $job }).Count | Should -Be 1
        Remove-Job $job -Force
        Get-Job -Id $job.Id -ErrorAction Ignore | Should -BeNullOrEmpty
        Assert-GivenBack
    }

    It 'holds nothing of the run when it is over' {
        $job = 1..3 | Invoke-JournalBatch over -AsJob { $_ } | Wait-Job
        $fields = [System.Reflection.BindingFlags] 'Instance, NonPublic'
        $job.GetType().GetField('_work', $fields).GetValue($job) | Should -BeNullOrEmpty
        # Its runspaces are closed, and so is its journal: the file can be put elsewhere.
        @(Get-Runspace | Where-Object Name -EQ 'Journal worker') | Should -BeNullOrEmpty
    }

    It 'keeps no process alive: the end of PowerShell gives its tasks back' {
        $line = @"
Import-Module '$(Get-ModulePath)'
`$begun = [System.Threading.ManualResetEventSlim]::new()
`$job = 1..3 | Invoke-JournalBatch endless -AsJob -MaxRetries 0 { (`$using:begun).Set(); while (`$true) { Start-Sleep -Milliseconds 20 } }
`$null = `$begun.Wait(30000)
'at the end'
"@
        $start = New-PowerShellStart '-NoProfile', '-NonInteractive', '-Command', $line
        $start.RedirectStandardOutput = $start.RedirectStandardError = $true
        $process = [System.Diagnostics.Process]::Start($start)
        try {
            $process.StandardOutput.ReadToEndAsync().Wait(60000) | Should -BeTrue
            $process.WaitForExit(60000) | Should -BeTrue
        }
        finally {
            if (-not $process.HasExited) { $process.Kill() }
        }
        Assert-GivenBack
    }

    It 'makes no job where the call is wrong, but an error at once: <What>' -ForEach @(
        @{ What = 'no such batch'; Id = 'BatchNotFound'; Do = { 1 | Start-JournalBatch there | Out-Null; Invoke-JournalBatch -BatchId nowhere -AsJob { $_ } } }
        @{ What = 'no batch to resume'; Id = 'NothingToResume'; Do = { 1 | Invoke-JournalBatch nowhere -Resume -AsJob { $_ } } }
        @{ What = 'modes that exclude each other'; Id = 'InvalidValue'; Do = { 1 | Invoke-JournalBatch bad -New -Force -AsJob { $_ } } }
        @{ What = 'a function that is not there'; Id = 'InvalidValue'; Do = { 1 | Invoke-JournalBatch bad -AsJob -FunctionName Get-Nowhere { $_ } } }
        @{ What = '$using: of nothing'; Id = 'InvalidValue'; Do = { 1 | Invoke-JournalBatch bad -AsJob { $using:nowhereAtAll } } }
        @{ What = 'a block that is asked in the session'; Id = 'InvalidValue'; Do = { 1 | Invoke-JournalBatch bad -AsJob -Reconcile { $true } { $_ } } }
    ) {
        (Get-ErrorOf $Do).Id | Should -Be $Id
        Get-Job | Where-Object PSJobTypeName -EQ JournalBatch | Should -BeNullOrEmpty
    }

    It 'prints the plan with -WhatIf and makes no job' {
        1..3 | Invoke-JournalBatch plan -AsJob { $_ } -WhatIf 6>&1 | Where-Object { $_ -is [System.Management.Automation.Job] } | Should -BeNullOrEmpty
        Get-Job | Where-Object PSJobTypeName -EQ JournalBatch | Should -BeNullOrEmpty
        $env:JOURNAL_PATH | Should -Not -Exist
    }

    It 'is a job that is done where there is nothing to run' {
        1..3 | Invoke-JournalBatch done { $_ } | Out-Null
        $job = Invoke-JournalBatch done -AsJob -Summary { $_ } -WarningAction SilentlyContinue
        (Receive-Job $job -Wait).Completed | Should -Be 3
        $job.State | Should -Be Completed
    }

    It 'writes with -KeepResult what earlier runs kept, too' {
        1..3 | Invoke-JournalBatch kept -KeepResult -MaxRetries 0 { if ($_ -eq 3) { throw 'not yet' }; $_ } -ErrorAction SilentlyContinue | Should -Be 1, 2
        1..3 | Invoke-JournalBatch kept -AsJob { $_ } | Receive-Job -Wait | Should -Be 1, 2, 3
    }

    It 'goes on with the journal that it began with when the session disconnects' {
        $path = $env:JOURNAL_PATH
        Connect-Journal $path | Out-Null
        $gate = [System.Threading.ManualResetEventSlim]::new()
        $job = 1..3 | Invoke-JournalBatch connected -AsJob { ($using:gate).Wait(); $_ }
        Disconnect-Journal
        $gate.Set()
        Receive-Job $job -Wait | Should -Be 1, 2, 3
        (Get-JournalBatch -JournalPath $path).Completed | Should -Be 3
    }
}
