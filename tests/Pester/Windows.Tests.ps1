# What only Windows can show; elsewhere there is nothing to run here.
if (-not $IsWindows) { return }

BeforeAll { Import-Module $PSScriptRoot/TestSupport.psm1 -Force }
AfterAll { Clear-JournalSetting }

Describe 'Names on Windows' {
    It 'refuses <Name> as a journal, in words' -ForEach @(
        @{ Name = 'nul' }, @{ Name = 'con' }, @{ Name = '\\.\pipe\journal' }, @{ Name = 'a:b.db' }, @{ Name = 'journal.db:hidden' }
    ) {
        Push-Location TestDrive:\
        try { $found = Get-ErrorOf { 1 | Start-JournalBatch named -JournalPath $Name } }
        finally { Pop-Location }
        $found | Should -HaveCount 1
        $found.Id | Should -Be UnsupportedJournal
        $found.Message | Should -Match 'device|stream|provider|drive'
    }

    It 'refuses <Name> as a file to write, in words' -ForEach @{ Name = 'nul' }, @{ Name = 'report.html:hidden' } {
        $null = Use-NewJournal
        $batch = 1 | Start-JournalBatch named
        Push-Location TestDrive:\
        try { $found = Get-ErrorOf { $batch | Export-JournalReport -Path $Name -Format Text } }
        finally { Pop-Location }
        $found.Id | Should -BeIn 'InvalidValue', 'ExportFailed'
    }

    It 'knows the connected journal in any case, and does not restore a journal from itself' {
        $journal = Use-NewJournal
        $null = 1..3 | Start-JournalBatch cased
        Connect-Journal $journal
        (Get-JournalBatch -JournalPath $journal.ToUpperInvariant()).Total | Should -Be 3
        Disconnect-Journal
        (Get-ErrorOf { Restore-Journal $journal.ToUpperInvariant() -Confirm:$false }).Message | Should -BeLike '*the backup is the journal itself*'
    }

    It 'lets a batch work in a folder right under the root of a disk, but not in the system''s' {
        $protected = [Journal.Storage.ProtectedFolders]
        $protected::Covers('D:\work') | Should -BeFalse
        'D:\', 'C:\Windows', 'C:\Windows\Temp', 'C:\Program Files', 'C:\Users', 'D:\$RECYCLE.BIN' | ForEach-Object { $protected::Covers($_) | Should -BeTrue -Because $_ }
    }
}

Describe 'Text on Windows' {
    It 'has the line ends of every system in a report of <_>' -ForEach 'Text', 'Markdown', 'Html', 'Json' {
        $null = Use-NewJournal
        $file = ('a', 'b' | Start-JournalBatch lines | Export-JournalReport -Path "$TestDrive\report" -Format $_ -Force).FullName
        [IO.File]::ReadAllText($file) | Should -Not -Match "`r"
    }
}
