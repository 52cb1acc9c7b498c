BeforeAll { Import-Module $PSScriptRoot/TestSupport.psm1 -Force }
AfterAll { Clear-JournalSetting }

Describe 'A journal that cannot be used' {
    BeforeEach { $journal = Use-NewJournal }

    It 'is not made by <_>' -ForEach @(
        { Get-JournalBatch x -ErrorAction Stop }, { Get-JournalTask x }, { Get-JournalResult x }, { Get-JournalCheckpoint -BatchId x }, { Get-Journal }, { Measure-JournalBatch x }, { Suspend-JournalBatch x }, { Resume-JournalBatch x }, { Stop-JournalBatch x }, { Remove-JournalBatch x -Force -Confirm:$false },
        { Request-JournalTask x }, { Complete-JournalTask 1 }, { Skip-JournalTask 1 }, { Update-JournalTask 1 },
        { Set-JournalTask 1 -Priority 1 }, { 'a' | Add-JournalTask x-20260101-000000 }
    ) {
        $found = Get-ErrorOf $_
        $found.Id | Should -Be 'JournalNotFound'
        $found.Category | Should -Be 'ObjectNotFound'
        $found.Target | Should -Be $journal
        $found.Terminating | Should -BeTrue
        $journal | Should -Not -Exist
    }

    It 'is refused, and left as it is, when it is <What>' -ForEach @(
        @{ What = 'a text file'; Bytes = [Text.Encoding]::UTF8.GetBytes("Dear diary,`n" * 500) }
        @{ What = 'random bytes'; Bytes = [byte[]] (1..4096 | ForEach-Object { ($_ * 7919) % 251 }) }
    ) {
        [IO.File]::WriteAllBytes($journal, $Bytes)
        foreach ($script in { Get-JournalBatch }, { 'a' | Start-JournalBatch x }) {
            $found = Get-ErrorOf $script
            $found.Id | Should -Be 'NotAJournal'
            $found.Category | Should -Be 'InvalidData'
            $found.Target | Should -Be $journal
        }
        [IO.File]::ReadAllBytes($journal) | Should -Be $Bytes
    }

    It 'is refused when it is damaged in the middle' {
        $null = 1..2000 | Start-JournalBatch x
        Disconnect-Journal
        $bytes = [IO.File]::ReadAllBytes($journal)
        for ($i = 8192; $i -lt $bytes.Length; $i++) { $bytes[$i] = 0xA5 }
        [IO.File]::WriteAllBytes($journal, $bytes)
        (Get-ErrorOf { Get-JournalTask | Out-Null }).Id | Should -BeIn 'JournalCorrupt', 'NotAJournal'
    }

    It 'is refused when it is a directory' {
        $null = New-Item $journal -ItemType Directory
        $found = Get-ErrorOf { 'a' | Start-JournalBatch x }
        $found.Id | Should -BeIn 'JournalAccessDenied', 'NotAJournal', 'UnsupportedJournal'
        $found.Terminating | Should -BeTrue
    }

    It 'is refused when its folder cannot be made' {
        Set-Content $journal 'a file'
        $inside = Join-Path $journal 'inside.db'
        (Get-ErrorOf { 'a' | Start-JournalBatch x -JournalPath $inside }).Id | Should -BeIn 'JournalAccessDenied', 'NotAJournal'
        Get-Content $journal | Should -Be 'a file'
    }

    It 'is refused when the path is <What>' -ForEach @(@{ What = 'one of another provider'; Path = 'Env:/x.db' }, @{ What = 'on a drive that is not there'; Path = 'nodrive:/x.db' }) {
        $found = Get-ErrorOf { Get-JournalBatch -JournalPath $Path }
        $found.Id | Should -Be 'UnsupportedJournal'
        $found.Target | Should -Be $Path
    }

    It 'is found by a path with wildcards, taken as it is' {
        $odd = Join-Path (Split-Path $journal) 'odd [1] ''q''.db'
        $null = 'a' | Start-JournalBatch x -JournalPath $odd
        (Get-JournalBatch -JournalPath $odd).Total | Should -Be 1
    }

    It 'is refused for what $env:JOURNAL_DURABILITY may not say' {
        $env:JOURNAL_DURABILITY = 'Sometimes'
        try { (Get-ErrorOf { 'a' | Start-JournalBatch x }).Id | Should -Be 'InvalidValue' }
        finally { $env:JOURNAL_DURABILITY = 'Normal' }
    }
}

Describe 'Connect-Journal, Disconnect-Journal and Get-Journal' {
    BeforeEach {
        $default = Use-NewJournal
        $mine = Join-Path (Split-Path $default) "$([guid]::NewGuid()).db"
    }
    AfterEach { Disconnect-Journal }

    It 'chooses the journal of the session, until it is disconnected' {
        $null = 'a' | Start-JournalBatch here -JournalPath $mine
        $null = 'a' | Start-JournalBatch there
        Connect-Journal $mine
        (Get-JournalBatch).Name | Should -Be 'here'
        $null = 'b' | Start-JournalBatch new
        Disconnect-Journal
        (Get-JournalBatch).Name | Should -Be 'there'
        (Get-JournalBatch -JournalPath $mine).Name | Should -Be 'new', 'here'
    }

    It 'does not make a journal, but says that there is none yet' {
        Connect-Journal $mine -WarningVariable said -WarningAction SilentlyContinue
        $said | Should -BeLike 'There is no journal*'
        $mine | Should -Not -Exist
        $null = 'a' | Start-JournalBatch first
        $mine | Should -Exist
    }

    It 'does not choose what is no journal' {
        Set-Content $mine ('not a journal ' * 100)
        (Get-ErrorOf { Connect-Journal $mine }).Id | Should -Be 'NotAJournal'
        (Get-ErrorOf { Get-JournalBatch x }).Target | Should -Be $default
    }

    It 'stays open for a run whose block connects elsewhere or disconnects, alone or with others' {
        Connect-Journal $mine -WarningAction Ignore
        1..3 | Invoke-JournalBatch here { if ($_ -eq 2) { Disconnect-Journal } ; $_ } | Should -Be 1, 2, 3
        Connect-Journal $mine
        1..3 | Invoke-JournalBatch there { if ($_ -eq 2) { Connect-Journal $using:default -WarningAction Ignore } ; $_ } | Should -Be 1, 2, 3
        Connect-Journal $mine
        1..8 | Invoke-JournalBatch parallel -ThrottleLimit 2 { Disconnect-Journal; $_ } | Sort-Object | Should -Be (1..8)
        (Get-JournalBatch -JournalPath $mine).Status | Sort-Object -Unique | Should -Be 'Completed'
        $default | Should -Not -Exist
    }

    It 'goes on with the journal that has its name when it was restored' {
        Connect-Journal $mine -WarningAction Ignore
        $batch = 'a' | Start-JournalBatch x
        $copy = Backup-Journal "$mine.copy"
        'b' | Add-JournalTask $batch | Out-Null
        Invoke-KilledProcess "Restore-Journal '$copy' -JournalPath '$mine' -Force -Confirm:`$false"
        # Windows itself lets nobody replace a file that is open: there the restore fails.
        (Get-JournalBatch).Total | Should -Be ($IsWindows ? 2 : 1)
        if ($IsWindows) { return }
        'c' | Add-JournalTask $batch | Out-Null
        (Get-JournalBatch).Total | Should -Be 2
        (Test-Journal).Problems | Should -BeNullOrEmpty
    }

    It 'opens with the durability that was asked for' {
        $null = 'a' | Start-JournalBatch x -JournalPath $mine
        Connect-Journal $mine -Durability Full
        $null = 'b' | Start-JournalBatch y
        (Get-Journal).Durability | Should -Be 'Full'
    }

    It 'gives way to -JournalPath, and to $PSDefaultParameterValues' {
        $null = 'a' | Start-JournalBatch here -JournalPath $mine
        $null = 'a' | Start-JournalBatch there
        $PSDefaultParameterValues = @{ '*-Journal*:JournalPath' = $mine }
        (Get-JournalBatch).Name | Should -Be 'here'
        (Get-JournalBatch -Journal $default).Name | Should -Be 'there'
    }

    It 'tells what a journal is and holds, and who is working' {
        $batch = 'a', 'b' | Start-JournalBatch x
        $null = Request-JournalTask $batch -Worker me
        $info = Get-Journal
        $info.Path | Should -Be $default
        $info.SchemaVersion | Should -BeGreaterThan 0
        $info.Size | Should -BeGreaterThan 0
        $info.Batches | Should -Be 1
        $info.Tasks.InProgress | Should -Be 1
        $info.WorkersAlive | Should -Be 'me'
        (Connect-Journal $default -PassThru).Path | Should -Be $default
    }
}

Describe 'Repair-JournalBatch' {
    BeforeEach {
        $null = Use-NewJournal
        $work = (New-Item "TestDrive:/work-$([guid]::NewGuid())" -ItemType Directory).FullName
        $batch = 'a', 'b', 'c' | Start-JournalBatch broken -WorkDirectory $work
    }

    It 'takes back what a killed worker held, and leaves a living one alone' {
        Invoke-KilledProcess "Request-JournalTask '$($batch.Id)' -Count 2"
        $mine = Request-JournalTask $batch -Count 3 | Where-Object Key -EQ c
        $repaired = $batch | Repair-JournalBatch
        (Get-JournalTask $batch -Key c).Worker | Should -Be $mine.Worker
        Get-JournalTask $batch -Status InProgress | ForEach-Object Worker | Should -BeLike "*:${PID}:*"
        $repaired | Should -BeNullOrEmpty
    }

    It 'tells what it took back, of all batches' {
        Invoke-KilledProcess "Request-JournalTask '$($batch.Id)' -Count 2"
        $repaired = Repair-JournalBatch
        $repaired.Key | Should -Be 'a', 'b'
        $repaired.Status | Should -Be 'Pending', 'Pending'
        $repaired[0].Reason | Should -BeLike '*died*'
        ($repaired | Get-JournalTask).Crashes | Should -Be 1, 1
    }

    It 'with -WhatIf takes nothing back' {
        Invoke-KilledProcess "Request-JournalTask '$($batch.Id)'"
        Repair-JournalBatch -WhatIf
        (Get-JournalBatch -Id $batch).InProgress | Should -Be 1
    }

    It 'deletes the files of a dead worker in the work directory, and no others' {
        $outside = (New-Item "TestDrive:/precious-$([guid]::NewGuid()).txt").FullName
        $inside = (New-Item (Join-Path $work 'part.tmp')).FullName
        # Windows makes no links for everybody, and Wine none at all.
        $link = New-Item (Join-Path $work 'link') -ItemType SymbolicLink -Value (Split-Path $outside) -ErrorAction ($IsWindows ? 'Ignore' : 'Stop')
        $throughLink = if ($link.LinkTarget) { Join-Path $work 'link' (Split-Path -Leaf $outside) }
        $throughDots = Join-Path $work '..' (Split-Path -Leaf $outside)
        $files = $inside, $outside, $throughLink, $throughDots, (Join-Path $work 'gone.tmp') | Where-Object { $_ } | ForEach-Object { "'$_'" }
        Invoke-KilledProcess "Request-JournalTask '$($batch.Id)' | Update-JournalTask -TempFile $($files -join ',')"
        $repaired = Repair-JournalBatch $batch
        $inside | Should -Not -Exist
        $outside | Should -Exist
        $repaired.FilesDeleted | Should -Contain $inside
        $repaired.FilesDeleted | Should -HaveCount 2
        @($repaired.FilesLeft -like '*outside*').Count | Should -BeGreaterOrEqual ($throughLink ? 2 : 1)
    }

    It 'is done, files and all, by the next claim, too' {
        $file = (New-Item (Join-Path $work 'part.tmp')).FullName
        Invoke-KilledProcess "Request-JournalTask '$($batch.Id)' | Update-JournalTask -TempFile '$file'"
        (Request-JournalTask $batch).Key | Should -Be 'a'
        $file | Should -Not -Exist
    }

    It 'deletes nothing where the batch has no work directory' {
        $free = 'a' | Start-JournalBatch free
        $file = (New-Item (Join-Path $work 'kept.tmp')).FullName
        Invoke-KilledProcess "Request-JournalTask '$($free.Id)' | Update-JournalTask -TempFile '$file'"
        (Repair-JournalBatch $free).FilesLeft | Should -HaveCount 1
        $file | Should -Exist
    }

    It 'gives a task up that workers died with three times' {
        $one = 'killer' | Start-JournalBatch killers
        1..3 | ForEach-Object {
            Invoke-KilledProcess "Request-JournalTask '$($one.Id)'"
            $last = Repair-JournalBatch $one
        }
        $last.Status | Should -Be 'Failed'
        (Get-JournalTask $one).ErrorCategory | Should -Be 'Abandoned'
    }
}
