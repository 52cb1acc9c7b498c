using System.Collections;
using System.Globalization;
using System.Management.Automation;

namespace Journal.Commands.Binding;

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
