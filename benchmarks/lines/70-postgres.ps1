# Claims a second on a PostgreSQL server of the benchmark's own, beside pgbench with the same statements as the limit, and beside SQLite.
$bin = @((Get-Item /usr/lib/postgresql/*/bin -ErrorAction Ignore).FullName) + ($env:PATH -split [IO.Path]::PathSeparator) |
    Where-Object { (Test-Path "$_/initdb") -and (Test-Path "$_/pg_ctl") } | Select-Object -First 1
$pgbench = Get-Command pgbench -ErrorAction Ignore
if (-not $bin -or -not $pgbench) {
    Write-Host 'Left out: claims on PostgreSQL (no initdb, pg_ctl or pgbench on this machine).'
    return
}

Add-Type -IgnoreWarnings -WarningAction SilentlyContinue -ReferencedAssemblies 'System.Linq', 'System.Collections', 'System.Threading', 'System.Threading.Thread', 'System.Runtime', 'System.Diagnostics.Process', 'netstandard', "$PSScriptRoot/../../module/bin/Journal.Core.dll" -TypeDefinition @'
using System;
using System.Collections.Generic;
using System.Diagnostics;
using System.Linq;
using System.Threading;
using Journal;
using Journal.Lifecycle;
using Journal.Storage;
using Journal.Workers;

public static class ClaimBenchmark
{
    // Workers that do nothing but complete what they hold and claim the next, until nothing is left.
    public static double Run(string location, int workers, int tasks, int turn)
    {
        using var store = StoreLoader.For(location).Open(new StoreOptions(location, StoreAccess.Create));
        var batch = store.CreateBatch(new NewBatch("bench"));
        store.AddTasks(batch.Id, Enumerable.Range(0, tasks).Select(n => new NewTask("item " + n, TaskInput.OfText("item " + n))).ToList());
        // What adding leaves to be written is not part of claiming.
        store.Optimize();
        // Connecting is not part of it: pgbench leaves it out, too.
        using var connected = new Barrier(workers + 1);
        var threads = Enumerable.Range(0, workers).Select(n => new Thread(() => Work(store, batch.Id, n, turn, connected))).ToList();
        threads.ForEach(thread => thread.Start());
        connected.SignalAndWait();
        var watch = Stopwatch.StartNew();
        threads.ForEach(thread => thread.Join());
        return store.FindBatch(batch.Id).Completed / watch.Elapsed.TotalSeconds;
    }

    public static long Fill(string location, int tasks)
    {
        using var store = StoreLoader.For(location).Open(new StoreOptions(location, StoreAccess.Create));
        var batch = store.CreateBatch(new NewBatch("limit"));
        store.AddTasks(batch.Id, Enumerable.Range(0, tasks).Select(n => new NewTask("item " + n, TaskInput.OfText("item " + n))).ToList());
        store.Optimize();
        return tasks;
    }

    private static void Work(IJournalStore store, string batch, int number, int turn, Barrier connected)
    {
        var me = new WorkerIdentity("bench", "", number, "", "n");
        IReadOnlyList<JournalTask> held = store.Exchange(new ExchangeRequest(me, batch, TimeSpan.FromMinutes(5)) { Claim = turn }).Claimed;
        connected.SignalAndWait();
        do
        {
            var moves = held.Select(task => TaskMove.Complete(task.Id, task.Token, TaskReport.Nothing, TimeSpan.Zero)).ToList();
            held = store.Exchange(new ExchangeRequest(me, batch, TimeSpan.FromMinutes(5)) { Claim = turn, Moves = moves }).Claimed;
        }
        while (held.Count > 0);
    }
}
'@

$server = Join-Path $directory postgres
$null = New-Item -ItemType Directory $server
# No server runs as root.
$as = (id -u) -eq 0 ? @('setpriv', '--reuid', 'nobody', '--clear-groups', '--') : @('env')
if ((id -u) -eq 0) {
    chmod 755 $directory
    chown nobody $server
}
function Invoke-Server([string] $Program) { & $as[0] $as[1..9] "$bin/$Program" @args *> "$server.out" ; if ($LASTEXITCODE) { throw (Get-Content -Raw "$server.out") } }
$listener = [Net.Sockets.TcpListener]::new('127.0.0.1', 0)
$listener.Start()
$port = $listener.LocalEndpoint.Port
$listener.Stop()
Push-Location $server
try {
    Invoke-Server initdb -D "$server/data" -U journal -A trust -E UTF8 --locale C
    Invoke-Server pg_ctl -D "$server/data" -w -s -l "$server/log" -o "-c listen_addresses=127.0.0.1 -p $port -k $server -c max_connections=100" start
    $tasks = $Quick ? 2000 : 10000
    $turn = 10
    $psql = @('-h', '127.0.0.1', '-p', $port, '-U', 'journal', 'postgres')
    foreach ($workers in 1, 4, 16) {
        $address = "postgresql://journal@127.0.0.1:$port/postgres?schema=w$workers"
        # Until the client's code is compiled as it will stay.
        $null = [ClaimBenchmark]::Run($address, $workers, $tasks, $turn)
        $ours = @(1..3 | ForEach-Object { [ClaimBenchmark]::Run($address, $workers, $tasks, $turn) } | Sort-Object)[1]
        $limit = @(1..3 | ForEach-Object {
                $null = [ClaimBenchmark]::Fill($address, $tasks)
                $batch = psql @psql -qAt -c "SELECT max(no) FROM w$workers.batch"
                $rounds = [int]($tasks / $turn / $workers)
                $env:PGOPTIONS = "-c search_path=w$workers"
                $out = pgbench @psql -n -M prepared -c $workers -j ([Math]::Min($workers, 2)) -t $rounds -D batch=$batch -D worker=1 -D turn=$turn -D held='{}' -D tokens='{}' -f "$PSScriptRoot/70-postgres.sql" 2>&1
                $env:PGOPTIONS = $null
                $tps = [double](($out | Select-String 'tps = ([\d.]+)').Matches[0].Groups[1].Value)
                $done = [long](psql @psql -qAt -c "SELECT completed FROM w$workers.batch WHERE no = $batch")
                $tps * $done / ($rounds * $workers)
            } | Sort-Object)[1]
        $ratio = $ours / $limit
        Add-Line "Claims on PostgreSQL, $workers worker(s), $turn a turn" $tasks ('{0:n0} /s' -f $ours) ('pgbench {0:n0} /s' -f $limit) ('{0:n2} of it' -f $ratio) '>= 0.8' ($ratio -ge 0.8)
        $file = @(1..3 | ForEach-Object { [ClaimBenchmark]::Run((Join-Path $directory "claims-$workers-$_.db"), $workers, $tasks, $turn) } | Sort-Object)[1]
        Add-Line "Claims on PostgreSQL beside SQLite, $workers worker(s)" $tasks ('{0:n0} /s' -f $ours) ('SQLite {0:n0} /s' -f $file) ('{0:n2} of it' -f ($ours / $file)) '(no goal)' $true
    }
}
finally {
    Pop-Location
    if (Test-Path "$server/data/postmaster.pid") { Invoke-Server pg_ctl -D "$server/data" -w -s -m immediate stop }
}
