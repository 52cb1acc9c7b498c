using Journal.Hosting;

namespace Journal.Storage;

/// <summary>The path of a file behind the links that lead to it.</summary>
internal static class RealPath
{
    // More links than this in one path are a loop.
    private const int MaxLinks = 40;

    /// <summary>The path with every link in it resolved; null for a loop of links. Parts that do not exist stay as they are.</summary>
    /// <param name="path">A full path.</param>
    public static string? Of(string path)
    {
        var links = 0;
        var pending = new Stack<string>(Enumerable.Reverse(Parts(path)));
        var real = Path.GetPathRoot(path)!;
        while (pending.TryPop(out var part))
        {
            var next = Path.Combine(real, part);
            if (new DirectoryInfo(next).LinkTarget is not { } target)
            {
                real = next;
                continue;
            }

            if (++links > MaxLinks) return null;
            var full = Path.GetFullPath(target, real);
            real = Path.GetPathRoot(full)!;
            foreach (var step in Enumerable.Reverse(Parts(full))) pending.Push(step);
        }

        return real;
    }

    /// <summary>The same path with its last part in the case in which it is kept, where another case means the same file.</summary>
    public static string InItsCase(string path)
    {
        var name = Path.GetFileName(path);
        var other = string.Concat(name.Select(static letter => char.IsUpper(letter) ? char.ToLowerInvariant(letter) : char.ToUpperInvariant(letter)));
        var folder = Path.GetDirectoryName(path);
        if (folder is null || name == other || SystemCalls.Facts(path) is not { } facts || SystemCalls.Facts(Path.Combine(folder, other))?.Identity != facts.Identity) return path;
        try
        {
            var all = Directory.EnumerateFiles(folder).Where(file => string.Equals(Path.GetFileName(file), name, StringComparison.OrdinalIgnoreCase)).ToList();
            // Two names that differ in case alone are two links to one file.
            return all is [var kept] ? kept : path;
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            return path;
        }
    }

    private static string[] Parts(string path) =>
        path[Path.GetPathRoot(path)!.Length..].Split([Path.DirectorySeparatorChar, Path.AltDirectorySeparatorChar], StringSplitOptions.RemoveEmptyEntries);
}
