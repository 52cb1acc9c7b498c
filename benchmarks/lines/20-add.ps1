# Adding inputs from the pipeline, beside writing the same to a JSON file: bare strings, then what pipelines really carry.
$n = $Quick ? 20000 : 100000
$json = Join-Path $directory keys.json
function Add-ComparedWithJson([string] $What, [object[]] $Inputs, [string] $Goal, [hashtable] $Parameters = @{}) {
    $time = Measure-InTurn ([ordered]@{
            Written = { $Inputs | ConvertTo-Json -Depth 2 -WarningAction Ignore | Set-Content $json }
            Added = { $Inputs | Start-JournalBatch bench @Parameters }
        })
    $ratio = $time.Added / $time.Written
    Add-Line $What $Inputs.Count ('{0:n0} ms' -f $time.Added) ('ConvertTo-Json {0:n0} ms' -f $time.Written) ('{0:n2} of its time' -f $ratio) $Goal ($ratio -le 1)
}
Add-ComparedWithJson 'Start-JournalBatch, strings' @(1..$n | ForEach-Object { "/photos/2024/08/IMG_$_.jpg" }) '<= 1'
Add-ComparedWithJson '  the same, objects of four properties' @(1..($n / 5) | ForEach-Object { [pscustomobject]@{ Id = $_; Name = "IMG_$_.jpg"; Size = $_ * 3; Taken = [datetime]'2024-08-01' } }) '<= 1' @{ Key = 'Id' }
Add-ComparedWithJson '  the same, files of Get-ChildItem' @(Get-ChildItem $PSHOME -File -Recurse | Select-Object -First ($Quick ? 200 : 1000)) '<= 1'

# A million, beside what SQLite itself takes with the same table, indexes and durability.
$n = $Quick ? 50000 : 1000000
$env:JOURNAL_PATH = New-JournalPath
$ours = (Measure-Command { 1..$n | ForEach-Object { "/photos/2024/08/IMG_$_.jpg" } | Start-JournalBatch bench }).TotalMilliseconds
$source = (Measure-Command { 1..$n | ForEach-Object { "/photos/2024/08/IMG_$_.jpg" } | Out-Null }).TotalMilliseconds
$theirs = [double] (dotnet $program insert $n)
$ours -= $source
$ratio = $theirs / $ours
Add-Line 'Start-JournalBatch, without its source' $n ('{0:n0} ms' -f $ours) ('SQLite itself {0:n0} ms' -f $theirs) ('{0:n2} of its rate' -f $ratio) '>= 0.5' ($ratio -ge 0.5)
