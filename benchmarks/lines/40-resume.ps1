# Everything is done but one; the inputs are piped again, and what is done is left alone.
$n = $Quick ? 11000 : 55000
$keys = @(1..$n | ForEach-Object { "item $_" })
$journal = New-JournalPath
$env:JOURNAL_PATH = $journal
$keys | Invoke-JournalBatch bench -ErrorAction Ignore { if ($_ -eq 'item 7') { Write-JournalError 'gone' -Category NotFound } }
$resume = Measure-Median {
    $env:JOURNAL_PATH = $journal
    $keys | Invoke-JournalBatch bench -ErrorAction Ignore { Write-JournalError 'still gone' -Category NotFound }
} 5
$beside = ''
if (Test-Tool parallel 'the resume of GNU parallel') {
    $log = Join-Path $directory done
    $lines = foreach ($number in 1..$n) { "$number`t:`t1700000000.000`t     0.001`t0`t0`t0`t0`ttrue item $number" }
    [IO.File]::WriteAllLines($log, [string[]] (@("Seq`tHost`tStarttime`tJobRuntime`tSend`tReceive`tExitval`tSignal`tCommand") + $lines))
    $beside = 'parallel --resume {0:n0} ms' -f (Measure-Median { $keys | parallel --will-cite --resume --joblog $log true } 3)
}
$most = $Quick ? 100 : 500
Add-Line 'Resume of tasks that are done, inputs piped again' $n ('{0:n0} ms' -f $resume) $beside '' "<= $most ms" ($resume -le $most)

$size = (Get-Item $journal).Length / $n
Add-Line 'File size, with attempts and events' $n ('{0:n0} bytes' -f $size) '' 'a finished task' '<= 350 bytes' ($size -le 350)

$env:JOURNAL_PATH = $journal
$null = Get-JournalTask -First 1000
$read = @(foreach ($time in 1..5) { (Measure-Command { Get-JournalTask | Out-Null }).TotalMilliseconds }) | Sort-Object | Select-Object -Index 2
$rate = $n / $read * 1000
Add-Line 'Get-JournalTask, finished tasks' $n ('{0:n0} ms' -f $read) '' ('{0:n0} objects/s' -f $rate) '>= 300,000/s' ($rate -ge 300000)
