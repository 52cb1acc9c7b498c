# A large journal to ask questions of: made through the store's own moves, a thousand tasks to a commit.

using namespace Journal
using namespace Journal.Lifecycle
using namespace Journal.Storage
using namespace Journal.Workers

function Set-Member($Object, [string] $Name, $Value) { $Object.GetType().GetProperty($Name).SetValue($Object, $Value) }

# One task in twenty fails, with an error of one of eight texts; four workers, twelve subjects.
function New-AnalysisJournal([string] $Path, [int] $Count) {
    $chunk = 1000
    $options = [StoreOptions]::new($Path, [StoreAccess]::Create)
    Set-Member $options Durability ([Durability]::Normal)
    $store = [StoreLoader]::For($Path).Open($options)
    try {
        $batch = $store.CreateBatch([NewBatch]::new('analysis'), $null).Id
        $subjects = foreach ($n in 0..11) { [JsonMap]::Parse("{`"subject`":`"subject $n`"}") }
        $errors = foreach ($n in 0..7) {
            [TaskError]::new((('NotFound', 'NetworkError', 'Timeout', 'PermissionDenied')[$n % 4]), "GET https://example.org/$n failed with code $(400 + $n).", "GET <url> failed with code $n.", 'HttpRequestException', $null)
        }
        $metadata = [NewTask].GetProperty('Metadata')
        for ($from = 0; $from -lt $Count; $from += $chunk) {
            [NewTask[]] $tasks = for ($n = $from; $n -lt [Math]::Min($from + $chunk, $Count); $n++) {
                $key = "/photos/2024/08/IMG_$n.jpg"
                $task = [NewTask]::new($key, [TaskInput]::OfText($key))
                $metadata.SetValue($task, $subjects[$n % 12])
                $task
            }
            $null = $store.AddTasks($batch, $tasks, $null)
        }
        $workers = foreach ($n in 0..3) { [WorkerIdentity]::new('bench', 'bench', 1, 'bench', "w$n", "worker-$n") }
        for ($turn = 0; $turn * $chunk -lt $Count; $turn++) {
            $claim = [ExchangeRequest]::new($workers[$turn % 4], $batch, [timespan]::FromHours(1))
            Set-Member $claim Claim $chunk
            $report = [ExchangeRequest]::new($workers[$turn % 4], $batch, [timespan]::FromHours(1))
            [TaskMove[]] $moves = foreach ($task in $store.Exchange($claim).Claimed) {
                $duration = [timespan]::FromMilliseconds(20 + $task.Id * 7919 % 5000)
                if ($task.Id % 20 -eq 0) { [TaskMove]::Fail($task.Id, $task.Token, $errors[$task.Id / 20 % 8], [TaskReport]::Nothing, $duration, $null) }
                else { [TaskMove]::Complete($task.Id, $task.Token, [TaskReport]::Nothing, $duration, $null) }
            }
            Set-Member $report Moves $moves
            $null = $store.Exchange($report)
        }
        # Figures about another journal than the one that was meant would be worth nothing.
        $found = $store.FindBatch($batch)
        if ($found.Failed -ne [Math]::Floor($Count / 20) -or $found.Completed + $found.Failed -ne $Count) { throw "The journal has $($found.Completed) completed and $($found.Failed) failed tasks of $Count." }
    }
    finally { $store.Dispose() }
    $batch
}

Export-ModuleMember -Function New-AnalysisJournal
