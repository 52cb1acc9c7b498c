# One journaled no-op task in Invoke-JournalBatch beside ForEach-Object, with FULL durability.
$n = $Quick ? 2000 : 20000
$keys = 1..$n | ForEach-Object { "item $_" }
$plain = Measure-Median { $keys | ForEach-Object { } }
$journaled = Measure-Median { $keys | Invoke-JournalBatch bench { } }
$each = ($journaled - $plain) * 1000 / $n
Add-Line 'Invoke-JournalBatch, no-op block' $n ('{0:n0} ms' -f $journaled) ('ForEach-Object {0:n0} ms' -f $plain) ('{0:n0} µs a task more' -f $each) '<= 60 µs' ($each -le 60)
