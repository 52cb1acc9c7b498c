using System.Management.Automation;
using Journal.Policy.Classifying;

namespace Journal.Commands.Binding;

/// <summary>An ErrorRecord as the classifier reads errors.</summary>
internal static class ErrorRecordFacts
{
    /// <summary>What the record knows.</summary>
    /// <param name="record">The error.</param>
    /// <param name="message">A text to keep instead of the error's own.</param>
    public static ErrorFacts Of(ErrorRecord record, string? message = null) => new(
        message ?? record.ErrorDetails?.Message ?? record.Exception.Message,
        record.Exception,
        record.CategoryInfo.Category.ToString(),
        record.FullyQualifiedErrorId);
}
