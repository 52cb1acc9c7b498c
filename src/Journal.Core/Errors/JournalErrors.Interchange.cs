namespace Journal;

/// <content>Files that come from elsewhere and go elsewhere.</content>
public static partial class JournalErrors
{
    /// <summary>A file to import is cut, or holds what it must not hold.</summary>
    /// <param name="path">The file.</param>
    /// <param name="line">Where, counted from 1.</param>
    /// <param name="detail">A sentence.</param>
    /// <param name="inner">What found it.</param>
    public static JournalException ImportFileInvalid(string path, int line, string detail, Exception? inner = null) => ImportFileInvalid(path, $"line {line}", detail, inner);

    /// <summary>The same at a place that is no line.</summary>
    /// <param name="path">The file.</param>
    /// <param name="place">Where: <c>table 'jobs', row 2</c>.</param>
    /// <param name="detail">A sentence.</param>
    /// <param name="inner">What found it.</param>
    public static JournalException ImportFileInvalid(string path, string place, string detail, Exception? inner = null) =>
        Make(JournalFault.InvalidData, path, $"'{path}', {place}: {detail} Nothing was imported.", inner);

    /// <summary>A file to import is none of the formats that are known.</summary>
    public static JournalException ImportFormatUnknown(string path, string detail) =>
        Make(JournalFault.InvalidData, path, $"'{path}' is in no format that can be imported: {detail} Nothing was imported.");

    /// <summary>A file to import holds no task.</summary>
    public static JournalException ImportFileEmpty(string path) =>
        Make(JournalFault.InvalidData, path, $"'{path}' holds nothing to import.");

    /// <summary>A file or folder that an export would write is there.</summary>
    public static JournalException ExportFileExists(string path) =>
        Make(JournalFault.ResourceExists, path, $"'{path}' is there already. Use -Force to replace it.");

    /// <summary>An export could not be written.</summary>
    public static JournalException ExportFailed(string path, string detail, Exception? inner = null) =>
        Make(JournalFault.ResourceUnavailable, path, $"'{path}' could not be written: {detail}", inner);

    /// <summary>A folder that is taken for a mirror is none.</summary>
    public static JournalException NotAMirror(string path, string detail) =>
        Make(JournalFault.InvalidData, path, $"'{path}' is no mirror of a journal: {detail}");

    /// <summary>A part of the installation is not there.</summary>
    public static JournalException PartMissing(string part, string path) =>
        Make(JournalFault.ObjectNotFound, path, $"The part '{part}' of the module is missing: '{path}' is not there. Install the module again.");
}
