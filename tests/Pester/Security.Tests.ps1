BeforeDiscovery {
    $root = Split-Path (Split-Path $PSScriptRoot)
    $commands = (Import-PowerShellDataFile (Join-Path $root 'Journal.psd1')).CmdletsToExport | Where-Object { $_ -notin 'Disconnect-Journal' }
}
BeforeAll {
    Import-Module $PSScriptRoot/TestSupport.psm1 -Force
    # What must be given for a call to be one; the text under test takes the place of one of these or comes in addition.
    $needed = @{
        'Start-JournalBatch'        = @{ Name = 'other'; InputObject = 'x' }
        'Add-JournalTask'           = @{ BatchId = '<batch>'; InputObject = 'x' }
        'Invoke-JournalBatch'       = @{ Name = 'other'; ScriptBlock = { 1 }; InputObject = 'x' }
        'Set-JournalCheckpoint'     = @{ Name = 'c'; Value = 1 }
        'Get-JournalCheckpoint'     = @{ Name = 'c' }
        'Clear-JournalCheckpoint'   = @{ Name = 'c' }
        'Request-JournalTask'       = @{ BatchId = '<batch>' }
        'Write-JournalEvent'        = @{ Name = 'n'; BatchId = '<batch>' }
        'Find-JournalOrphan'        = @{ Directory = '.' }
        'Measure-JournalTask'       = @{ GroupBy = 'Status' }
        'Measure-JournalBatch'      = @{ Id = '<batch>' }
        'Suspend-JournalBatch'      = @{ Id = '<batch>' }
        'Set-JournalBatch'          = @{ Id = '<batch>'; ConcurrencyLimit = 2 }
        'Resume-JournalBatch'       = @{ Id = '<batch>' }
        'Stop-JournalBatch'         = @{ Id = '<batch>' }
        'Remove-JournalBatch'       = @{ Id = '<batch>' }
        'Set-JournalTask'           = @{ Id = 1L; Priority = 2 }
        'Update-JournalTask'        = @{ Id = 1L }
        'Complete-JournalTask'      = @{ Id = 1L }
        'Skip-JournalTask'          = @{ Id = 1L }
        'Write-JournalError'        = @{ Message = 'm' }
        'Backup-Journal'            = @{ Destination = 'copy.db' }
        'Restore-Journal'           = @{ Path = 'none.db' }
        'Export-Journal'            = @{ Path = 'out' }
        'Export-JournalReport'      = @{ Path = 'report.html' }
        'Import-Journal'            = @{ Path = 'none.json' }
    }
    $attacks = @(
        "'; DROP TABLE task; --"
        'x" OR 1=1 --'
        '*[!a-]%_`'
        '{"a":{"b":['
        '$(Set-Item env:JOURNAL_PWNED 1)'
        '; $env:JOURNAL_PWNED = 1 #'
        "`e]0;title`a`e[2J"
        'a/../../outside/b'
        "nul`0nul"
        ('x' * 9000)
        ('k' * 9000 + '*')
    )
    function New-Sample {
        $path = Use-NewJournal
        $batch = 'a', 'b', 'c' | Start-JournalBatch sample
        [pscustomobject]@{ Path = $path; BatchId = $batch.Id }
    }
}
AfterAll { Clear-JournalSetting }

Describe '<_>' -ForEach $commands {
    It 'takes every hostile text as text' {
        $name = $_
        $command = Get-Command $name
        $texts = $command.Parameters.Values | Where-Object {
            $_.ParameterType -in [string], [string[]], [object] -and $_.Name -notin [System.Management.Automation.Cmdlet]::CommonParameters -and $_.Name -ne 'JournalPath'
        }
        $sample = New-Sample
        # Not the test drive: what hostile names make is too much for its cleaning.
        $folder = [System.IO.Directory]::CreateTempSubdirectory('journal-hostile-').FullName
        $inner = (New-Item (Join-Path $folder inner) -ItemType Directory).FullName
        Push-Location -LiteralPath $inner
        try {
            foreach ($parameter in $texts) {
                foreach ($attack in $attacks) {
                    $arguments = @{}
                    if ($needed.ContainsKey($name)) { $needed[$name].GetEnumerator() | ForEach-Object { $arguments[$_.Key] = $_.Value -is [string] ? $_.Value.Replace('<batch>', $sample.BatchId) : $_.Value } }
                    $arguments[$parameter.Name] = $attack
                    if ($command.Parameters.ContainsKey('Confirm')) { $arguments['Confirm'] = $false }
                    $errors = Get-ErrorOf { $null = & $name @arguments 3>$null 6>$null }
                    foreach ($found in $errors) {
                        $found.Id | Should -Not -Match 'Exception$' -Because "-$($parameter.Name) '$($attack.Substring(0, [Math]::Min(30, $attack.Length)))': $($found.Message)"
                        # What a script says of its own accord is its own.
                        if ($name -ne 'Write-JournalError') { $found.Message | Should -Not -Match "`e" -Because "-$($parameter.Name)" }
                    }
                }
            }
            $env:JOURNAL_PWNED | Should -BeNullOrEmpty
            if ($name -ne 'Remove-JournalBatch') { (Get-JournalBatch -Id $sample.BatchId -JournalPath $sample.Path).Total | Should -BeGreaterOrEqual 3 }
            (Test-Journal $sample.Path).Problems | Should -BeNullOrEmpty
        }
        finally {
            Pop-Location
            [System.IO.Directory]::Delete($folder, $true)
        }
    }
}

Describe 'A journal that somebody else wrote' {
    BeforeAll {
        # Another hand, that knows SQLite and none of our rules.
        Import-Module (Join-Path (Get-RepositoryRoot) 'tests/Journal.OtherSqlite/bin/Release/net10.0/OtherSqlite.psm1')
        $drive = [System.IO.Path]::GetFullPath((Get-PSDrive TestDrive).Root)
        function Set-Row([string] $Sql, [object[]] $Value = @()) { Invoke-OtherSqlite $env:JOURNAL_PATH "PRAGMA ignore_check_constraints = on; PRAGMA foreign_keys = off; $Sql" $Value }

        # A batch of a worker that died, as its next run finds it: with a folder, and files that its task registered in the file itself.
        function New-Abandoned([string] $WorkDirectory, [string[]] $TempFile) {
            $null = Use-NewJournal
            $batch = 'a', 'b', 'c' | Start-JournalBatch sample -WorkDirectory $WorkDirectory
            $task = Request-JournalTask $batch
            foreach ($file in $TempFile) { Set-Row 'insert into temp_file (task, path) values (@0, @1)' $task.Id, $file }
            Set-Row "update worker set process_start = 'long ago', process_id = 1"
            (Invoke-OtherSqlite $env:JOURNAL_PATH 'select count(*) as n from temp_file').n | Should -Be $TempFile.Count
            $batch
        }
    }

    It 'gives no orders to the terminal, whichever way it is looked at' {
        $null = Use-NewJournal
        $order = "`e]0;pwned`a`e[2J"
        $batch = "$order`key" | Start-JournalBatch sample -InformationAction Ignore -SourceType "type$order"
        $task = Request-JournalTask $batch.Id -Worker "worker$order"
        Set-JournalTask -Id $task.Id -Metadata @{ x = "value$order"; "name$order" = 1 } | Out-Null
        Set-JournalTask -Id $task.Id -Status Failed -ErrorMessage "message$order" -ErrorCategory Unknown | Out-Null
        Set-JournalCheckpoint "scan$order" "at$order" | Out-Null
        Set-Row 'update batch set id = id || @0, name = @0, source_type = @0, key_expression = @0, input_source = @0; update attempt set error_id = @0, stack = @0; update event set reason = @0' $order
        $rendering = $PSStyle.OutputRendering
        try {
            $PSStyle.OutputRendering = 'Ansi'
            $objects = @(Get-JournalTask) + (Get-JournalAttempt) + (Get-JournalEvent) + (Get-JournalBatch) + (Get-JournalCheckpoint) + (Get-JournalBatch | Measure-JournalBatch) + (Test-Journal)
            $objects += 'Signature', 'Worker', 'SourceType', 'BatchId', 'Metadata.x', "Metadata.name$order" | ForEach-Object { Measure-JournalTask -GroupBy $_; Measure-JournalTask -GroupBy $_, Status }
            $objects += Export-Journal (Join-Path $drive "$([guid]::NewGuid()).json")
            foreach ($object in $objects) {
                foreach ($view in { $input }, { $input | Format-List }, { $input | Format-Table }, { $input | Format-Wide }) {
                    $shown = $object | & $view | Out-String -Width 400
                    $shown | Should -Not -Match "`e\]0;|`e\[2J" -Because "$($object.PSTypeNames[0]) $view"
                    if ($object -is [Journal.JournalTask]) { $shown | Should -Match '␛\]0;pwned' }
                }
            }
        }
        finally { $PSStyle.OutputRendering = $rendering }
    }

    It 'cannot have files deleted outside the work directory, however it names them' -Skip:$IsWindows {
        $work = (New-Item (Join-Path $drive work) -ItemType Directory -Force).FullName
        $outside = (New-Item (Join-Path $drive outside/deep) -ItemType Directory -Force).FullName
        $victim = Join-Path $outside victim.txt
        Set-Content $victim precious
        $null = New-Item (Join-Path $work parent) -ItemType SymbolicLink -Target $outside -Force
        $null = New-Item (Join-Path $work up) -ItemType SymbolicLink -Target '../outside' -Force
        $link = (New-Item (Join-Path $work link) -ItemType SymbolicLink -Target $victim -Force).FullName
        $null = New-Item (Join-Path $work folder/kept) -ItemType Directory -Force
        $inside = Join-Path $work inside.tmp
        Set-Content $inside 'half done'
        $hostile = @(
            $victim, "$work/../outside/deep/victim.txt", "$work/parent/victim.txt", "$work/up/deep/victim.txt", "$work/folder/../parent/victim.txt"
            $work, "$work/", "$work/.", "$work/folder", $outside, '/', '', 'victim.txt', "$victim`0.tmp", "file://$victim", '~', '$(Remove-Item -Recurse $HOME)'
        )
        $batch = New-Abandoned $work ($hostile + $link + $inside)
        $recovered = Repair-JournalBatch $batch.Id
        $recovered | Should -HaveCount 1
        # That these two are gone proves that the others were looked at, and left; of a link the link goes.
        Test-Path $inside | Should -BeFalse
        Test-Path $link | Should -BeFalse
        Get-Content $victim | Should -Be precious
        Test-Path (Join-Path $work folder/kept) | Should -BeTrue
        $recovered.FilesDeleted | Sort-Object | Should -Be ($inside, $link | Sort-Object)
        $recovered.FilesLeft | Should -HaveCount $hostile.Count
    }

    It 'cannot have files deleted where its work directory is <What>' -Skip:$IsWindows -ForEach @(
        @{ What = 'the root'; Folder = { '/' } }
        @{ What = 'the home'; Folder = { $HOME } }
        @{ What = 'a way up to the root'; Folder = { "$drive$('/..' * 40)" } }
        @{ What = 'no directory'; Folder = { Join-Path $drive victim.txt } }
        @{ What = 'none'; Folder = { $null } }
        @{ What = 'no path'; Folder = { "`0" } }
        @{ What = 'relative'; Folder = { '../../../../../..' } }
    ) {
        $victim = Join-Path $drive victim.txt
        Set-Content $victim precious
        $batch = New-Abandoned $drive $victim
        # As the file says it: the cmdlet would refuse some of these.
        Set-Row 'update batch set options = @0, revision = revision + 1' (ConvertTo-Json @{ WorkDirectory = (& $Folder) } -Compress)
        foreach ($call in { Repair-JournalBatch $batch.Id }, { Remove-JournalBatch $batch.Id -Force -Confirm:$false }) {
            Get-ErrorOf { $null = & $call } | ForEach-Object { $_.Id | Should -BeIn 'JournalCorrupt', 'UnreadableJson' }
            Get-Content $victim | Should -Be precious
        }
    }

    Context 'with code wherever there is text' {
        BeforeAll {
            $ran = Join-Path $drive ran.txt
            $victim = Join-Path $drive kept.txt
            $code = "`$(Set-Content '$ran' x; Remove-Item '$victim'); & { Set-Content '$ran' x }; `$env:JOURNAL_PWNED = 1; ' ; `" ; '; drop table task; --"
            # Every cmdlet that reads a batch, a task or what is beside them.
            $readers = @(
                { Get-JournalBatch | Out-String }, { Get-JournalTask | ForEach-Object { "$($_.Input) $($_.Metadata) $($_.Outputs)"; $_ } | Out-String }, { Get-JournalTask -OrderBy Duration }
                { Get-JournalAttempt | Out-String }, { Get-JournalEvent | Out-String }, { Get-JournalCheckpoint | Out-String }, { Get-JournalCheckpoint scan }
                { Get-JournalBatch | Measure-JournalBatch | Out-String }, { Measure-JournalTask -GroupBy Signature, Worker, Metadata.x, Stage | Out-String }
                { Get-Journal | Out-String }, { Test-Journal | Out-String }
                { foreach ($format in 'Json', 'Jsonl', 'Csv', 'Yaml') { Export-Journal (Join-Path $folder "export.$format") -Format $format } }
                { foreach ($format in 'Html', 'Markdown', 'Text', 'Json', 'Csv') { Get-JournalBatch | Export-JournalReport -Path (Join-Path $folder "report.$format") -Format $format -Force } }
                { Test-JournalBatch sample -MaxAge 26:00:00 }, { Export-JournalMetric (Join-Path $folder metrics.prom) }
                { Import-Journal (Join-Path $folder export.Json) -JournalPath (Join-Path $folder imported.db) }, { Import-Journal (Join-Path $folder export.Yaml) -JournalPath (Join-Path $folder imported2.db) }
                { Import-Journal (Join-Path $folder export.Csv) -JournalPath (Join-Path $folder imported3.db) }
                { Invoke-JournalBatch sample ([ordered]@{ one = { "$_" } }) }, { Get-JournalBatch | ForEach-Object { Invoke-JournalBatch -BatchId $_.Id ([ordered]@{ one = { "$_" } }) } }
                { Invoke-JournalBatch sample -VerifyOutput Hash ([ordered]@{ one = { "$_" } }) }, { Repair-JournalBatch }, { Copy-Journal (Join-Path $folder copied.db) }, { Get-JournalBatch | Resume-JournalBatch }
                { Get-JournalBatch | Request-JournalTask }, { Backup-Journal (Join-Path $folder copy.db) }, { Optimize-Journal }, { Get-JournalBatch | Stop-JournalBatch -Confirm:$false }
                { Get-JournalBatch | Remove-JournalBatch -Force -Confirm:$false }
            )
            $ours = [Journal.JournalErrors].GetMethods('Public, Static').Where{ $_.ReturnType -eq [Journal.JournalException] }.Name
            function Invoke-Reader {
                $folder = (New-Item (Join-Path $drive ([guid]::NewGuid())) -ItemType Directory).FullName
                Push-Location $folder
                try {
                    foreach ($reader in $readers) {
                        foreach ($found in Get-ErrorOf { $null = & $reader 3>$null 6>$null }) {
                            # PowerShell puts its own around an error that a list raises when it is asked; and an input that cannot be read fails its task alone.
                            if ($found.Id -notin $ours -and -not ($found.Id -in 'ExceptionInGetEnumerator', 'TaskFailed' -and $found.Message -match 'Test-Journal')) { "${reader}: $($found.Id): $($found.Message)" }
                        }
                    }
                }
                finally { Pop-Location }
            }
        }

        BeforeEach {
            Set-Content $victim precious
            $null = Use-NewJournal
            $null = [pscustomobject]@{ Name = 'a' }, [pscustomobject]@{ Name = 'b' } | Invoke-JournalBatch sample -Key Name -MaxRetries 0 -ErrorAction Ignore -WarningAction Ignore ([ordered]@{ one = { $JournalTask.AddOutput("$($_.Name)"); if ($_.Name -eq 'b') { throw 'no' } } })
            Set-JournalCheckpoint scan 1
        }

        It 'runs none of it' {
            $json = ConvertTo-Json @{ x = $code; $code = $code } -Compress
            $list = ConvertTo-Json @($code) -Compress
            Set-Row 'update batch set key_expression = @0, source_type = @0, input_source = @0, settings = @1, metadata = @1' $code, $json
            Set-Row 'update task set source_type = @0, target_id = @0, error_message = @0, signature = @0, progress_text = @0, quota_project = @0, metadata = @1, outputs = @2, input_kind = 3, input = @1' $code, $json, $list
            Set-Row 'update task set key = key || @0; update attempt set error_message = @0, error_id = @0, stack = @0; update event set reason = @0' $code
            Set-Row 'update checkpoint set json = @1; update worker set name = @0, label = @0; insert into temp_file select id, @0 from task; insert or replace into result (task, stage, json) select id, 0, @1 from task' $code, $json
            $before = (Get-JournalTask)[0].Key
            $before | Should -BeLike '*Set-Content*'
            Invoke-Reader | Should -BeNullOrEmpty
            # A stage of such a name besides: it is compared, and shown.
            Set-Row 'update batch set stages = @0' $list
            Invoke-Reader | Should -BeNullOrEmpty
            Test-Path $ran | Should -BeFalse
            $env:JOURNAL_PWNED | Should -BeNullOrEmpty
            Get-Content $victim | Should -Be precious
        }

        It 'gives data or a clear error where it holds <What>' -ForEach @(
            @{ What = 'numbers of no status'; Sql = 'update task set status = 99, error_category = -7, input_kind = 42; update event set kind = 999, from_status = -1, to_status = 77; update attempt set outcome = 55, error_category = 1234567890123' }
            @{ What = 'a batch of no status'; Sql = 'update batch set status = 42' }
            @{ What = 'negative counts'; Sql = 'update batch set pending = -5, completed = -1, failed = -9223372036854775808; update task set attempts = -3, crashes = -2, token = -1, stage = -4' }
            @{ What = 'huge numbers'; Sql = 'update task set created_at = 9223372036854775807, started_at = -9223372036854775808, duration = 9223372036854775807, priority = 9223372036854775807, weight = 9e999, quota = -9e999, attempts = 9223372036854775807, stage = 9223372036854775807' }
            @{ What = 'times beyond all times'; Sql = 'update batch set created_at = 9223372036854775807, ended_at = -9223372036854775808; update event set at = 9223372036854775807; update attempt set started_at = -9223372036854775808; update checkpoint set updated_at = 9223372036854775807' }
            @{ What = 'NUL characters'; Sql = 'update task set key = cast(x''610062'' as text) || id, error_message = cast(x''00'' as text), input_kind = 1, input = cast(x''2f612f0062'' as text); update batch set id = cast(x''610062'' as text), name = cast(x''610062'' as text)' }
            @{ What = 'bytes that are no text'; Sql = 'update task set key = x''fffe80'' || id, metadata = x''ff'', outputs = x''fe'', input = x''c0'', error_message = x''80'', signature = x'''', source_type = x''''; update batch set settings = x''ff'', name = x''fefe''' }
            @{ What = 'files of no name'; Sql = 'update task set input_kind = id % 2 + 1, input = ''''; update task set outputs = ''["", "\u0000", "/"]''; insert into temp_file select id, '''' from task' }
            @{ What = 'text where numbers should be'; Sql = 'update task set priority = ''high'', attempts = ''many'', weight = ''heavy'', duration = ''long'', worker = ''who'', stage = ''one''; update batch set created_at = ''now'', quota_consumed = ''all''' }
            @{ What = 'JSON that is none'; Sql = 'update task set metadata = ''{"a":'', outputs = ''[1,'', input_kind = 3, input = ''{]''; update batch set settings = ''['', metadata = ''nul''; update checkpoint set json = ''{''' }
            @{ What = 'JSON of another shape'; Sql = 'update task set metadata = ''[1]'', outputs = ''{"a":1}'', input_kind = 3, input = ''null''; update batch set settings = ''7'', stages = ''{}''; update checkpoint set json = ''[[]]''; insert or replace into result (task, stage, json) select id, 0, ''{'' from task' }
            @{ What = 'halves of characters'; Sql = 'update task set metadata = ''{"x":"\ud800","\udc00":1}'', outputs = ''["\ud800"]'', input_kind = 3, input = ''"\udfff"''; update batch set settings = ''{"\ud800":1}'', metadata = ''{"x":"\ud800"}''; update checkpoint set json = ''"\ud800"''' }
            @{ What = 'numbers of no size'; Sql = 'update task set metadata = ''{"x":1e999999}'', input_kind = 3, input = ''-1e400''; update checkpoint set json = ''1e999''' }
            @{ What = 'options of another shape'; Sql = 'update batch set revision = 9, options = ''{"MaxRetries":"x","RetryDelay":-1,"StageRetries":[1],"WorkDirectory":7,"CrashLimit":-5}''' }
            @{ What = 'options beyond all limits'; Sql = 'update batch set revision = 9, options = ''{"MaxRetries":2147483647,"RetryDelay":"10675199.02:48:05.4775807","LeaseTimeout":"-10675199.02:48:05","Timeout":"-00:00:01","CrashLimit":-5,"QuotaLimit":-1}''' }
            @{ What = 'members that are named twice'; Sql = 'update batch set revision = 9, options = ''{"MaxRetries":0,"maxretries":0}'', settings = ''{"a":1,"A":2,"a":3}''; update task set metadata = ''{"x":1,"X":2}''' }
            @{ What = 'rows that point to themselves and to nothing'; Sql = 'update batch set first_task = 99, last_task = -1, first_event = 9223372036854775807, last_event = 0; update task set worker = 4711; update attempt set batch = 4711; update event set task = 4711, worker = -1; insert into temp_file values (4711, ''/''); update checkpoint set batch = 4711' }
            @{ What = 'stages that contain each other'; Sql = 'update batch set stages = ''["a","a","a"]'', stage_count = -1; update task set stage = 2' }
            @{ What = 'JSON that nests without end'; Sql = 'update task set metadata = @0, outputs = @0, input_kind = 3, input = @0; update batch set revision = 9, settings = @0, metadata = @0, options = @0, stages = @0; update checkpoint set json = @0; insert or replace into result (task, stage, json) select id, 0, @0 from task'; Value = ('{"a":[' * 100000) }
            @{ What = 'JSON that nests without end and is closed'; Sql = 'update task set metadata = @0, input_kind = 3, input = @0; update batch set settings = @0, metadata = @0; update checkpoint set json = @0'; Value = ('{"a":' * 50000 + '1' + '}' * 50000) }
        ) {
            Set-Row $Sql $Value
            Invoke-Reader | Should -BeNullOrEmpty
            Get-Content $victim | Should -Be precious
        }
    }
}

Describe 'JSON that nests without end' {
    BeforeAll {
        $drive = [System.IO.Path]::GetFullPath((Get-PSDrive TestDrive).Root)
        $deep = '{"a":' * 50000 + '1' + '}' * 50000
        $open = '[' * 200000
    }

    It 'is kept to a hundred levels, and beyond refused, where an object is given as an input, a setting, metadata or a checkpoint' {
        $null = Use-NewJournal
        $object = [pscustomobject]@{ Name = 'end' }
        $table = @{ end = 1 }
        1..50 | ForEach-Object { $object = [pscustomobject]@{ Name = "n$_"; Inner = $object }; $table = @{ inner = $table } }
        $null = $object | Start-JournalBatch deep -Key Name -Setting $table -Metadata $table
        Set-JournalCheckpoint deep $table
        Invoke-JournalBatch deep -Setting $table { $_.Inner.Inner.Name } | Should -Be n48
        (Get-JournalCheckpoint deep).Value.inner.inner | Should -Not -BeNullOrEmpty

        51..500 | ForEach-Object { $object = [pscustomobject]@{ Name = "n$_"; Inner = $object }; $table = @{ inner = $table } }
        $ring = @{ a = 1 }
        $ring.self = $ring
        (Get-ErrorOf { $object, [pscustomobject]@{ Name = 'flat' } | Start-JournalBatch deeper -Key Name }).Id | Should -Be ValueNotKept
        (Get-JournalTask (Get-JournalBatch -Name deeper)).Key | Should -Be flat
        (Get-ErrorOf { 1 | Start-JournalBatch set -Setting $table }).Id | Should -Be ValueNotKept
        (Get-ErrorOf { 1 | Start-JournalBatch meta -Metadata $table }).Id | Should -Be ValueNotKept
        (Get-ErrorOf { Set-JournalCheckpoint deeper $table }).Id | Should -Be ValueNotKept
        # What holds itself is told once, or refused; it never ends the process.
        $null = Get-ErrorOf { Set-JournalCheckpoint ring $ring }
        (Test-Journal).Problems | Should -BeNullOrEmpty
    }

    It 'is an error where it is imported, as <Name>' -ForEach @(
        @{ Name = 'deep.json'; Text = { $deep } }
        @{ Name = 'open.json'; Text = { $open } }
        @{ Name = 'batch.json'; Text = { "{`"id`":`"x`",`"tasks`":[{`"id`":`"1`",`"metadata`":$deep}]}" } }
        @{ Name = 'own.jsonl'; Text = { "{`"journal`":1,`"kind`":`"batch`",`"id`":`"x`",`"settings`":$deep}`n" } }
        @{ Name = 'lines.jsonl'; Text = { "$deep`n$deep" } }
        @{ Name = 'flow.yaml'; Text = { "a: $('[' * 20000)$(']' * 20000)" } }
        @{ Name = 'block.yaml'; Text = { (0..2000 | ForEach-Object { "$(' ' * $_)a:" }) -join "`n" } }
        @{ Name = 'alias.yaml'; Text = { "a: &a [x, x]`n" + ((1..40 | ForEach-Object { "b${_}: &b$_ [*$($_ -eq 1 ? 'a' : "b$($_ - 1)"), *$($_ -eq 1 ? 'a' : "b$($_ - 1)")]" }) -join "`n") } }
    ) {
        $null = Use-NewJournal
        $file = Join-Path $drive $Name
        Set-Content $file (& $Text)
        $errors = Get-ErrorOf { Import-Journal $file }
        $errors | Should -HaveCount 1
        $errors.Id | Should -BeIn 'ImportFileInvalid', 'ImportFormatUnknown'
    }

    It 'is an error where the export it stands in is imported, in a cell of CSV too' {
        $null = Use-NewJournal
        $null = 'a' | Start-JournalBatch sample -Metadata @{ x = 'here' }
        $null = Set-JournalTask -Id (Get-JournalTask).Id -Metadata @{ x = 'here' }
        foreach ($format in 'Json', 'Jsonl', 'Csv') {
            $file = (Export-Journal (Join-Path $drive "changed.$format") -Format $format).Path
            $files = Get-ChildItem $file -Recurse -File
            foreach ($part in $files) {
                $text = Get-Content $part -Raw
                Set-Content $part ($format -eq 'Csv' ? $text.Replace('""here""', $deep.Replace('"', '""')) : $text.Replace('"here"', $deep)) -NoNewline
            }
            $other = Join-Path $drive "$format.db"
            $errors = Get-ErrorOf { Import-Journal $file -JournalPath $other }
            $errors.Id | Should -Contain 'ImportFileInvalid' -Because $format
        }
    }
}

Describe 'Secrets' {
    It 'are refused wherever they would be kept' {
        $null = Use-NewJournal
        $secret = ConvertTo-SecureString 'hush' -AsPlainText -Force
        $credential = [pscredential]::new('me', $secret)
        $batch = 'a' | Start-JournalBatch sample
        foreach ($script in { [pscustomobject]@{ Name = 'a'; Login = $secret } | Start-JournalBatch s -Key Name }, { [pscustomobject]@{ Name = 'b'; Login = $credential } | Add-JournalTask -BatchId $batch.Id -Key Name }, { 'x' | Start-JournalBatch s -Setting @{ Login = $credential } },
            { 'x' | Start-JournalBatch s -Metadata @{ Deep = @{ Login = $secret } } }, { Set-JournalCheckpoint c $credential }) {
            (Get-ErrorOf $script).Id | Should -Contain 'SecretRefused' -Because "$script"
        }
    }
}

Describe 'A journal whose path commands the terminal' {
    It 'is shown with visible characters by Get-Journal and Repair-Journal' -Skip:$IsWindows {
        $path = Join-Path ([System.IO.Path]::GetFullPath((Get-PSDrive TestDrive).Root)) "evil`e[31m.db"
        $null = 'a' | Start-JournalBatch sample -JournalPath $path
        foreach ($shown in (Get-Journal $path | Out-String), (Repair-Journal $path -Confirm:$false | Out-String)) {
            $shown | Should -Match 'evil'
            $shown.Contains("`e[31m.db") | Should -BeFalse
        }
    }
}

Describe 'A new journal' {
    It 'is for its owner alone, and so is its folder' -Skip:$IsWindows {
        $path = Join-Path ([System.IO.Path]::GetFullPath((Get-PSDrive TestDrive).Root)) new folder journal.db
        $null = 'a' | Start-JournalBatch sample -JournalPath $path
        [System.IO.File]::GetUnixFileMode($path) | Should -Be ([System.IO.UnixFileMode]'UserRead, UserWrite')
        [System.IO.File]::GetUnixFileMode((Split-Path $path)) | Should -Be ([System.IO.UnixFileMode]'UserRead, UserWrite, UserExecute')
        [System.IO.File]::GetUnixFileMode((Backup-Journal "$path.copy" -JournalPath $path).FullName) | Should -Be ([System.IO.UnixFileMode]'UserRead, UserWrite')
    }
}
