using Journal.Policy.Classifying;

namespace Journal.Runs;

// A task among others that the work gets in one call.
public sealed partial class RunningTask
{
    private AttemptResult? _end;

    /// <summary>
    /// The tasks that the present call of the work is for, in the order of its inputs, with this one as the first; null where each task has its own call
    /// (<see cref="RunRequest.ChunkSize"/>), and of the others.
    /// </summary>
    public IReadOnlyList<RunningTask>? Chunk { get; private set; }

    /// <summary>The task to which what the call emits is recorded: of a chunk, the first one that is completed and has emitted nothing itself, see <see cref="Complete"/>.</summary>
    public RunningTask Carrier => Chunk is null ? this
        : Chunk.FirstOrDefault(static task => !task.IsDecided) ?? Chunk.FirstOrDefault(static task => task.IsCompleted && task.Emitted is null)
            ?? Chunk.FirstOrDefault(static task => task.IsCompleted) ?? Chunk.FirstOrDefault(static task => task.SkipReason is not null && task._end is null) ?? this;

    /// <summary>What the task was completed with, see <see cref="Complete"/>: one object; null for nothing.</summary>
    public IReadOnlyList<object?>? Emitted => _end?.Output as IReadOnlyList<object?>;

    /// <summary>Whether the work has said what becomes of this task. In a chunk that holds, whatever becomes of the others.</summary>
    internal bool IsDecided => _end is not null || SkipReason is not null || Postponement is not null;

    /// <summary>What the work has said: that the task failed, or that it is completed, with what it emitted; null where it has said neither.</summary>
    internal AttemptResult? Said => _end;

    /// <summary>Whether it has its calls together with others, or might.</summary>
    internal bool IsOfChunk { get; }

    private bool IsCompleted => _end is { End: AttemptEnd.Succeeded };

    /// <summary>How long the calls that were for this task took, each shared out evenly among its tasks.</summary>
    internal TimeSpan Spent { get; set; }

    /// <summary>
    /// Says that the task has failed: recorded when the attempt ends without an error, and of a task of a chunk in any case. What follows is what would follow
    /// if the work had thrown that error for this task alone. A second call counts instead of the first.
    /// </summary>
    /// <param name="message">What went wrong; of no text the journal says that the work gave none.</param>
    /// <param name="category">What the retry policy goes by; None for what the words of the message say.</param>
    /// <param name="retryAfter">How long the other side wants to be left alone, as in <see cref="CategorizedErrorException"/>.</param>
    public void Fail(string message, JournalErrorCategory category = JournalErrorCategory.None, TimeSpan? retryAfter = null)
    {
        if (string.IsNullOrWhiteSpace(message)) message = "The work said that the task failed, and gave no message.";
        var said = category is JournalErrorCategory.None && retryAfter is null ? null : new CategorizedErrorException(message, category, retryAfter);
        Decide(AttemptResult.Failed(new ErrorFacts(message, said)));
    }

    /// <summary>Says that this task of a chunk is done, whatever becomes of the others: it is recorded as Completed also where the call ends with an error or is stopped.</summary>
    /// <param name="output">What it emits, one object; null for nothing.</param>
    /// <exception cref="JournalException">InvalidValue: the task has a call of its own, which completes it when it ends. SecretRefused, ValueNotKept.</exception>
    /// <exception cref="CategorizedErrorException">The output is longer than the batch allows.</exception>
    public void Complete(object? output = null)
    {
        if (!IsOfChunk) throw JournalErrors.InvalidValue("Complete", null, "a task that has a call of its own is completed when the call ends; emit its output. Only a task of a chunk (-ChunkSize) is completed by itself.");
        var json = output is null || !RecordsResult ? null : KeptValues.Encode(output, "A result");
        if (json is not null && Refuse(json, "The task", 1) is { } refused) throw refused;
        Decide(AttemptResult.Succeeded(output is null ? null : new[] { output }, json));
    }

    private void Decide(AttemptResult end) => (_end, SkipReason, Postponement) = (end, null, null);

    /// <summary>A call of the work begins for this task and others. Its log is one, and that of each of them.</summary>
    internal void BeginCall(IReadOnlyList<RunningTask> chunk)
    {
        Chunk = chunk;
        var log = Options.LogSize <= 0 ? null : new AttemptLog(Options.LogSize);
        foreach (var task in chunk)
        {
            lock (task._gate) task._log = log;
        }
    }

    /// <summary>The call has ended; its log is that of this task no more where another one has it.</summary>
    internal void EndCall(bool keepsLog)
    {
        Chunk = null;
        if (keepsLog) return;
        lock (_gate) _log = null;
    }
}
