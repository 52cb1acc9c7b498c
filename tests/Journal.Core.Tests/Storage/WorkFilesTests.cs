using Journal.Storage;

namespace Journal.Tests.Storage;

/// <summary>Recovery deletes what tasks registered in their work directory, and nothing else, whatever a journal says.</summary>
public sealed class WorkFilesTests : IDisposable
{
    private readonly string _home = Directory.CreateTempSubdirectory("journal-work-").FullName;

    private string Work => Directory.CreateDirectory(Path.Combine(_home, "work")).FullName;

    public void Dispose() => Directory.Delete(_home, recursive: true);

    [Fact]
    public void A_file_of_the_work_directory_is_deleted()
    {
        var file = Make(Path.Combine(Work, "sub", "a.tmp"));

        Assert.True(WorkFiles.Delete([file], Work).Single().Deleted);
        Assert.False(File.Exists(file));
    }

    [Theory]
    [InlineData("outside/a.tmp")]
    [InlineData("work/../outside/a.tmp")]
    [InlineData("workshop/a.tmp")]
    [InlineData("work/link/a.tmp")]
    public void A_file_outside_is_left_however_its_path_goes(string path)
    {
        var outside = Make(Path.Combine(_home, "outside", "a.tmp"));
        Make(Path.Combine(_home, "workshop", "a.tmp"));
        Directory.CreateSymbolicLink(Path.Combine(Work, "link"), Path.GetDirectoryName(outside)!);

        Assert.False(WorkFiles.Delete([Path.Combine(_home, path)], Work).Single().Deleted);
        Assert.True(File.Exists(Path.Combine(_home, path)));
    }

    [Fact]
    public void A_link_in_the_work_directory_goes_and_what_it_points_to_stays()
    {
        var outside = Make(Path.Combine(_home, "outside", "a.tmp"));
        var link = Path.Combine(Work, "link.tmp");
        File.CreateSymbolicLink(link, outside);

        Assert.True(WorkFiles.Delete([link], Work).Single().Deleted);
        Assert.True(File.Exists(outside));
        Assert.Null(new FileInfo(link).LinkTarget);
    }

    [Fact]
    public void A_directory_is_never_deleted() => Assert.False(WorkFiles.Delete([Directory.CreateDirectory(Path.Combine(Work, "folder")).FullName], Work).Single().Deleted);

    [Fact]
    public void Without_a_work_directory_nothing_is_deleted() => Assert.False(WorkFiles.Delete([Make(Path.Combine(Work, "a.tmp"))], null).Single().Deleted);

    [Fact]
    public void A_journal_cannot_name_the_whole_disk_or_home_or_the_system_as_its_work_directory()
    {
        var file = Make(Path.Combine(Work, "a.tmp"));
        var user = Environment.GetFolderPath(Environment.SpecialFolder.UserProfile);
        foreach (var folder in new[] { Path.GetPathRoot(file)!, user, Path.GetDirectoryName(user)!, Path.Combine(user, ".ssh") }.Concat(OperatingSystem.IsWindows() ? [@"C:\Windows\Temp", @"D:\$Recycle.Bin", @"C:\Users"] : ["/etc/ssh", "/usr/local", "/tmp"]))
        {
            Assert.True(ProtectedFolders.Covers(Path.GetFullPath(folder)), folder);
        }

        Assert.False(WorkFiles.Delete([file], Path.GetPathRoot(file)).Single().Deleted);
        Assert.True(File.Exists(file));
        Assert.False(ProtectedFolders.Covers(Work));
    }

    private static string Make(string path)
    {
        Directory.CreateDirectory(Path.GetDirectoryName(path)!);
        File.WriteAllText(path, "x");
        return path;
    }
}
