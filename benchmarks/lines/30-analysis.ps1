# Questions to a journal of a million tasks, beside the sqlite3 shell on the same file and jq on the same data, where they are installed.
Import-Module "$PSScriptRoot/../AnalysisJournal.psm1"
$n = $Quick ? 100000 : 1000000
$journal = Join-Path $directory analysis.db
$batch = New-AnalysisJournal $journal $n
$null = Connect-Journal $journal

# The median of several runs, the first of which warms up and does not count.
function Measure-Question([scriptblock] $Question, [int] $Times = 7) {
    $null = & $Question
    $all = foreach ($time in 1..$Times) { (Measure-Command { & $Question }).TotalMilliseconds }
    @($all | Sort-Object)[[int][Math]::Floor($Times / 2)]
}

function Measure-Shell([string] $Sql) {
    if (-not (Get-Command sqlite3 -CommandType Application -ErrorAction Ignore)) { return }
    Measure-Question { sqlite3 $journal $Sql } -Times 3
}

$counts = Measure-Question { Get-JournalBatch -Id $batch } 25
Add-Line 'Get-JournalBatch: counts by status' $n ('{0:n2} ms' -f $counts) '' '' '< 1 ms' ($counts -lt 1)

$errors = Measure-Question { Measure-JournalTask -Status Failed -GroupBy ErrorCategory } 25
Add-Line 'Measure-JournalTask: errors by category' $n ('{0:n2} ms' -f $errors) '' '' '< 5 ms' ($errors -lt 5)

# The shell's answer to the same question: counts, mean, median, 95th percentile, first, last and an example of each group.
$whole = @'
WITH ranked AS (
    SELECT {0} AS value, duration, COUNT(*) OVER (PARTITION BY {0}) AS n, ROW_NUMBER() OVER (PARTITION BY {0} ORDER BY duration) AS rank
    FROM task WHERE status = 2
), figures AS (
    SELECT value, AVG(duration) AS mean, MAX(CASE WHEN rank = (n + 1) / 2 THEN duration END) AS median, MAX(CASE WHEN rank = (95 * n + 99) / 100 THEN duration END) AS p95
    FROM ranked GROUP BY value
)
SELECT g.*, f.mean, f.median, f.p95, (SELECT key FROM task WHERE id = g.example) FROM (
    SELECT {0} AS value, COUNT(*), SUM(status IN (2, 4)), SUM(status = 3), MIN(updated_at), MAX(updated_at), MIN(id) AS example FROM task GROUP BY {0}
) g LEFT JOIN figures f ON f.value IS g.value
'@
foreach ($column in @(@{ By = 'Status'; Sql = 'status' }, @{ By = 'Worker'; Sql = 'worker' }, @{ By = 'Signature'; Sql = 'signature' }, @{ By = 'Metadata.subject'; Sql = "json_extract(metadata, '$.subject')" })) {
    $ours = Measure-Question { Measure-JournalTask -GroupBy $column.By } 3
    $same = Measure-Shell ($whole -f $column.Sql)
    $plain = Measure-Shell "SELECT $($column.Sql), COUNT(*), SUM(status = 2), SUM(status = 3), AVG(duration), MIN(updated_at), MAX(updated_at) FROM task GROUP BY 1"
    $beside = $same ? ('sqlite3 {0:n0} ms' -f $same) : 'no sqlite3 here'
    $figure = $same ? ('{0:n2} of its time' -f ($ours / $same)) : ''
    Add-Line "Measure-JournalTask -GroupBy $($column.By)" $n ('{0:n0} ms' -f $ours) $beside $figure '<= 1' (-not $same -or $ours -le $same)
    if ($plain) { Add-Line '  the same, the shell without median and P95' $n ('{0:n0} ms' -f $ours) ('sqlite3 {0:n0} ms' -f $plain) ('{0:n2} of its time' -f ($ours / $plain)) '' $true }
}

$failed = $n / 20
$read = Measure-Question { Get-JournalTask -Status Failed } 5
$rate = $failed / $read * 1000
Add-Line 'Get-JournalTask -Status Failed' $failed ('{0:n0} ms' -f $read) '' ('{0:n0} objects/s' -f $rate) '> 150,000/s' ($rate -gt 150000)

$first = Measure-Question { Get-JournalTask -Status Failed | Select-Object -First 1 } 5
Add-Line '  the first of them' 1 ('{0:n1} ms' -f $first) '' '' '' $true

# What stays reachable while all tasks go by.
[GC]::Collect()
$before = [GC]::GetTotalMemory($true)
$most = 0; $seen = 0
Get-JournalTask | ForEach-Object { if (++$seen % 50000 -eq 0) { $most = [Math]::Max($most, [GC]::GetTotalMemory($true) - $before) } }
Add-Line 'Get-JournalTask, all of them: memory kept' $seen ('{0:n1} MB' -f ($most / 1MB)) '' '' '< 20 MB' ($most -lt 20MB)

if (Get-Command jq -CommandType Application -ErrorAction Ignore) {
    # What an admin has instead: one JSON array; a tenth of it, because jq needs gigabytes for the whole.
    $json = Join-Path $directory tasks.json
    $part = [int] ($n / 10)
    $text = Get-JournalTask -First $part | ForEach-Object { '{{"key":"{0}","status":"{1}","category":"{2}","duration":{3}}}' -f $_.Key, $_.Status, $_.ErrorCategory, $_.Duration.TotalSeconds }
    [IO.File]::WriteAllText($json, "[$($text -join ',')]")
    $jq = Measure-Question { jq 'map(select(.status == "Failed")) | group_by(.category) | map({category: .[0].category, count: length})' $json } 1
    Add-Line '  errors by category, jq on a tenth of the data' $part ('{0:n2} ms' -f $errors) ('jq {0:n0} ms' -f $jq) ('{0:n0} times as long' -f ($jq / $errors)) '' $true
}

# What Tab costs, with the shell's own part in it.
foreach ($line in 'Get-JournalTask -Key /photos/2024/08/IMG_77', 'Get-JournalTask -Signature GET', 'Get-JournalTask -Worker worker', 'Get-JournalBatch -Name ana') {
    $tab = Measure-Question { if (-not (TabExpansion2 $line $line.Length).CompletionMatches) { throw "Nothing completes '$line'." } } 5
    Add-Line "Tab after $($line -replace ' \S+$')" $n ('{0:n1} ms' -f $tab) '' '' '< 50 ms' ($tab -lt 50)
}
Disconnect-Journal
