BeforeAll {
    Import-Module $PSScriptRoot/TestSupport.psm1 -Force
    $samples = Join-Path (Get-RepositoryRoot) tests/samples

    # A path under the test's drive, as files outside PowerShell see it.
    function Get-NewPath([string] $Name) { Join-Path ([System.IO.Path]::GetFullPath((Get-PSDrive TestDrive).Root)) "$([guid]::NewGuid().ToString('N'))-$Name" }
}
AfterAll { Clear-JournalSetting }

Describe 'Import-Journal' {
    BeforeEach { $journal = Use-NewJournal }

    It 'recognises <file> as <format> by its content, and brings nothing in twice' -ForEach @(
        @{ file = 'batch-journal.json'; format = 'BatchJournal'; added = 6 }
        @{ file = 'batch-journal-old.json'; format = 'BatchJournal'; added = 3 }
        @{ file = 'job-log.json'; format = 'JobLog'; added = 3 }
        @{ file = 'processing-state.json'; format = 'ProcessingState'; added = 4 }
        @{ file = 'parallel.joblog'; format = 'ParallelJoblog'; added = 3 }
        @{ file = 'episodes'; format = 'Episodes'; added = 4 }
        @{ file = 'systems/batch-journal/journal.json'; format = 'BatchJournal'; added = 101 }
        @{ file = 'systems/job-log/one-record-with-comments.json'; format = 'JobLog'; added = 1 }
        @{ file = 'systems/job-log/one-failed-record.json'; format = 'JobLog'; added = 1 }
        @{ file = 'systems/job-log/two-records.json'; format = 'JobLog'; added = 2 }
        @{ file = 'systems/job-log/processing_log.json'; format = 'JobLog'; added = 9 }
        @{ file = 'systems/job-log/ten-records.jsonl'; format = 'JobLog'; added = 9 }
        @{ file = 'systems/partial-processing/processing_state.json'; format = 'ProcessingState'; added = 5 }
        @{ file = 'systems/episodes'; format = 'Episodes'; added = 11 }
        @{ file = 'systems/episodes/index.json'; format = 'Episodes'; added = 11 }
        @{ file = 'systems/episodes/state.db'; format = 'Episodes'; added = 11 }
        @{ file = 'systems/transcoder/transcoder.db'; format = 'Transcoder'; added = 40 }
        @{ file = 'systems/transcoder/jobs.json'; format = 'Transcoder'; added = 3 }
    ) {
        $first = Import-Journal (Join-Path $samples $file)
        $first.Format | Select-Object -Unique | Should -Be $format
        ($first | Measure-Object Added -Sum).Sum | Should -Be $added
        $again = Import-Journal (Join-Path $samples $file)
        ($again | Measure-Object Added -Sum).Sum | Should -Be 0
        ($again | Measure-Object AlreadyThere -Sum).Sum | Should -Be $added
        @(Get-JournalTask).Count | Should -Be $added
        (Test-Journal).Problems | Should -BeNullOrEmpty
    }

    It 'takes wildcards and files from the pipeline' {
        @(Import-Journal (Join-Path $samples 'batch-*.json')).Count | Should -Be 3
        @(Get-ChildItem $samples -File | Import-Journal).Count | Should -Be 6
    }

    It 'takes a path literally where its name has wildcards' {
        $odd = Join-Path $TestDrive 'a[1].json'
        Copy-Item (Join-Path $samples job-log.json) -Destination $odd
        (Import-Journal -LiteralPath $odd).Added | Should -Be 3
        (Import-Journal $odd).AlreadyThere | Should -Be 3
    }

    It 'says with -WhatIf what would come in, and makes not even the journal' {
        Import-Journal (Join-Path $samples job-log.json) -WhatIf
        Test-Path $journal | Should -BeFalse
    }

    It 'calls the batch what it is told to, and reads local times where it is told to' {
        $state = Join-Path $TestDrive state.json
        '{"a.jpg":{"status":"done","time":"2025-06-01T20:00:00"}}' | Set-Content $state
        (Import-Journal $state -Name photos -AssumeLocalTime).Name | Should -Be photos
        (Get-JournalTask).EndedAt.LocalDateTime | Should -Be ([datetime]'2025-06-01T20:00:00')
    }

    It 'goes on with the other files after one that is wrong, which it names with its line' {
        $wrong = Join-Path $TestDrive wrong.json
        "[`n{`"id`":`"1`",`"success`":true},`n{`"id`":" | Set-Content $wrong
        $errors = Get-ErrorOf { $script:imported = Import-Journal $wrong, (Join-Path $samples job-log.json) }
        $errors.Id | Should -Be 'ImportFileInvalid'
        $errors.Category | Should -Be 'InvalidData'
        $errors.Target | Should -Be $wrong
        $errors.Message | Should -BeLike '*line 4: *Nothing was imported.'
        $errors.Terminating | Should -BeFalse
        $script:imported.Added | Should -Be 3
    }

    It 'has an error id for <id>' -ForEach @(
        @{ id = 'ImportFormatUnknown'; text = 'once upon a time' }
        @{ id = 'ImportFileEmpty'; text = '[]' }
        @{ id = 'ImportFileInvalid'; text = '[{"id":"1","batchId":"b","status":"dreaming"}]' }
    ) {
        $file = Join-Path $TestDrive "$id.txt"
        $text | Set-Content $file
        (Get-ErrorOf { Import-Journal $file }).Id | Should -Be $id
        Test-Path $journal | Should -BeFalse
    }

    It 'says that a file is not there' {
        (Get-ErrorOf { Import-Journal (Join-Path $TestDrive none.json) }).Id | Should -Be 'InputFileNotFound'
        (Get-ErrorOf { Import-Journal (Join-Path $TestDrive 'none*.json') }).Id | Should -Be 'InputFileNotFound'
    }

    It 'lets an imported batch be run on' {
        $batch = Import-Journal (Join-Path $samples batch-journal-old.json)
        $keys = Invoke-JournalBatch -BatchId $batch.BatchId -SkipFailed { $_ }
        $keys | Should -Be 'UC29ju8bIPH5as8'
        (Get-JournalBatch -Id $batch.BatchId).Completed | Should -Be 2
    }

    It 'reads what Export-Csv wrote of tasks' {
        'a', "'=b" | Start-JournalBatch work | Out-Null
        $table = Join-Path $TestDrive tasks.csv
        Get-JournalTask | Export-Csv $table
        $null = Use-NewJournal
        (Import-Journal $table).Added | Should -Be 2
        (Get-JournalTask).Key | Should -Be 'a', "'=b"
    }
}

Describe 'Export-Journal' {
    BeforeEach {
        $journal = Use-NewJournal
        $null = Import-Journal (Join-Path $samples job-log.json), (Join-Path $samples batch-journal.json)
    }

    It 'writes <format>, which comes in again whole' -ForEach @(
        @{ format = 'Json'; name = 'x.json'; attempts = 12 }
        @{ format = 'Jsonl'; name = 'x.jsonl'; attempts = 12 }
        @{ format = 'Csv'; name = 'x.csv'; attempts = 0 }
        @{ format = 'Yaml'; name = 'x'; attempts = 12 }
    ) {
        $path = Get-NewPath $name
        $done = Export-Journal $path -Format $format
        $done.Tasks | Should -Be 9
        $done.Batches | Should -Be 3
        $before = Get-JournalTask | Sort-Object BatchId, Key | Select-Object BatchId, Key, Status, Stage, ErrorMessage, TargetId, Metadata, CreatedAt, EndedAt, Duration | ConvertTo-Json -Depth 5
        $null = Use-NewJournal
        $back = Import-Journal $path
        ($back | Measure-Object Added -Sum).Sum | Should -Be 9
        @(Get-JournalAttempt).Count | Should -Be $attempts
        Get-JournalTask | Sort-Object BatchId, Key | Select-Object BatchId, Key, Status, Stage, ErrorMessage, TargetId, Metadata, CreatedAt, EndedAt, Duration | ConvertTo-Json -Depth 5 | Should -Be $before
        (Test-Journal).Problems | Should -BeNullOrEmpty
    }

    It 'carries the memory of removed batches, so that an incremental run leaves out what they completed: <Format>' -ForEach @(
        @{ Format = 'Json'; Name = 'x.json' }, @{ Format = 'Jsonl'; Name = 'x.jsonl' }, @{ Format = 'Yaml'; Name = 'x' }
    ) {
        $null = Use-NewJournal
        'a', 'b' | Invoke-JournalBatch kept -Incremental { $_ } | Out-Null
        'z' | Invoke-JournalBatch other -Incremental { $_ } | Out-Null
        $null = Remove-StaleJournalBatch -OlderThan ([timespan]::Zero) -Confirm:$false
        'a', 'b', 'c' | Invoke-JournalBatch kept -Incremental { $_ } | Should -Be c
        $whole = Get-NewPath $Name
        $part = Get-NewPath $Name
        Export-Journal $whole -Format $Format | Out-Null
        Export-Journal $part -Format $Format -Name kept | Out-Null

        $null = Use-NewJournal
        Import-Journal $whole -WhatIf
        Import-Journal $whole | Out-Null
        'a', 'b', 'c', 'd' | Invoke-JournalBatch kept -Incremental { $_ } | Should -Be d
        'z', 'y' | Invoke-JournalBatch other -Incremental { $_ } | Should -Be y
        (Import-Journal $whole | Measure-Object Added -Sum).Sum | Should -Be 0
        (Test-Journal).Problems | Should -BeNullOrEmpty

        $null = Use-NewJournal
        Import-Journal $part | Out-Null
        'a', 'b', 'c', 'd' | Invoke-JournalBatch kept -Incremental { $_ } | Should -Be d
        'z', 'y' | Invoke-JournalBatch other -Incremental { $_ } | Should -Be z, y
    }

    It 'refuses what is no memory of removed batches, and imports nothing' {
        $null = Use-NewJournal
        'a' | Invoke-JournalBatch kept -Incremental { $_ } | Out-Null
        $null = Remove-StaleJournalBatch -OlderThan ([timespan]::Zero) -Confirm:$false
        $path = Get-NewPath x.json
        Export-Journal $path | Out-Null
        $text = Get-Content -Raw $path
        foreach ($bad in $text.Replace('\"tasks\"', '\"other\"'), $text.Replace('"batchId":"kept', '"batchId":"else'), $text.Replace('"json":"{', '"json":"')) {
            $bad | Should -Not -Be $text
            Set-Content $path $bad
            $journal = Use-NewJournal
            (Get-ErrorOf { Import-Journal $path }).Id | Should -Be ImportFileInvalid
            $journal | Should -Not -Exist
        }
    }

    It 'knows the format by the extension, and writes the batches it is asked for' {
        (Export-Journal (Get-NewPath x.csv) -Name job-log).Format | Should -Be 'Csv'
        (Get-JournalBatch -Name job-log | Export-Journal (Get-NewPath x.jsonl)).Tasks | Should -Be 3
        (Get-ErrorOf { Export-Journal (Get-NewPath x.csv) -Name nobody }).Id | Should -Be 'BatchNameNotFound'
        (Get-ErrorOf { Export-Journal (Get-NewPath x.csv) -BatchId nobody }).Id | Should -Be 'BatchNotFound'
    }

    It 'leaves a file that is there unless told otherwise' {
        $path = Get-NewPath x.json
        'mine' | Set-Content $path
        (Get-ErrorOf { Export-Journal $path }).Id | Should -Be 'ExportFileExists'
        Get-Content $path | Should -Be 'mine'
        (Export-Journal $path -Force).Tasks | Should -Be 9
        Export-Journal (Get-NewPath y.json) -WhatIf | Should -BeNullOrEmpty
    }

    It 'neutralises what a spreadsheet would run, and gives it back' {
        $null = Use-NewJournal
        '=cmd()', "'=quoted", '-5', '@x' | Start-JournalBatch work | Out-Null
        $path = Get-NewPath x.csv
        $null = Export-Journal $path
        (Import-Csv $path).Key | Should -Be "'=cmd()", "''=quoted", '-5', "'@x"
        $null = Use-NewJournal
        $null = Import-Journal $path
        (Get-JournalTask).Key | Should -Be '=cmd()', "'=quoted", '-5', '@x'
    }

    It 'writes of a mirror only what has changed, and compresses what is old' {
        $mirror = Get-NewPath mirror
        (Export-Journal $mirror -Format Yaml).Written | Should -Be 9
        (Export-Journal $mirror -Format Yaml).Written | Should -Be 0
        Get-JournalTask -Key '*gamma' | Resume-JournalBatch | Out-Null
        (Export-Journal $mirror -Format Yaml).Written | Should -Be 1
        (Export-Journal $mirror -Format Yaml -CompressOlderThan 30d).Compressed | Should -Be 6
        Get-ChildItem $mirror -Recurse -Filter *.yaml.gz | Should -HaveCount 6
        (Get-ErrorOf { Export-Journal (Get-NewPath x.json) -CompressOlderThan 30 }).Id | Should -Be 'InvalidValue'
    }
}

Describe 'Test-Journal -MirrorPath' {
    BeforeEach {
        $null = Use-NewJournal
        $null = Import-Journal (Join-Path $samples job-log.json)
        $mirror = Get-NewPath mirror
        $null = Export-Journal $mirror -Format Yaml
    }

    It 'is content where files and journal agree' {
        (Test-Journal -MirrorPath $mirror).IsHealthy | Should -BeTrue
    }

    It 'tells of files that are missing, altered, or of no task' {
        $files = Get-ChildItem $mirror -Recurse -Filter *.yaml
        Remove-Item $files[0]
        (Get-Content -Raw $files[1]).Replace('Completed', 'Failed') | Set-Content $files[1] -NoNewline
        Copy-Item $files[2] -Destination (Join-Path $mirror stray.yaml)
        $health = Test-Journal -MirrorPath $mirror
        $health.IsHealthy | Should -BeFalse
        $health.Problems | Should -HaveCount 3
    }

    It 'says that a folder is no mirror' {
        (Get-ErrorOf { Test-Journal -MirrorPath $samples }).Id | Should -Be 'NotAMirror'
    }
}
