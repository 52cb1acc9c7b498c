using System.Diagnostics;
using System.Globalization;
using Journal.Workers;

namespace Journal.Tests.Workers;

public class ProcessTableTests
{
    private static readonly ProcessTable Table = ProcessTable.Instance;
    private static readonly TimeSpan Lately = TimeSpan.FromMinutes(1);

    [Fact]
    public void This_process_is_alive_or_a_worker_would_take_its_own_tasks_for_orphans()
    {
        var worker = Table.NewWorker();
        Assert.Equal(Liveness.Alive, Table.Probe(worker));
        Assert.True(Table.IsThisProcess(worker));
    }

    [Fact]
    public void A_worker_that_retired_is_dead_though_its_process_lives_so_a_second_run_takes_over_at_once()
    {
        var (retired, other) = (Table.NewWorker(), Table.NewWorker());
        Table.Retire(retired);
        Assert.Equal(Liveness.Dead, Table.Probe(retired));
        Assert.Equal(Liveness.Alive, Table.Probe(other));
    }

    [Fact]
    public void Another_process_is_alive_until_it_is_killed_and_dead_at_once_after()
    {
        using var process = StartReader();
        var worker = Table.NewWorker() with { ProcessId = process.Id, ProcessStart = StartOf(process) };
        Assert.Equal(Liveness.Alive, Table.Probe(worker));
        Assert.False(Table.IsThisProcess(worker));
        process.Kill();
        process.WaitForExit();
        Assert.Equal(Liveness.Dead, Table.Probe(worker));
    }

    [Fact]
    public void A_stranger_with_the_same_process_id_does_not_keep_a_dead_workers_tasks()
    {
        using var process = StartReader();
        var worker = Table.NewWorker() with { ProcessId = process.Id, ProcessStart = StartOf(process) + "1" };
        Assert.Equal(Liveness.Dead, Table.Probe(worker));
        process.Kill();
        process.WaitForExit();
    }

    [Fact]
    public void Of_a_dead_worker_the_programs_with_its_mark_are_ended_and_of_a_living_one_none()
    {
        using var worker = StartReader();
        var identity = Table.NewWorker() with { ProcessId = worker.Id, ProcessStart = StartOf(worker) };
        var marked = StartOrphan(ProgramMark.Of(identity));
        var foreign = StartOrphan(ProgramMark.Of(identity) + "1");
        // A worker of the journal that a task had started, and that works on; and what this process has started itself.
        var living = StartOrphan(ProgramMark.Of(identity));
        using var own = StartReader(ProgramMark.Of(identity));
        WorkerIdentity[] atWork = [Table.NewWorker() with { ProcessId = living.Id, ProcessStart = StartOf(living) }];
        Assert.Empty(Table.EndPrograms(identity, Lately, atWork));
        worker.Kill();
        worker.WaitForExit();

        // What it had started before its tasks were claimed is not theirs.
        Assert.Empty(Table.EndPrograms(identity, TimeSpan.Zero - Lately, atWork));
        // Elsewhere the environment of another process cannot be read, and nothing is ended.
        string[] expected = OperatingSystem.IsLinux() ? [FormattableString.Invariant($"sleep ({marked.Id})")] : [];
        Assert.Equal(expected, Table.EndPrograms(identity, Lately, atWork));
        if (expected.Length == 0) marked.Kill();
        Assert.True(marked.WaitForExit(TimeSpan.FromMinutes(1)));
        foreach (var other in new[] { foreign, living, own })
        {
            Assert.False(other.HasExited);
            other.Kill();
        }

        Assert.Empty(Table.EndPrograms(Table.NewWorker(), Lately, []));
    }

    [Fact]
    public void What_comes_from_a_program_that_was_there_before_the_task_is_not_the_tasks()
    {
        if (!OperatingSystem.IsLinux()) return;
        using var worker = StartReader();
        var identity = Table.NewWorker() with { ProcessId = worker.Id, ProcessStart = StartOf(worker) };
        var folder = Directory.CreateTempSubdirectory("journal-mark-").FullName;
        try
        {
            // An editor, say, that was started from the same session, and whose shells inherit the mark.
            Process.Start("mkfifo", [folder + "/go", folder + "/gone"]).WaitForExit();
            using var before = StartOrphan(ProgramMark.Of(identity), $"sh -c 'read line <{folder}/go; sleep 300 >/dev/null 2>&1 & echo $! >{folder}/gone; wait' >/dev/null 2>&1");
            worker.Kill();
            worker.WaitForExit();
            // The start of processes is told in hundredths of a second.
            SpinWait.SpinUntil(() => before.StartTime < DateTime.Now - TimeSpan.FromMilliseconds(60));
            var claimed = Stopwatch.StartNew();
            File.WriteAllText(folder + "/go", "go\n");
            using var after = Process.GetProcessById(int.Parse(File.ReadAllText(folder + "/gone"), CultureInfo.InvariantCulture));

            Assert.Empty(Table.EndPrograms(identity, claimed.Elapsed + TimeSpan.FromMilliseconds(20), []));

            Assert.False(before.HasExited || after.HasExited);
            Assert.Equal(2, Table.EndPrograms(identity, Lately, []).Count);
        }
        finally
        {
            Directory.Delete(folder, recursive: true);
        }
    }

    [Fact]
    public void A_process_of_another_machine_cannot_be_asked_so_that_its_work_is_not_stolen()
    {
        var here = Table.NewWorker();
        Assert.Equal(Liveness.Unknown, Table.Probe(here with { Host = "elsewhere", ProcessSpace = "m/b/n" }));
        Assert.Equal(Liveness.Unknown, Table.Probe(here with { Host = "elsewhere", ProcessSpace = "" }));
        Assert.Equal(Liveness.Unknown, Table.Probe(here with { ProcessSpace = here.ProcessSpace + "x" }));
        Assert.False(Table.IsThisProcess(here with { ProcessSpace = "m/b/n" }));
    }

    [Fact]
    public void A_worker_from_before_the_last_boot_is_dead_where_no_cloned_machine_can_be_meant()
    {
        var here = Table.NewWorker();
        var parts = here.ProcessSpace.Split('/');
        var knowsItself = parts is [{ Length: > 0 }, { Length: > 0 }, ..];
        var before = here with { ProcessSpace = $"{parts[0]}/another-boot/{parts[^1]}" };
        Assert.Equal(knowsItself ? Liveness.Dead : Liveness.Unknown, Table.Probe(before, isOfThisMachine: true));
        Assert.Equal(Liveness.Unknown, Table.Probe(before, isOfThisMachine: false));
        Assert.Equal(Liveness.Unknown, Table.Probe(before));
        Assert.Equal(Liveness.Unknown, Table.Probe(before with { Host = "elsewhere" }, isOfThisMachine: true));
    }

    [Fact]
    public void A_worker_without_a_start_time_is_left_to_its_lease() =>
        Assert.Equal(Liveness.Unknown, Table.Probe(Table.NewWorker() with { ProcessStart = "" }));

    [Fact]
    public void Two_workers_of_one_process_are_told_apart_and_a_label_is_a_name()
    {
        Assert.NotEqual(Table.NewWorker(), Table.NewWorker());
        Assert.Equal("night-shift", Table.NewWorker("night-shift").Name);
        Assert.Contains(Environment.ProcessId.ToString(CultureInfo.InvariantCulture), Table.NewWorker().Name, StringComparison.Ordinal);
    }

    // Waits for its input on every system, and so lives until it is killed.
    private static Process StartReader(string? mark = null) => Start("sort", mark);

    // One whose parent has ended, as that of a killed worker's program.
    private static Process StartOrphan(string mark, string line = "sleep 300 >/dev/null 2>&1")
    {
        using var shell = Start("sh", mark, "-c", line + " & echo $!");
        var id = int.Parse(shell.StandardOutput.ReadLine()!, CultureInfo.InvariantCulture);
        shell.WaitForExit();
        return Process.GetProcessById(id);
    }

    private static Process Start(string program, string? mark, params string[] arguments)
    {
        var start = new ProcessStartInfo(program, arguments) { RedirectStandardInput = true, RedirectStandardOutput = true };
        if (mark is not null) start.Environment[ProgramMark.Variable] = mark;
        return Process.Start(start)!;
    }

    private static string StartOf(Process process) => OperatingSystem.IsLinux()
        ? File.ReadAllText(string.Create(CultureInfo.InvariantCulture, $"/proc/{process.Id}/stat")).Split(") ")[^1].Split(' ')[19]
        : process.StartTime.ToUniversalTime().Ticks.ToString(CultureInfo.InvariantCulture);
}
