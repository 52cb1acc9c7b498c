# Every way to end a run early, with real processes and real signals: nothing stays in progress, nothing is marked failed by the stop, the
# attempt does not count, and the same line goes on.

BeforeDiscovery {
    $unix = -not $IsWindows
    # A shell without job control starts its background jobs with SIGINT ignored, and so are all processes that these start.
    $ignored = (Get-Content /proc/self/status -ErrorAction Ignore) -match '^SigIgn:\s*([0-9a-f]+)' -replace '.*\s'
    $interruptible = $unix -and -not ($ignored -and ([Convert]::ToInt64("$ignored", 16) -band 2))
    if ($unix -and -not $interruptible) { Write-Host 'Left out: what Ctrl+C does (this process was started with SIGINT ignored).' }
}

BeforeAll {
    Import-Module "$PSScriptRoot/TestSupport.psm1" -Force

    # A script in a process of its own, once it has said something like this.
    function Start-Script([string] $Script, [string] $Like = 'started') {
        $start = New-PowerShellStart '-NoProfile', '-NonInteractive', '-Command', "Import-Module '$(Get-ModulePath)'`n$Script"
        $start.RedirectStandardOutput = $start.RedirectStandardError = $true
        $process = [System.Diagnostics.Process]::Start($start)
        $null = Wait-Line $process $Like
        $process
    }

    # The line of its output that is like this.
    function Wait-Line($Process, [string] $Like) {
        do { $said = $Process.StandardOutput.ReadLine() } until ($null -eq $said -or $said -like $Like)
        if ($null -eq $said) { throw "The run never said '$Like': $($Process.StandardError.ReadToEnd())" }
        $said
    }

    # A run in a process of its own that says 'started' when its 5th task begins, and then stays in that task.
    function Start-Run([string] $Name, [string] $More = '', [string] $Work = '$_') {
        Start-Script @"
1..20 | Invoke-JournalBatch $Name $More { if (`$_ -eq 5) { [Console]::Out.WriteLine('started'); [Console]::Out.Flush(); while (`$true) { Start-Sleep -Milliseconds 20 } }; $Work } | Out-Null
'ended'
"@
    }

    function Stop-Run($Process, [string] $Signal) {
        & /bin/kill "-$Signal" $Process.Id
        if (-not $Process.WaitForExit(30000)) { $Process.Kill(); throw "The run did not end after SIG$Signal." }
        $Process
    }

    function Assert-Clean([string] $Name) {
        $batch = Get-JournalBatch -Name $Name
        $batch.Status, $batch.PauseReason, $batch.InProgress, $batch.Failed | Should -Be Paused, Interrupted, 0, 0
        Get-JournalTask -Status Pending | ForEach-Object Attempts | Should -Be (@(0) * $batch.Pending)
        # What is left runs to its end with the same line.
        1..20 | Invoke-JournalBatch $Name { $_ } | Out-Null
        $after = Get-JournalBatch -Name $Name
        $after.Status, $after.Completed | Should -Be Completed, 20
        @(Get-JournalEvent | Where-Object Kind -EQ Completed | Group-Object TaskId | Where-Object Count -NE 1).Count | Should -Be 0
    }
}

AfterAll { Clear-JournalSetting }

Describe 'A run that is stopped' {
    BeforeEach { $null = Use-NewJournal }

    It 'gives its tasks back on SIG<Signal> (<Where>)' -Skip:(-not $unix) -ForEach @(
        if ($interruptible) {
            @{ Signal = 'INT'; Where = 'in the session'; More = ''; Exit = $null }
            @{ Signal = 'INT'; Where = 'in runspaces'; More = '-ThrottleLimit 3'; Exit = $null }
        }
        @{ Signal = 'TERM'; Where = 'in the session'; More = ''; Exit = 143 }
        @{ Signal = 'TERM'; Where = 'in runspaces'; More = '-ThrottleLimit 3'; Exit = 143 }
        @{ Signal = 'HUP'; Where = 'in the session'; More = ''; Exit = 129 }
    ) {
        $process = Stop-Run (Start-Run stopped $More) $Signal
        if ($null -ne $Exit) { $process.ExitCode | Should -Be $Exit }
        Assert-Clean stopped
    }

    It 'ends the process after SIGTERM (<Where>) though the task under way ends at once: no line of the script that follows runs' -Skip:(-not $unix) -ForEach @(
        @{ Where = 'in the session'; More = '' }
        @{ Where = 'in runspaces'; More = '-ThrottleLimit 2' }
    ) {
        $process = Start-Script @"
1..20 | Invoke-JournalBatch quick $More { [Console]::Out.WriteLine('started'); Start-Sleep -Milliseconds 300 } | Out-Null
'after the run'
"@
        (Stop-Run $process TERM).ExitCode | Should -Be 143
        $process.StandardOutput.ReadToEnd() | Should -Not -Match 'after the run'
        (Get-JournalBatch quick).InProgress | Should -Be 0
    }

    Context 'with -StopTimeout' {
        BeforeAll {
            # A run whose 5th and 6th task say 'started', and go on when their parent has written a line for each to $Gate.
            function Start-PatientRun([string] $More) {
                $null = & mkfifo ($gate = Join-Path $TestDrive "gate-$([guid]::NewGuid())")
                # Open for both: so neither side waits for the other to open it.
                $script:Gate = [System.IO.FileStream]::new($gate, 'Open', 'ReadWrite')
                Start-Script @"
1..20 | Invoke-JournalBatch patient $More { if (`$_ -in 5, 6) { [Console]::Out.WriteLine('started'); [Console]::Out.Flush(); `$null = [System.IO.FileStream]::new('$gate', 'Open', 'Read', 'ReadWrite', 1).ReadByte() }; "out `$_" }
'after the run'
"@
            }
        }

        It 'lets the task under way end after SIG<Signal> (<Where>), and begins no other' -Skip:(-not $unix) -ForEach @(
            @{ Signal = 'TERM'; Where = 'in the session'; More = '' }
            @{ Signal = 'TERM'; Where = 'in runspaces'; More = '-ThrottleLimit 2' }
            if ($interruptible) { @{ Signal = 'INT'; Where = 'in runspaces'; More = '-ThrottleLimit 2' } }
        ) {
            $process = Start-PatientRun "$More -StopTimeout 100"
            & /bin/kill "-$Signal" $process.Id
            Wait-Line $process '*Stopping: * under way may go on for 1m 40s*' | Should -Not -BeNullOrEmpty
            $Gate.Write([byte[]] (10, 10), 0, 2)
            $Gate.Flush()
            if (-not $process.WaitForExit(30000)) { $process.Kill(); throw 'The run did not end.' }
            $rest = $process.StandardOutput.ReadToEnd()
            $rest | Should -BeLike '*Interrupted: */20 done; no task had to be given back*'
            if ($Signal -eq 'TERM') { $rest | Should -Not -Match 'after the run'; $process.ExitCode | Should -Be 143 }
            (Get-JournalTask -Key 5).Status, (Get-JournalTask -Key 5).Attempts | Should -Be Completed, 1
            (Get-JournalBatch patient).Completed | Should -BeLessThan 20
        }

        It 'tells of a signal that meets a run which waits for its quota' -Skip:(-not $unix) {
            $process = Start-Script -Like '*The run waits until*' @"
1..20 | Invoke-JournalBatch patient -QuotaLimit 2 -QuotaReset 1:00:00 -Wait { `$JournalTask.AddQuota(1); "out `$_" }
'after the run'
"@
            (Stop-Run $process TERM).ExitCode | Should -Be 143
            $rest = $process.StandardOutput.ReadToEnd()
            $rest | Should -BeLike '*Interrupted: 2/20 done; no task had to be given back*run the same line again*'
            $rest | Should -Not -Match 'after the run'
            (Get-JournalBatch patient).InProgress | Should -Be 0
        }

        It 'ends it at the next signal' -Skip:(-not $unix) {
            $process = Start-PatientRun '-StopTimeout 100'
            & /bin/kill -TERM $process.Id
            $null = Wait-Line $process '*Stopping: *'
            (Stop-Run $process TERM).ExitCode | Should -Be 143
            (Get-JournalTask -Key 5).Status, (Get-JournalTask -Key 5).Attempts | Should -Be Pending, 0
        }

        It 'lets the tasks of a job end that is stopped' {
            $gate = [System.Threading.ManualResetEventSlim]::new()
            $begun = [System.Threading.ManualResetEventSlim]::new()
            $job = 1..5 | Invoke-JournalBatch jobbed -AsJob -StopTimeout 100 { ($using:begun).Set(); ($using:gate).Wait(); "out $_" }
            $begun.Wait()
            $stopping = [powershell]::Create().AddScript({ $args[0].StopJob() }).AddArgument($job)
            $null = Register-ObjectEvent -InputObject $job -EventName StateChanged -SourceIdentifier jobbed
            $running = $stopping.BeginInvoke()
            Wait-Event -SourceIdentifier jobbed -Timeout 60 | Should -Not -BeNullOrEmpty
            $gate.Set()
            $stopping.EndInvoke($running)
            $job.State | Should -Be Stopped
            (Get-JournalBatch jobbed).Completed | Should -BeGreaterThan 0
            (Get-JournalTask jobbed | Measure-Object Attempts -Sum).Sum | Should -Be (Get-JournalBatch jobbed).Completed
            Unregister-Event -SourceIdentifier jobbed
            $job | Remove-Job
        }
    }

    It 'says in one line how to go on after Ctrl+C' -Skip:(-not $interruptible) {
        $process = Stop-Run (Start-Run stopped) INT
        $process.StandardOutput.ReadToEnd() | Should -BeLike '*Interrupted: 4/20 done; 1 task was given back*run the same line again*'
    }

    It 'says the same after SIGTERM (<Where>), and how many tasks were given back' -Skip:(-not $unix) -ForEach @(
        @{ Where = 'in the session'; More = ''; Given = '1 task was' }
        @{ Where = 'in runspaces'; More = '-ThrottleLimit 3'; Given = '* given back' }
    ) {
        $process = Stop-Run (Start-Run stopped $More) TERM
        $process.StandardOutput.ReadToEnd() | Should -BeLike "*Interrupted: */20 done; $Given*run the same line again*"
    }

    It 'says nothing with -WarningAction SilentlyContinue' -Skip:(-not $unix) {
        $process = Stop-Run (Start-Run stopped '-WarningAction SilentlyContinue') TERM
        $process.StandardOutput.ReadToEnd() | Should -Not -BeLike '*Interrupted*'
    }

    It 'writes the warning of a run that ends by its own limit where it is redirected to' {
        $said = 1..5 | Invoke-JournalBatch limited -MaxFailures 1 { throw [ArgumentException]::new('bad') } -ErrorAction SilentlyContinue 3>&1
        "$said" | Should -BeLike '*-MaxFailures is 1*'
    }

    It 'goes on at once after SIGKILL, and counts the crash against what was in flight' {
        $process = Start-Run killed
        $process.Kill()
        $process.WaitForExit()
        (Get-JournalBatch).InProgress | Should -BeGreaterThan 0
        1..20 | Invoke-JournalBatch killed { $_ } -WarningAction SilentlyContinue | Out-Null
        (Get-JournalBatch).Status, (Get-JournalBatch).Completed | Should -Be Completed, 20
        (Get-JournalTask -Key 5).Crashes | Should -Be 1
    }

    It 'never takes work from a process that lives' {
        $process = Start-Run living
        try {
            $batch = Get-JournalBatch
            @(Repair-JournalBatch -BatchId $batch.Id).Count | Should -Be 0
            (Get-JournalTask -Status InProgress).Key | Should -Contain '5'
        }
        finally {
            $process.Kill()
            $process.WaitForExit()
        }
    }

    It 'gives its tasks back when <How>' -ForEach @(
        @{ How = 'Select-Object has enough'; Line = { 1..20 | Invoke-JournalBatch stopped { $_ } -WarningAction SilentlyContinue | Select-Object -First 4 } }
        @{ How = 'an error downstream ends the pipeline'; Line = { 1..20 | Invoke-JournalBatch stopped { $_ } -WarningAction SilentlyContinue | ForEach-Object { if ($_ -eq 4) { throw 'downstream' } } } }
        @{ How = 'its own error does, with -ErrorAction Stop'; Line = { 1..20 | Invoke-JournalBatch stopped { if ($_ -eq 4) { throw [ArgumentException]::new('bad') }; $_ } -ErrorAction Stop } }
    ) {
        try { & $Line | Out-Null } catch { $ended = $_ }
        $batch = Get-JournalBatch
        $batch.InProgress | Should -Be 0
        $batch.Status | Should -BeIn Paused, Completed, Failed
        if ($batch.Status -eq 'Paused') { $batch.PauseReason | Should -Be Interrupted }
        1..20 | Invoke-JournalBatch stopped { $_ } | Out-Null
        (Get-JournalBatch -Latest).Completed | Should -Be 20
    }

    It 'ends at once at the second Ctrl+C, though a block does not stop' -Skip:(-not $interruptible) {
        # The blocks wait in .NET code that no stop reaches. So does PowerShell itself when it exits, hence the kill.
        $process = Start-Run stubborn '-ThrottleLimit 3' 'if ($_ -gt 5) { [System.Threading.Thread]::Sleep(-1) }'
        try {
            $deadline = [datetime]::UtcNow.AddSeconds(30)
            do {
                $line = $process.StandardOutput.ReadLineAsync()
                # Two signals that come before the first is taken are one.
                do { & /bin/kill -INT $process.Id } until ($line.Wait(500) -or [datetime]::UtcNow -gt $deadline)
                if (-not $line.IsCompleted) { throw 'The run did not say how to go on.' }
                $said = $line.Result
            } until ($null -eq $said -or $said -like '*Interrupted*')
            $said | Should -BeLike '*nothing is lost*'
            $batch = Get-JournalBatch
            $batch.Status, $batch.InProgress, $batch.Failed | Should -Be Paused, 0, 0
        }
        finally {
            $process.Kill()
            $process.WaitForExit()
        }
    }

    It 'leaves no program behind on SIG<Signal> (<Where>), and their end is no failure' -Skip:(-not $IsLinux) -ForEach @(
        @{ Signal = 'TERM'; Where = 'in the session'; More = '' }
        @{ Signal = 'TERM'; Where = 'in runspaces'; More = '-ThrottleLimit 3' }
        @{ Signal = 'HUP'; Where = 'in runspaces'; More = '-ThrottleLimit 3' }
    ) {
        # A tree with a program in the background, told by an argument that nothing else has.
        $mark = [string] (700000000 + [System.Security.Cryptography.RandomNumberGenerator]::GetInt32(99999999))
        $fifo = Join-Path ([System.IO.Path]::GetFullPath((Get-PSDrive TestDrive).Root)) $mark
        & mkfifo $fifo
        $line = "Import-Module '$(Get-ModulePath)'; 1..6 | Invoke-JournalBatch programs $More { sh -c '(sleep $mark & echo started >$fifo; sleep $mark; wait)' } | Out-Null"
        $process = [System.Diagnostics.Process]::Start((New-PowerShellStart '-NoProfile', '-NonInteractive', '-Command', $line))
        try {
            [System.IO.File]::ReadAllText($fifo) | Should -BeLike 'started*'
            Get-Left $mark | Should -Not -BeNullOrEmpty
            $null = Stop-Run $process $Signal
            Get-Left $mark | Should -BeNullOrEmpty
            $batch = Get-JournalBatch programs
            $batch.Status, $batch.InProgress, $batch.Failed, $batch.Pending | Should -Be Paused, 0, 0, 6
            Get-JournalTask | ForEach-Object Attempts | Should -Be (@(0) * 6)
        }
        finally {
            if (-not $process.HasExited) { $process.Kill($true) }
            Get-Left $mark | ForEach-Object { & /bin/kill -9 $_ }
        }
    }

    It 'ends what a killed run left running before its tasks are run again, and nothing else (<Where>)' -Skip:(-not $IsLinux) -ForEach @(
        @{ Where = 'in the session'; More = ''; Running = 1 }
        @{ Where = 'in runspaces'; More = '-ThrottleLimit 3'; Running = 3 }
    ) {
        $mark, $other = 0..1 | ForEach-Object { [string] (700000000 + [System.Security.Cryptography.RandomNumberGenerator]::GetInt32(99999999)) }
        $fifo = Join-Path ([System.IO.Path]::GetFullPath((Get-PSDrive TestDrive).Root)) $mark
        & mkfifo $fifo
        # The program that was started before carries the mark of the process, too.
        $line = "Import-Module '$(Get-ModulePath)'; 1 | Invoke-JournalBatch first { }; `$null = Start-Process sleep $other -PassThru; 1..100 | Invoke-JournalBatch between { }
            1..3 | Invoke-JournalBatch killed $More { sh -c '(sleep $mark & echo started >$fifo; sleep $mark; wait)' } | Out-Null"
        $process = [System.Diagnostics.Process]::Start((New-PowerShellStart '-NoProfile', '-NonInteractive', '-Command', $line))
        try {
            # For writing, too: it does not end when one of several writers has written.
            $started = [System.IO.StreamReader]::new([System.IO.FileStream]::new($fifo, 'Open', 'ReadWrite'))
            foreach ($program in 1..$Running) { $started.ReadLine() | Should -Be started }
            $process.Kill()
            $process.WaitForExit()
            Get-Left $mark | Should -Not -BeNullOrEmpty
            $ran = 1..3 | Invoke-JournalBatch killed { Get-Left $mark; $_ } -WarningVariable said -WarningAction SilentlyContinue
            $ran | Should -Be 1, 2, 3
            "$said" | Should -BeLike "Recovered * worker* had died.* programs that they had left running were ended: *"
            Get-Left $mark | Should -BeNullOrEmpty
            Get-Left $other | Should -Not -BeNullOrEmpty
        }
        finally {
            ${started}?.Dispose()
            if (-not $process.HasExited) { $process.Kill($true) }
            $mark, $other | ForEach-Object { Get-Left $_ } | ForEach-Object { & /bin/kill -9 $_ }
        }
    }

    It 'gives its tasks back when the block exits the host, with the exit code of the block' {
        Invoke-PowerShell -NoProfile -NonInteractive -Command "Import-Module '$(Get-ModulePath)'; 1..20 | Invoke-JournalBatch stopped { if (`$_ -eq 5) { exit 3 }; `$_ } | Out-Null"
        $LASTEXITCODE | Should -Be 3
        Assert-Clean stopped
    }

    It 'ends at -MaxFailures as a stop does' {
        Get-ErrorOf { 1..20 | Invoke-JournalBatch fails -MaxFailures 2 { throw [ArgumentException]::new("bad $_") } -WarningAction SilentlyContinue } | Out-Null
        $batch = Get-JournalBatch
        $batch.Status, $batch.Failed, $batch.InProgress | Should -Be Paused, 2, 0
        $batch.PauseReason | Should -BeLike '*-MaxFailures*'
    }

    It 'is paused by the breaker after 13 tasks in a row with one error, 25 with several, and gives all of them back' {
        1..60 | Invoke-JournalBatch broken { throw [IO.DirectoryNotFoundException]::new('the share is gone') } -WarningAction SilentlyContinue -ErrorAction SilentlyContinue
        $batch = Get-JournalBatch
        $batch.Status, $batch.Pending, $batch.Failed | Should -Be Paused, 60, 0
        $batch.PauseReason | Should -BeLike '13 tasks in a row*same error*the share is gone*'
        1..60 | Invoke-JournalBatch odd { if ($_ % 2) { throw [IO.DirectoryNotFoundException]::new('the share is gone') } else { throw [ArgumentException]::new('bad name') } } -WarningAction SilentlyContinue -ErrorAction SilentlyContinue
        $batch = Get-JournalBatch odd
        $batch.Status, $batch.Pending, $batch.Failed | Should -Be Paused, 60, 0
        $batch.PauseReason | Should -BeLike '25 tasks in a row failed, the last one with*'
    }

    It 'asks -Reconcile before it runs again what a dead process had in hand' {
        $process = Start-Run reconciled
        $process.Kill()
        $process.WaitForExit()
        $ran = 1..20 | Invoke-JournalBatch reconciled -Reconcile { $_.Key -eq '5' } { $_ } -WarningAction SilentlyContinue
        $ran | Should -Not -Contain 5
        (Get-JournalTask -Key 5).Status | Should -Be Completed
    }
}
