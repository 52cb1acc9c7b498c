using System.Globalization;
using Journal.Torture.Injuring;

namespace Journal.Torture.Working;

/// <summary>How a worker process works.</summary>
internal enum WorkerManner
{
    /// <summary>Through the runner, as cmdlets do.</summary>
    Runner,

    /// <summary>Through bare exchanges, as a hand-written worker does, and not a careful one.</summary>
    Bare,

    /// <summary>It pauses, resumes, adds, requeues, skips, backs up and looks.</summary>
    Operator,

    /// <summary>It repairs, restores, optimizes, copies, moves and renames the journal while others work.</summary>
    Carer,

    /// <summary>A runner that does all its tasks and harms nobody, to bring a batch to its end.</summary>
    Finisher,
}

/// <summary>What a worker process is told, in one line.</summary>
internal sealed record WorkerOrder(WorkerManner Manner, string Journal, string BatchId, string Ledger, int Seed)
{
    public const string Verb = "worker";

    /// <summary>Starts a process that reads its order from its input.</summary>
    public const string ReadyVerb = "ready";

    /// <summary>How wrong its clock is.</summary>
    public TimeSpan ClockError { get; init; }

    /// <summary>The largest file that it may write; 0 for any.</summary>
    public long FileLimit { get; init; }

    /// <summary>The user it becomes before it opens the journal; 0 to stay who it is.</summary>
    public int User { get; init; }

    public bool Normal { get; init; }

    /// <summary>From where it works. The worker itself is not told.</summary>
    public WorkerPlace Place { get; init; } = WorkerPlace.Here;

    /// <summary>The machine that it believes to be on; empty for this one.</summary>
    public string Host { get; init; } = "";

    public string[] ToArguments() =>
    [
        Verb, Manner.ToString(), Journal, BatchId, Ledger, Text(Seed), Text((long)ClockError.TotalSeconds), Text(FileLimit), Text(User), Normal.ToString(), Host,
    ];

    public static WorkerOrder Parse(string[] arguments) =>
        new(Enum.Parse<WorkerManner>(arguments[1]), arguments[2], arguments[3], arguments[4], (int)Number(arguments[5]))
        {
            ClockError = TimeSpan.FromSeconds(Number(arguments[6])),
            FileLimit = Number(arguments[7]),
            User = (int)Number(arguments[8]),
            Normal = bool.Parse(arguments[9]),
            Host = arguments[10],
        };

    private static string Text(long number) => number.ToString(CultureInfo.InvariantCulture);

    private static long Number(string text) => long.Parse(text, CultureInfo.InvariantCulture);
}
