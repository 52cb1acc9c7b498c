# What a script block sees and does is the same at every -ThrottleLimit. Each row runs at limits 1, 2 and 8 with the same two inputs; where ForEach-Object or
# ForEach-Object -Parallel can run the block, the row says so, and what they give is the reference.

BeforeDiscovery {
    $rows = @(
        @{ What = 'the input'; Block = { "<$_>" }; Gives = '<1>', '<2>'; As = 'ForEach', 'Parallel' }
        @{ What = '$using:'; Block = { "$using:tag $_" }; Gives = 'S 1', 'S 2'; As = @('Parallel') }
        @{ What = '$using: with a member and an index'; Block = { "$($using:map.A.Length) $($using:list[1]) $_" }; Gives = '3 20 1', '3 20 2'; As = @('Parallel') }
        @{ What = '$using: in a block that a cmdlet calls'; Block = { 1 | ForEach-Object { "$using:tag" } | Where-Object { $_ -eq $using:tag } }; Gives = 'S', 'S'; As = @('Parallel') }
        @{ What = '$using: of a loop inside: the block''s own variable'; Block = { $tag = "t$_"; 1 | ForEach-Object -Parallel { "in $using:tag" } }; Gives = 'in t1', 'in t2'; As = 'ForEach', 'Parallel' }
        @{ What = '$using: of a loop inside, of a variable that the session has not'; Block = { $local = "t$_"; 1 | ForEach-Object -Parallel { "in $using:local" } }; Gives = 'in t1', 'in t2'; As = 'ForEach', 'Parallel' }
        @{ What = '$using: of a loop inside: the session''s variable'; Block = { 1 | ForEach-Object -Parallel { "in $using:tag" } }; Gives = 'in S', 'in S'; As = @('ForEach') }
        @{ What = '$using: of a thread job'; Block = { $tag = "t$_"; Start-ThreadJob { "job $using:tag" } | Receive-Job -Wait -AutoRemoveJob }; Gives = 'job t1', 'job t2'; As = @('ForEach') }
        @{ What = '$using: of a batch inside'; Block = { $own = "o$_"; 'k' | Invoke-JournalBatch "inner$own" -ThrottleLimit 2 { "$using:own $using:tag" } }; Gives = 'o1 S', 'o2 S'; As = @('ForEach') }
        @{ What = 'a process clause'; Block = { process { "p$_" } }; Gives = 'p1', 'p2'; As = @('ForEach') }
        @{ What = 'an end clause'; Block = { end { "e$_" } }; Gives = 'e1', 'e2'; As = @('ForEach') }
        @{ What = 'begin, process and end clauses'; Block = { begin { $sum = 'b' } process { "$sum$_" } end { "e$_" } }; Gives = 'b1', 'b2', 'e1', 'e2'; As = @() }
        @{ What = 'a param block'; Block = { param($x) "<$x>$_" }; Gives = '<>1', '<>2'; As = 'ForEach', 'Parallel' }
        @{ What = 'an input that is a list, in clauses'; Block = { begin { } process { "$($_.Count)" } end { } }; Input = @(@(1, 2), @(3, 4)); Gives = '2', '2'; As = @() }
        @{ What = 'the folder and file of the script'; Block = { (Split-Path $PSCommandPath -Leaf), (Split-Path $PSScriptRoot -Leaf) -join ' ' }; Gives = 'Block.Tests.ps1 Pester', 'Block.Tests.ps1 Pester'; As = @('ForEach') }
        @{ What = 'an error that is emitted as a value'; Block = { try { throw "t$_" } catch { $_ } }; Gives = 't1', 't2'; As = 'ForEach', 'Parallel' }
        @{ What = 'emitted nulls and lists'; Block = { $null; , @(1, 2) }; Gives = '', '', '1 2', '1 2'; As = 'ForEach', 'Parallel' }
        @{ What = 'the output of a program'; Block = { /bin/sh -c "echo out $_; echo said >&2" }; Gives = 'out 1', 'out 2'; As = @('ForEach'); Linux = $true }
        @{ What = 'a place that another task has left'; Block = { $here = (Get-Location).Path; Set-Location ([IO.Path]::GetTempPath()); $here -eq $using:place }; Gives = 'True', 'True'; As = @() }
        @{ What = 'a preference that another task has changed'; Block = { $global:ErrorActionPreference = $global:VerbosePreference = 'Continue'; "$VerbosePreference" }; Gives = 'Continue', 'Continue'; As = @() }
        @{ What = 'default parameter values of the caller'; Block = { (Get-Culture).Name.Length -gt -1; (Join-Path a).Replace('\', '/') }; Gives = 'a/def', 'a/def', 'True', 'True'; As = @('ForEach'); Defaults = @{ 'Join-Path:ChildPath' = 'def' } }
        @{ What = 'the list separator of the caller'; Block = { "$(1, 2)" }; Gives = '1+2', '1+2'; As = @('ForEach'); Ofs = '+' }
    )
    $cases = foreach ($row in $rows) {
        if ($row.Linux -and $IsWindows) { continue }
        foreach ($limit in 1, 2, 8) { @{ Limit = $limit } + $row }
    }
    $referenceCases = foreach ($row in $rows) {
        if ($row.Linux -and $IsWindows) { continue }
        foreach ($as in $row.As) { @{ Reference = $as } + $row }
    }
    $limits = 1, 2, 8 | ForEach-Object { @{ Limit = $_ } }
}

BeforeAll {
    Import-Module "$PSScriptRoot/TestSupport.psm1" -Force
    $once = @{ MaxRetries = 0; RetryDelay = 0 }

    # Runs a block in a way, with what the rows refer to.
    function Invoke-Way([string] $Way, [int] $Limit, $Row) {
        $tag = 'S'
        $map = @{ A = 'abc' }
        $list = 10, 20
        $place = (Get-Location).Path
        if ($Row.Ofs) { $OFS = $Row.Ofs }
        if ($Row.Defaults) { $PSDefaultParameterValues = [System.Management.Automation.DefaultParameterDictionary]::new($Row.Defaults) }
        $inputs = $Row.Input ?? (1, 2)
        $null = $tag, $map, $list, $place, $OFS, $PSDefaultParameterValues
        $got = switch ($Way) {
            ForEach { $inputs | ForEach-Object $Row.Block 2>$null }
            Parallel { $inputs | ForEach-Object -Parallel $Row.Block 2>$null }
            default { $inputs | Invoke-JournalBatch block @once -Key { "$_" } -ThrottleLimit $Limit -WarningAction SilentlyContinue $Row.Block 2>$null }
        }
        $OFS = ' '
        @($got | ForEach-Object { "$_" } | Sort-Object)
    }

    function Get-OneTask { Get-JournalTask (Get-JournalBatch -Latest) }
}

AfterAll { Clear-JournalSetting }

Describe 'A script block' {
    BeforeEach { $null = Use-NewJournal }

    It 'at limit <Limit>: <What>' -ForEach $cases {
        Invoke-Way Batch $Limit $_ | Should -Be $Gives
    }

    It 'as with <Reference>: <What>' -ForEach $referenceCases {
        Invoke-Way $Reference 0 $_ | Should -Be $Gives
    }

    It 'at limit <Limit>: uses the namespaces of its script' -ForEach $limits {
        $file = Join-Path $TestDrive 'names.ps1'
        Set-Content $file "using namespace System.IO`n1, 2 | Invoke-JournalBatch names -ThrottleLimit $Limit { [Path]::GetFileName(`"/a/b`$_`") } | Sort-Object"
        & $file | Should -Be b1, b2
    }

    It 'at limit <Limit>: begins at a drive of the session, at Env:, and where it was for each task' -ForEach $limits {
        $null = New-PSDrive -Name JournalTestDrive -PSProvider FileSystem -Root $TestDrive -Scope Global
        try {
            Push-Location JournalTestDrive:
            1, 2 | Invoke-JournalBatch drive @once -ThrottleLimit $Limit { "$PWD"; Set-Location / } | Should -Be 'JournalTestDrive:/', 'JournalTestDrive:/'
            Set-Location Env:
            1, 2 | Invoke-JournalBatch env @once -ThrottleLimit $Limit { $PWD.Provider.Name } | Should -Be Environment, Environment
            "$PWD" | Should -BeLike 'Env:*'
        }
        finally {
            Pop-Location
            Remove-PSDrive JournalTestDrive -Scope Global
        }
    }

    It 'at limit <Limit>: fails as the first one does, whatever a task before it set' -ForEach $limits {
        1..6 | Invoke-JournalBatch after @once -ThrottleLimit $Limit -FailureThreshold 0 -ErrorAction SilentlyContinue {
            $global:ErrorActionPreference = 'SilentlyContinue'; $ErrorActionPreference = 'Stop'; $global:PSNativeCommandUseErrorActionPreference = $false
            $global:PSDefaultParameterValues['Get-Item:ErrorAction'] = 'Ignore'
            if ($_ -gt 1) { Get-Item /no/such/thing }
        }
        (Get-JournalTask).Status | Select-Object -First 1 | Should -Be Completed
        $global:PSDefaultParameterValues.Contains('Get-Item:ErrorAction') | Should -BeFalse
        1 | Invoke-JournalBatch again @once -ThrottleLimit $Limit -ErrorAction SilentlyContinue { Get-Item /no/such/thing }
        (Get-OneTask).Status | Should -Be Failed
    }

    It 'at limit <Limit>: has the caller''s strict mode' -ForEach $limits {
        & {
            Set-StrictMode -Version Latest
            1 | Invoke-JournalBatch strict @once -ThrottleLimit $Limit -ErrorAction SilentlyContinue -WarningAction SilentlyContinue { "$neverSet" }
        }
        (Get-OneTask).Status, (Get-OneTask).ErrorCategory | Should -Be Failed, InvalidInput
        1 | Invoke-JournalBatch loose @once -ThrottleLimit $Limit { "<$neverSet>" } | Should -Be '<>'
    }

    It 'at limit <Limit>: shows verbose and debug text as the caller or the block prefers' -ForEach $limits {
        $said = 1 | Invoke-JournalBatch said @once -ThrottleLimit $Limit { Write-Verbose seen -Verbose; Write-Verbose hidden; Write-Debug seen -Debug } 4>&1 5>&1
        @($said | Where-Object { "$_" -eq 'seen' }).Count | Should -Be 2
        $said | Where-Object { "$_" -eq 'hidden' } | Should -BeNullOrEmpty
        $VerbosePreference = 'Continue'
        $said = 1 | Invoke-JournalBatch said2 @once -ThrottleLimit $Limit { Write-Verbose seen } 4>&1
        @($said | Where-Object { "$_" -eq 'seen' }).Count | Should -Be 1
    }

    It 'at limit <Limit>: with a time limit, its streams are those of the line, too' -ForEach $limits {
        $said = 1 | Invoke-JournalBatch said @once -ThrottleLimit $Limit -Timeout 60 { Write-Warning w; Write-Verbose v -Verbose; Write-Host h; 'out' } 3>&1 4>&1 6>&1 | ForEach-Object { "$_" }
        foreach ($word in 'w', 'v', 'h', 'out') { @($said -ceq $word).Count | Should -Be 1 -Because $word }
    }

    It 'at limit <Limit>: an error that it lets pass does not stop the run' -ForEach $limits {
        1, 2 | Invoke-JournalBatch pass @once -ThrottleLimit $Limit -ErrorAction Stop { Write-Error "let $_" -ErrorAction Continue; "done $_" } 2>$null | Sort-Object | Should -Be 'done 1', 'done 2'
    }
}

Describe 'What programs write to their error output' -Skip:$IsWindows {
    BeforeEach { $null = Use-NewJournal }

    It 'is no error of a task that succeeds, at limit <Limit>' -ForEach $limits {
        $ErrorActionPreference = 'Stop'
        $global:Error.Clear()
        1..4 | Invoke-JournalBatch chat @once -ThrottleLimit $Limit -ErrorVariable e { /bin/sh -c "echo note >&2; echo made $_" } 2>$null | Sort-Object | Should -Be 'made 1', 'made 2', 'made 3', 'made 4'
        $e.Count, $global:Error.Count | Should -Be 0, 0
        1 | Invoke-JournalBatch chat2 @once -ThrottleLimit $Limit -Timeout 60 { /bin/sh -c "echo note >&2; echo made $_" } 2>$null | Should -Be 'made 1'
        (Get-OneTask).Status | Should -Be Completed
    }

    It 'is printed plainly, and with the key where it is interleaved, at limit <Limit>' -ForEach $limits {
        $line = "Import-Module '$(Get-ModulePath)'; 'k' | Invoke-JournalBatch plain -ThrottleLimit $Limit { /bin/sh -c 'echo note >&2' }"
        $said = Invoke-PowerShell -NoProfile -NonInteractive -Command $line 2>&1 | ForEach-Object { "$_" -replace "`e\[[0-9;]*m" }
        $said | Should -Contain ($Limit -eq 1 ? 'note' : 'k: note')
        $said -join ' ' | Should -Not -BeLike '*NativeCommandError*'
    }

    It 'is kept with the exit code in the error of a task that fails, at limit <Limit>' -ForEach $limits {
        1 | Invoke-JournalBatch fail @once -ThrottleLimit $Limit -ErrorAction SilentlyContinue { /bin/sh -c 'for n in $(seq 1 20); do echo "line $n" >&2; done; echo "cannot open x: no such file" >&2; exit 3' } 2>$null
        $task = Get-OneTask
        $task.ErrorMessage | Should -BeLike '*exit code: 3*line 20*no such file*'
        $task.ErrorMessage | Should -Not -BeLike '*line 2`n*'
        $task.ErrorCategory | Should -Be NotFound
    }
}

Describe 'What is not there in the runspaces of a parallel run' {
    BeforeEach { $null = Use-NewJournal }

    It 'is hinted at: a function, an alias, a module, a class, the place of the script' {
        function Convert-Thing { }
        Set-Alias thing Convert-Thing
        $module = New-Module -Name JournalTestHints { function Get-Hinted { } } | Import-Module -PassThru
        class JournalTestClass { [int] $N }
        try {
            1 | Invoke-JournalBatch hints @once -ThrottleLimit 2 -WarningVariable warned -WarningAction SilentlyContinue -ErrorAction SilentlyContinue {
                Convert-Thing; thing; Get-Hinted; [JournalTestClass]::new(); $PSScriptRoot
            } | Out-Null
        }
        finally { Remove-Module $module }
        foreach ($hint in "*'Convert-Thing'*-FunctionName Convert-Thing*", "*'thing'*Convert-Thing*", "*'Get-Hinted'*-ImportModule*", '*JournalTestClass*-ImportModule*', '*$PSScriptRoot*') {
            @($warned | Where-Object { "$_" -like $hint }).Count | Should -Be 1 -Because $hint
        }
    }

    It 'is hinted at: what a function calls that the block calls' {
        function Get-Outer { Get-Inner }
        function Get-Inner { Get-Innermost }
        function Get-Innermost { 'x' }
        1 | Invoke-JournalBatch nested @once -ThrottleLimit 2 -FunctionName Get-Outer -WarningVariable warned -WarningAction SilentlyContinue -ErrorAction SilentlyContinue { Get-Outer }
        @($warned | ForEach-Object { "$_" }) | Should -BeLike "The function 'Get-*' calls 'Get-Inner*', a function of this session*"
        @($warned).Count | Should -Be 2
        1 | Invoke-JournalBatch nested2 @once -ThrottleLimit 2 -FunctionName Get-Outer, Get-Inner, Get-Innermost -WarningVariable none { Get-Outer } | Should -Be x
        $none | Should -BeNullOrEmpty
    }

    It 'is not hinted at where the block loads it itself: <How>' -ForEach @(
        @{ How = 'dot-sourced'; Line = '. "$using:file"; Get-Loaded' }
        @{ How = 'Import-Module'; Line = 'import-module "$using:module"; Get-Loaded' }
    ) {
        function Get-Loaded { 'of the session' }
        $file, $module = 'Loaded.ps1', 'Loaded.psm1' | ForEach-Object { $path = Join-Path $TestDrive $_; Set-Content $path 'function Get-Loaded { "loaded" }'; $path }
        1 | Invoke-JournalBatch loads @once -ThrottleLimit 2 -WarningVariable warned ([scriptblock]::Create($Line)) | Should -Be loaded
        $warned | Should -BeNullOrEmpty
    }

    It 'is hinted at: using module' {
        $module = Join-Path $TestDrive 'Used.psm1'
        Set-Content $module 'function Get-Used { "used" }'
        $file = Join-Path $TestDrive 'using.ps1'
        Set-Content $file "using module '$module'`n1 | Invoke-JournalBatch using -ThrottleLimit 2 -WarningVariable w -WarningAction SilentlyContinue { `$_ } | Out-Null; `"`$w`""
        & $file | Should -BeLike '*using module*-ImportModule*'
    }

    It 'is InvalidInput: <Kind>' -ForEach @(
        @{ Kind = 'a command'; Block = { Get-JournalNoSuchCommand } }
        @{ Kind = 'a class'; Block = { [JournalNoSuchClass]::new() } }
        @{ Kind = 'a module'; Block = { Import-Module JournalNoSuchModule } }
        @{ Kind = 'a method'; Block = { 'x'.NoSuchMethod() } }
    ) {
        foreach ($limit in 1, 2) {
            1 | Invoke-JournalBatch "kind$limit" @once -ThrottleLimit $limit -ErrorAction SilentlyContinue -WarningAction SilentlyContinue $Block
            (Get-OneTask).ErrorCategory | Should -Be InvalidInput
        }
    }

    It 'stops a run with the cause in the text, where no runspace can be opened' {
        $stopped = Get-ErrorOf { 1 | Invoke-JournalBatch stop @once -ThrottleLimit 2 -ImportModule JournalNoSuchModule { 1 } }
        $stopped.Message -join ' ' | Should -BeLike '*JournalNoSuchModule*'
        (Get-OneTask).Status | Should -Be Pending
    }
}

Describe 'Invoke-JournalBatch -Timeout and what the attempt started' -Skip:(-not $IsLinux) {
    BeforeDiscovery {
        $started = @(
            @{ Kind = 'a child of a shell'; Block = { & /bin/sh -c "sleep $using:seconds & wait" } }
            @{ Kind = 'a shell in a shell'; Block = { & /bin/sh -c "/bin/sh -c 'sleep $using:seconds; true'; true" } }
            @{ Kind = 'a pipeline'; Block = { sleep $using:seconds | cat } }
            @{ Kind = 'a background child that lost its parent'; Block = { & /bin/sh -c "sleep $using:seconds >/dev/null 2>&1 &"; Start-Sleep 300 } }
            @{ Kind = 'a child in a session of its own'; Block = { & /bin/sh -c "setsid sleep $using:seconds >/dev/null 2>&1 &"; while ($true) { } } }
            @{ Kind = 'Start-Process'; Block = { Start-Process sleep $using:seconds; Start-Sleep 300 } }
            @{ Kind = 'a parallel loop inside'; Block = { $n = $using:seconds; 1, 2 | ForEach-Object -Parallel { & /bin/sh -c "sleep $using:n & wait" } } }
        )
        $treeCases = foreach ($row in $started) { foreach ($limit in 1, 2, 8) { @{ Limit = $limit } + $row } }
    }

    BeforeEach { $null = Use-NewJournal }

    It 'at limit <Limit>, none is left of: <Kind>' -ForEach $treeCases {
        $seconds = "$(Get-Random -Minimum 100000 -Maximum 999999).25"
        1, 2 | Invoke-JournalBatch tree @once -ThrottleLimit $Limit -Timeout 0.7 $Block -ErrorAction SilentlyContinue 2>$null
        (Get-JournalTask).ErrorCategory | Should -Be Timeout, Timeout
        $left = Get-Left $seconds
        foreach ($id in $left) { Stop-Process -Id $id -Force -ErrorAction Ignore }
        $left.Count | Should -Be 0
    }

    It 'keeps what the program said before its time was over, at limit <Limit>' -ForEach $limits {
        $seconds = "$(Get-Random -Minimum 100000 -Maximum 999999).25"
        1 | Invoke-JournalBatch said @once -ThrottleLimit $Limit -Timeout 1.5 { & /bin/sh -c "echo 'Retrying host a…' >&2; sleep $using:seconds" } -ErrorAction SilentlyContinue 2>$null
        (Get-OneTask).ErrorMessage | Should -BeLike "The attempt ran longer than *The last lines of its error output:*Retrying host a…"
        Measure-JournalTask -GroupBy Signature | ForEach-Object Signature | Should -Not -BeLike '*Retrying*'
    }

    It 'leaves alone what another attempt started that goes on, and what one before it left running' {
        $seconds = "$(Get-Random -Minimum 100000 -Maximum 999999).25"
        $ids = try {
            1 | Invoke-JournalBatch before @once { (Start-Process sleep $using:seconds -PassThru).Id }
            1, 2 | Invoke-JournalBatch beside @once -ThrottleLimit 2 -Timeout 5 -ErrorAction SilentlyContinue {
                if ($_ -eq 1) { & /bin/sh -c "sleep $using:seconds & wait" }
                # Ends well before the limit, with its own child unharmed.
                (Start-Process sleep $using:seconds -PassThru).Id
            }
        }
        finally {
            $left = Get-Left $seconds
            foreach ($id in $left) { Stop-Process -Id $id -Force -ErrorAction Ignore }
        }
        @($ids).Count | Should -Be 2
        $left | Sort-Object | Should -Be ($ids | Sort-Object)
    }

    It 'wakes a block that waits in .NET code, at limit <Limit>, and the run goes on' -ForEach $limits {
        1, 2 | Invoke-JournalBatch wait @once -ThrottleLimit $Limit -Timeout 0.3 -ErrorAction SilentlyContinue { if ($_ -eq 1) { [Threading.Thread]::Sleep(600000) }; "done $_" } | Should -Be 'done 2'
        (Get-JournalTask).Status | Should -Be Failed, Completed
    }
}
