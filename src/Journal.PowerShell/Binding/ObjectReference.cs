using System.Collections;
using System.Globalization;
using System.Management.Automation;

namespace Journal.Commands.Binding;

/// <summary>
/// The batch and the task that an object means, whatever it is: a batch, a task, an attempt, an event, a summary, the same read back from a
/// CSV file or another process, an id. What is called Id means a task in one and a batch in another, so that no property's name alone can tell.
/// </summary>
internal readonly record struct ObjectReference(string? BatchId, long? TaskId, long? Token, string? Worker = null)
{
    /// <summary>Whether the object is itself a task, and not something that tells of one.</summary>
    public bool IsTask { get; private init; }

    /// <summary>What an object means; members it says nothing of are null.</summary>
    public static ObjectReference Of(object? value)
    {
        var inner = ValueSelector.Unwrap(value);
        return inner switch
        {
            null => default,
            JournalBatch batch => new(batch.Id, null, null),
            JournalTask task => new(task.BatchId, task.Id, HeldToken(task.Status, task.Token), task.Worker) { IsTask = true },
            JournalAttempt attempt => new(attempt.BatchId, attempt.TaskId, null),
            JournalEvent entry => new(entry.BatchId, entry.TaskId, null),
            string text => new(text, Number(text), null),
            IConvertible => new(null, Number(inner), null),
            _ => FromMembers(value!),
        };
    }

    private static ObjectReference FromMembers(object value)
    {
        var id = Member(value, "Id");
        var batchId = Member(value, nameof(BatchId)) as string;
        // Where there is a TaskId, the Id is that of something else (an event).
        var taskId = Has(value, nameof(TaskId)) ? Number(Member(value, nameof(TaskId))) : Number(id);
        var isTask = taskId is not null && !string.IsNullOrEmpty(batchId) && !Has(value, nameof(TaskId));
        if (string.IsNullOrEmpty(batchId)) batchId = taskId is null ? id as string : null;
        var held = LanguagePrimitives.TryConvertTo<JournalTaskStatus>(Member(value, nameof(JournalTask.Status)), out var status);
        return new ObjectReference(batchId, taskId, held && Number(Member(value, nameof(Token))) is { } token ? HeldToken(status, token) : null, Member(value, nameof(JournalTask.Worker)) as string) { IsTask = isTask };
    }

    // A task that was not in progress when it was read held no lease; its token is the number of its last attempt.
    private static long? HeldToken(JournalTaskStatus status, long token) => status is JournalTaskStatus.InProgress ? token : null;

    private static bool Has(object value, string name) =>
        ValueSelector.Unwrap(value) is IDictionary map ? map.Contains(name) : PSObject.AsPSObject(value).Properties[name] is not null;

    private static object? Member(object value, string name)
    {
        var member = ValueSelector.Unwrap(value) is IDictionary map ? map[name] : PSObject.AsPSObject(value).Properties[name]?.Value;
        return ValueSelector.Unwrap(member);
    }

    private static long? Number(object? value) => value switch
    {
        string text => long.TryParse(text, NumberStyles.None, CultureInfo.InvariantCulture, out var number) ? number : null,
        byte or short or int or long => Convert.ToInt64(value, CultureInfo.InvariantCulture),
        _ => null,
    };
}

/// <summary>A task that a cmdlet shall change, with the lease under which it was claimed, where that is known.</summary>
/// <param name="Id">The task's id.</param>
/// <param name="Token">The token of the lease; null where the object at hand tells none.</param>
/// <param name="Worker">Whose lease that is; null where the object at hand tells nobody.</param>
public sealed record TaskReference(long Id, long? Token, string? Worker)
{
    /// <summary>The id.</summary>
    public override string ToString() => Id.ToString(CultureInfo.InvariantCulture);
}

/// <summary>Lets a parameter of tasks take their ids, tasks as Request-JournalTask emits them, and whatever else tells its task.</summary>
[AttributeUsage(AttributeTargets.Property)]
public sealed class TaskReferenceAttribute : ArgumentTransformationAttribute
{
    /// <inheritdoc/>
    public override object Transform(EngineIntrinsics engineIntrinsics, object inputData) =>
        ValueSelector.Unwrap(inputData) is IEnumerable items and not (string or IDictionary)
            ? items.Cast<object?>().Select(ReferenceOf).ToArray()
            : new[] { ReferenceOf(inputData) };

    private static TaskReference ReferenceOf(object? value)
    {
        if (ValueSelector.Unwrap(value) is TaskReference reference) return reference;
        return ObjectReference.Of(value) is { TaskId: { } id } known ? new TaskReference(id, known.Token, known.Worker) : throw new ArgumentTransformationMetadataException(
            $"'{value}' tells no task: give the id of a task (a number), or an object with a property TaskId or Id (a task, an attempt, an event).");
    }
}

/// <summary>Lets a parameter of batch ids take batches, tasks and whatever else tells its batch.</summary>
[AttributeUsage(AttributeTargets.Property)]
public sealed class BatchIdAttribute : ArgumentTransformationAttribute
{
    /// <summary>Whether a task is left to a parameter of tasks, in another set, instead of standing for its batch.</summary>
    public bool LeavesTasks { get; set; }

    /// <inheritdoc/>
    public override object Transform(EngineIntrinsics engineIntrinsics, object inputData) =>
        ValueSelector.Unwrap(inputData) is IEnumerable items and not (string or IDictionary)
            ? items.Cast<object?>().Select(IdOf).ToArray()
            : new[] { IdOf(inputData) };

    private string IdOf(object? value)
    {
        var reference = ObjectReference.Of(value);
        // The cast that failed has the pipeline try the other set.
        if (LeavesTasks && reference.IsTask) throw new ArgumentTransformationMetadataException($"'{value}' is a task and no batch: give it to -TaskId.", new PSInvalidCastException());
        return reference.BatchId is { Length: > 0 } id ? id : throw new ArgumentTransformationMetadataException(
            $"'{value}' tells no batch: give the id of a batch, or an object with a property BatchId (a batch, a task, an attempt, an event).");
    }
}

/// <summary>What an input is called by its type.</summary>
internal static class TypeNames
{
    /// <summary>The short name of a value's type (FileInfo, String); for a PSCustomObject the name it was given, if any.</summary>
    public static string Of(object? value)
    {
        if (value is not PSObject wrapped) return value?.GetType().Name ?? "null";
        var full = wrapped.TypeNames.FirstOrDefault() ?? nameof(PSCustomObject);
        if (full.StartsWith("Selected.", StringComparison.Ordinal) || full.StartsWith("Deserialized.", StringComparison.Ordinal)) full = full[(full.IndexOf('.', StringComparison.Ordinal) + 1)..];
        return full[(full.LastIndexOf('.') + 1)..];
    }
}
