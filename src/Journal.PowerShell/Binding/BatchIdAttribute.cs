using System.Collections;
using System.Management.Automation;

namespace Journal.Commands.Binding;

/// <summary>Lets a parameter of batch ids take batches, tasks and whatever else tells its batch.</summary>
[AttributeUsage(AttributeTargets.Property)]
public sealed class BatchIdAttribute : ArgumentTransformationAttribute
{
    /// <inheritdoc/>
    public override object Transform(EngineIntrinsics engineIntrinsics, object inputData) =>
        ValueSelector.Unwrap(inputData) is IEnumerable items and not (string or IDictionary)
            ? items.Cast<object?>().Select(IdOf).ToArray()
            : new[] { IdOf(inputData) };

    private static string IdOf(object? value) =>
        ObjectReference.Of(value).BatchId is { Length: > 0 } id ? id : throw new ArgumentTransformationMetadataException(
            $"'{value}' tells no batch: give the id of a batch, or an object with a property BatchId (a batch, a task, an attempt, an event).");
}
