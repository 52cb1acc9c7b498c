# Adding keys from the pipeline beside writing them to a JSON file.
$n = $Quick ? 20000 : 100000
$keys = 1..$n | ForEach-Object { "/photos/2024/08/IMG_$_.jpg" }
$json = Join-Path $directory keys.json
$written = Measure-Median { $keys | ConvertTo-Json | Set-Content $json }
$added = Measure-Median { $keys | Start-JournalBatch bench }
$ratio = $added / $written
Add-Line 'Start-JournalBatch, keys from the pipeline' $n ('{0:n0} ms' -f $added) ('ConvertTo-Json | Set-Content {0:n0} ms' -f $written) ('{0:n2} of its time' -f $ratio) '<= 1' ($ratio -le 1)
