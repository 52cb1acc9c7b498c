BeforeAll { Import-Module $PSScriptRoot/TestSupport.psm1 -Force }
AfterAll { Clear-JournalSetting }

Describe 'Checkpoints' {
    BeforeEach {
        $journal = Use-NewJournal
    }

    It 'keeps <What>' -ForEach @(
        @{ What = 'a text'; Value = 'öß 📷' }, @{ What = 'a number'; Value = 42 }, @{ What = 'a fraction'; Value = 1.5 }, @{ What = 'a truth'; Value = $true }, @{ What = 'nothing'; Value = $null }
    ) {
        Set-JournalCheckpoint scan $Value
        Get-JournalCheckpoint scan -ValueOnly | Should -Be $Value
    }

    It 'keeps objects and lists' {
        Set-JournalCheckpoint scan @{ path = '/photos'; done = 1, 2, 3; inner = [pscustomobject]@{ x = 1 } }
        $value = (Get-JournalCheckpoint scan).Value
        $value.path | Should -Be '/photos'
        $value.done | Should -Be 1, 2, 3
        $value.inner.x | Should -Be 1
    }

    It 'makes a journal, for a scan comes before its batch' {
        $checkpoint = Set-JournalCheckpoint scan 1 -PassThru
        $checkpoint.Name | Should -Be 'scan'
        $journal | Should -Exist
    }

    It 'with -WhatIf sets nothing and makes no journal' {
        Set-JournalCheckpoint scan 1 -WhatIf
        $journal | Should -Not -Exist
    }

    It 'lays the new value over the old one' {
        Set-JournalCheckpoint scan 1
        Set-JournalCheckpoint scan 2
        @(Get-JournalCheckpoint).Value | Should -Be 2
    }

    It 'keeps those of a batch apart, and takes them away with it' {
        $batch = 'a' | Start-JournalBatch scanned
        Set-JournalCheckpoint at 'journal'
        Set-JournalCheckpoint at 'batch' -BatchId $batch
        Get-JournalCheckpoint at -ValueOnly | Should -Be 'journal'
        $batch | Get-JournalCheckpoint | ForEach-Object Value | Should -Be 'batch'
        (Get-JournalCheckpoint -BatchId $batch | Get-JournalBatch).Id | Should -Be $batch.Id
    }

    It 'finds nothing, without an error, where none was set' {
        Set-JournalCheckpoint other 1
        Get-JournalCheckpoint scan | Should -BeNullOrEmpty
        @(Get-JournalCheckpoint s*) | Should -BeNullOrEmpty
        @(Get-JournalCheckpoint O*) | Should -HaveCount 1
    }

    It 'clears, again and again' {
        Set-JournalCheckpoint scan 1
        Clear-JournalCheckpoint scan -WhatIf
        @(Get-JournalCheckpoint) | Should -HaveCount 1
        Get-JournalCheckpoint | Clear-JournalCheckpoint
        Clear-JournalCheckpoint scan
        Get-JournalCheckpoint | Should -BeNullOrEmpty
    }

    It 'refuses a secret' {
        $found = Get-ErrorOf { Set-JournalCheckpoint scan @{ login = [securestring]::new() } }
        $found.Id | Should -Be 'SecretRefused'
        $journal | Should -Not -Exist
    }

    It 'knows no batch nope' {
        $null = 'a' | Start-JournalBatch some
        (Get-ErrorOf { Get-JournalCheckpoint -BatchId nope }).Id | Should -Be 'BatchNotFound'
        (Get-ErrorOf { Set-JournalCheckpoint x 1 -BatchId nope }).Id | Should -Be 'BatchNotFound'
    }
}
