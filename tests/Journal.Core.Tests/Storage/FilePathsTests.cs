using Journal.Interchange;
using Journal.Storage;

namespace Journal.Tests.Storage;

/// <summary>A name that is no file's is an error in words, and a file that is held for a moment does not fail a backup or an export.</summary>
public sealed class FilePathsTests
{
    private const int SharingViolation = unchecked((int)0x80070020);

    [Theory]
    [InlineData(@"\\.\nul", "device")]
    [InlineData(@"\\.\con", "device")]
    [InlineData(@"\\.\aux", "device")]
    [InlineData(@"\\.\pipe\journal", "device")]
    [InlineData(@"C:\data\a:b.db", "stream")]
    [InlineData(@"C:\data\journal.db:hidden", "stream")]
    [InlineData(@"\\?\C:\data\journal.db:hidden", "stream")]
    [InlineData(@"\\server\share\a:b", "stream")]
    public void A_name_that_is_no_files_on_Windows_is_told(string path, string problem) => Assert.Contains(problem, FilePaths.ProblemOnWindows(path));

    [Theory]
    [InlineData(@"C:\data\journal.db")]
    [InlineData(@"\\?\C:\data\journal.db")]
    [InlineData(@"\\.\C:\data\journal.db")]
    [InlineData(@"\\server\share\journal.db")]
    [InlineData(@"\\?\UNC\server\share\journal.db")]
    public void A_file_has_no_problem_however_its_path_is_spelled(string path) => Assert.Null(FilePaths.ProblemOnWindows(path));

    [Fact]
    public void Addresses_differ_by_case_where_paths_do_not()
    {
        Assert.False(FilePaths.Same("postgresql://host/db?schema=Jobs", "postgresql://host/db?schema=jobs"));
        Assert.Equal(OperatingSystem.IsWindows() || OperatingSystem.IsMacOS(), FilePaths.Same("/data/Journal.db", "/data/journal.db"));
    }

    [Fact]
    public void A_file_that_is_held_for_a_moment_is_tried_again()
    {
        var pauses = new List<TimeSpan>();
        FilePaths.Retrying(() => { if (pauses.Count < 3) throw new IOException("held", SharingViolation); }, pauses.Add, isWindows: true);
        Assert.Equal([15, 30, 60], pauses.Select(static pause => pause.TotalMilliseconds));
    }

    [Fact]
    public void A_file_that_stays_held_is_an_error_after_some_tries()
    {
        var pauses = new List<TimeSpan>();
        Assert.Throws<IOException>(() => FilePaths.Retrying(static () => throw new IOException("held", SharingViolation), pauses.Add, isWindows: true));
        Assert.Equal(7, pauses.Count);
    }

    [Fact]
    public void Another_failure_or_another_system_is_not_tried_again()
    {
        Assert.Throws<FileNotFoundException>(() => FilePaths.Retrying(static () => throw new FileNotFoundException(), NoWait, isWindows: true));
        Assert.Throws<UnauthorizedAccessException>(() => FilePaths.Retrying(static () => throw new UnauthorizedAccessException(), NoWait, isWindows: false));
        static void NoWait(TimeSpan pause) => Assert.Fail("nothing to wait for");
    }

    [Fact]
    public void The_root_of_a_disk_as_a_file_to_write_is_an_error_in_words()
    {
        var error = Assert.Throws<JournalException>(() => AtomicFile.Write(Path.GetPathRoot(Path.GetTempPath())!, replace: true, static _ => { }));
        Assert.Equal("ExportFailed", error.ErrorId);
    }
}
