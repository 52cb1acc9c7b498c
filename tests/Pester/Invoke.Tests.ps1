# Invoke-JournalBatch in the caller's session: what a user types, and what running the same line again does.

BeforeAll {
    Import-Module "$PSScriptRoot/TestSupport.psm1" -Force
}

AfterAll { Clear-JournalSetting }

Describe 'Invoke-JournalBatch' {
    BeforeEach { $journal = Use-NewJournal }

    Context 'the work' {
        It 'gives each input as $_ and emits what the block emits, in order' {
            1..5 | Invoke-JournalBatch double { $_ * 2 } | Should -Be 2, 4, 6, 8, 10
        }

        It 'tells a log when it was and how far it is, as often as it was told to' {
            1..3 | Invoke-JournalBatch logged -ProgressInterval 0 -InformationVariable said { }
            $said | ForEach-Object { "$_" | Should -Match '^\d{4}-\d\d-\d\d \d\d:\d\d:\d\d logged-\d{8}-\d{6}: ' }
            $said[-1] | Should -BeLike '*: 3 completed, 0 failed, 0 skipped of 3.'
            $said | Where-Object Tags -Contains Progress | Should -Not -BeNullOrEmpty
            1..3 | Invoke-JournalBatch quiet -InformationVariable said { }
            $said | Where-Object Tags -Contains Progress | Should -BeNullOrEmpty
        }

        It 'says that a batch has no tasks, and how to add some' {
            $batch = Start-JournalBatch empty
            Invoke-JournalBatch empty { } -WarningVariable said -WarningAction SilentlyContinue
            $said | Should -HaveCount 1
            "$said" | Should -Be "Batch '$($batch.Id)' has no tasks: there is nothing to do. To add some: … | Add-JournalTask 'empty'"
            'a' | Add-JournalTask empty | Out-Null
            Invoke-JournalBatch empty { $_ } -WarningVariable said | Should -Be a
            $said | Should -BeNullOrEmpty
        }

        It 'records every task before its output is written' {
            $seen = 'a', 'b', 'c' | Invoke-JournalBatch recorded { $_ } | ForEach-Object { (Get-JournalTask -Key $_).Status }
            $seen | Should -Be Completed, Completed, Completed
        }

        It 'sees the functions and variables of the caller' {
            function Get-Greeting($name) { "$prefix $name" }
            $prefix = 'hello'
            'Ann' | Invoke-JournalBatch greet { Get-Greeting $_ } | Should -Be 'hello Ann'
        }

        It 'takes $using: as well, also inside strings, with members and indexes' {
            $x = [pscustomobject]@{ Y = 10; Z = 1, 2, 3 }
            1 | Invoke-JournalBatch using { "$($using:x.Y)", $using:x.Z[1] } | Should -Be '10', 2
        }

        It 'says which $using: variable is missing' {
            $errors = Get-ErrorOf { 1 | Invoke-JournalBatch using { $using:nowhere } }
            $errors.Id | Should -Be InvalidValue
            $errors.Target | Should -Be nowhere
            Test-Path $journal | Should -BeFalse
        }

        It 'gives files back as files that bind by path, brackets and all' {
            $directory = New-Item -ItemType Directory (Join-Path TestDrive: "files$([guid]::NewGuid())")
            Set-Content -LiteralPath (Join-Path $directory 'a[1].txt') 'one'
            Get-ChildItem $directory | Invoke-JournalBatch files -Key FullName { ($_ | Get-FileHash).Hash; $_.GetType().Name } |
                Should -Be (Get-FileHash -LiteralPath (Join-Path $directory 'a[1].txt')).Hash, 'FileInfo'
        }

        It 'gives objects back with their properties' {
            [pscustomobject]@{ Id = 7; Name = 'x'; Tags = 'a', 'b' } | Invoke-JournalBatch objects -Key Id { "$($_.Id) $($_.Name) $($_.Tags[1])" } | Should -Be '7 x b'
        }

        It 'counts files that the block emits as outputs' {
            $out = Join-Path $TestDrive 'made.txt'
            1 | Invoke-JournalBatch outputs { Set-Content $out x; Get-Item $out } | Out-Null
            (Get-JournalTask).Outputs | Should -Be $out
        }

        It 'lets the block report through $JournalTask' {
            'k' | Invoke-JournalBatch report {
                $JournalTask.SetTarget('t-1'); $JournalTask.SetMetadata('subject', 'AI'); $JournalTask.AddQuota(2, 'p'); "$($JournalTask.Key) $($JournalTask.Attempt)"
            } | Should -Be 'k 1'
            $task = Get-JournalTask
            $task.TargetId, $task.Metadata.subject, $task.QuotaConsumed, $task.QuotaProject | Should -Be 't-1', 'AI', 2, 'p'
        }

        It 'skips a task that says there is nothing to do' {
            1 | Invoke-JournalBatch skip { $JournalTask.Skip('a duplicate') }
            (Get-JournalTask).Status | Should -Be Skipped
            (Get-JournalBatch).Status | Should -Be Completed
        }

        It 'emits the summary instead with -Summary' {
            $summary = 1..3 | Invoke-JournalBatch sums -Summary { $_ }
            $summary | Should -BeOfType Journal.JournalBatchSummary
            $summary.Completed | Should -Be 3
        }

        It 'reads inputs from a file' {
            $file = Join-Path $TestDrive 'inputs.txt'
            [IO.File]::WriteAllText($file, "`u{FEFF}one`r`n# no`r`n`r`ntwo`r`n")
            Invoke-JournalBatch lines -InputFile $file { $_ } | Should -Be one, two
            (Get-JournalBatch).InputSource | Should -Be $file
        }
    }

    Context 'failures' {
        It 'writes an error for a task that failed for good, with the task as its target and the work''s own exception' {
            $errors = Get-ErrorOf { 'a', 'b' | Invoke-JournalBatch fails { if ($_ -eq 'a') { throw [IO.FileNotFoundException]::new('no a') } } }
            $errors.Id | Should -Be TaskFailed
            $errors.Target | Should -Be a
            $errors.Message | Should -Be 'no a'
            (Get-JournalTask -Status Failed).ErrorCategory | Should -Be NotFound
        }

        It 'fails an attempt at the first error, also one that would not end a script' {
            Get-ErrorOf { 1 | Invoke-JournalBatch first { Get-Item /no/such/thing; $script:went = $true } } | Out-Null
            $script:went | Should -BeNullOrEmpty
            (Get-JournalTask).ErrorCategory | Should -Be NotFound
        }

        It 'fails an attempt whose native command says that it failed' {
            Get-ErrorOf { 1 | Invoke-JournalBatch native -MaxRetries 0 { $line = @(Get-PowerShellCommand) + '-NoProfile' + '-Command' + 'exit 3'; & $line[0] $line[1..9] } } | Out-Null
            (Get-JournalTask).Status | Should -Be Failed
            (Get-JournalTask).ErrorMessage | Should -BeLike '*3*'
        }

        It 'retries what may succeed later, and emits nothing of a failed attempt' {
            $script:n = 0
            1 | Invoke-JournalBatch retry -RetryDelay 0 { "try $($JournalTask.Attempt)"; if (++$script:n -lt 3) { throw 'odd' } } | Should -Be 'try 3'
            (Get-JournalAttempt).Outcome | Should -Be Failed, Failed, Completed
        }

        It 'keeps where in the script it failed' {
            Get-ErrorOf { 1 | Invoke-JournalBatch trace -MaxRetries 0 { throw 'here' } } | Out-Null
            (Get-JournalAttempt).ScriptStackTrace | Should -BeLike '*Invoke.Tests.ps1*'
        }

        It 'takes a category that the script says' {
            Get-ErrorOf { 1 | Invoke-JournalBatch said { Write-JournalError 'not like this' -Category InvalidInput } } | Out-Null
            (Get-JournalTask).ErrorCategory | Should -Be InvalidInput
        }

        It 'pauses at a used up quota until it is renewed, and runs nothing before that' {
            1..3 | Invoke-JournalBatch quota { Write-JournalError 'quota' -Category QuotaExceeded -RetryAfter (New-TimeSpan -Hours 4) } -WarningVariable warned -WarningAction SilentlyContinue
            $batch = Get-JournalBatch
            $batch.Status, $batch.Pending, $batch.Failed | Should -Be Paused, 3, 0
            $batch.PausedUntil | Should -BeGreaterThan ([DateTimeOffset]::Now.AddHours(3))
            (Get-JournalTask).Attempts | Should -Be 0, 0, 0
            1..3 | Invoke-JournalBatch quota { $_ } -WarningVariable held -WarningAction SilentlyContinue | Should -BeNullOrEmpty
            $held | Should -BeLike '*paused until*'
            Resume-JournalBatch $batch.Id | Out-Null
            1..3 | Invoke-JournalBatch quota { $_ } | Should -Be 1, 2, 3
        }

        It 'says that break belongs into a loop instead of ending the pipeline' {
            Get-ErrorOf { 1, 2 | Invoke-JournalBatch breaks -MaxRetries 0 { if ($_ -eq 1) { break }; $_ } } | Out-Null
            (Get-JournalTask).Status | Should -Be Failed, Completed
        }
    }

    Context 'running the line again' {
        It 'skips what is done, adds what is new and tries again what failed' {
            $script:bad = $true
            $work = { if ($_ -eq 2 -and $script:bad) { throw [ArgumentException]::new('bad') }; $_ }
            Get-ErrorOf { 1..3 | Invoke-JournalBatch again $work } | Out-Null
            $script:bad = $false
            1..4 | Invoke-JournalBatch again $work | Should -Be 2, 4
            (Get-JournalBatch).Count | Should -Be 1
            (Get-JournalBatch).Status | Should -Be Completed
        }

        It 'starts a new batch when the newest one is complete' {
            1 | Invoke-JournalBatch twice { $_ } | Out-Null
            1 | Invoke-JournalBatch twice { $_ } | Should -Be 1
            @(Get-JournalBatch).Count | Should -Be 2
        }

        It 'leaves failed tasks alone with -SkipFailed' {
            Get-ErrorOf { 1, 2 | Invoke-JournalBatch leave { if ($_ -eq 1) { throw [ArgumentException]::new('bad') } } } | Out-Null
            3 | Invoke-JournalBatch leave -SkipFailed { $_ } | Should -Be 3
            (Get-JournalTask -Status Failed).Key | Should -Be '1'
        }

        It 'refuses -SkipFailed with <Mode>, where nothing could be left alone' -ForEach @(@{ Mode = 'New' }, @{ Mode = 'Force' }) {
            Start-JournalBatch contrary -InputObject a | Out-Null
            $more = @{ $Mode = $true }
            $errors = Get-ErrorOf { 'b' | Invoke-JournalBatch contrary -SkipFailed @more { $_ } }
            $errors.Id, $errors.Category, $errors.Target | Should -Be InvalidValue, InvalidArgument, $true
            $errors.Message | Should -BeLike "-SkipFailed: *-$Mode*"
            @(Get-JournalBatch).Count, @(Get-JournalTask).Count | Should -Be 1, 1
        }

        It 'goes on with the batch of the name in any case' {
            $batch = Start-JournalBatch Photos -InputObject a
            'b' | Invoke-JournalBatch photos { $_ } | Should -Be a, b
            (Get-JournalBatch -Name PHOTOS).Id | Should -Be $batch.Id
            'a', 'b', 'c' | Invoke-JournalBatch pHOTOS -Incremental { $_ } | Should -Be c
        }

        It 'takes over other metadata of the line' {
            Start-JournalBatch noted -InputObject a -Metadata @{ Who = 'Ann'; Where = 'here' } | Out-Null
            Invoke-JournalBatch noted -Metadata @{ Who = 'Bob' } { } | Out-Null
            (Get-JournalBatch).Metadata.Who, (Get-JournalBatch).Metadata.Where | Should -Be Bob, here
        }

        It 'records a fingerprint in every run, for the incremental one' {
            1, 2 | Invoke-JournalBatch marked -Fingerprint { "v$_" } { $_ } | Should -Be 1, 2
            1, 2 | Invoke-JournalBatch marked -Incremental -Fingerprint { $_ -eq 2 ? 'changed' : "v$_" } { $_ } | Should -Be 2
        }

        It 'says of a parameter that it did nothing: <Says>' -ForEach @(
            @{ Says = '-ImportModule, -FunctionName did nothing*ThrottleLimit*'; Line = { 1 | Invoke-JournalBatch idle -ImportModule Microsoft.PowerShell.Utility -FunctionName prompt { $_ } } }
            @{ Says = '-Key, -Weight did nothing: no inputs*'; Line = { $id = (Start-JournalBatch idle -InputObject 1).Id; Invoke-JournalBatch -BatchId $id -Key Name -Weight Length { $_ } } }
        ) {
            $emitted = & $Line 3>&1
            @($emitted | Where-Object { $_ -is [System.Management.Automation.WarningRecord] }).Message | Should -BeLike $Says
            $emitted | Where-Object { $_ -isnot [System.Management.Automation.WarningRecord] } | Should -Be 1
        }

        It 'says nothing of parameters that do something' {
            1 | Invoke-JournalBatch busy -Key { $_ } -ImportModule Microsoft.PowerShell.Utility -ThrottleLimit 2 { $_ } 3>&1 | Should -Be 1
        }

        It 'goes on without any input: it is in the journal' {
            Start-JournalBatch stored -InputObject x | Out-Null
            Invoke-JournalBatch stored { $_ } | Should -Be x
        }

        It 'has an error where there is nothing to resume: <Case>' -ForEach @(
            @{ Case = 'no such batch'; Prepare = { 1 | Invoke-JournalBatch other { } } }
            @{ Case = 'all complete'; Prepare = { 1 | Invoke-JournalBatch resume { } } }
        ) {
            & $Prepare
            $errors = Get-ErrorOf { 1 | Invoke-JournalBatch resume -Resume { } }
            $errors.Id, $errors.Category, $errors.Target | Should -Be NothingToResume, ObjectNotFound, resume
        }

        It 'always starts a new one with -New' {
            Start-JournalBatch fresh -InputObject a | Out-Null
            'b' | Invoke-JournalBatch fresh -New { $_ } | Should -Be b
            @(Get-JournalBatch).Count | Should -Be 2
        }

        It 'does everything again with -Force, and keeps the history' {
            1, 2 | Invoke-JournalBatch all { $_ } | Out-Null
            1, 2 | Invoke-JournalBatch all -Force { $_ } | Should -Be 1, 2
            @(Get-JournalBatch).Count | Should -Be 1
            @(Get-JournalAttempt).Count | Should -Be 4
        }

        It 'refuses other settings and names the difference; -Force takes them' {
            Start-JournalBatch set -InputObject a -Setting @{ Quality = 'high' } | Out-Null
            $errors = Get-ErrorOf { 'a' | Invoke-JournalBatch set -Setting @{ Quality = 'low' } { } }
            $errors.Id | Should -Be SettingChanged
            $errors.Message | Should -BeLike '*Quality was "high" and is "low"*'
            'a' | Invoke-JournalBatch set -Force -Setting @{ Quality = 'low' } { $_ } | Should -Be a
            (Get-JournalBatch).Settings.Quality | Should -Be low
        }

        It 'refuses another input: <Case>' -ForEach @(
            @{ Case = 'a file instead of the pipeline'; Again = { $file = Join-Path $TestDrive in.txt; Set-Content $file a; Invoke-JournalBatch source -InputFile $file { } } }
            @{ Case = 'another key'; Again = { [pscustomobject]@{ Id = 1; Name = 'a' } | Invoke-JournalBatch source -Key Name -SourceType thing { } } }
        ) {
            [pscustomobject]@{ Id = 1; Name = 'a' } | Start-JournalBatch source -Key Id -SourceType thing | Out-Null
            (Get-ErrorOf $Again).Id | Should -Be InputSourceChanged
            (Get-JournalBatch).Total | Should -Be 1
        }

        It 'runs a batch by its id' {
            $batch = 1, 2 | Start-JournalBatch byid
            Invoke-JournalBatch -BatchId $batch.Id { $_ } | Should -Be 1, 2
            (Get-ErrorOf { Invoke-JournalBatch -BatchId nothing-here { } }).Id | Should -Be BatchNotFound
        }

        It 'runs a duplicate key once and says so' {
            1, 1, 2 | Invoke-JournalBatch once { $_ } -WarningVariable warned -WarningAction SilentlyContinue | Should -Be 1, 2
            $warned | Should -BeLike '1 input*'
        }

        It 'leaves out, with -Incremental, what earlier batches completed, unless its fingerprint differs' {
            $print = { $_.Version }
            $one = [pscustomobject]@{ Id = 'a'; Version = 1 }, [pscustomobject]@{ Id = 'b'; Version = 1 }
            $one | Invoke-JournalBatch inc -Key Id -Incremental -Fingerprint $print { $_.Id } | Should -Be a, b
            $two = [pscustomobject]@{ Id = 'a'; Version = 1 }, [pscustomobject]@{ Id = 'b'; Version = 2 }, [pscustomobject]@{ Id = 'c'; Version = 1 }
            $two | Invoke-JournalBatch inc -Key Id -Incremental -Fingerprint $print { $_.Id } | Should -Be b, c
            $two | Invoke-JournalBatch inc -Key Id -Incremental -Fingerprint $print { $_.Id } | Should -BeNullOrEmpty
            @(Get-JournalBatch).Count | Should -Be 2
        }

        It 'does again, with -VerifyOutput <Check>, what <Damage> its output' -ForEach @(
            @{ Check = 'Exists'; Damage = 'lost'; Harm = { param($path) Remove-Item $path } }
            @{ Check = 'Size'; Damage = 'grew'; Harm = { param($path) Add-Content $path more } }
            @{ Check = 'Hash'; Damage = 'changed'; Harm = { param($path) Set-Content $path BBB } }
        ) {
            $directory = New-Item -ItemType Directory (Join-Path $TestDrive ([guid]::NewGuid()))
            $work = { $path = Join-Path $directory $_; Set-Content $path AAA; Get-Item $path }
            'x', 'y' | Invoke-JournalBatch made -VerifyOutput $Check $work | Out-Null
            'x', 'y' | Invoke-JournalBatch made -VerifyOutput $Check $work | Should -BeNullOrEmpty
            & $Harm (Join-Path $directory y)
            ('x', 'y' | Invoke-JournalBatch made -VerifyOutput $Check $work -WarningAction SilentlyContinue).Name | Should -Be y
            @(Get-JournalBatch).Count | Should -Be 1
        }

        It 'tells with -WhatIf what would happen to every task and why, and changes nothing' {
            Get-ErrorOf { 'done', 'bad' | Invoke-JournalBatch forecast { if ($_ -eq 'bad') { throw [ArgumentException]::new('wrong') } } } | Out-Null
            $before = Get-JournalBatch | ConvertTo-Json
            $script:ran = $false
            $told = Invoke-PowerShell -NoProfile -NonInteractive -Command "Import-Module '$(Get-ModulePath)'; 'done', 'bad', 'new' | Invoke-JournalBatch forecast -WhatIf { throw 'ran' }"
            $told -join "`n" | Should -BeLike "*Run 'bad': failed*InvalidInput: wrong*Run 'new': new input*: 2 to run (1 failed before, 1 new), 0 to wait for, 0 to fail, 1 left alone (1 completed)*"
            $told -join "`n" | Should -Not -BeLike "*'done'*"
            $told = Invoke-PowerShell -NoProfile -NonInteractive -Command "Import-Module '$(Get-ModulePath)'; 'done', 'bad', 'new' | Invoke-JournalBatch forecast -WhatIf -Verbose { throw 'ran' }"
            $told -join "`n" | Should -BeLike "*Leave 'done': completed*"
            Get-JournalBatch | ConvertTo-Json | Should -Be $before
        }

        It 'tells with -WhatIf of a pause that holds, of a stage that is not run, of a task that is failed, and of a batch that is complete' {
            function Get-Told([string] $Line) { (Invoke-PowerShell -NoProfile -NonInteractive -Command "Import-Module '$(Get-ModulePath)'; $Line") -join "`n" }
            $null = 1, 2 | Start-JournalBatch quota | Suspend-JournalBatch -Reason 'Quota exhausted' -Until ([datetimeoffset]::Now.AddHours(2))
            $told = Get-Told '1, 2 | Invoke-JournalBatch quota -WhatIf { }'
            $told | Should -BeLike '*is paused until *Quota exhausted*nothing is run*'
            $told | Should -Not -BeLike "*Run '*"

            $null = 'a', 'b' | Start-JournalBatch staged -Stage One, Two
            Get-Told 'Invoke-JournalBatch staged ([ordered]@{ One = { }; Two = { } }) -Stage Two -WhatIf' | Should -BeLike '*0 to run*2 left alone (2 another stage)*'

            Invoke-KilledProcess "1, 2 | Start-JournalBatch killer -OnCrash Fail | Request-JournalTask | Out-Null"
            Get-Told 'Invoke-JournalBatch killer -WhatIf { }' | Should -BeLike "*Fail '1': its worker died*1 to run (1 pending)*1 to fail (1 abandoned)*"

            1 | Invoke-JournalBatch whole { $_ }
            Get-Told '1 | Invoke-JournalBatch whole -WhatIf { }' | Should -BeLike "*Run '1': new batch*1 of 1 inputs were completed by 'whole-*-Incremental skips them*"
            1 | Invoke-JournalBatch whole { $_ } 3>&1 | Select-Object -First 1 | Should -BeLike "1 of 1 inputs were completed by 'whole-*-Incremental skips them*"
            1 | Invoke-JournalBatch whole -New { $_ } 3>&1 | Should -Be 1
        }

        It 'tells with -WhatIf what the run will do with <Case>' -ForEach @(
            @{ Case = 'a canceled task whose input comes again'; Before = { 1..3 | Start-JournalBatch plan | Out-Null; Get-JournalTask plan -First 1 | Set-JournalTask -Status Canceled | Out-Null }
                Line = '1..3 | Invoke-JournalBatch plan {0} {{ $_ }}'; Told = '*3 to run (2 pending, 1 canceled before)*'; Ran = 1, 2, 3 }
            @{ Case = 'a budget that is used up'; Before = { 1..3 | Invoke-JournalBatch plan -QuotaLimit 2 { $JournalTask.AddQuota(1) } -WarningAction Ignore }
                Line = '1..3 | Invoke-JournalBatch plan {0} {{ $_ }}'; Told = '*quota limit is used up*higher -QuotaLimit*0 to run*quota used up*'; Ran = @() }
            @{ Case = 'no input and no batch'; Before = { }; Line = '@() | Invoke-JournalBatch plan {0} {{ $_ }}'; Told = '*There is no input, and there is no batch named*nothing was done*'; Ran = @() }
            @{ Case = 'an input that changed'; Before = { [pscustomobject]@{ Id = 1; V = 'old' } | Start-JournalBatch plan -Key Id | Out-Null }
                Line = '[pscustomobject]@{{ Id = 1; V = "new" }} | Invoke-JournalBatch plan -Key Id {0} {{ $_.V }}'; Told = "*Run '1': its input changed*1 to run (1 input changed)*"; Ran = 'new' }
            @{ Case = 'a key that comes twice'; Before = { }; Line = '1, 1, 2 | Invoke-JournalBatch plan {0} {{ $_ }}'; Told = '*1 input had the key of an earlier one and is run once*2 to run*'; Ran = 1, 2 }
            @{ Case = 'tasks whose worker died, which -Reconcile judges'; Before = { Invoke-KilledProcess '1, 2 | Start-JournalBatch plan | Request-JournalTask -Count 2 | Out-Null' }
                Line = 'Invoke-JournalBatch plan {0} {{ $_ }} -Reconcile {{ $_.Key -eq "1" }}'; Told = '*unless -Reconcile says that it was done*2 to run (2 worker died)*'; Ran = 2 }
        ) {
            & $Before
            $told = (Invoke-PowerShell -NoProfile -NonInteractive -Command "Import-Module '$(Get-ModulePath)'; $($Line -f '-WhatIf')") -join "`n"
            $told | Should -BeLike $Told
            $WarningPreference = 'Ignore'
            @(& ([scriptblock]::Create(($Line -f '')))) | Should -Be $Ran
        }

        It 'says once, with -WhatIf, too, that there is nothing to resume' {
            1..3 | Invoke-JournalBatch over { }
            foreach ($line in { 1..5 | Invoke-JournalBatch over -Resume -WhatIf { } }, { 1..5 | Invoke-JournalBatch over -Resume { } }) { (Get-ErrorOf $line).Id | Should -Be NothingToResume }
        }

        It 'groups the answers of a server by their status and what they say' {
            Import-Module Microsoft.PowerShell.Utility
            1..4 | Invoke-JournalBatch web -MaxRetries 0 -ErrorAction Ignore {
                $answer = [System.Net.Http.HttpResponseMessage]::new((500, 502, 410, 404)[$_ - 1])
                $failure = [System.Management.Automation.ErrorRecord]::new([Microsoft.PowerShell.Commands.HttpResponseException]::new('no', $answer), 'Web', 'InvalidOperation', $null)
                $failure.ErrorDetails = [System.Management.Automation.ErrorDetails]::new('{"error":{"message":"something failed"}}')
                throw $failure
            }
            (Measure-JournalTask -GroupBy Signature).Signature | Sort-Object | Should -Be 'HTTP 404: something failed', 'HTTP 410: something failed', 'HTTP 500: something failed', 'HTTP 502: something failed'
        }

        It 'says why nothing was done: no batch, one that is complete, inputs that could not be taken' {
            $said = { param($Inputs, $Name = 'done') $Inputs | Invoke-JournalBatch $Name { } -ErrorAction SilentlyContinue 3>&1 | ForEach-Object { "$_" } }
            & $said @() | Should -BeLike "There is no input, and there is no batch named 'done' to go on with: nothing was done."
            & $said 1, 2 | Out-Null
            & $said @() | Should -BeLike "There is no input, and 'done-*' was completed * (2 of 2): nothing was done."
            & $said @{ a = 1 }, @{ a = 2 } other | Should -BeLike "None of the 2 inputs could be taken, and there is no batch named 'other'*"
            & $said @{ a = 1 } other | Should -BeLike 'The one input could not be taken*'
        }

        It 'tells in the summary how many inputs it left out' {
            $summary = 1, 2 | Invoke-JournalBatch left -Incremental { } -Summary
            $summary.LeftOut | Should -Be 0
            # A night on which nothing is new: the summary is that of the batch that did it.
            (1, 2 | Invoke-JournalBatch left -Incremental { } -Summary).LeftOut | Should -Be 2
            $summary = 1, 2, 3 | Invoke-JournalBatch left -Incremental { } -Summary
            $summary.LeftOut, $summary.Completed | Should -Be 2, 1
            $summary = 1, 2 | Invoke-JournalBatch left -Incremental { } -Summary
            $summary.LeftOut | Should -Be 2
            # What this very batch has done was not left out.
            1..4 | Invoke-JournalBatch cut -Incremental { if ($_ -eq 3) { throw 'no' } } -MaxFailures 1 -MaxRetries 0 -ErrorAction SilentlyContinue -WarningAction SilentlyContinue | Out-Null
            $again = 1..4 | Invoke-JournalBatch cut -Incremental { } -Summary
            $again.LeftOut, $again.Completed | Should -Be 0, 4
            ($summary | Out-String) | Should -Match 'LeftOut +: 2, completed by earlier batches'
        }

        It 'emits no time that is none' {
            $summary = @() | Invoke-JournalBatch nothing -Summary { } -WarningAction SilentlyContinue
            $summary.CreatedAt | Should -BeNullOrEmpty
            ($summary | Get-ViewOf) -join "`n" | Should -Not -Match '0001'
            1..3 | Invoke-JournalBatch some -MaxRetries 0 { if ($_ -eq 2) { throw 'no' }; $_ } -KeepResult -ErrorAction SilentlyContinue | Out-Null
            $emitted = $summary; & {
                Get-JournalBatch; Get-JournalTask; Get-JournalAttempt; Get-JournalEvent; Get-JournalResult some; Measure-JournalBatch some; Measure-JournalTask some -GroupBy Status, Hour
                Set-JournalCheckpoint x 1 -PassThru; Get-Journal; Test-Journal; 'x' | Start-JournalBatch later; Get-JournalTask later; Measure-JournalBatch later
            } | ForEach-Object { $emitted = @($emitted) + $_ }
            $emitted.Count | Should -BeGreaterThan 20
            foreach ($one in $emitted) {
                foreach ($property in $one.PSObject.Properties) {
                    if ($property.Value -is [datetimeoffset] -or $property.Value -is [datetime]) { ([datetimeoffset] $property.Value).Year | Should -BeGreaterThan 2000 -Because "$($one.GetType().Name).$($property.Name)" }
                }
            }
        }

        It 'is whole with -Incremental: outputs are looked at, the reasons are told, and retention keeps what it needs' {
            $directory = New-Item -ItemType Directory (Join-Path $TestDrive ([guid]::NewGuid()))
            $work = { $path = Join-Path $directory $_; Set-Content $path AAA; Get-Item $path }
            'x', 'y' | Invoke-JournalBatch inc -Incremental -VerifyOutput Size -Fingerprint { 1 } $work | Out-Null
            'x', 'y' | Invoke-JournalBatch inc -Incremental -VerifyOutput Size -Fingerprint { 1 } $work | Should -BeNullOrEmpty
            Remove-Item (Join-Path $directory y)
            ('x', 'y' | Invoke-JournalBatch inc -Incremental -VerifyOutput Size -Fingerprint { 1 } $work).Name | Should -Be y
            @(Remove-StaleJournalBatch -OlderThan ([timespan]::Zero) -Confirm:$false).Count | Should -Be 2
            'x', 'y' | Invoke-JournalBatch inc -Incremental -VerifyOutput Size -Fingerprint { 1 } $work | Should -BeNullOrEmpty
            ('x', 'y', 'z' | Invoke-JournalBatch inc -Incremental -Fingerprint { $_ -eq 'x' ? 2 : 1 } $work).Name | Should -Be x, z
            Remove-Item (Join-Path $directory y)
            ('x', 'y' | Invoke-JournalBatch inc -Incremental -VerifyOutput Size -Fingerprint { 1 } $work -WarningAction SilentlyContinue).Name | Should -Contain y
            $summary = 'x', 'y', 'z' | Invoke-JournalBatch inc -Incremental -Summary $work
            $summary.Name, $summary.Remaining | Should -Be inc, 0
        }

        It 'records with -RecordExisting, where the journal was lost, what is there already, and runs the rest' {
            $directory = New-Item -ItemType Directory (Join-Path $TestDrive ([guid]::NewGuid()))
            $work = { Set-Content (Join-Path $directory $_) AAA; Get-Item (Join-Path $directory $_) }
            $there = { Get-Item (Join-Path $directory $_) -ErrorAction Ignore }
            1..3 | Invoke-JournalBatch lost $work | Out-Null
            $null = Use-NewJournal
            $told = (Invoke-PowerShell -NoProfile -NonInteractive -Command "Import-Module '$(Get-ModulePath)'; 1..5 | Invoke-JournalBatch lost -WhatIf { } -RecordExisting { Test-Path (Join-Path '$directory' `$_) }") -join "`n"
            $told | Should -BeLike "*Record '1' as completed*2 to run (2 new), 3 to record (3 already there)*"
            (1..5 | Invoke-JournalBatch lost $work -RecordExisting $there).Name | Should -Be 4, 5
            $batch = Get-JournalBatch lost
            $batch.Status, $batch.Completed | Should -Be Completed, 5
            (Get-JournalTask -Key 2).Outputs | Should -Be (Join-Path $directory 2)
            @(Get-JournalEvent | Where-Object Reason -EQ 'Its result was there already; it was not run.').Count | Should -Be 3
            Remove-Item (Join-Path $directory 2)
            (1..5 | Invoke-JournalBatch lost $work -VerifyOutput Size -WarningAction SilentlyContinue).Name | Should -Be 2
            1, 2 | Invoke-JournalBatch stages ([ordered]@{ One = { "one $_" }; Two = { "two $_" } }) -RecordExisting { $_ -eq 1 } | Should -Be 'two 2'
        }

        It 'makes no journal with -WhatIf' {
            1 | Invoke-JournalBatch nothing -WhatIf { }
            Test-Path $journal | Should -BeFalse
        }
    }

    Context 'bad input' {
        It 'refuses <Case>' -ForEach @(
            @{ Case = 'a name with a wildcard'; Id = 'InvalidBatchName'; Line = { 1 | Invoke-JournalBatch 'a*' { } } }
            @{ Case = 'two modes'; Id = 'InvalidValue'; Line = { 1 | Invoke-JournalBatch a -New -Force { } } }
            @{ Case = 'work that is no script'; Id = 'InvalidValue'; Line = { 1 | Invoke-JournalBatch a 5 } }
            @{ Case = 'an unordered hashtable'; Id = 'InvalidStages'; Line = { 1 | Invoke-JournalBatch a @{ One = { }; Two = { } } } }
            @{ Case = 'a stage that is no script'; Id = 'InvalidStages'; Line = { 1 | Invoke-JournalBatch a ([ordered]@{ One = { }; Two = 5 }) } }
            @{ Case = 'a stage that is not there'; Id = 'StageNotFound'; Line = { 1 | Invoke-JournalBatch a ([ordered]@{ One = { } }) -Stage Three } }
            @{ Case = 'an input file that is not there'; Id = 'InputFileNotFound'; Line = { Invoke-JournalBatch a -InputFile /no/such/file { } } }
        ) {
            $errors = Get-ErrorOf $Line
            $errors[0].Id | Should -Be $Id
            Test-Path $journal | Should -BeFalse
        }

        It 'goes on with the other inputs when one has no key' {
            $errors = Get-ErrorOf { 'a', $null, 'b' | Invoke-JournalBatch keys { } }
            $errors.Id | Should -Be KeyMissing
            (Get-JournalTask).Key | Should -Be a, b
        }

        It 'keeps no secrets' {
            $errors = Get-ErrorOf { [pscustomobject]@{ Id = 1; Password = ConvertTo-SecureString x -AsPlainText -Force } | Invoke-JournalBatch secret -Key Id { } }
            $errors.Id | Should -Be SecretRefused
        }
    }
}
