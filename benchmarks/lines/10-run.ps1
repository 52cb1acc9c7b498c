# A journaled no-op task in Invoke-JournalBatch, with FULL durability, beside what remembers nothing.
$n = $Quick ? 5000 : 20000
$keys = 1..$n | ForEach-Object { "item $_" }
$time = Measure-InTurn ([ordered]@{
        Plain = { $keys | ForEach-Object { } }
        Journaled = { $keys | Invoke-JournalBatch bench { } }
    })
$each = ($time.Journaled - $time.Plain) * 1000 / $n
Add-Line 'Invoke-JournalBatch, no-op block' $n ('{0:n0} ms' -f $time.Journaled) ('ForEach-Object {0:n0} ms' -f $time.Plain) ('{0:n0} µs a task more' -f $each) '<= 60 µs' ($each -le 60)

# What tasks emit is recorded with their completion, so that a stop loses none of it.
$time = Measure-InTurn ([ordered]@{
        Silent = { $keys | Invoke-JournalBatch bench { } }
        Text = { $keys | Invoke-JournalBatch bench { 'one line of text' } }
        Kept = { $keys | Invoke-JournalBatch bench -KeepResult { 'one line of text' } }
    }) 5
$ratio = $time.Text / $time.Silent
Add-Line '  the same, each emits a string' $n ('{0:n0} ms' -f $time.Text) ('no output {0:n0} ms' -f $time.Silent) ('{0:n2} of its time' -f $ratio) '<= 1.3' ($ratio -le 1.3)
Add-Line '  the same, -KeepResult' $n ('{0:n0} ms' -f $time.Kept) ('no output {0:n0} ms' -f $time.Silent) ('{0:n2} of its time' -f ($time.Kept / $time.Silent)) '' $true
$make = { [pscustomobject]@{ Id = $_; Name = "IMG_$_"; Path = "/photos/$_.jpg"; Size = 3145728; Width = 4000; Height = 3000; Taken = [datetime]'2024-08-01'; Camera = 'X100'; Iso = 200; Exposure = 0.004 } }
$clixml = Join-Path $directory objects.xml
$time = Measure-InTurn ([ordered]@{
        Emitted = { $keys | Invoke-JournalBatch bench $make }
        Exported = { $keys | ForEach-Object $make | Export-Clixml $clixml }
    })
$ratio = $time.Emitted / $time.Exported
Add-Line '  the same, each emits an object of ten properties' $n ('{0:n0} ms' -f $time.Emitted) ('Export-Clixml {0:n0} ms' -f $time.Exported) ('{0:n2} of its time' -f $ratio) '<= 1' ($ratio -le 1)

# Several at once: few, where to open runspaces takes longest, and many, where each costs.
foreach ($n in 400, ($Quick ? 2000 : 20000)) {
    $some = 1..$n
    $plain = 1..400
    $time = Measure-InTurn ([ordered]@{
            Plain = { $plain | ForEach-Object -Parallel { } -ThrottleLimit 4 }
            Journaled = { $some | Invoke-JournalBatch bench { } -ThrottleLimit 4 }
        }) ($Quick ? 3 : 5)
    $theirs = $time.Plain * $n / $plain.Count
    $ratio = $theirs / $time.Journaled
    Add-Line '  the same, -ThrottleLimit 4' $n ('{0:n0} ms' -f $time.Journaled) ('ForEach-Object -Parallel {0:n0} ms{1}' -f $theirs, ($n -eq $plain.Count ? '' : ', by 400')) ('{0:n1} times as fast' -f $ratio) '>= 10' ($ratio -ge 10)
}

# GNU parallel writes its job log without waiting for the disk, and starts a process for each job.
if (Test-Tool parallel 'jobs beside GNU parallel') {
    $jobs = $Quick ? 100 : 300
    $log = Join-Path $directory joblog
    $theirs = (Measure-Median { 1..$jobs | parallel --will-cite -j2 --joblog $log true } 1) * 1000 / $jobs
    $ours = $each
    Add-Line '  the same beside parallel --joblog' $jobs ('{0:n0} µs a task' -f $ours) ('GNU parallel {0:n0} µs' -f $theirs) ('{0:n0} times as fast' -f ($theirs / $ours)) '>= 40' ($theirs / $ours -ge 40)
}

# What scripts do that keep their state in a JSON file: it is written anew, beside the old one and renamed, when a task begins and when it ends.
# One change costs something, and something more for each task there is: two sizes tell both, and a run is two changes a task.
$file = Join-Path $directory state.json
function New-State([int] $Tasks) { @(foreach ($number in 1..$Tasks) { [pscustomobject]@{ Key = "item $number"; Status = 'Pending'; StartedAt = [datetime]::UtcNow; EndedAt = $null } }) }
function Write-State($State) {
    foreach ($change in 1..10) {
        $State[$change].Status = 'Completed'
        ConvertTo-Json $State | Set-Content "$file.new"
        Move-Item "$file.new" $file -Force
    }
}
$short, $long = 100, ($Quick ? 2000 : 10000)
$few, $many = (New-State $short), (New-State $long)
$time = Measure-InTurn ([ordered]@{ Small = { Write-State $few }; Large = { Write-State $many } })
$more = ($time.Large - $time.Small) / 10 / ($long - $short)
$fixed = [Math]::Max($time.Small / 10 - $more * $short, 0)
$all = 2 * 55000 * ($fixed + $more * 55000)
Add-Line '  55,000 of them, beside a JSON file rewritten each time' 55000 ('{0:n1} s' -f ($each * 55000 / 1e6)) ('JSON file {0:n1} h, projected' -f ($all / 3600000)) ('{0:n0} times as fast' -f ($all * 1000 / ($each * 55000))) '' $true
