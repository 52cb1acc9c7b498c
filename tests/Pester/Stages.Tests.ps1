# Work in stages: an ordered dictionary of script blocks.

BeforeAll { Import-Module "$PSScriptRoot/TestSupport.psm1" -Force }

AfterAll { Clear-JournalSetting }

Describe 'Invoke-JournalBatch with stages' {
    BeforeEach { $null = Use-NewJournal }

    It 'takes each task through them in order, and a later one gets what an earlier one emitted' {
        'a', 'b' | Invoke-JournalBatch episodes ([ordered]@{
                Download = { [pscustomobject]@{ Path = "/tmp/$_"; Size = 12 } }
                Convert  = { "$($JournalTask.Result('Download').Path).mp3" }
            }) | Where-Object { $_ -is [string] } | Should -Be '/tmp/a.mp3', '/tmp/b.mp3'
        (Get-JournalAttempt).Stage | Should -Be Download, Convert, Download, Convert
    }

    It 'goes on in the stage where it failed, with the budget of that stage' {
        $script:n = 0
        $work = [ordered]@{ Download = { 'got' }; Convert = { if ($script:n++ -lt 2) { throw 'odd' }; 'made' } }
        Get-ErrorOf { 'a' | Invoke-JournalBatch episodes $work -MaxRetries @{ Convert = 1 } -RetryDelay 0 } | Out-Null
        (Get-JournalTask).Stage, (Get-JournalTask).Status | Should -Be Convert, Failed
        (Get-JournalAttempt).Stage | Should -Be Download, Convert, Convert
    }

    It 'goes on in the stage where it failed when the line is run again, when the batch is resumed, and when the task is' {
        $work = [ordered]@{ Download = { 'got' }; Convert = { if (-not $env:JOURNAL_TEST_GOOD) { throw 'odd' }; "made of $($JournalTask.Result('Download'))" } }
        $env:JOURNAL_TEST_GOOD = ''
        $null = Get-ErrorOf { 'a' | Invoke-JournalBatch episodes $work -MaxRetries 0 }
        $null = Get-ErrorOf { 'a' | Invoke-JournalBatch episodes $work }
        $null = Resume-JournalBatch -Name episodes
        $null = Get-ErrorOf { Invoke-JournalBatch episodes $work }
        $null = Get-JournalTask | Resume-JournalBatch
        try {
            $env:JOURNAL_TEST_GOOD = 1
            Invoke-JournalBatch episodes $work | Where-Object { $_ -like 'made*' } | Should -Be 'made of got'
            (Get-JournalAttempt).Stage | Should -Be Download, Convert, Convert, Convert, Convert
            $null = Invoke-JournalBatch episodes $work -Force -FromStage Convert
            (Get-JournalAttempt).Stage[-2..-1] | Should -Be Convert, Convert
            $null = Invoke-JournalBatch episodes $work -Force
            (Get-JournalAttempt).Stage[-2..-1] | Should -Be Download, Convert
        }
        finally { $env:JOURNAL_TEST_GOOD = $null }
    }

    It 'goes back to an earlier stage where -FromStage says so, and refuses one that is not there' {
        $work = [ordered]@{ Download = { 'got' }; Convert = { throw 'odd' } }
        $null = Get-ErrorOf { 'a' | Invoke-JournalBatch episodes $work -MaxRetries 0 }
        (Get-ErrorOf { Get-JournalTask | Resume-JournalBatch -FromStage Nowhere }).Id | Should -Be StageNotFound
        (Get-ErrorOf { Invoke-JournalBatch episodes $work -FromStage Nowhere }).Id | Should -Be StageNotFound
        $null = Get-JournalTask | Resume-JournalBatch -FromStage download
        (Get-JournalTask).Stage | Should -Be Download
        $null = Get-ErrorOf { Invoke-JournalBatch episodes $work -FromStage Download }
        $null = Get-ErrorOf { Invoke-JournalBatch episodes $work -FromStage Download }
        (Get-JournalAttempt).Stage | Should -Be Download, Convert, Download, Convert, Download, Convert
    }

    It 'runs one stage only with -Stage' {
        $work = [ordered]@{ Download = { "down $_" }; Convert = { "conv $_" } }
        'a', 'b' | Invoke-JournalBatch episodes $work -Stage Download | Should -Be 'down a', 'down b'
        (Get-JournalTask).Stage | Should -Be Convert, Convert
        Invoke-JournalBatch episodes $work -Stage Convert | Should -Be 'conv a', 'conv b'
        (Get-JournalBatch).Status | Should -Be Completed
    }

    It 'runs them in runspaces as well' {
        'a', 'b', 'c' | Invoke-JournalBatch episodes ([ordered]@{ One = { $_.ToUpper() }; Two = { $JournalTask.Result('One') + '!' } }) -ThrottleLimit 3 |
            Where-Object { $_ -like '*!' } | Sort-Object | Should -Be A!, B!, C!
    }

    It 'refuses other stages than the batch began with' {
        Start-JournalBatch episodes -InputObject a -Stage One, Two | Out-Null
        $errors = Get-ErrorOf { 'a' | Invoke-JournalBatch episodes ([ordered]@{ One = { }; Three = { } }) }
        $errors.Id | Should -Be StagesChanged
        $errors.Message | Should -BeLike '*One, Two*One, Three*'
    }
}
