BeforeAll {
    Import-Module $PSScriptRoot/TestSupport.psm1 -Force

    # Zeros over everything behind the first pages: what a bad disk leaves.
    function Set-Damage([string] $Path) {
        $bytes = [IO.File]::ReadAllBytes($Path)
        for ($i = [int]($bytes.Length / 2); $i -lt $bytes.Length; $i++) { $bytes[$i] = 0xA5 }
        [IO.File]::WriteAllBytes($Path, $bytes)
    }
}
AfterAll { Clear-JournalSetting }

Describe 'The care of a journal' {
    BeforeEach {
        $journal = Use-NewJournal
        $batch = 1..2000 | Start-JournalBatch kept
    }

    It 'finds a sound journal healthy' {
        $health = Test-Journal
        $health.IsHealthy | Should -BeTrue
        $health.Problems | Should -BeNullOrEmpty
        $health.JournalPath | Should -Be $journal
    }

    It 'finds a damaged journal, and what is no journal, ill, without an error' {
        Set-Damage $journal
        (Test-Journal $journal).IsHealthy | Should -BeFalse
        $other = "$journal.txt"
        Set-Content $other ('no journal ' * 100)
        $health = Test-Journal $other
        $health.IsHealthy | Should -BeFalse
        $health.Problems | Should -Not -BeNullOrEmpty
        ($health | Get-ViewOf -Width 400) -match '^Problems +: .*is not a journal' | Should -HaveCount 1
    }

    It 'does not make what it shall test, repair or copy' {
        $missing = "$journal.missing"
        foreach ($script in { Test-Journal $missing }, { Repair-Journal $missing -Confirm:$false }, { Backup-Journal TestDrive:/b.db -JournalPath $missing }, { Optimize-Journal $missing }) {
            (Get-ErrorOf $script).Id | Should -Be 'JournalNotFound'
        }
        $missing | Should -Not -Exist
    }

    It 'sets a damaged journal aside and goes on with what could be read' {
        Set-Damage $journal
        $salvage = Repair-Journal -Confirm:$false
        $salvage.AsidePath | Should -BeLike "$journal.corrupt-*"
        $salvage.AsidePath | Should -Exist
        $salvage.Report | Should -Not -BeNullOrEmpty
        (Test-Journal).IsHealthy | Should -BeTrue
        $null = 'a' | Start-JournalBatch after
    }

    It 'with -WhatIf repairs nothing' {
        Set-Damage $journal
        Repair-Journal -WhatIf
        "$journal.corrupt-*" | Should -Not -Exist
    }

    It 'copies a journal into a file that can be opened by itself' {
        $copy = Backup-Journal TestDrive:/copy.db
        (Get-JournalBatch -JournalPath $copy.FullName).Total | Should -Be 2000
        (Get-ErrorOf { Backup-Journal TestDrive:/copy.db }).Id | Should -Be 'InvalidValue'
    }

    It 'keeps so many copies in a folder' {
        $folder = (New-Item "TestDrive:/backups-$([guid]::NewGuid())" -ItemType Directory).FullName
        $copies = 1..3 | ForEach-Object { Backup-Journal $folder -Keep 2 }
        $copies[0].FullName | Should -Not -Exist
        Get-ChildItem $folder -Filter *.db | Should -HaveCount 2
        Backup-Journal $folder -WhatIf
        Get-ChildItem $folder -Filter *.db | Should -HaveCount 2
    }

    It 'makes a journal smaller' {
        $null = Remove-JournalBatch $batch -Confirm:$false
        $before = (Get-Journal).Size
        (Optimize-Journal -PassThru).Size | Should -BeLessThan $before
    }
}
