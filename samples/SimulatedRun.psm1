# A journal of work that was never done, on a clock that is set by hand: for samples, tests and pictures that look the same every time.

using namespace Journal
using namespace Journal.Lifecycle
using namespace Journal.Storage
using namespace Journal.Workers

class SettableClock : TimeProvider {
    [DateTimeOffset] $At
    SettableClock([DateTimeOffset] $at) { $this.At = $at }
    [DateTimeOffset] GetUtcNow() { return $this.At }
}

# What C# writes as { Name = value }: such members can be set only while the object is made.
function Set-Member($Object, [string] $Name, $Value) { $Object.GetType().GetProperty($Name).SetValue($Object, $Value) }

function Open-SimulatedJournal([string] $Path, [DateTimeOffset] $At) {
    $clock = [SettableClock]::new($At)
    $options = [StoreOptions]::new($Path, [StoreAccess]::Create)
    Set-Member $options Time $clock
    Set-Member $options Durability ([Durability]::Normal)
    [pscustomobject]@{ Clock = $clock; Store = [StoreLoader]::For($Path).Open($options) }
}

function New-SimulatedWorker([string] $Name) { [WorkerIdentity]::new('studio', 'sample', 4711, 'sample', $Name, $Name) }

# Runs a batch as a number of workers would: each takes the next task when it has done its last one.
# -Work gets the task and the attempt's start, and returns how long it took and how it ended:
# @{ Seconds; Error (category); Message; Retry (seconds until the next try); Skip (why); Outputs; Quota; Project; Metadata }
function Invoke-SimulatedRun($Journal, [string] $BatchId, [string[]] $Worker, [scriptblock] $Work) {
    $store = $Journal.Store
    $clock = $Journal.Clock
    $lanes = foreach ($name in $Worker) { @{ Worker = New-SimulatedWorker $name; Free = $clock.At; Move = $null } }
    while ($true) {
        $lane = $lanes | Sort-Object { $_.Free } | Select-Object -First 1
        if ($lane.Free -eq [DateTimeOffset]::MaxValue) { break }
        $clock.At = $lane.Free
        $request = [ExchangeRequest]::new($lane.Worker, $BatchId, [timespan]::FromHours(4))
        if ($lane.Move) { Set-Member $request Moves ([TaskMove[]] @($lane.Move)) }
        Set-Member $request Claim 1
        $result = $store.Exchange($request)
        $lane.Move = $null
        if ($result.Claimed.Count -eq 0) {
            # Nothing now: later, if something waits for a retry or another lane may bring a next stage.
            $busy = @($lanes | Where-Object { $_.Move })
            $next = if ($result.Batch.NextDue) { $result.Batch.NextDue } elseif ($busy) { ($busy.Free | Sort-Object)[0].AddSeconds(1) }
            $lane.Free = if ($next) { $next } else { [DateTimeOffset]::MaxValue }
            continue
        }
        $task = $result.Claimed[0]
        $outcome = & $Work $task
        $duration = [timespan]::FromSeconds($outcome.Seconds)
        $report = [TaskReport]::new()
        if ($outcome.TargetId) { Set-Member $report TargetId $outcome.TargetId }
        if ($outcome.Outputs) { Set-Member $report Outputs ([string[]] $outcome.Outputs) }
        if ($outcome.Quota) { Set-Member $report Quota ([double] $outcome.Quota) }
        if ($outcome.Project) { Set-Member $report QuotaProject $outcome.Project }
        if ($outcome.Metadata) { Set-Member $report Metadata ([JsonMap]::Parse(($outcome.Metadata | ConvertTo-Json -Compress))) }
        $stages = @($store.FindBatch($BatchId).Stages)
        $lane.Free = $lane.Free + $duration
        $lane.Move = if ($outcome.Error) {
            $failure = [TaskError]::new($outcome.Error, $outcome.Message, [Journal.Policy.ErrorSignature]::Of($outcome.Message), $outcome.ErrorId, 'at <ScriptBlock>, /studio/episodes.ps1: line 12')
            if ($outcome.Retry) { [TaskMove]::Retry($task.Id, $task.Token, $failure, $report, $lane.Free.AddSeconds($outcome.Retry), $duration, 'tried again') }
            else { [TaskMove]::Fail($task.Id, $task.Token, $failure, $report, $duration, $null) }
        }
        elseif ($outcome.Skip) { [TaskMove]::Skip($task.Id, $task.Token, $outcome.Skip, $report, $duration) }
        elseif ($stages.Count -and $task.Stage -ne $stages[-1]) { [TaskMove]::Advance($task.Id, $task.Token, $report, $duration, $false) }
        else { [TaskMove]::Complete($task.Id, $task.Token, $report, $duration, $null) }
    }
}

# A batch with tasks, each given as @{ Key; SourceType; Weight; Priority; Metadata }.
function Add-SimulatedBatch($Journal, [string] $Name, [string[]] $Stage = @(), [hashtable[]] $Task) {
    $new = [NewBatch]::new($Name)
    Set-Member $new Stages ([JsonList]::From($Stage))
    $batch = $Journal.Store.CreateBatch($new, $null)
    [NewTask[]] $tasks = foreach ($one in $Task) {
        $made = [NewTask]::new($one.Key, [TaskInput]::OfText($one.Key))
        if ($one.SourceType) { Set-Member $made SourceType $one.SourceType }
        if ($one.Weight) { Set-Member $made Weight ([double] $one.Weight) }
        if ($one.Metadata) { Set-Member $made Metadata ([JsonMap]::Parse(($one.Metadata | ConvertTo-Json -Compress))) }
        $made
    }
    $null = $Journal.Store.AddTasks($batch.Id, $tasks, $null)
    $batch.Id
}

Export-ModuleMember -Function Open-SimulatedJournal, Add-SimulatedBatch, Invoke-SimulatedRun
