# A journaled no-op task in Invoke-JournalBatch, with FULL durability, beside what remembers nothing.
$n = $Quick ? 5000 : 20000
$keys = 1..$n | ForEach-Object { "item $_" }
$time = Measure-InTurn ([ordered]@{
        Plain = { $keys | ForEach-Object { } }
        Journaled = { $keys | Invoke-JournalBatch bench { } }
    })
$each = ($time.Journaled - $time.Plain) * 1000 / $n
Add-Line 'Invoke-JournalBatch, no-op block' $n ('{0:n0} ms' -f $time.Journaled) ('ForEach-Object {0:n0} ms' -f $time.Plain) ('{0:n0} µs a task more' -f $each) '<= 60 µs' ($each -le 60)

# Several at once.
$few = 1..400
$time = Measure-InTurn ([ordered]@{
        Plain = { $few | ForEach-Object -Parallel { } -ThrottleLimit 4 }
        Journaled = { $few | Invoke-JournalBatch bench { } -ThrottleLimit 4 }
    }) 5
$ratio = $time.Plain / $time.Journaled
Add-Line '  the same, -ThrottleLimit 4' $few.Count ('{0:n0} ms' -f $time.Journaled) ('ForEach-Object -Parallel {0:n0} ms' -f $time.Plain) ('{0:n1} times as fast' -f $ratio) '>= 10' ($ratio -ge 10)

# GNU parallel writes its job log without waiting for the disk, and starts a process for each job.
if (Test-Tool parallel 'jobs beside GNU parallel') {
    $jobs = $Quick ? 100 : 300
    $log = Join-Path $directory joblog
    $theirs = (Measure-Median { 1..$jobs | parallel --will-cite -j2 --joblog $log true } 1) * 1000 / $jobs
    $ours = $each
    Add-Line '  the same beside parallel --joblog' $jobs ('{0:n0} µs a task' -f $ours) ('GNU parallel {0:n0} µs' -f $theirs) ('{0:n0} times as fast' -f ($theirs / $ours)) '>= 40' ($theirs / $ours -ge 40)
}

# What scripts do that keep their state in a JSON file: written anew, beside the old one and renamed, whenever a task begins or ends.
$n = $Quick ? 60 : 150
function Invoke-WithJsonFile([int] $Tasks) {
    $file = Join-Path $directory state.json
    $state = @(foreach ($number in 1..$Tasks) { [pscustomobject]@{ Key = "item $number"; Status = 'Pending'; StartedAt = $null; EndedAt = $null } })
    foreach ($task in $state) {
        foreach ($change in @{ Status = 'InProgress'; At = 'StartedAt' }, @{ Status = 'Completed'; At = 'EndedAt' }) {
            $task.Status = $change.Status
            $task.($change.At) = [datetime]::UtcNow
            ConvertTo-Json $state | Set-Content "$file.new"
            Move-Item "$file.new" $file -Force
        }
    }
}
$time = Measure-InTurn ([ordered]@{ Small = { Invoke-WithJsonFile ($n / 2) }; Whole = { Invoke-WithJsonFile $n } })
# A part of the time grows with the tasks, a part with their square: both follow from the two sizes.
$square = ($time.Whole - 2 * $time.Small) / ($n * $n / 2)
$linear = ($time.Whole - $square * $n * $n) / $n
$projected = ($linear * 55000 + $square * 55000 * 55000) / 3600000
Add-Line '  the same beside a JSON file rewritten at each change' $n ('{0:n0} µs a task' -f $each) ('JSON file {0:n0} µs' -f ($time.Whole * 1000 / $n)) ('55,000 of them: {0:n0} h' -f $projected) '' $true
