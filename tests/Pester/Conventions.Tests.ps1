# What a PowerShell user may take for granted of every cmdlet.

BeforeDiscovery {
    $root = Split-Path (Split-Path $PSScriptRoot)
    $commands = (Import-PowerShellDataFile (Join-Path $root 'Journal.psd1')).CmdletsToExport
    $cases = foreach ($name in $commands) {
        @{
            Name        = $name
            # Connect and Disconnect change the session alone.
            Changes     = $name -notmatch '^(Get|Measure|Test|Connect|Disconnect)-' -and $name -ne 'Write-JournalError'
            HasJournal  = $name -notin 'Disconnect-Journal', 'Write-JournalError'
            MakesOne    = $name -match '^(Connect|Import|Start|Invoke|Add|Set-JournalCheckpoint|Restore)'
            # To them a journal that is not there yet is one without anything, so that the first run of a script is as any other.
            MayBeEmpty  = $name -in 'Get-JournalBatch', 'Get-JournalTask', 'Get-JournalAttempt', 'Get-JournalEvent', 'Get-JournalResult', 'Get-JournalCheckpoint', 'Measure-JournalTask',
                'Clear-JournalCheckpoint', 'Remove-StaleJournalBatch', 'Repair-JournalBatch'
            # Inputs of a batch are anybody's objects: a Journal among their properties is another thing.
            TakesInputs = $name -in 'Add-JournalTask', 'Start-JournalBatch', 'Invoke-JournalBatch'
        }
    }
}
BeforeAll {
    Import-Module $PSScriptRoot/TestSupport.psm1 -Force
    $verbs = (Get-Verb).Verb
}
AfterAll { Clear-JournalSetting }

Describe '<Name>' -ForEach $cases {
    BeforeAll {
        $command = Get-Command $Name
        $own = $command.Parameters.Values | Where-Object { $_.Name -notin [System.Management.Automation.PSCmdlet]::CommonParameters }
    }

    It 'has an approved verb and a noun in the singular' {
        $command.Verb | Should -BeIn $verbs
        $command.Noun | Should -Match '^(Stale)?Journal(Batch|Task|Attempt|Event|Checkpoint|Result|Report|Metric|Error|Orphan)?$'
    }

    It 'reads a length of time in hours: 26:00:00 is not 26 days' {
        foreach ($parameter in $own | Where-Object { $_.ParameterType -in [timespan], [System.Nullable[timespan]] }) {
            $reader = @($parameter.Attributes | Where-Object { $_ -is [Journal.Commands.Binding.DurationAttribute] -or $_ -is [Journal.Commands.Binding.DaysAttribute] })
            $reader.Count | Should -Be 1 -Because "-$($parameter.Name) of $Name is a length of time"
            $reader[0].Transform($null, '26:00:00') | Should -Be ([timespan]::FromHours(26)) -Because "-$($parameter.Name) of $Name says so"
        }
    }

    It 'has parameters in Pascal case and in the singular, with one type each' {
        $own.Name | Where-Object { $_ -cnotmatch '^([A-Z][a-z0-9]*)+$' } | Should -BeNullOrEmpty
        $own.Name | Where-Object { $_ -cmatch 's$' -and $_ -notin 'Progress', 'Process', 'Status', 'MaxRetries', 'MaxFailures', 'PassThru' } | Should -BeNullOrEmpty
    }

    It 'asks before it changes anything, or changes nothing' {
        $asks = $command.Parameters.ContainsKey('WhatIf') -and $command.Parameters.ContainsKey('Confirm')
        $asks | Should -Be $Changes
    }

    It 'puts at most two parameters in positions, and none twice' {
        foreach ($set in $command.ParameterSets) {
            $positions = $set.Parameters.Position.Where{ $_ -ge 0 }
            $positions.Count | Should -BeLessOrEqual 2
            $positions | Sort-Object -Unique | Should -HaveCount $positions.Count
        }
    }
}

Describe '<Name>' -ForEach ($cases | Where-Object { $_.HasJournal }) {
    BeforeAll { $command = Get-Command $Name }

    It 'takes the journal as -JournalPath and -Journal, by property name, without wildcards' {
        $journal = $command.Parameters['JournalPath']
        $journal.ParameterType | Should -Be ([string])
        $journal.Aliases | Should -Contain 'Journal'
        $journal.Attributes.Where{ $_ -is [System.Management.Automation.SupportsWildcardsAttribute] } | Should -BeNullOrEmpty
        $byName = $journal.Attributes.Where{ $_ -is [System.Management.Automation.ParameterAttribute] }.ValueFromPipelineByPropertyName
        $byName | Should -Be (-not $TakesInputs)
    }
}

Describe '<Name>' -ForEach ($cases | Where-Object { $_.MayBeEmpty }) {
    It 'finds nothing where there is no journal yet, and makes none' {
        $journal = Use-NewJournal
        $arguments = if ($Name -eq 'Clear-JournalCheckpoint') { @{ Name = 'x' } } else { @{} }
        if ($Changes) { $arguments['Confirm'] = $false }
        $said = & $Name @arguments -ErrorAction Stop -Verbose 4>&1
        $said | Where-Object { $_ -isnot [System.Management.Automation.VerboseRecord] } | Should -BeNullOrEmpty
        @($said) -like "*$journal*" | Should -HaveCount 1
        $journal | Should -Not -Exist
    }
}

Describe '<Name>' -ForEach ($cases | Where-Object { $_.HasJournal -and -not $_.MakesOne -and -not $_.MayBeEmpty -and $_.Name -ne 'Test-JournalBatch' }) {
    BeforeAll { $command = Get-Command $Name }

    It 'says that a journal is not there, by id, and makes none' {
        $journal = Use-NewJournal
        $mandatory = @{}
        $set = $command.ParameterSets | Sort-Object { -not $_.IsDefault } | Select-Object -First 1
        foreach ($parameter in $set.Parameters.Where{ $_.IsMandatory }) {
            $mandatory[$parameter.Name] = if ($parameter.ParameterType.Name -match 'TaskReference') { 1 } elseif ($parameter.Name -in 'Destination', 'Path') { Join-Path $TestDrive 'nowhere' } else { 'x' }
        }
        if ($Changes) { $mandatory['Confirm'] = $false }
        if ($Name -eq 'Write-JournalEvent') { $mandatory['BatchId'] = 'x' }
        $errors = @(Get-ErrorOf { & $command @mandatory })
        $errors[0].Id | Should -Be JournalNotFound
        $errors[0].Category | Should -Be ObjectNotFound
        $errors[0].Target | Should -Be $journal
        $journal | Should -Not -Exist
    }
}

Describe 'Errors' {
    BeforeEach { $null = Use-NewJournal }

    It 'of an item go on with the next one, and stop under -ErrorAction Stop' {
        $null = 'a' | Start-JournalBatch one
        $batch = Get-JournalBatch one
        (Get-ErrorOf { Get-JournalBatch -Id nowhere, $batch.Id }).Terminating | Should -Be $false
        @(Get-JournalBatch -Id nowhere, $batch.Id -ErrorAction Ignore).Id | Should -Be $batch.Id
        $found = @(try { Get-JournalBatch -Id nowhere, $batch.Id -ErrorAction Stop } catch { $_.FullyQualifiedErrorId })
        $found | Should -Be 'BatchNotFound,Journal.Commands.GetJournalBatchCommand'
    }

    It 'are collected by -ErrorVariable' {
        $null = 'a' | Start-JournalBatch one
        Get-JournalBatch -Id nowhere -ErrorAction SilentlyContinue -ErrorVariable met
        $met.FullyQualifiedErrorId | Should -BeLike 'BatchNotFound*'
    }
}

Describe 'Defaults' {
    It 'are taken from $PSDefaultParameterValues' {
        $journal = Use-NewJournal
        $other = "$journal.other"
        $null = 'a' | Start-JournalBatch there -JournalPath $other
        $global:PSDefaultParameterValues['*-Journal*:JournalPath'] = $other
        try {
            (Get-JournalBatch).Name | Should -Be there
            'b' | Start-JournalBatch elsewhere
            $journal | Should -Not -Exist
        }
        finally { $global:PSDefaultParameterValues.Remove('*-Journal*:JournalPath') }
    }
}

Describe '<From>' -ForEach @(
    @{ From = 'A batch'; Emit = { Get-JournalBatch chain } }
    @{ From = 'A task'; Emit = { Get-JournalTask -First 1 } }
    @{ From = 'An attempt'; Emit = { Get-JournalAttempt -First 1 } }
    @{ From = 'An event of a task'; Emit = { Get-JournalEvent | Where-Object TaskId | Select-Object -First 1 } }
    @{ From = 'A summary'; Emit = { Get-JournalBatch chain | Measure-JournalBatch } }
    @{ From = 'A batch out of a CSV file'; Emit = { Get-JournalBatch chain | ConvertTo-Csv | ConvertFrom-Csv } }
    @{ From = 'A task out of JSON'; Emit = { Get-JournalTask -First 1 | ConvertTo-Json | ConvertFrom-Json } }
) {
    BeforeEach {
        # In a journal that is not the default one: what is emitted carries it along.
        $journal = Use-NewJournal
        $there = "$journal.there"
        $env:JOURNAL_PATH = $there
        $batch = 1..4 | Start-JournalBatch chain -MaxRetries 0
        Request-JournalTask $batch | Complete-JournalTask
        $emitted = & $Emit
        $env:JOURNAL_PATH = $journal
    }

    It 'pipes into <_>' -ForEach 'Get-JournalBatch', 'Measure-JournalBatch', 'Suspend-JournalBatch', 'Set-JournalBatch', 'Resume-JournalBatch', 'Stop-JournalBatch', 'Remove-JournalBatch', 'Repair-JournalBatch', 'Request-JournalTask',
    'Get-JournalTask', 'Measure-JournalTask', 'Get-JournalAttempt', 'Get-JournalEvent', 'Get-JournalCheckpoint', 'Export-JournalReport' {
        $ConfirmPreference = 'None'
        $errors = Get-ErrorOf { $emitted | & $_ | Out-Null }
        # A task is that very task, and this one is done.
        if ($_ -eq 'Request-JournalTask' -and $From -like 'A task*') { $errors.Id | Should -Be TaskNotClaimed }
        else { $errors | Should -BeNullOrEmpty }
        $journal | Should -Not -Exist
    }

    It 'pipes into <_>, if it tells a task' -ForEach 'Set-JournalTask', 'Skip-JournalTask' {
        if ($From -match 'batch|summary') { return }
        $errors = Get-ErrorOf { $emitted | & $_ -WhatIf }
        $errors | Should -BeNullOrEmpty
        $journal | Should -Not -Exist
    }
}

Describe 'The report of the suite' {
    It 'names each test that failed and each file that cannot be run, and says why' {
        Set-Content (Join-Path $TestDrive A.Tests.ps1) "Describe 'a' { It 'fails' { 1 | Should -Be 2 }; It 'passes' { 1 | Should -Be 1 } }"
        Set-Content (Join-Path $TestDrive B.Tests.ps1) "throw 'cannot be run'"
        $report = Join-Path $TestDrive report.json
        Invoke-PowerShell -NoProfile -NonInteractive -File (Join-Path $PSScriptRoot Run.ps1) -Path $TestDrive -Report $report | Out-Null
        $LASTEXITCODE | Should -Be 1
        $figures = Get-Content -Raw $report | ConvertFrom-Json
        $figures.Passed, $figures.Failed | Should -Be 1, 2
        $figures.Failures.Count | Should -Be 2
        "$($figures.Failures)" | Should -BeLike '*a.fails*Expected 2, but got 1*B.Tests.ps1*cannot be run*'
    }
}
