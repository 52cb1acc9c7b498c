BeforeDiscovery {
    $root = Split-Path (Split-Path $PSScriptRoot)
    $commands = (Import-PowerShellDataFile (Join-Path $root 'Journal.psd1')).CmdletsToExport
    $changing = $commands | Where-Object { $_ -match '^(Optimize|Backup|Start|Add|Suspend|Resume|Stop|Remove|Repair|Request|Update|Complete|Skip|Set|Clear|Invoke)-' }
}
BeforeAll {
    Import-Module $PSScriptRoot/TestSupport.psm1 -Force
    $root = Get-RepositoryRoot
    $manifest = Import-PowerShellDataFile (Get-ModulePath)
    $assembly = [Journal.Commands.Base.JournalCmdlet].Assembly
}
AfterAll { Clear-JournalSetting }

Describe 'The module' {
    It 'exports every cmdlet it has, by name, and nothing else' {
        $cmdlets = $assembly.GetExportedTypes() | ForEach-Object { $_.GetCustomAttributes([System.Management.Automation.CmdletAttribute], $false) } | ForEach-Object { "$($_.VerbName)-$($_.NounName)" }
        $manifest.CmdletsToExport | Sort-Object | Should -Be ($cmdlets | Sort-Object)
        (Get-Command -Module Journal).Name | Sort-Object | Should -Be ($manifest.CmdletsToExport | Sort-Object)
        $manifest.FunctionsToExport | Should -BeNullOrEmpty
        $manifest.AliasesToExport | Should -BeNullOrEmpty
    }

    It 'has a manifest that a gallery takes' {
        $info = Test-ModuleManifest (Get-ModulePath)
        $info.PowerShellVersion | Should -Be '7.6'
        $info.CompatiblePSEditions | Should -Be 'Core'
        $info.Description | Should -Not -BeNullOrEmpty
        $info.PrivateData.PSData.Tags | Should -Contain 'PSEdition_Core'
        $info.LicenseUri | Should -Not -BeNullOrEmpty
        @(Get-Content (Join-Path $root CHANGELOG.md)) -match "^## \[$($info.Version)\] - \d{4}-\d\d-\d\d$" | Should -HaveCount 1
    }

    It 'brings no engine into the session''s load context' {
        $null = Use-NewJournal
        $null = 'a' | Start-JournalBatch x
        $default = [System.Runtime.Loader.AssemblyLoadContext]::GetLoadContext($assembly)
        $default.Assemblies.GetName().Name | Should -Not -Contain 'Journal.Sqlite'
        [System.Runtime.Loader.AssemblyLoadContext]::All.Name | Should -Contain 'Journal:Journal.Sqlite'
    }
}

Describe '<_>' -ForEach $commands {
    BeforeAll { $command = Get-Command $_ }

    It 'says what it emits, or emits nothing' {
        if ($command.Name -in 'Clear-JournalCheckpoint', 'Disconnect-Journal', 'Write-JournalError', 'Write-JournalEvent') { $command.OutputType | Should -BeNullOrEmpty }
        else { $command.OutputType | Should -Not -BeNullOrEmpty }
    }

    It 'takes -JournalPath, also as -Journal' {
        if ($command.Name -in 'Disconnect-Journal', 'Write-JournalError') { return }
        $command.Parameters['JournalPath'].Aliases | Should -Contain 'Journal'
    }
}

Describe '<_>' -ForEach $changing {
    It 'has -WhatIf and -Confirm' {
        (Get-Command $_).Parameters.Keys | Should -Contain 'WhatIf'
        (Get-Command $_).Parameters.Keys | Should -Contain 'Confirm'
    }
}

Describe 'Completion' {
    BeforeEach {
        $journal = Use-NewJournal
        function Complete-Line([string] $Line) { ([System.Management.Automation.CommandCompletion]::CompleteInput($Line, $Line.Length, $null)).CompletionMatches.CompletionText }
    }

    It 'offers <What>' -ForEach @(
        @{ What = 'ids of batches'; Line = 'Suspend-JournalBatch pho'; Is = { $photos.Id } }
        @{ What = 'names of batches, each once'; Line = 'Get-JournalBatch -Name '; Is = { "'it''s'", 'photos' } }
        @{ What = 'names with quotes, quoted'; Line = "Get-JournalBatch -Name 'it"; Is = { "'it''s'" } }
        @{ What = 'stages'; Line = 'Get-JournalTask -Stage D'; Is = { 'Download' } }
        @{ What = 'stages of the batch on the line'; Line = 'Request-JournalTask {0} -Stage '; Is = { 'Download', 'Convert' } }
        @{ What = 'keys of the batch on the line'; Line = 'Get-JournalTask -BatchId {0} -Key a'; Is = { 'apple', "'a pear'" } }
        @{ What = 'keys in any case'; Line = 'Get-JournalTask -BatchId {0} -Key A'; Is = { 'apple', "'a pear'" } }
        @{ What = 'keys in quotes'; Line = "Get-JournalTask -BatchId {0} -Key 'a P"; Is = { "'a pear'" } }
        @{ What = 'a table of metadata'; Line = 'Get-JournalTask -BatchId {0} -Metadata '; Is = { "@{{colour = '*'}}" -f @() } }
        @{ What = 'a table of metadata that was begun'; Line = 'Measure-JournalTask -BatchId {0} -Metadata @'; Is = { "@{{colour = '*'}}" -f @() } }
        @{ What = 'names of checkpoints'; Line = 'Get-JournalCheckpoint sc'; Is = { 'scan' } }
        @{ What = 'workers'; Line = 'Get-JournalTask -Worker han'; Is = { "'hand by hand'" } }
        @{ What = 'signatures of errors'; Line = 'Get-JournalTask -Signature No'; Is = { "'No photo <value>'" } }
        @{ What = 'source types'; Line = 'Get-JournalTask -SourceType Fr'; Is = { 'Fruit' } }
        @{ What = 'ids of tasks'; Line = 'Get-JournalAttempt -BatchId {0} -TaskId '; Is = { "$((Get-JournalTask $photos).Id)" -split ' ' } }
        @{ What = 'names of metadata'; Line = 'Measure-JournalTask -BatchId {0} -GroupBy Metadata.c'; Is = { 'Metadata.colour' } }
        @{ What = 'what to group by'; Line = 'Measure-JournalTask -GroupBy Err'; Is = { 'ErrorCategory' } }
        @{ What = 'from the journal on the line'; Line = 'Get-JournalBatch -JournalPath {1} -Name '; Is = { 'elsewhere' } }
    ) {
        $photos = 'apple', 'a pear', 'fig' | Start-JournalBatch photos -Stage Download, Convert -SourceType Fruit
        Request-JournalTask $photos -Worker 'hand by hand' | Set-JournalTask -Status Failed -ErrorMessage "No photo 'x'" -NoRetry -Metadata @{ colour = 'red' }
        $null = 'a' | Start-JournalBatch "it's"
        $null = 'a' | Start-JournalBatch elsewhere -JournalPath "$journal.only"
        Set-JournalCheckpoint scan 1
        $offered = @(Complete-Line ($Line -f $photos.Id, "$journal.only"))
        $offered | Sort-Object | Should -Be (& $Is | Sort-Object)
    }

    It 'offers metadata that finds what has it, whatever its name is' {
        $batch = 'a', 'b' | Start-JournalBatch odd
        Get-JournalTask -BatchId $batch.Id -Key a | Set-JournalTask -Metadata @{ "it's odd" = 3 }
        $offered = Complete-Line "Get-JournalTask -BatchId $($batch.Id) -Metadata "
        $offered | Should -Be "@{'it''s odd' = '*'}"
        & ([scriptblock]::Create("Get-JournalTask -BatchId $($batch.Id) -Metadata $offered")) | ForEach-Object Key | Should -Be a
    }

    It 'tells name, status, progress and age of a batch, and what would act on the terminal is shown' {
        $batch = "odd`e[2J" | Start-JournalBatch told
        $line = 'Suspend-JournalBatch to'
        [System.Management.Automation.CommandCompletion]::CompleteInput($line, $line.Length, $null).CompletionMatches.ToolTip | Should -Be 'told: Ready, 0/1, just now'
        $line = "Get-JournalTask $batch -Key o"
        [System.Management.Automation.CommandCompletion]::CompleteInput($line, $line.Length, $null).CompletionMatches.ListItemText | Should -Be 'odd␛[2J'
    }

    It 'offers nothing, and makes nothing, where there is no journal' {
        $null = Complete-Line 'Get-JournalBatch -Name x'
        $journal | Should -Not -Exist
    }

    It 'offers nothing, without an error, where the journal is something else' {
        Set-Content $journal ('something else ' * 100)
        $before = $Error.Count
        $null = Complete-Line 'Suspend-JournalBatch x'
        $Error.Count | Should -Be $before
    }
}

Describe 'The test command' {
    It 'goes on to its last line after a failed test' {
        $failing = Join-Path $TestDrive 'Failing.Tests.ps1'
        Set-Content $failing "Describe 'one' { It 'fails' { 1 | Should -Be 2 } }"
        $script = Join-Path $TestDrive 'suite.ps1'
        Set-Content $script @"
`$ErrorActionPreference = 'Stop'
`$PSNativeCommandUseErrorActionPreference = `$true
Import-Module '$(Join-Path (Get-RepositoryRoot) build Tools.psm1)'
Invoke-TestSuite -Path '$failing' | Out-Null
"the last line, `$LASTEXITCODE"
"@
        Invoke-PowerShell -NoProfile -NonInteractive -File $script | Select-Object -Last 1 | Should -Be 'the last line, 1'
    }
}
