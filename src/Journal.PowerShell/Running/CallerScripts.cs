using System.Management.Automation;
using Journal.Runs;
using Journal.Storage;

namespace Journal.Commands.Running;

/// <summary>The script blocks of a line that are asked beside the work, in the caller's session. One that throws fails its input or task alone.</summary>
internal sealed class CallerScripts(ScriptBlock? fingerprint, ScriptBlock? recordExisting, ScriptBlock? reconcile)
{
    private readonly Dictionary<string, IReadOnlyList<string>> _existing = new(StringComparer.Ordinal);
    private long _recorded;

    /// <summary>Whether the result of any input is there already.</summary>
    public bool HasExisting => _existing.Count > 0;

    /// <summary>Tasks that were recorded without running them.</summary>
    public long Recorded => Interlocked.Read(ref _recorded);

    /// <summary>Tasks whose effect had taken place. On the pipeline's thread.</summary>
    public long Reconciled { get; private set; }

    /// <summary>Whether the result of an input is there already. On the pipeline's thread, as the inputs come: the block may use what the session has.</summary>
    public bool FindExisting(NewTask task, object? input)
    {
        if (recordExisting is null) return false;
        System.Collections.ObjectModel.Collection<PSObject> found;
        try
        {
            found = recordExisting.InvokeWithContext(null, [new PSVariable("_", input), new PSVariable("ErrorActionPreference", ActionPreference.Stop)]);
        }
        catch (Exception e) when (ErrorRecordFacts.RecordOf(e) is not null)
        {
            throw JournalErrors.InvalidValue("-RecordExisting", task.Key, $"the script block failed for '{task.Key}': {ErrorRecordFacts.RecordOf(e)!.Exception.Message}");
        }

        if (found.Count == 0 || !found.All(static part => part?.BaseObject is FileSystemInfo file ? file.Exists : LanguagePrimitives.IsTrue(part))) return false;
        _existing[task.Key] = [.. found.Select(static part => part?.BaseObject).OfType<FileInfo>().Select(static file => file.FullName)];
        return true;
    }

    /// <summary>Whether a task's result was found; its files are then the task's outputs. On any thread.</summary>
    public bool IsThere(RunningTask task)
    {
        if (!_existing.TryGetValue(task.Key, out var outputs)) return false;
        foreach (var path in outputs) task.AddOutput(path);
        Interlocked.Increment(ref _recorded);
        return true;
    }

    /// <summary>The task with the fingerprint of its input.</summary>
    /// <param name="task">The task.</param>
    /// <param name="input">Its input.</param>
    /// <param name="asBefore">See <see cref="ReservedMetadata.IsSameFingerprint"/>.</param>
    public NewTask WithFingerprint(NewTask task, object? input, out string? asBefore)
    {
        asBefore = null;
        if (fingerprint is null) return task;
        object?[] parts;
        try
        {
            parts = [.. fingerprint.InvokeWithContext(null, [new PSVariable("_", input), new PSVariable("ErrorActionPreference", ActionPreference.Stop)])];
        }
        catch (Exception e) when (ErrorRecordFacts.RecordOf(e) is not null)
        {
            throw JournalErrors.InvalidValue("-Fingerprint", task.Key, $"the script block failed for '{task.Key}': {ErrorRecordFacts.RecordOf(e)!.Exception.Message}");
        }

        if (parts.All(static part => ValueSelector.Unwrap(part) is null or string or ValueType)) asBefore = string.Join('|', parts.Select(static part => LanguagePrimitives.ConvertTo<string>(part)));
        return task with { Metadata = ReservedMetadata.WithFingerprint(task.Metadata, ReservedMetadata.FingerprintOf(KeptValues.Encode(parts, "-Fingerprint"))) };
    }

    /// <summary>Whether the effect of an attempt that died took place. In the caller's session, whichever thread asks: the block is at home there.</summary>
    public AttemptResult? AskReconcile(RunningTask task, CallerQueue? queue, CancellationToken stop)
    {
        if (queue is null) return Ask(task);
        AttemptResult? answer = AttemptResult.Stopped;
        // Not disposed: the action may come to it after a stop has ended the wait.
        var answered = new ManualResetEventSlim();
        queue.Post(() =>
        {
            try
            {
                if (!stop.IsCancellationRequested) answer = Ask(task);
            }
            finally
            {
                answered.Set();
            }
        });
        try
        {
            answered.Wait(stop);
            return answer;
        }
        catch (OperationCanceledException)
        {
            return AttemptResult.Stopped;
        }
    }

    private AttemptResult? Ask(RunningTask task)
    {
        try
        {
            var answer = reconcile!.InvokeWithContext(null, [new PSVariable("_", task), new PSVariable("JournalTask", task), new PSVariable("ErrorActionPreference", ActionPreference.Stop)]);
            if (!LanguagePrimitives.IsTrue(answer)) return null;
            Reconciled++;
            return AttemptResult.Succeeded();
        }
        catch (Exception e) when (ErrorRecordFacts.RecordOf(e) is not null)
        {
            return AttemptOutput.Failed(ErrorRecordFacts.RecordOf(e)!);
        }
    }
}
