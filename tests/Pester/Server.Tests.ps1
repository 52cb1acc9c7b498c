# Many machines: every cmdlet on a journal that a PostgreSQL server keeps, where only one string is another; its password, which is nowhere to be seen;
# and processes that share a batch on it.

BeforeDiscovery {
    Import-Module "$PSScriptRoot/PostgresSupport.psm1" -Force
    $without = -not (Test-Postgres)
    if ($without) { Write-Host 'Left out: journals on a server (no PostgreSQL on this machine, or a PowerShell older than the tests in C#).' }
}

BeforeAll {
    Import-Module "$PSScriptRoot/TestSupport.psm1" -Force
    Import-Module "$PSScriptRoot/PostgresSupport.psm1" -Force
    $passwordBefore = $env:PGPASSWORD
    if (-not (Test-Postgres)) { return }
    $server = New-Postgres
    $folder = [System.IO.Path]::GetFullPath((Get-PSDrive TestDrive).Root)
    $script:schemas = 0

    # A journal of its own, which is also what the cmdlets of the test use unless they are told otherwise.
    function Use-ServerJournal {
        Disconnect-Journal
        $env:JOURNAL_DURABILITY = $null
        $env:JOURNAL_PATH = $server.Address("journal_$(($script:schemas++))")
        $env:JOURNAL_PATH
    }

    function Assert-DoneOnce($Batch, [int] $Count) {
        $after = Get-JournalBatch -Id $Batch
        $after.Status, $after.Completed | Should -Be Completed, $Count
        $completions = Get-JournalEvent $Batch -Kind Completed
        $completions | Should -HaveCount $Count
        $completions.TaskId | Sort-Object -Unique | Should -HaveCount $Count
        (Test-Journal).Problems | Should -BeNullOrEmpty
    }
}

AfterAll {
    if ($server) { $server.Dispose() }
    $env:PGPASSWORD = $passwordBefore
    Clear-JournalSetting
}

Describe 'A journal on a server' -Skip:$without {
    BeforeEach { $journal = Use-ServerJournal }

    It 'is used by every cmdlet in this file' {
        $file = [System.Management.Automation.Language.Parser]::ParseFile("$PSScriptRoot/Server.Tests.ps1", [ref] $null, [ref] $null)
        $used = $file.FindAll({ param($node) $node -is [System.Management.Automation.Language.CommandAst] }, $true) | ForEach-Object { $_.GetCommandName() }
        (Get-Command -Module Journal).Name | Where-Object { $_ -notin $used } | Should -BeNullOrEmpty
    }

    It 'is named by -JournalPath, as a URI or as a connection string, by the environment, and by Connect-Journal' {
        $text = "Host=127.0.0.1;Port=$($server.Port);Username=journal;Database=postgres;Search Path=$(($journal -split '=')[-1])"
        $env:JOURNAL_PATH = Join-Path $folder 'none.db'
        1..3 | Invoke-JournalBatch named -JournalPath $journal { $_ } | Should -Be 1, 2, 3
        (Get-JournalBatch -JournalPath $text).Completed | Should -Be 3
        $env:JOURNAL_PATH = $text
        (Get-JournalBatch -Name named).Completed | Should -Be 3
        $env:JOURNAL_PATH = Join-Path $folder 'none.db'
        (Connect-Journal $journal -Durability Normal -PassThru).Durability | Should -Be 'Normal'
        (Get-Journal).Engine | Should -BeLike 'PostgreSQL*'
        (Get-JournalBatch).Completed | Should -Be 3
        Disconnect-Journal
        Test-Path $env:JOURNAL_PATH | Should -BeFalse
    }

    It 'is carried along by its objects through every pipeline' {
        $env:JOURNAL_PATH = Join-Path $folder 'none.db'
        $batch = 'a', 'b', 'c', 'd' | Start-JournalBatch carried -JournalPath $journal
        $batch.JournalPath | Should -Be $journal
        $batch | Request-JournalTask | Update-JournalTask -Progress 50 -PassThru | Complete-JournalTask
        $batch | Request-JournalTask | Set-JournalTask -Status Failed -ErrorMessage 'no answer' -ErrorCategory NotFound
        $batch | Get-JournalTask -Key c | Set-JournalTask -Priority 3 -PassThru | Skip-JournalTask -Reason 'not needed'
        $batch | Get-JournalTask -Status Failed | Get-JournalAttempt | ForEach-Object ErrorMessage | Should -Be 'no answer'
        $batch | Get-JournalEvent -Kind Completed, Failed, Skipped | ForEach-Object Kind | Should -Be Completed, Failed, Skipped
        $batch | Get-JournalTask -Status Failed | Resume-JournalBatch | ForEach-Object Status | Should -Be 'Running'
        Invoke-JournalBatch -BatchId $batch.Id -JournalPath $batch.JournalPath { "$_" } | Should -Be 'b', 'd'
        $batch | Measure-JournalBatch | ForEach-Object { $_.Completed, $_.Skipped } | Should -Be 3, 1
        $batch | Measure-JournalTask -GroupBy Status | ForEach-Object Count | Should -Be 3, 1
        Test-Path $env:JOURNAL_PATH | Should -BeFalse
    }

    It 'runs work in the session and in runspaces, with stages, and goes on where it was' {
        1..20 | Invoke-JournalBatch squares { $_ * $_ } | Should -HaveCount 20
        1..40 | Invoke-JournalBatch squares -ThrottleLimit 4 { $_ * $_ } | Should -HaveCount 40
        (Get-JournalBatch -Name squares).Completed | Should -Be 40, 20
        1..40 | Invoke-JournalBatch squares -Incremental { $_ } | Should -BeNullOrEmpty

        $line = { 'x', 'y' | Invoke-JournalBatch staged ([ordered]@{ One = { "$_-one" }; Two = { if ($_ -eq 'y' -and -not $fixed) { Write-JournalError 'not yet' -Category InvalidInput }; $JournalTask.Result('One') } }) -ErrorAction SilentlyContinue }
        $fixed = $false
        & $line | Should -Be 'x-one'
        $fixed = $true
        & $line | Should -Be 'y-one'
        Get-JournalBatch staged | Get-JournalResult -Stage One | Should -Be 'x-one', 'y-one'
        (Get-JournalAttempt (Get-JournalBatch -Latest) | Where-Object Key -EQ y).Stage | Should -Be One, Two, Two
    }

    It 'is steered: added to, paused, resumed, stopped, removed' {
        $batch = 1..3 | Start-JournalBatch steered
        (4 | Add-JournalTask $batch).Added | Should -Be 1
        ($batch | Suspend-JournalBatch -Reason 'lunch').PauseReason | Should -Be 'lunch'
        Request-JournalTask $batch | Should -BeNullOrEmpty
        ($batch | Set-JournalBatch -RateLimit 600/1m).Options.RateLimit | Should -Be '600/1m'
        (Resume-JournalBatch -Name steered).Status | Should -Be 'Ready'
        ($batch | Stop-JournalBatch -Confirm:$false).Canceled | Should -Be 4
        (Remove-JournalBatch $batch -Confirm:$false).Id | Should -Be $batch.Id
        $null = 1 | Invoke-JournalBatch old { $_ }
        (Remove-StaleJournalBatch -OlderThan 0 -Confirm:$false).Name | Should -Be 'old'
        Get-JournalBatch | Should -BeNullOrEmpty
    }

    It 'holds events of the user, batches by name, and what it knows of files' {
        $folder = (New-Item -ItemType Directory (Join-Path $TestDrive ([guid]::NewGuid()))).FullName
        $made, $lost = 'made.txt', 'lost.txt' | ForEach-Object {
            $file = New-Item (Join-Path $folder $_) -Value x
            $file.LastWriteTimeUtc = [datetime]::UtcNow.AddHours(-1)
            $file.FullName
        }
        1..2 | Add-JournalTask scanned | Out-Null
        (2..3 | Add-JournalTask scanned).Total | Should -Be 3
        Invoke-JournalBatch scanned -ErrorAction Stop { if ($_ -eq 1) { $JournalTask.AddOutput($made) }; Write-JournalEvent seen "input $_" -Data $_ }
        $seen = Get-JournalEvent scanned -Kind Noted
        $seen.Name | Select-Object -Unique | Should -Be seen
        $seen.Reason | Should -Be 'input 1', 'input 2', 'input 3'
        $seen.Data | Should -Be 1, 2, 3
        (Find-JournalOrphan $folder).FullName | Should -Be $lost
        3..4 | Find-JournalOrphan | Should -Be 4
    }

    It 'keeps checkpoints, and completes what it holds' {
        $batch = 'key one', 'key two' | Start-JournalBatch completing -Stage Fetch, Store
        Set-JournalCheckpoint cursor @{ page = 3 }
        (Get-JournalCheckpoint cursor).Value.page | Should -Be 3
        function Complete([string] $Text) { [System.Management.Automation.CommandCompletion]::CompleteInput($Text, $Text.Length, $null).CompletionMatches.CompletionText }
        Complete 'Get-JournalBatch -Name com' | Should -Be 'completing'
        Complete 'Get-JournalTask -BatchId com' | Should -Be $batch.Id
        Complete "Get-JournalTask -BatchId $($batch.Id) -Key ke" | Should -Be "'key one'", "'key two'"
        Complete "Request-JournalTask -BatchId $($batch.Id) -Stage " | Should -Be 'Fetch', 'Store'
        Complete 'Get-JournalCheckpoint ' | Should -Be 'cursor'
        Clear-JournalCheckpoint cursor
        Get-JournalCheckpoint | Should -BeNullOrEmpty
    }

    It 'is followed by Get-JournalEvent -Wait until an event comes' {
        $batch = 1 | Start-JournalBatch followed
        $following = Start-Following "-BatchId '$($batch.Id)' -Last 0 -Kind Completed"
        # It may begin to look after this one; then there is another one.
        do {
            Request-JournalTask $batch | Complete-JournalTask
            $null = Get-JournalTask $batch | Set-JournalTask -Status Pending
        } until ($following.Result.AsyncWaitHandle.WaitOne(300) -or ++$tries -gt 60)
        (Receive-Followed $following).Kind | Should -Be 'Completed'
    }

    It 'goes to files and comes back: copied, exported, imported, reported' {
        $null = 1..5 | Invoke-JournalBatch travelling { if ($_ -eq 3) { throw [ArgumentException]::new('three') } } -ErrorAction SilentlyContinue
        $batch = Get-JournalBatch
        $file = Join-Path $folder "$([guid]::NewGuid()).db"
        (Copy-Journal $file).Added | Should -Be 5
        $other = $server.Address("journal_$(($script:schemas++))")
        (Copy-Journal $other -JournalPath $file -WarningVariable none).JournalPath | Should -Be $other
        $none | Should -BeNullOrEmpty
        (Get-JournalBatch -JournalPath $other).Failed | Should -Be 1
        # The server goes on; what is copied back into the old file is not what the file says.
        $goesOn = Get-JournalBatch -JournalPath $other | Get-JournalTask -Status Failed | Set-JournalTask -Status Pending -PassThru
        $goesOn.Status | Should -Be Pending
        Copy-Journal $file -JournalPath $other -WarningVariable differ -WarningAction SilentlyContinue | Out-Null
        "$differ" | Should -BeLike "Batch '*' is in '*' already, and stands otherwise there: 5/5 done, and 4/5 in '*'*"
        (Get-JournalAttempt $batch.Id -JournalPath $other).Count | Should -Be (Get-JournalAttempt $batch.Id).Count
        $json = Join-Path $folder "$([guid]::NewGuid()).json"
        (Export-Journal $json).Tasks | Should -Be 5
        $third = $server.Address("journal_$(($script:schemas++))")
        (Import-Journal $json -JournalPath $third).Added | Should -Be 5
        $report = Join-Path $folder "$([guid]::NewGuid()).html"
        $batch | Export-JournalReport -Path $report
        Get-Content -Raw $report | Should -BeLike '*travelling*three*'
        (Test-Journal -JournalPath $third).IsHealthy | Should -BeTrue
    }

    It 'is backed up into a file; what else a server does for itself is told' {
        $null = 1..3 | Invoke-JournalBatch cared { $_ }
        $copy = (Backup-Journal (Join-Path $folder 'backup.db')).FullName
        (Get-JournalBatch -JournalPath $copy).Completed | Should -Be 3
        Optimize-Journal
        foreach ($script in { Restore-Journal $copy -Confirm:$false }, { Repair-Journal -Confirm:$false }) {
            $found = Get-ErrorOf $script
            $found.Id | Should -Be 'UnsupportedJournal'
            $found.Message | Should -Match 'file|server''s own tools'
        }
        (Get-JournalBatch).Completed | Should -Be 3
    }

    It 'tells once that its server is not there, and what is no address' {
        $found = Get-ErrorOf { 1..3 | Get-JournalTask -JournalPath 'postgresql://journal@127.0.0.1:1/postgres' }
        $found.Id, $found.Terminating | Should -Be 'JournalUnreachable', $true
        foreach ($address in 'postgresql://journal@127.0.0.1:99999/postgres', 'Host=127.0.0.1;Port=70000', 'Host=127.0.0.1;Nonsense=1') {
            (Get-ErrorOf { Get-JournalBatch -JournalPath $address }).Id | Should -Be 'UnsupportedJournal' -Because $address
        }
    }
}

Describe 'A password' -Skip:$without {
    BeforeAll {
        $secret = 'Unheard-Of_77'
        $server.Sql("CREATE ROLE ann LOGIN PASSWORD '$secret'; GRANT CREATE ON DATABASE postgres TO ann")
        $passfile = Join-Path $folder 'pgpass'
        Set-Content $passfile "127.0.0.1:*:*:ann:$secret"
        if (-not $IsWindows) { [System.IO.File]::SetUnixFileMode($passfile, 'UserRead, UserWrite') }
        $ownerPassword = $env:PGPASSWORD
        $wrong = 'Wrong-Guess_13'

        function Assert-Unheard([string[]] $Said, [string] $Files) {
            $Said.Count | Should -BeGreaterThan 1
            foreach ($text in $secret, $wrong) {
                $Said | Where-Object { $_.Contains($text) } | Should -BeNullOrEmpty
                if ($Files) { Get-ChildItem $Files -Recurse -File | Select-String -SimpleMatch $text | Should -BeNullOrEmpty }
            }
        }
    }
    AfterEach {
        $env:PGPASSWORD = $ownerPassword
        $env:PGPASSFILE = $null
    }

    It 'in <Where> is in nothing that is said or written' -ForEach @(
        @{ Where = 'a URI'; Address = 'postgresql://ann:{0}@127.0.0.1:{1}/postgres?schema=uri'; Shown = 'postgresql://ann@127.0.0.1:{1}/postgres?schema=uri' }
        @{ Where = 'a parameter of a URI'; Address = 'postgresql://ann@127.0.0.1:{1}/postgres?password={0}&schema=parameter'; Shown = 'postgresql://ann@127.0.0.1:{1}/postgres?schema=parameter' }
        @{ Where = 'a connection string'; Address = 'Host=127.0.0.1;Port={1};Username=ann;Password={0};Database=postgres;Search Path=text'; Shown = 'Host=127.0.0.1;Port={1};Username=ann;Database=postgres;Search Path=text' }
        @{ Where = 'PGPASSWORD'; Address = 'postgresql://ann@127.0.0.1:{1}/postgres?schema=variable'; Shown = 'postgresql://ann@127.0.0.1:{1}/postgres?schema=variable' }
        @{ Where = 'a passfile'; Address = 'postgresql://ann@127.0.0.1:{1}/postgres?schema=passfile'; Shown = 'postgresql://ann@127.0.0.1:{1}/postgres?schema=passfile' }
    ) {
        $env:PGPASSWORD = $Where -eq 'PGPASSWORD' ? $secret : $null
        $env:PGPASSFILE = $Where -eq 'a passfile' ? $passfile : (Join-Path $folder 'no-passfile')
        $out = (New-Item (Join-Path $folder "said-$([guid]::NewGuid())") -ItemType Directory).FullName
        $said = Get-AllSaid -Arguments ($Address -f $secret, $server.Port), $out {
            param($address, $out)
            $batch = 1..6 | Start-JournalBatch told -JournalPath $address -Verbose -Debug
            $batch
            $batch | Request-JournalTask -Verbose -Debug | Complete-JournalTask -PassThru -Verbose -Debug
            Invoke-JournalBatch -BatchId $batch.Id -JournalPath $address -ThrottleLimit 2 -Verbose -Debug { if ($_ -eq 4) { throw [ArgumentException]::new('four') }; $_ }
            Invoke-JournalBatch -BatchId $batch.Id -JournalPath $address -WhatIf { $_ }
            $batch | Get-JournalBatch; $batch | Get-JournalTask; $batch | Get-JournalAttempt; $batch | Get-JournalEvent; $batch | Measure-JournalBatch
            $batch | Measure-JournalTask -GroupBy Status
            Connect-Journal $address -PassThru -Verbose -Debug
            Test-JournalBatch told -MaxAge 1:00:00; Export-JournalMetric "$out/told.prom"
            Get-Journal; Test-Journal; Optimize-Journal -Verbose; Repair-JournalBatch -Verbose; Set-JournalCheckpoint c 1; Get-JournalCheckpoint
            Export-Journal "$out/out.json" -Verbose; Export-Journal "$out/mirror" -Format Yaml -Verbose; Backup-Journal "$out/backup.db" -Verbose; Copy-Journal "$out/copy.db" -Verbose
            'Html', 'Markdown', 'Text', 'Json', 'Csv' | ForEach-Object { $batch | Export-JournalReport -Path "$out/report.$_" -Format $_ }
            Repair-Journal -Confirm:$false; Restore-Journal "$out/backup.db" -Confirm:$false; Get-JournalBatch -Id nobody; Complete-JournalTask 99999
            Disconnect-Journal
        }
        Assert-Unheard $said $out
        $said | Where-Object { $_.Contains('four') } | Should -Not -BeNullOrEmpty
        # And it stays out of the journal itself.
        $env:PGPASSWORD = $ownerPassword
        $dump = Join-Path $out 'dump.sql'
        $server.Dump(($Shown -split 'schema=|Path=')[-1], $dump)
        Select-String -LiteralPath $dump -SimpleMatch $secret | Should -BeNullOrEmpty
        # The objects know the way again: here, where it was given once.
        $env:PGPASSWORD = $Where -eq 'PGPASSWORD' ? $secret : $null
        $task = Get-JournalTask -JournalPath ($Address -f $secret, $server.Port) -Key 1
        $task.JournalPath | Should -Be ($Shown -f $null, $server.Port)
        ($task | Get-JournalTask).Key | Should -Be '1'
    }

    It 'is found in PGPASSWORD by objects in another process' {
        $address = "postgresql://ann:$secret@127.0.0.1:$($server.Port)/postgres?schema=elsewhere"
        $file = Join-Path $folder 'task.xml'
        'a' | Start-JournalBatch there -JournalPath $address | Request-JournalTask | Export-Clixml $file
        Get-Content -Raw $file | Should -Not -BeLike "*$secret*"
        $line = "Import-Clixml '$file' | Complete-JournalTask -PassThru | ForEach-Object { say `"`$(`$_.Key) `$(`$_.Status)`" }"
        $with = Start-Worker $line @{ PGPASSWORD = $secret; PGPASSFILE = '' }
        $without = Start-Worker $line @{ PGPASSWORD = ''; PGPASSFILE = '' }
        try {
            Read-Worker $with | Should -Be 'a Completed'
            Read-Worker $without | Should -BeNullOrEmpty
            $without.StandardError.ReadToEnd() | Should -BeLike '*cannot be opened*'
        }
        finally { Stop-Worker $with $without }
    }

    It 'is in no error: <What>' -ForEach @(
        @{ What = 'a wrong password'; Address = 'postgresql://ann:{1}@127.0.0.1:{2}/postgres'; Id = 'JournalAccessDenied' }
        @{ What = 'a wrong password in a connection string'; Address = "Host=127.0.0.1;Port={2};Username=ann;Password='{1}'"; Id = 'JournalAccessDenied' }
        @{ What = 'no server'; Address = 'postgresql://ann:{0}@127.0.0.1:1/postgres'; Id = 'JournalUnreachable' }
        @{ What = 'no such host'; Address = 'postgresql://ann:{0}@nowhere.invalid/postgres?connect_timeout=2'; Id = 'JournalUnreachable' }
        @{ What = 'no such database'; Address = 'postgresql://ann:{0}@127.0.0.1:{2}/nowhere'; Id = 'UnsupportedJournal' }
        @{ What = 'an unknown setting'; Address = 'postgresql://ann:{0}@127.0.0.1:{2}/postgres?nonsense=1'; Id = 'UnsupportedJournal' }
        @{ What = 'a port that is none'; Address = 'postgresql://ann:{0}@127.0.0.1:99999/postgres'; Id = 'UnsupportedJournal' }
        @{ What = 'a user of another cloud''s kind'; Address = 'postgresql://ann@db:{0}@127.0.0.1:{2}/postgres'; Id = 'JournalAccessDenied' }
        @{ What = 'no right to make a schema'; Address = 'postgresql://ann:{0}@127.0.0.1:{2}/template1?schema=mine'; Id = 'JournalAccessDenied' }
    ) {
        $env:PGPASSWORD = $null
        $said = Get-AllSaid -Arguments ($Address -f $secret, $wrong, $server.Port) {
            param($address)
            $ErrorActionPreference = 'Continue'
            $PSDefaultParameterValues = @{ '*:Verbose' = $true; '*:Debug' = $true }
            foreach ($script in { 1 | Start-JournalBatch x -JournalPath $address }, { Get-JournalBatch -JournalPath $address }, { Connect-Journal $address }, { 1 | Invoke-JournalBatch y -JournalPath $address { $_ } }, { Copy-Journal $address -JournalPath $address }, { Test-Journal $address }) {
                try { & $script } catch { Write-Error -ErrorRecord $_ }
            }
        }
        Assert-Unheard $said
        $said | Where-Object { $_.Contains($Id) } | Should -Not -BeNullOrEmpty
    }

    It 'is in nothing that is said when the server stops in the middle' {
        $env:PGPASSWORD = $null
        try {
            $said = Get-AllSaid -Arguments "postgresql://ann:$secret@127.0.0.1:$($server.Port)/postgres?schema=stopped", $server {
                param($address, $server)
                $batch = 1..9 | Start-JournalBatch stopped -JournalPath $address -LeaseTimeout 1
                $task = $batch | Request-JournalTask
                Invoke-JournalBatch -BatchId $batch.Id -JournalPath $address -Verbose -Debug -ErrorAction Continue { if ($_ -eq 3) { $server.Stop() }; $_ }
                $task | Complete-JournalTask
                $batch | Get-JournalTask
            }
        }
        finally {
            $env:PGPASSWORD = $ownerPassword
            $server.Start()
        }

        Assert-Unheard $said
        $said | Where-Object { $_.Contains('cannot be reached') } | Should -Not -BeNullOrEmpty
    }
}

Describe 'Processes that share a batch on a server' -Skip:$without {
    BeforeEach {
        $null = Use-ServerJournal
        $one = $two = $null
    }
    AfterEach { Stop-Worker $one $two }

    It 'go on at once after SIGKILL, by the same line, and repeat nothing' {
        $done = Join-Path $folder 'done.txt'
        $line = "1..12 | Invoke-JournalBatch killed { Add-Content '$done' `$_; if (`$_ -eq 5) { ask 'five' } } | Out-Null; say 'ended'"
        $one = Start-Worker $line
        $null = Read-Worker $one five
        (Get-JournalBatch).Completed | Should -Be 4
        $one.Kill()
        $one.WaitForExit()
        $two = Start-Worker $line
        Close-Answers $two
        $null = Read-Worker $two ended
        Assert-DoneOnce (Get-JournalBatch) 12
        Get-Content $done | Should -Be (@(1..5) + @(5..12))
        (Get-JournalTask -Key 5).Crashes | Should -Be 1
    }

    It 'begin one batch when they begin it in the same moment' {
        $null = 1 | Start-JournalBatch other
        $line = "`$null = Get-JournalBatch; `$null = ask 'ready'; 1..20 | Invoke-JournalBatch begun { `$_ } | ForEach-Object { say `"did `$_`" }; say 'ended'"
        $one = Start-Worker $line
        $two = Start-Worker $line
        $null = (Read-Worker $one ready), (Read-Worker $two ready)
        foreach ($process in $one, $two) { Send-Answer $process }
        $did = foreach ($process in $one, $two) { @(Read-Worker $process ended) -like 'did *' }
        $batch = Get-JournalBatch -Name begun
        # One that comes when all is done begins anew, as the line says.
        if (@($batch).Count -eq 1) { $did | Should -HaveCount 20 }
        else { $batch[0].CreatedAt | Should -BeGreaterOrEqual $batch[1].EndedAt }
    }

    It 'share the work, do nothing twice, and are both seen' {
        $batch = 1..120 | Start-JournalBatch shared
        $line = "Invoke-JournalBatch shared { if (-not `$global:begun) { `$global:begun = `$true; `$null = ask 'begun' }; `$_ } | ForEach-Object { say `"did `$_`" }; say 'ended'"
        $one = Start-Worker $line
        $two = Start-Worker $line
        $null = (Read-Worker $one begun), (Read-Worker $two begun)
        $alive = (Get-Journal).WorkersAlive
        $alive | Should -HaveCount 2
        foreach ($process in $one, $two) { $alive -like "$([System.Net.Dns]::GetHostName()):$($process.Id):*" | Should -HaveCount 1 }
        foreach ($process in $one, $two) { Send-Answer $process }
        $did = foreach ($process in $one, $two) {
            $mine = @(Read-Worker $process ended) -like 'did *'
            $mine | Should -Not -BeNullOrEmpty
            $mine
        }
        $did | Should -HaveCount 120
        $did | Sort-Object -Unique | Should -HaveCount 120
        Assert-DoneOnce $batch 120
        (Get-JournalAttempt $batch).Worker | Sort-Object -Unique | Should -HaveCount 2
    }

    It 'share the breaker: three failures of each pause the batch for both' {
        $batch = 1..40 | Start-JournalBatch broken
        $line = "Invoke-JournalBatch broken -FailureThreshold 12 -ErrorAction SilentlyContinue { if (ask 'at') { throw [System.IO.FileNotFoundException]::new(`"share `$_ is gone`") } }; say 'ended'"
        $one = Start-Worker $line
        $two = Start-Worker $line
        foreach ($process in $one, $two) { $null = Read-Worker $process at }
        foreach ($failure in 1..3) {
            foreach ($process in $one, $two) {
                Send-Answer $process
                # At the last one it may be told to stop before it begins another.
                if ($failure -lt 3 -or $process -eq $one) { $null = Read-Worker $process at }
            }
        }
        $paused = Receive-Followed (Start-Following "-BatchId '$($batch.Id)' -Kind BatchPaused")
        $paused.Reason | Should -BeLike '*6 tasks in a row*is gone*'
        foreach ($process in $one, $two) {
            Close-Answers $process
            $null = Read-Worker $process ended
        }
        $after = Get-JournalBatch
        $after.Status, $after.Failed, $after.InProgress | Should -Be Paused, 0, 0
        (Test-Journal).Problems | Should -BeNullOrEmpty
    }

    It 'share the quota, and overrun it by no more than what each had in hand' {
        $batch = 1..60 | Start-JournalBatch metered -QuotaLimit 20
        $line = "Invoke-JournalBatch metered { if (-not `$global:begun) { `$global:begun = `$true; `$null = ask 'begun' }; `$JournalTask.AddQuota(3, 'api') }; say 'ended'"
        $one = Start-Worker $line
        $two = Start-Worker $line
        $null = (Read-Worker $one begun), (Read-Worker $two begun)
        foreach ($process in $one, $two) { Send-Answer $process }
        foreach ($process in $one, $two) { $null = Read-Worker $process ended }
        $after = Get-JournalBatch
        $after.Status | Should -Be 'Paused'
        $after.PauseReason | Should -BeLike 'Quota*'
        $after.QuotaConsumed | Should -BeGreaterThan 15
        $after.QuotaConsumed | Should -BeLessOrEqual (20 + 2 * 3)
        $after.QuotaConsumed | Should -Be (3 * $after.Completed)
        (Measure-JournalBatch $batch).QuotaLeft | Should -Be ([Math]::Max(0, 20 - $after.QuotaConsumed))
        (Test-Journal).Problems | Should -BeNullOrEmpty
    }

    It 'go on when the server is <How> and started again' -ForEach @(
        @{ How = 'stopped'; Stop = { $server.Stop() } }
        @{ How = 'killed'; Stop = { $server.Kill() } }
    ) {
        $batch = 1..40 | Start-JournalBatch restarted
        $line = "Invoke-JournalBatch restarted 3>&1 { if ((++`$global:count) -eq 5) { `$null = ask 'five' }; `$_ } | ForEach-Object { say `"did `$_`" }; say 'ended'"
        $one = Start-Worker $line
        $two = Start-Worker $line
        $did = foreach ($process in $one, $two) { Read-Worker $process five }
        try {
            & $Stop
            $did += foreach ($process in $one, $two) {
                Send-Answer $process
                Read-Worker $process '*cannot be reached*'
            }
        }
        finally { $server.Start() }
        $did += foreach ($process in $one, $two) { Read-Worker $process ended }
        $keys = $did -match '^did \d+$'
        $keys | Should -HaveCount 40
        $keys | Sort-Object -Unique | Should -HaveCount 40
        Assert-DoneOnce $batch 40
    }
}
