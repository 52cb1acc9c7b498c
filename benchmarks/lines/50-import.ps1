# What the module costs a session: importing it, and the first cmdlet that opens a journal.
$journal = New-JournalPath
$env:JOURNAL_PATH = $journal
$null = 1..10 | Start-JournalBatch bench
$time = Measure-InTurn ([ordered]@{
        Bare = { & $pwsh -NoProfile -NonInteractive -Command '$null = 1' }
        Imported = { & $pwsh -NoProfile -NonInteractive -Command "Import-Module '$manifest'" }
        Used = { & $pwsh -NoProfile -NonInteractive -Command "Import-Module '$manifest'; `$null = Get-JournalBatch -JournalPath '$journal'" }
    }) ($Quick ? 7 : 15)
$import = $time.Imported - $time.Bare
$first = $time.Used - $time.Imported
Add-Line 'Import-Module' 1 ('{0:n0} ms' -f $time.Imported) ('bare pwsh {0:n0} ms' -f $time.Bare) ('{0:n0} ms more' -f $import) '<= 40 ms' ($import -le 40)
Add-Line '  the first Get-JournalBatch' 1 ('{0:n0} ms' -f $time.Used) ('Import-Module {0:n0} ms' -f $time.Imported) ('{0:n0} ms more' -f $first) '<= 100 ms' ($first -le 100)
