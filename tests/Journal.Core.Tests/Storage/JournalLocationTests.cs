using Journal.Storage;

namespace Journal.Tests.Storage;

public class JournalLocationTests
{
    [Theory]
    [InlineData(@"C:\jobs\journal.db", true, true)]
    [InlineData(@"\\?\C:\jobs\journal.db", true, true)]
    [InlineData(@"\\server\share\journal.db", true, true)]
    [InlineData(@"journal.db", true, true)]
    [InlineData(@"Jobs:\journal.db", true, true)]
    [InlineData(@"C:journal.db", true, true)]
    [InlineData(@"C:\jobs\nul", true, false)]
    [InlineData(@"aux.db", true, false)]
    [InlineData(@"C:\com1\journal.db", true, false)]
    [InlineData(@"C:\jobs\journal.db:stream", true, false)]
    [InlineData(@"journal.db:stream", true, false)]
    [InlineData(@"\\.\PhysicalDrive0", true, false)]
    [InlineData(@"\\server\share\journal.db", false, false)]
    [InlineData("/jobs/nul", false, true)]
    [InlineData("/jobs/a:b.db", false, true)]
    public void A_name_that_means_something_else_than_a_file_is_told_before_it_is_opened(string path, bool onWindows, bool mayBe) =>
        Assert.Equal(mayBe, JournalLocation.Objection(path, onWindows) is null);

    [Fact]
    public void A_link_means_the_file_that_it_leads_to_whether_that_is_there_or_not()
    {
        if (OperatingSystem.IsWindows()) return;
        var folder = Directory.CreateTempSubdirectory("journal-location-");
        var real = Directory.CreateDirectory(Path.Combine(folder.FullName, "real")).FullName;
        Directory.CreateSymbolicLink(Path.Combine(folder.FullName, "linked"), real);
        File.CreateSymbolicLink(Path.Combine(real, "link.db"), "journal.db");
        Assert.Equal(Path.Combine(JournalLocation.Resolve(real), "journal.db"), JournalLocation.Resolve(Path.Combine(folder.FullName, "linked", "link.db")));
        folder.Delete(recursive: true);
    }
}
