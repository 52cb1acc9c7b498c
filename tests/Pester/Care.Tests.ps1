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

Describe 'Restore-Journal' {
    It 'puts a backup in the place of the journal, and keeps what was there' {
        $path = Use-NewJournal
        $batch = 'a', 'b' | Start-JournalBatch x
        $copy = Backup-Journal (Join-Path (Get-PSDrive TestDrive).Root kept.db)
        'c' | Add-JournalTask -BatchId $batch.Id | Out-Null
        (Restore-Journal $copy.FullName -Confirm:$false).Tasks.Total | Should -Be 2
        (Get-JournalBatch -Id $batch.Id).Total | Should -Be 2
        $aside = Get-ChildItem "$path.replaced-*" | Where-Object Name -NotMatch '-(wal|shm)$'
        (Get-JournalBatch -Id $batch.Id -JournalPath $aside.FullName).Total | Should -Be 3
    }

    It 'takes no damaged backup' {
        $null = Use-NewJournal
        $batch = 'a' | Start-JournalBatch x
        $copy = Backup-Journal (Join-Path (Get-PSDrive TestDrive).Root broken.db)
        $bytes = [System.IO.File]::ReadAllBytes($copy.FullName)
        100..8000 | ForEach-Object { $bytes[$_] = 255 }
        [System.IO.File]::WriteAllBytes($copy.FullName, $bytes)
        (Get-ErrorOf { Restore-Journal $copy.FullName -Confirm:$false }).Id | Should -BeIn 'JournalCorrupt', 'NotAJournal'
        (Get-JournalBatch -Id $batch.Id).Total | Should -Be 1
    }

    It 'replaces nothing under living workers, unless told to' {
        $null = Use-NewJournal
        $batch = 'a' | Start-JournalBatch x
        $copy = Backup-Journal (Join-Path (Get-PSDrive TestDrive).Root busy.db)
        $null = Request-JournalTask $batch.Id
        (Get-ErrorOf { Restore-Journal $copy.FullName -Confirm:$false }).Id | Should -Be 'JournalInUse'
        Restore-Journal $copy.FullName -Force -Confirm:$false | Should -Not -BeNullOrEmpty
        (Get-JournalBatch -Id $batch.Id).InProgress | Should -Be 0
    }
}
