BeforeAll { Import-Module $PSScriptRoot/TestSupport.psm1 -Force }
AfterAll { Clear-JournalSetting }

Describe 'Start-JournalBatch' {
    BeforeEach { $journal = Use-NewJournal }

    It 'makes a task of each input, in their order, and emits the batch' {
        $batch = 'one', 'two', 'three' | Start-JournalBatch words
        $batch | Should -BeOfType ([Journal.JournalBatch])
        $batch.Id | Should -Match '^words-\d{8}-\d{6}$'
        $batch.Status | Should -Be 'Ready'
        $batch.Total | Should -Be 3
        $batch.SourceType | Should -Be 'String'
        $batch.InputSource | Should -Be 'pipeline'
        $batch.JournalPath | Should -Be $journal
        (Get-JournalTask $batch).Key | Should -Be 'one', 'two', 'three'
    }

    It 'takes a key once and says that some came again' {
        $batch = 'a', 'b', 'a', 'a' | Start-JournalBatch twice -WarningVariable said -WarningAction SilentlyContinue
        $batch.Total | Should -Be 2
        $said | Should -BeLike '2 inputs had a key*'
    }

    It 'tells two batches of one second apart' {
        $ids = 1..3 | ForEach-Object { (Start-JournalBatch same).Id }
        $ids | Select-Object -Unique | Should -HaveCount 3
    }

    It 'makes an empty batch to add tasks to' {
        (Start-JournalBatch later).Total | Should -Be 0
    }

    It 'keeps what it was told' {
        $batch = 'a' | Start-JournalBatch told -Stage Download, Convert -MaxRetries @{ Download = 5; Convert = 0 } -RetryDelay 2.5 -LeaseTimeout 00:10:00 -Timeout 90 `
            -OnCrash Fail -FailureThreshold 7 -QuotaLimit 1000 -SourceType Episode -Setting @{ quality = 'high' } -Metadata @{ who = 'me' }
        $batch.Stages | Should -Be 'Download', 'Convert'
        $batch.Options.RetriesFor('download') | Should -Be 5
        $batch.Options.RetriesFor('Convert') | Should -Be 0
        $batch.Options.RetryDelay | Should -Be ([timespan]::FromSeconds(2.5))
        $batch.Options.LeaseTimeout | Should -Be ([timespan]::FromMinutes(10))
        $batch.Options.Timeout | Should -Be ([timespan]::FromSeconds(90))
        $batch.Options.OnCrash | Should -Be 'Fail'
        $batch.Options.FailureThreshold | Should -Be 7
        (1 | Start-JournalBatch untold).Options.FailureThreshold | Should -Be 25
        1 | Invoke-JournalBatch run { }
        (Get-JournalBatch run).Options.FailureThreshold | Should -Be 25
        $batch.QuotaLimit | Should -Be 1000
        $batch.SourceType | Should -Be 'Episode'
        $batch.Settings.quality | Should -Be 'high'
        $batch.Metadata.who | Should -Be 'me'
        (Get-JournalTask $batch).Stage | Should -Be 'Download'
    }

    It 'resolves relative paths from the session''s location' {
        Push-Location TestDrive:/
        try { $batch = 'a' | Start-JournalBatch here -JournalPath ./local.db -WorkDirectory work }
        finally { Pop-Location }
        $drive = [IO.Path]::TrimEndingDirectorySeparator((Get-PSDrive TestDrive).Root)
        $batch.JournalPath | Should -Be (Join-Path $drive 'local.db')
        $batch.Options.WorkDirectory | Should -Be (Join-Path $drive 'work')
    }

    It 'with -WhatIf makes neither a batch nor a journal' {
        'a' | Start-JournalBatch nothing -WhatIf | Should -BeNullOrEmpty
        $journal | Should -Not -Exist
    }

    It 'keeps memory flat by adding inputs in chunks, and loses none' {
        (1..4500 | Start-JournalBatch many).Total | Should -Be 4500
    }

    It 'refuses the name <Name> and makes no journal' -ForEach @(
        @{ Name = ' ' }, @{ Name = 'a*' }, @{ Name = 'a[1]' }, @{ Name = "two`nlines" }, @{ Name = 'x' * 10000 }, @{ Name = ' padded' }
    ) {
        $found = Get-ErrorOf { 'a' | Start-JournalBatch $Name }
        $found.Id | Should -Be 'InvalidBatchName'
        $found.Category | Should -Be 'InvalidArgument'
        $found.Target | Should -Be $Name
        $found.Terminating | Should -BeTrue
        $journal | Should -Not -Exist
    }

    It 'takes the name <Name>, and finds it again' -ForEach @(
        @{ Name = "it's" }, @{ Name = 'say "hi"' }, @{ Name = 'Fotos 📷 öß' }, @{ Name = 'a/b\c' }, @{ Name = '%_;--' }
    ) {
        $batch = 'a' | Start-JournalBatch $Name
        (Get-JournalBatch -Name $Name).Id | Should -Be $batch.Id
        (Get-JournalBatch -Id $batch.Id).Name | Should -BeExactly $Name
    }

    It 'refuses <What>' -ForEach @(
        @{ What = 'a stage twice'; Given = @{ Stage = 'A', 'a' }; Id = 'InvalidStages' }
        @{ What = 'a stage without a name'; Given = @{ Stage = 'A', ' ' }; Id = 'InvalidStages' }
        @{ What = 'negative retries'; Given = @{ MaxRetries = -1 }; Id = 'InvalidValue' }
        @{ What = 'retries that are no number'; Given = @{ MaxRetries = @{ A = 'many' } }; Id = 'InvalidValue' }
        @{ What = 'a negative delay'; Given = @{ RetryDelay = -5 }; Id = 'ParameterArgumentTransformationError' }
        @{ What = 'a delay in words'; Given = @{ RetryDelay = 'soon' }; Id = 'ParameterArgumentTransformationError' }
        @{ What = 'a lease of no time'; Given = @{ LeaseTimeout = 0 }; Id = 'InvalidValue' }
        @{ What = 'a negative quota'; Given = @{ QuotaLimit = -1 }; Id = 'InvalidQuotaLimit' }
        @{ What = 'a negative threshold'; Given = @{ FailureThreshold = -1 }; Id = 'ParameterArgumentValidationError' }
        @{ What = 'a secret among the settings'; Given = @{ Setting = @{ Password = [securestring]::new() } }; Id = 'SecretRefused' }
        @{ What = 'a credential deep in the metadata'; Given = @{ Metadata = @{ a = @{ b = [pscredential]::new('me', [securestring]::new()) } } }; Id = 'SecretRefused' }
    ) {
        $found = Get-ErrorOf { 'a' | Start-JournalBatch refused @Given }
        $found.Id | Should -Be $Id
        $found.Terminating | Should -BeTrue
        Get-ErrorOf { Get-JournalBatch } | Where-Object Id -NE 'JournalNotFound' | Should -BeNullOrEmpty
        if (Test-Path $journal) { Get-JournalBatch | Should -BeNullOrEmpty }
    }
}
