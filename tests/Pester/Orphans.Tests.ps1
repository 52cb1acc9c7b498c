BeforeAll { Import-Module $PSScriptRoot/TestSupport.psm1 -Force }
AfterAll { Clear-JournalSetting }

Describe 'Find-JournalOrphan' {
    BeforeEach {
        $journal = Use-NewJournal
        $folder = (New-Item -ItemType Directory (Join-Path $TestDrive ([guid]::NewGuid().ToString('n')))).FullName
        function New-File([string] $Name) {
            $file = New-Item -Force (Join-Path $folder $Name) -Value 'x'
            # From before the command began, as what a run left behind would be.
            $file.LastWriteTimeUtc = [datetime]::UtcNow.AddHours(-1)
            $file.FullName
        }
    }

    It 'finds the files that no task made, and leaves those that one made, or that one names' {
        $made, $input, $target, $data = 'made.txt', 'in put[1].txt', 'target.txt', 'deep/data.txt' | ForEach-Object { New-File $_ }
        $lost = New-File 'lost.txt'
        $deep = New-File 'deep/lost.txt'
        Get-Item -LiteralPath $input | Invoke-JournalBatch run { $JournalTask.AddOutput($made); $JournalTask.SetTarget($target); $JournalTask.SetMetadata('from', @{ file = @($data) }) }

        (Find-JournalOrphan $folder).FullName | Should -Be $lost
        (Find-JournalOrphan $folder -Recurse).FullName | Sort-Object | Should -Be (@($lost, $deep) | Sort-Object)
    }

    It 'says in which folder a file lies, and that a batch by that name is not there' {
        $null = New-File 'lost.txt'
        'a' | Invoke-JournalBatch run { }
        Find-JournalOrphan $folder | Out-String | Should -BeLike "*Directory: $folder*lost.txt*"
        (Find-JournalOrphan $folder).PSParentPath | Should -BeLike "*$folder"
        'a' | Find-JournalOrphan -Name rum -WarningVariable said -WarningAction SilentlyContinue | Should -Be a
        "$said" | Should -BeLike "There is no batch named 'rum'*"
        'a' | Find-JournalOrphan -Name r* -WarningVariable none | Should -BeNullOrEmpty
        $none | Should -BeNullOrEmpty
    }

    It 'takes a file for known whose path is known in part alone: <Known>' -ForEach @(@{ Known = 'sub/a.jpg' }, @{ Known = './sub/a.jpg' }, @{ Known = '../x/../sub/a.jpg' }, @{ Known = '~/sub/a.jpg' }, @{ Known = 'a.jpg' }, @{ Known = 'sub\a.jpg' }) {
        $null = New-File 'sub/a.jpg'
        $lost = New-File 'sub/ba.jpg'
        $Known | Invoke-JournalBatch run { }
        (Find-JournalOrphan $folder -Recurse).FullName | Should -Be $lost
    }

    It 'takes a file for known that is named by its address' {
        $file = New-File 'a b.jpg'
        'file://' + [uri]::EscapeUriString($file.Replace('\', '/')) | Invoke-JournalBatch run { }
        Find-JournalOrphan $folder | Should -BeNullOrEmpty
    }

    It 'takes what lies in a folder that a task made for known, and no more' {
        $inside, $deep = 'album/a.txt', 'album/deep/b.txt' | ForEach-Object { New-File $_ }
        $beside = New-File 'album-2/a.txt'
        1 | Invoke-JournalBatch run { $JournalTask.AddOutput("$folder/album") }
        (Find-JournalOrphan $folder -Recurse).FullName | Should -Be $beside
    }

    It 'takes what a recorded link leads to for known' -Skip:$IsWindows {
        $file, $lost = 'real.txt', 'lost.txt' | ForEach-Object { New-File $_ }
        $link = New-Item -ItemType SymbolicLink "$folder-link.txt" -Target $file
        1 | Invoke-JournalBatch run { $JournalTask.AddOutput($link.FullName) }
        (Find-JournalOrphan $folder).FullName | Should -Be $lost
    }

    It 'removes them on request, one question each, and nothing else' {
        $made, $lost = 'made.txt', 'lost.txt' | ForEach-Object { New-File $_ }
        1 | Invoke-JournalBatch run { $JournalTask.AddOutput($made) }
        Find-JournalOrphan $folder -Remove -WhatIf | Should -BeNullOrEmpty
        $lost | Should -Exist
        (Find-JournalOrphan $folder -Remove -Confirm:$false).FullName | Should -Be $lost
        $lost | Should -Not -Exist
        $made | Should -Exist
    }

    It 'neither follows nor lists links' -Skip:$IsWindows {
        $outside = New-Item -Force "$folder-outside/a.txt" -Value 'x'
        $null = New-Item -ItemType SymbolicLink (Join-Path $folder 'link.txt') -Target $outside
        $null = New-Item -ItemType SymbolicLink (Join-Path $folder 'links') -Target $outside.DirectoryName
        Start-JournalBatch run | Out-Null
        Find-JournalOrphan $folder -Recurse -Remove -Confirm:$false | Should -BeNullOrEmpty
        $outside | Should -Exist
    }

    It 'leaves the journal alone, and what stands beside it under its name' {
        Start-JournalBatch run | Out-Null
        Disconnect-Journal
        $null = Set-Content "$journal.bak" x
        $other = New-Item "$($journal)2" -Value 'x'
        $journal, "$journal.bak", "$other" | ForEach-Object { (Get-Item $_).LastWriteTimeUtc = [datetime]::UtcNow.AddHours(-1) }
        $found = (Find-JournalOrphan (Split-Path $journal)).FullName
        $found | Should -Contain $other.FullName
        $found | Should -Not -Contain $journal
        $found | Should -Not -Contain "$journal.bak"
    }

    It 'knows the inputs, too, of an incremental line whose batch was removed: <Case>' -ForEach @(
        @{ Case = 'files'; Line = { Get-Item -LiteralPath $files | Invoke-JournalBatch kept { } -Incremental -Fingerprint { $_.Length } } }
        @{ Case = 'files under another key'; Line = { Get-Item -LiteralPath $files | Invoke-JournalBatch kept { } -Incremental -Key Length } }
        @{ Case = 'objects that name them'; Line = { $id = 0; Get-Item -LiteralPath $files | ForEach-Object { [pscustomobject]@{ Id = ++$id; From = @{ Path = $_.FullName } } } | Invoke-JournalBatch kept { } -Incremental -Key Id } }
        @{ Case = 'lines of text under another key'; Line = { $files | Invoke-JournalBatch kept { } -Incremental -Key { $_.Length } } }
        @{ Case = 'target ids that name them'; Line = { $all = $files; 1..2 | Invoke-JournalBatch kept { $JournalTask.SetTarget(($using:all)[$_ - 1]) } -Incremental } }
        @{ Case = 'metadata that names them'; Line = { $id = 0; $all = $files; 1..2 | Invoke-JournalBatch kept { $JournalTask.SetMetadata('from', ($using:all)[$_ - 1]) } -Incremental } }
    ) {
        $files = 'in[1].txt', 'in2.txt' | ForEach-Object { New-File $_ }
        # Of different lengths, so that this can be a key.
        Add-Content -LiteralPath $files[1] 'more'
        & $Line
        $null = Remove-StaleJournalBatch -OlderThan 0 -Confirm:$false
        Get-JournalBatch | Should -BeNullOrEmpty
        Find-JournalOrphan $folder | Should -BeNullOrEmpty
    }

    It 'leaves a file that was written after it began' {
        $file = New-File 'late.txt'
        (Get-Item $file).LastWriteTimeUtc = [datetime]::UtcNow.AddMinutes(1)
        Start-JournalBatch run | Out-Null
        Find-JournalOrphan $folder | Should -BeNullOrEmpty
    }

    It 'removes nothing while a task is in progress, unless it is forced' {
        $lost = New-File 'lost.txt'
        $null = 1 | Start-JournalBatch run
        $null = Request-JournalTask run
        $found = Get-ErrorOf { Find-JournalOrphan $folder -Remove -Confirm:$false }
        $found.Id | Should -Be 'JournalInUse'
        $lost | Should -Exist
        (Find-JournalOrphan $folder -Remove -Force -Confirm:$false -WarningAction Ignore).FullName | Should -Be $lost
    }

    It 'removes nothing in <Directory>' -ForEach @(@{ Directory = '/' }, @{ Directory = '~' }, @{ Directory = '/usr' }) -Skip:$IsWindows {
        Start-JournalBatch run | Out-Null
        (Get-ErrorOf { Find-JournalOrphan $Directory -Remove -Confirm:$false }).Id | Should -Be 'InvalidValue'
    }

    It 'finds the inputs that no task has done' {
        'a', 'b', 'c' | Invoke-JournalBatch run -MaxRetries 0 -ErrorAction Ignore { if ($_ -eq 'b') { throw 'no' } }
        'a', 'b', 'c', 'd', 'd' | Find-JournalOrphan | Should -Be 'b', 'd'
        'a', 'd' | Find-JournalOrphan -Name other* | Should -Be 'a', 'd'
        @{ id = 'a' }, @{ id = 'e' } | Find-JournalOrphan -Key id | ForEach-Object id | Should -Be 'e'
        'a', 'b' | Find-JournalOrphan -JournalPath (Join-Path $TestDrive 'none.db') | Should -Be 'a', 'b'
    }
}
