using System.Runtime.CompilerServices;

namespace Journal.Tests.House;

/// <summary>A file holds one idea.</summary>
public sealed class FileLengthTests
{
    [Fact]
    public void No_source_file_is_longer_than_400_lines()
    {
        var root = RootOf();
        var tooLong = Directory.EnumerateFiles(root, "*.cs", SearchOption.AllDirectories)
            .Where(static path => !path.Split(Path.DirectorySeparatorChar).Any(static part => part is "obj" or "bin"))
            .Select(path => (Path: Path.GetRelativePath(root, path), Lines: File.ReadLines(path).Count()))
            .Where(static file => file.Lines > 400);
        Assert.Equal([], tooLong);
    }

    private static string RootOf([CallerFilePath] string here = "") =>
        Path.GetFullPath(Path.Combine(Path.GetDirectoryName(here)!, "..", "..", "..", "src"));
}
