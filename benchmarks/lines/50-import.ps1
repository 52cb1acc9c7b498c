# What the module costs a session: importing it, and the first cmdlet that opens a journal. In processor time, which a busy machine hardly
# changes; on an idle one the wait is the same.
$journal = New-JournalPath
$env:JOURNAL_PATH = $journal
$null = 1..10 | Start-JournalBatch bench
$commands = [ordered]@{
    Bare = '$null = 1'
    Imported = "Import-Module '$manifest'"
    Used = "Import-Module '$manifest'; `$null = Get-JournalBatch -JournalPath '$journal'"
}
$all = @{ Bare = @(); Imported = @(); Used = @() }
foreach ($round in 1..($Quick ? 5 : 15)) {
    foreach ($name in $commands.Keys) {
        # Each asks for its own at its end, which costs all of them the same.
        $all[$name] += [double] (Invoke-PowerShell -NoProfile -NonInteractive -Command "$($commands[$name]); [Diagnostics.Process]::GetCurrentProcess().TotalProcessorTime.TotalMilliseconds")
    }
}
$bare, $imported, $used = foreach ($name in $commands.Keys) { @($all[$name] | Sort-Object)[[int][Math]::Floor($all[$name].Count / 2)] }
Add-Line 'Import-Module' 1 ('{0:n0} ms' -f $imported) ('bare pwsh {0:n0} ms' -f $bare) ('{0:n0} ms more' -f ($imported - $bare)) '<= 40 ms' ($imported - $bare -le 40)
Add-Line '  the first Get-JournalBatch' 1 ('{0:n0} ms' -f $used) ('Import-Module {0:n0} ms' -f $imported) ('{0:n0} ms more' -f ($used - $imported)) '<= 100 ms' ($used - $imported -le 100)
