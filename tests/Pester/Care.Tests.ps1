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
        (Get-ErrorOf { Repair-Journal $TestDrive -Confirm:$false }).Id | Should -Be UnsupportedJournal
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

    It 'keeps copies of its own alone, of two journals that have one name' {
        $folder = (New-Item "TestDrive:/backups-$([guid]::NewGuid())" -ItemType Directory).FullName
        $other = Join-Path (New-Item "TestDrive:/other-$([guid]::NewGuid())" -ItemType Directory).FullName (Split-Path $journal -Leaf)
        $null = 'a' | Start-JournalBatch other -JournalPath $other
        $theirs = Backup-Journal $folder -JournalPath $other
        $first = Backup-Journal $folder
        1..3 | ForEach-Object { Backup-Journal $folder -Keep 1 } | Out-Null
        $theirs.FullName | Should -Exist
        $first.FullName | Should -Not -Exist
        Get-ChildItem $folder | Should -HaveCount 2
        # What was repaired or restored is still the same journal.
        $null = Repair-Journal -Confirm:$false
        Backup-Journal $folder -Keep 1 | Out-Null
        Get-ChildItem $folder | Should -HaveCount 2
    }

    It 'copies past what another user put under the names that it could use' -Skip:$IsWindows {
        $folder = (New-Item "TestDrive:/planted-$([guid]::NewGuid())" -ItemType Directory).FullName
        $victim = "$folder/victim"
        Set-Content $victim kept
        $null = New-Item "$folder/copy.db.partial" -ItemType SymbolicLink -Value $victim
        $copy = Backup-Journal "$folder/copy.db"
        Get-Content $victim | Should -Be kept
        [System.IO.File]::GetUnixFileMode($copy.FullName) | Should -Be ([System.IO.UnixFileMode]'UserRead, UserWrite')
        $null = New-Item "$folder/dangling.db" -ItemType SymbolicLink -Value "$folder/nowhere"
        (Get-ErrorOf { Backup-Journal "$folder/dangling.db" }).Id | Should -Be InvalidValue
        "$folder/nowhere" | Should -Not -Exist
    }

    It 'clears away what a backup left that was killed, and nothing of one that is at work' -Skip:(-not $IsLinux) {
        $folder = (New-Item "TestDrive:/killed-$([guid]::NewGuid())" -ItemType Directory).FullName
        $probe = [Journal.Storage.NewFile]::For("$folder/copy.db")
        $name = Split-Path $probe.Path -Leaf
        # The same process id and another start: that process is gone.
        $dead = Join-Path $folder ($name -replace '-(\d+)-([0-9a-f]{16})\.partial$', '-1-$2.partial')
        Set-Content $dead x
        $null = Backup-Journal "$folder/copy.db"
        $dead | Should -Not -Exist
        $probe.Path | Should -Exist
        $probe.Dispose()
        Get-ChildItem $folder | Should -HaveCount 1
    }

    It 'makes a journal smaller' {
        $null = Remove-JournalBatch $batch -Confirm:$false
        $before = (Get-Journal).Size
        (Optimize-Journal -PassThru).Size | Should -BeLessThan $before
    }
}

Describe 'A damaged journal' {
    It 'is refused before anything is written, wherever the damage is: page <_> of 10' -ForEach (1..10) {
        $null = Use-NewJournal
        1..2000 | ForEach-Object { "a key of some length, number $_" } | Start-JournalBatch big | Out-Null
        $null = Optimize-Journal
        $bytes = [IO.File]::ReadAllBytes($env:JOURNAL_PATH)
        $pages = [int]($bytes.Length / 4096)
        # Not the first: without its header it is no journal at all.
        $page = 1 + [int][Math]::Floor(($_ - 1) * ($pages - 2) / 9)
        for ($i = 0; $i -lt 4096; $i++) { $bytes[$page * 4096 + $i] = 0xAB }
        [IO.File]::WriteAllBytes($env:JOURNAL_PATH, $bytes)
        foreach ($line in { 1..50 | Invoke-JournalBatch more { $script:ran = $true } }, { 1..50 | Start-JournalBatch more }, { 1..50 | Add-JournalTask big }) {
            (Get-ErrorOf $line).Id | Should -Be JournalCorrupt
        }
        $script:ran | Should -BeNullOrEmpty
        [Convert]::ToHexString([Security.Cryptography.SHA256]::HashData([IO.File]::ReadAllBytes($env:JOURNAL_PATH))) | Should -Be ([Convert]::ToHexString([Security.Cryptography.SHA256]::HashData($bytes)))
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

    It 'repairs nothing under living workers either, unless told to' {
        $path = Use-NewJournal
        $batch = 1..5 | Start-JournalBatch x
        $task = Request-JournalTask $batch.Id
        (Get-ErrorOf { Repair-Journal -Confirm:$false }).Id | Should -Be 'JournalInUse'
        "$path.corrupt-*" | Should -Not -Exist
        Repair-Journal -Force -Confirm:$false | Should -Not -BeNullOrEmpty
        ($task | Complete-JournalTask -PassThru).Status | Should -Be Completed
    }

    It 'ends a run whose journal is replaced under it with an error of its own, and prints nothing that is not kept' {
        $path = Use-NewJournal
        $null = 1..5 | Start-JournalBatch x
        $copy = Backup-Journal "$path.copy"
        $printed = [System.Collections.Generic.List[object]]::new()
        $errors = Get-ErrorOf {
            Invoke-JournalBatch x {
                if ($_ -eq 3) { Restore-Journal "$using:path.copy" -Force -Confirm:$false | Out-Null }
                $_
            } | ForEach-Object { $printed.Add($_) }
        }
        if ($IsWindows) {
            # Windows itself lets nobody replace a file that is open: the restore fails, and the run goes on.
            $errors.Id | Should -Be TaskFailed
            Get-JournalTask -Status Failed | ForEach-Object ErrorMessage | Should -BeLike "*$(Split-Path $path -Leaf)*"
            $printed | Should -Be 1, 2, 4, 5
            (Test-Journal).Problems | Should -BeNullOrEmpty
            return
        }
        $errors.Id | Should -Contain 'JournalReplaced'
        $printed | Should -Not -Contain 3
        Invoke-JournalBatch x { $_ } | Should -Be (1..5)
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
