using System.Runtime.CompilerServices;
using Journal.Lifecycle;

namespace Journal.Tests.Lifecycle;

/// <summary>The state machines that docs/architecture.md shows are those of the code.</summary>
public class LifecycleDrawingTests
{
    private static readonly (string When, TaskCounts Counts)[] Situations =
    [
        ("tasks are open", default(TaskCounts) with { Pending = 1 }),
        ("all have ended", default(TaskCounts) with { Completed = 1, Skipped = 1 }),
        ("all have ended, one failed", default(TaskCounts) with { Completed = 1, Failed = 1, Canceled = 1 }),
        ("all have ended, one canceled", default(TaskCounts) with { Completed = 1, Canceled = 1 }),
    ];

    [Fact]
    public void The_moves_of_a_task_are_drawn_from_their_table()
    {
        var arrows = TaskLifecycle.Moves
            .SelectMany(static move => move.From.Select(from => (From: from, move.To, Name: move.Kind.ToString())))
            .GroupBy(static move => (move.From, move.To))
            .OrderBy(static arrow => arrow.Key.From).ThenBy(static arrow => arrow.Key.To)
            .Select(static arrow => $"    {arrow.Key.From} --> {arrow.Key.To} : {string.Join(", ", arrow.Select(static move => move.Name))}");
        Assert.Contains(string.Join('\n', arrows.Prepend("    [*] --> Pending : add").Prepend("stateDiagram-v2")), Page(), StringComparison.Ordinal);
    }

    [Fact]
    public void The_status_of_a_batch_is_shown_as_it_follows_from_its_tasks()
    {
        JournalBatchStatus[] statuses = [JournalBatchStatus.Ready, JournalBatchStatus.Running, JournalBatchStatus.Paused, JournalBatchStatus.Failed, JournalBatchStatus.Completed, JournalBatchStatus.Canceled];
        var rows = statuses.Select(status => $"| {status} | {string.Join(" | ", Situations.Select(situation => BatchLifecycle.Settle(status, situation.Counts, started: status is not JournalBatchStatus.Ready)))} |");
        Assert.Contains(string.Join('\n', rows.Prepend($"|---|{string.Concat(Situations.Select(static _ => "---|"))}").Prepend($"| was | {string.Join(" | ", Situations.Select(static situation => situation.When))} |")), Page(), StringComparison.Ordinal);
    }

    private static string Page([CallerFilePath] string here = "") =>
        File.ReadAllText(Path.Combine(Path.GetDirectoryName(here)!, "..", "..", "..", "docs", "architecture.md")).ReplaceLineEndings("\n");
}
