# What the cmdlets say of a journal that is damaged. Each place and kind of damage follows from a number, so that a finding can be looked into.

BeforeDiscovery {
    Import-Module $PSScriptRoot/TestSupport.psm1 -Force
    $parts = @(
        @{ Part = 'file'; Suffix = ''; Places = 36 }
        @{ Part = 'log'; Suffix = '-wal'; Places = 12 }
    )
}
BeforeAll {
    Import-Module $PSScriptRoot/TestSupport.psm1 -Force
    $drive = [System.IO.Path]::GetFullPath((Get-PSDrive TestDrive).Root)
    $ours = [Journal.JournalErrors].GetMethods('Public, Static').Where{ $_.ReturnType -eq [Journal.JournalException] }.Name | Sort-Object -Unique

    # Something of everything; copied while it is open as well, with its log beside it.
    function New-SampleJournal([string] $Path) {
        $env:JOURNAL_PATH = "$Path.open"
        $null = Connect-Journal $env:JOURNAL_PATH -WarningAction Ignore
        $null = 1..60 | ForEach-Object { "/photos/$_.jpg" } | Invoke-JournalBatch photos -MaxRetries 0 -ErrorAction Ignore -WarningAction Ignore -WorkDirectory $drive -Metadata @{ year = 2026 } {
            $JournalTask.SetMetadata('subject', 'sea')
            $JournalTask.AddOutput("$_.out")
            if ($_ -match '7') { throw "The host '$_' did not answer." }
            if ($_ -match '8') { $JournalTask.Skip('a duplicate') }
        }
        $staged = 1..30 | Start-JournalBatch episodes -Stage Fetch, Convert -Setting @{ quality = 90 }
        $held = Request-JournalTask $staged -Count 16
        $held | Select-Object -First 8 | Complete-JournalTask -Quota 2 -QuotaProject p | Out-Null
        Update-JournalTask -Id $held[9].Id -TempFile "$drive/9.tmp"
        $null = 1..20 | Start-JournalBatch later
        Set-JournalCheckpoint scan @{ page = 3 }
        Copy-Item "$Path.open" $Path
        Copy-Item "$Path.open-wal" "$Path-wal"
        Disconnect-Journal
        # What the log holds is in the file of this one.
        Copy-Item "$Path.open" "$Path.merged"
    }

    # What disks, cables and people do to a file.
    function Set-Damage([string] $Path, [int] $Seed) {
        $dice = [System.Random]::new($Seed)
        $bytes = [System.IO.File]::ReadAllBytes($Path)
        # The first pages hold the header and the schema, on which all else stands.
        $at = $dice.Next($dice.Next(4) -eq 0 ? [Math]::Min($bytes.Length, 8192) : $bytes.Length)
        $page = $at - $at % 4096
        switch ($dice.Next(7)) {
            0 { $bytes = $bytes[0..$at]; "cut at $at" }
            1 { [Array]::Clear($bytes, $page, [Math]::Min(4096, $bytes.Length - $page)); "a page of zeros at $page" }
            2 { $noise = [byte[]]::new([Math]::Min(64, $bytes.Length - $at)); $dice.NextBytes($noise); $noise.CopyTo($bytes, $at); "noise at $at" }
            3 { $at = $dice.Next(100); $bytes[$at] = $bytes[$at] -bxor 0xFF; "the header at $at" }
            default { $bytes[$at] = $bytes[$at] -bxor (1 -shl $dice.Next(8)); "a bit at $at" }
        }
        [System.IO.File]::WriteAllBytes($Path, $bytes)
    }

    # Every cmdlet with a journal, reading before writing; each is called whatever became of those before.
    $calls = [ordered]@{
        'Get-Journal'              = { Get-Journal }
        'Connect-Journal'          = { Connect-Journal $env:JOURNAL_PATH; Get-Journal }
        'Disconnect-Journal'       = { Disconnect-Journal }
        'Get-JournalBatch'         = { Get-JournalBatch | Out-String; Get-JournalBatch | ConvertTo-Csv }
        'Get-JournalTask'          = { Get-JournalTask | ForEach-Object { "$($_.Metadata.subject) $($_.Input)" }; Get-JournalTask | Out-String; Get-JournalTask -Key '*7.jpg' -Metadata @{ subject = 'sea' } -OrderBy Duration -Descending }
        'Get-JournalAttempt'       = { Get-JournalAttempt | Out-String }
        'Get-JournalEvent'         = { Get-JournalEvent | Out-String }
        'Get-JournalResult'        = { Get-JournalBatch | Get-JournalResult }
        'Get-JournalCheckpoint'    = { Get-JournalCheckpoint | ForEach-Object { "$_" }; Get-JournalCheckpoint scan }
        'Measure-JournalBatch'     = { Measure-JournalBatch $photos | Out-String; Measure-JournalBatch $staged }
        'Measure-JournalTask'      = { Measure-JournalTask -GroupBy Signature, Worker; Measure-JournalTask -GroupBy Metadata.subject, Stage, Hour | Out-String }
        'Write-JournalEvent'       = { Write-JournalEvent seen 'It was' -BatchId $staged -Data 1; Get-JournalTask -First 1 | Write-JournalEvent seen }
        'Find-JournalOrphan'       = { Find-JournalOrphan $drive; 'a', 'b' | Find-JournalOrphan }
        'Test-Journal'             = { Test-Journal }
        'Test-JournalBatch'        = { Test-JournalBatch photos -MaxAge 26:00:00 }
        'Export-JournalMetric'     = { Export-JournalMetric "$env:JOURNAL_PATH.prom" }
        'Export-Journal'           = { foreach ($format in 'Json', 'Jsonl', 'Csv', 'Yaml') { Export-Journal "$env:JOURNAL_PATH.$format" -Format $format } }
        'Export-JournalReport'     = { foreach ($format in 'Html', 'Markdown', 'Text', 'Json', 'Csv') { Export-JournalReport $photos -Path "$env:JOURNAL_PATH.report" -Format $format -Force } }
        'Backup-Journal'           = { Backup-Journal "$env:JOURNAL_PATH.backup" }
        'Copy-Journal'             = { Copy-Journal "$env:JOURNAL_PATH.copied" }
        'Start-JournalBatch'       = { 1..30 | Start-JournalBatch new -Stage a, b }
        'Add-JournalTask'          = { 1..30 | ForEach-Object { "new $_" } | Add-JournalTask $photos }
        'Request-JournalTask'      = { $at = 0; Request-JournalTask $staged -Count 4 | ForEach-Object { $held[$at++] = $_.Id } }
        'Update-JournalTask'       = { Update-JournalTask -Id $held[0] -Progress 50 -TempFile "$env:JOURNAL_PATH.tmp" }
        'Complete-JournalTask'     = { Complete-JournalTask -Id $held[0] -OutputPath out -Quota 1 }
        'Skip-JournalTask'         = { Skip-JournalTask -Id $held[1] -Reason no }
        'Set-JournalTask'          = { Set-JournalTask -Id $held[2] -Status Failed -ErrorMessage 'no answer' -ErrorCategory NetworkError; Set-JournalTask -Id 3 -Metadata @{ a = 1 } }
        'Set-JournalCheckpoint'    = { Set-JournalCheckpoint scan @{ page = 4 }; Set-JournalCheckpoint own 1 -BatchId $staged }
        'Clear-JournalCheckpoint'  = { Clear-JournalCheckpoint scan }
        'Suspend-JournalBatch'     = { Suspend-JournalBatch $staged wait }
        'Set-JournalBatch'         = { Set-JournalBatch $staged -RateLimit 100/s }
        'Resume-JournalBatch'      = { Resume-JournalBatch $staged; Get-JournalTask -Status Failed | Resume-JournalBatch }
        'Repair-JournalBatch'      = { Repair-JournalBatch; Repair-JournalBatch $staged }
        'Invoke-JournalBatch'      = { Invoke-JournalBatch -BatchId $later { $_ }; 1..5 | Invoke-JournalBatch fresh { $_ } }
        'Import-Journal'           = { Import-Journal "$exported" }
        'Stop-JournalBatch'        = { Stop-JournalBatch $staged -Confirm:$false }
        'Remove-JournalBatch'      = { Remove-JournalBatch $staged -Confirm:$false -Force }
        'Remove-StaleJournalBatch' = { Remove-StaleJournalBatch -OlderThan 0 -Confirm:$false }
        'Optimize-Journal'         = { Optimize-Journal }
        'Restore-Journal'          = { Restore-Journal "$sample.sound" -Confirm:$false -Force }
        'Repair-Journal'           = { Repair-Journal -Confirm:$false -Force; Test-Journal }
    }

    # Runs a call on a damaged journal: what it gave, its errors in the form of Get-ErrorOf, and nothing else of it.
    function Invoke-Call([scriptblock] $Call) {
        Get-ErrorOf { $null = & $Call 3>$null 4>$null 6>$null }
    }

    function Copy-Damaged([string] $Sample, [string] $Suffix, [int] $Seed, [string] $Name) {
        $path = Join-Path $drive "$Name.db"
        Copy-Item $Sample $path
        if ($Suffix) { Copy-Item "$Sample-wal" "$path-wal" }
        $env:JOURNAL_PATH = $path
        Set-Damage "$path$Suffix" $Seed
    }

    function Get-Fact {
        Get-JournalBatch | ForEach-Object { "$($_.Id) $($_.Status) $($_.Counts)" }
        Get-JournalTask | ForEach-Object { "$($_.Id) $($_.Key) $($_.Status) $($_.Stage) $($_.Attempts) $($_.Token)" }
        Get-JournalAttempt | ForEach-Object { "$($_.TaskId) $($_.Number) $($_.Outcome)" }
    }

    # What was claimed; where nothing could be, tasks that are there.
    $held = 73L, 74L, 75L, 76L
    $null = Use-NewJournal
    $sample = Join-Path $drive sample.db
    New-SampleJournal $sample
    $env:JOURNAL_PATH = "$sample.merged"
    $facts = (Get-Fact) -join "`n"
    $photos, $staged, $later = 'photos', 'episodes', 'later' | ForEach-Object { (Get-JournalBatch -Name $_).Id }
    $exported = (Export-Journal (Join-Path $drive sample.json)).Path
    Move-Item "$sample.merged" "$sample.sound"
}
AfterAll { Clear-JournalSetting }

Describe 'The calls' {
    It 'are of every cmdlet that works on a journal' {
        $commands = (Import-PowerShellDataFile (Get-ModulePath)).CmdletsToExport | Where-Object { $_ -ne 'Write-JournalError' }
        Compare-Object $commands @($calls.Keys) | Should -BeNullOrEmpty
    }

    It 'work on a sound journal, or they would prove nothing on a damaged one' {
        $env:JOURNAL_PATH = Join-Path $drive whole.db
        Copy-Item "$sample.sound" $env:JOURNAL_PATH
        foreach ($name in $calls.Keys) {
            (Invoke-Call $calls[$name]).Message | Should -BeNullOrEmpty -Because $name
            Disconnect-Journal
        }
    }
}

Describe 'A damaged <Part>' -ForEach $parts {
    BeforeAll { $source = $Suffix ? $sample : "$sample.sound" }

    It 'gives every cmdlet its data or a clear error, and never wrong data that the check calls sound' {
        $findings = foreach ($seed in 1..$Places) {
            $what = Copy-Damaged $source $Suffix $seed $seed
            $started = [System.Diagnostics.Stopwatch]::StartNew()
            foreach ($name in $calls.Keys) {
                $errors = Invoke-Call $calls[$name]
                foreach ($found in $errors) {
                    if ($found.Id -notin $ours) { "$seed, $what, ${name}: $($found.Id): $($found.Message)" }
                    if ($found.Id -eq 'JournalCorrupt' -and $found.Message -notmatch 'Test-Journal.*Repair-Journal') { "$seed, $what, ${name}: $($found.Message)" }
                }
                Disconnect-Journal
            }
            # Afresh, for what was done above may have made it worse or better.
            $null = Copy-Damaged $source $Suffix $seed "$seed.again"
            $state = @{}
            foreach ($found in Get-ErrorOf { $state.Health = Test-Journal }) {
                if ($found.Id -notin 'JournalCorrupt', 'NotAJournal', 'JournalTooNew') { "$seed, $what, Test-Journal: $($found.Id): $($found.Message)" }
            }
            if ($state.Health.IsHealthy -and (-not $Suffix) -and ($now = (Get-Fact) -join "`n") -ne $facts) { "$seed, $what, healthy and different: $(Compare-Object ($facts -split "`n") ($now -split "`n") | Out-String)" }
            $repaired = Get-ErrorOf { $null = Repair-Journal -Confirm:$false -Force -WarningAction Ignore; $state.Health = Test-Journal }
            if ($repaired -or -not $state.Health.IsHealthy) { "$seed, $what, after the repair: $($repaired.Id) $($repaired.Message) $($state.Health.Problems)" }
            # However busy the machine is: this is a call that does not come back.
            if ($started.Elapsed.TotalMinutes -gt 3) { "$seed, $what, took $($started.Elapsed)" }
        }
        $findings | Should -BeNullOrEmpty
    }
}
