using Journal.Storage;

namespace Journal.Tests.Storage;

public class NetworkFileSystemTests
{
    [Theory]
    [InlineData("postgresql://server/jobs")]
    [InlineData("/proc/journal.db")]
    public void A_place_that_is_no_local_disk_may_be_reached_by_machines_that_are_alike(string location) => Assert.False(NetworkFileSystem.IsOfThisMachine(location));
}
