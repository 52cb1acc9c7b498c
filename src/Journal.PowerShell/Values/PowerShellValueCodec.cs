using System.Buffers;
using System.Management.Automation;
using System.Text;
using System.Text.Json;

namespace Journal.Commands.Values;

/// <summary>
/// The codec of <see cref="KeptValues"/> for PowerShell's objects. What comes back is what <c>Export-Clixml -Depth 3 | Import-Clixml</c> would have given,
/// and never less: scalars of the platform are themselves, files are live, plain data (PSCustomObject, hashtables, lists) is kept to any sensible depth.
/// </summary>
internal sealed class PowerShellValueCodec : IValueCodec
{
    // Far below what a store takes, far above what anybody means to keep as one input.
    private const int MaxLength = 64 * 1024 * 1024;

    private PowerShellValueCodec()
    {
    }

    /// <summary>Has Core use this codec.</summary>
    public static void Install()
    {
        if (KeptValues.Codec is not PowerShellValueCodec) KeptValues.Codec = new PowerShellValueCodec();
    }

    /// <inheritdoc/>
    public string Encode(object? value, string what, ICollection<string>? losses)
    {
        try
        {
            var buffer = new ArrayBufferWriter<byte>(256);
            using (var writer = new Utf8JsonWriter(buffer, ValueWriter.Options))
            {
                var values = new ValueWriter(writer, losses);
                if (!values.TryWrite(value, what))
                {
                    // A cycle: PowerShell's serializer knows references, JSON does not.
                    writer.Reset();
                    buffer.ResetWrittenCount();
                    values.WriteCyclic(value!, what);
                }
            }

            return buffer.WrittenCount <= MaxLength ? Encoding.UTF8.GetString(buffer.WrittenSpan) : throw JournalErrors.ValueNotKept(what, $"it takes {buffer.WrittenCount:n0} bytes, more than {MaxLength:n0}.");
        }
        catch (Exception e) when (e is not (JournalException or PipelineStoppedException))
        {
            // A list that fails while it is read, an object whose own code throws.
            throw JournalErrors.ValueNotKept(what, e.Message, e);
        }
    }

    /// <inheritdoc/>
    public object? Decode(JsonElement element) => ValueReader.Read(element);

    /// <inheritdoc/>
    public object File(string path, bool isDirectory) => ValueReader.File(path, isDirectory);
}
