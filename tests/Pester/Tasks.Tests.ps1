BeforeAll { Import-Module $PSScriptRoot/TestSupport.psm1 -Force }
AfterAll { Clear-JournalSetting }

Describe 'Get-JournalTask' {
    BeforeEach {
        $null = Use-NewJournal
        $batch = 'apple', 'banana', 'cherry', 'date' | Start-JournalBatch fruit -SourceType Fruit -RetryDelay 0
        $other = 'apple' | Start-JournalBatch other
        Get-JournalTask $batch -Key apple | Set-JournalTask -Metadata @{ subject = 'AI'; size = 3; deep = @{ colour = 'red' } } -Priority 9
        Request-JournalTask $batch -Worker w1 | Complete-JournalTask
        Request-JournalTask $batch -Worker w2 | Set-JournalTask -Status Failed -ErrorMessage 'Not there: 17' -ErrorCategory NotFound
    }

    It 'gets by <What>' -ForEach @(
        @{ What = 'batch'; Given = @{}; Keys = 'apple', 'banana', 'cherry', 'date' }
        @{ What = 'key'; Given = @{ Key = 'banana' }; Keys = 'banana' }
        @{ What = 'pattern'; Given = @{ Key = '*e', 'b*' }; Keys = 'apple', 'banana', 'date' }
        @{ What = 'status'; Given = @{ Status = 'Completed', 'Failed' }; Keys = 'apple', 'banana' }
        @{ What = 'category'; Given = @{ ErrorCategory = 'NotFound' }; Keys = 'banana' }
        @{ What = 'signature'; Given = @{ Signature = 'Not there*' }; Keys = 'banana' }
        @{ What = 'worker'; Given = @{ Worker = 'w?' }; Keys = 'apple', 'banana' }
        @{ What = 'source type'; Given = @{ SourceType = 'Fruit'; First = 1 }; Keys = 'apple' }
        @{ What = 'metadata'; Given = @{ Metadata = @{ subject = 'AI' } }; Keys = 'apple' }
        @{ What = 'a pattern in the metadata'; Given = @{ Metadata = @{ subject = 'A*' } }; Keys = 'apple' }
        @{ What = 'a number in the metadata'; Given = @{ Metadata = @{ size = 3 } }; Keys = 'apple' }
        @{ What = 'metadata a level down'; Given = @{ Metadata = @{ 'deep.colour' = 'red' } }; Keys = 'apple' }
        @{ What = 'metadata that none has'; Given = @{ Metadata = @{ subject = 'AI'; size = 4 } }; Keys = @() }
        @{ What = 'time of change'; Given = @{ Since = [datetime]::Now.AddHours(1) }; Keys = @() }
        @{ What = 'time before a change'; Given = @{ Until = [datetime]::Now.AddHours(1) }; Keys = 'apple', 'banana', 'cherry', 'date' }
        @{ What = 'order and page'; Given = @{ OrderBy = 'Key'; Descending = $true; First = 2; Skip = 1 }; Keys = 'cherry', 'banana' }
        @{ What = 'priority'; Given = @{ OrderBy = 'Priority'; Descending = $true; First = 1 }; Keys = 'apple' }
        @{ What = 'nothing, with a limit of none'; Given = @{ First = 0 }; Keys = @() }
    ) {
        @((Get-JournalTask $batch @Given).Key) | Should -Be $Keys
    }

    It 'gets the tasks of batches from the pipeline' {
        (Get-JournalBatch | Get-JournalTask -Key apple).BatchId | Should -Be $other.Id, $batch.Id
    }

    It 'gets a task as it is now, from a task, an attempt or an event' {
        $task = Get-JournalTask $batch -Key cherry
        $task | Skip-JournalTask
        ($task | Get-JournalTask).Status | Should -Be 'Skipped'
        (Get-JournalAttempt $batch | Get-JournalTask).Key | Should -Be 'apple', 'banana'
        (Get-JournalEvent $batch -Kind Failed | Get-JournalTask).Key | Should -Be 'banana'
    }

    It 'streams: the first is there before the last is read' {
        $null = 1..5000 | Start-JournalBatch many
        (Get-JournalTask (Get-JournalBatch many) | Select-Object -First 1).Key | Should -Be '1'
    }

    It 'finds keys with quotes, brackets, percent signs and newlines by themselves' {
        $keys = "it's", 'a[1].txt', '100%', "two`nlines", '_x_', 'emoji 📷'
        $odd = $keys | Start-JournalBatch odd
        foreach ($key in $keys) { (Get-JournalTask $odd -Key ([wildcardpattern]::Escape($key))).Key | Should -BeExactly $key }
    }

    It 'knows no <What>' -ForEach @(
        @{ What = 'batch'; Given = @{ BatchId = 'nope' }; Id = 'BatchNotFound'; Target = 'nope' }
        @{ What = 'task'; Given = @{ Id = 999 }; Id = 'TaskNotFound'; Target = 999 }
        @{ What = 'key'; Given = @{ Key = 'fig' }; Id = 'TaskKeyNotFound'; Target = 'fig' }
    ) {
        $found = Get-ErrorOf { Get-JournalTask @Given }
        $found.Id | Should -Be $Id
        $found.Category | Should -Be 'ObjectNotFound'
        $found.Target | Should -Be $Target
    }

    It 'refuses a negative -<Limit>' -ForEach @(@{ Limit = 'First' }, @{ Limit = 'Skip' }) {
        $given = @{ $Limit = -1 }
        (Get-ErrorOf { Get-JournalTask @given }).Id | Should -Be 'ParameterArgumentValidationError'
    }

    It 'survives a CSV file, metadata and lists as JSON' {
        $row = Get-JournalTask $batch -Key apple | ConvertTo-Csv | ConvertFrom-Csv
        $row.Key | Should -Be 'apple'
        ($row.Metadata | ConvertFrom-Json).deep.colour | Should -Be 'red'
        $row.Outputs | Should -Be '[]'
        $row.Input | Should -Be 'apple'
        $batchRow = Get-JournalBatch -Id $batch | ConvertTo-Csv | ConvertFrom-Csv
        ($batchRow.Options | ConvertFrom-Json) | Should -Not -BeNullOrEmpty
        ($batchRow.Counts | ConvertFrom-Json).Failed | Should -Be 1
        $batchRow.Stages | Should -Be '[]'
    }

    It 'exports files by their path' {
        $files = Get-Item $PSCommandPath | Start-JournalBatch files
        (Get-JournalTask $files | ConvertTo-Csv | ConvertFrom-Csv).Input | Should -Be $PSCommandPath
    }
}

Describe 'Measure-JournalTask' {
    BeforeEach {
        $null = Use-NewJournal
        $batch = 1..4 | Start-JournalBatch measured -Metadata @{}
        Get-JournalTask $batch -Key 1, 2 | Set-JournalTask -Metadata @{ subject = 'AI' }
        Request-JournalTask $batch -Count 2 | Complete-JournalTask
        Request-JournalTask $batch | Set-JournalTask -Status Failed -ErrorMessage 'Not there: 17' -ErrorCategory NotFound
    }

    It 'counts by status, the largest group first' {
        $groups = $batch | Measure-JournalTask
        $groups[0].Status | Should -Be 'Completed'
        $groups | ForEach-Object Count | Should -Be 2, 1, 1
        $groups[0].Succeeded | Should -Be 2
        $groups[0].MeanDuration | Should -BeOfType ([timespan])
        $groups[0].Example | Should -Be '1'
        ($groups | Where-Object Status -EQ Failed).Failed | Should -Be 1
    }

    It 'groups by <By>' -ForEach @(
        @{ By = 'Metadata.subject'; Column = 'subject'; Values = 'AI', $null }
        @{ By = 'errorcategory'; Column = 'ErrorCategory'; Values = 'None', 'NotFound' }
        @{ By = 'SourceType'; Column = 'SourceType'; Values = 'Int32' }
        @{ By = 'BatchId'; Column = 'BatchId'; Values = @() }
        @{ By = 'Hour'; Column = 'Hour'; Values = @() }
        @{ By = 'Day'; Column = 'Day'; Values = @() }
        @{ By = 'Signature'; Column = 'Signature'; Values = @() }
        @{ By = 'Worker'; Column = 'Worker'; Values = @() }
        @{ By = 'Stage'; Column = 'Stage'; Values = @() }
        @{ By = 'QuotaProject'; Column = 'QuotaProject'; Values = @() }
    ) {
        $groups = @($batch | Measure-JournalTask -GroupBy $By)
        ($groups | Measure-Object Count -Sum).Sum | Should -Be 4
        if ($Values.Count -gt 0) { foreach ($value in $Values) { @($groups.$Column | ForEach-Object { "$_" }) | Should -Contain "$value" } }
        $groups[0].PSObject.Properties.Name | Should -Contain $Column
    }

    It 'groups by several columns at once' {
        Measure-JournalTask $batch -GroupBy Status, Metadata.subject | Should -HaveCount 3
    }

    It 'takes the filters of Get-JournalTask' {
        (Measure-JournalTask $batch -Status Failed -GroupBy ErrorCategory).Count | Should -Be 1
    }

    It 'cannot group by <By>' -ForEach @(@{ By = 'Colour' }, @{ By = '1' }, @{ By = 'Metadata' }) {
        $found = Get-ErrorOf { Measure-JournalTask $batch -GroupBy $By }
        $found.Id | Should -Be 'InvalidValue'
        $found.Target | Should -Be $By
    }
}

Describe 'Measure-JournalBatch' {
    BeforeEach {
        $null = Use-NewJournal
        $batch = 1..4 | Start-JournalBatch measured -QuotaLimit 10
    }

    It 'sums a batch up' {
        Request-JournalTask $batch -Count 2 | Complete-JournalTask -Quota 2
        Request-JournalTask $batch | Set-JournalTask -Status Failed -ErrorMessage 'Not there: 17' -ErrorCategory NotFound
        $summary = Get-JournalBatch | Measure-JournalBatch
        $summary | Should -BeOfType ([Journal.JournalBatchSummary])
        $summary.BatchId | Should -Be $batch.Id
        $summary.Completed | Should -Be 2
        $summary.Remaining | Should -Be 1
        $summary.Percent | Should -Be 75
        $summary.SuccessRate | Should -Be 66.7
        $summary.QuotaConsumed | Should -Be 4
        $summary.QuotaLeft | Should -Be 6
        $summary.ErrorsByCategory.NotFound | Should -Be 1
        $summary.Eta | Should -BeGreaterThan ([timespan]::Zero)
        $summary.JournalPath | Should -Be $env:JOURNAL_PATH
    }

    It 'estimates less for more workers' {
        Request-JournalTask $batch | Complete-JournalTask
        (Measure-JournalBatch $batch -ThrottleLimit 3).Eta | Should -BeLessThan (Measure-JournalBatch $batch).Eta
    }

    It 'knows no batch nope' {
        (Get-ErrorOf { Measure-JournalBatch nope }).Id | Should -Be 'BatchNotFound'
    }
}
