namespace Journal.Reliability.Tests.Damage;

/// <summary>What disks, cables and people do to a file.</summary>
internal static class Harm
{
    /// <summary>Damages a file in a way and at a place that follow from the dice.</summary>
    /// <returns>What was done.</returns>
    public static string Do(string path, Random dice)
    {
        using var file = File.Open(path, FileMode.Open, FileAccess.ReadWrite);
        // The first pages hold the header and the schema, on which all else stands.
        var at = dice.NextInt64(dice.Next(4) == 0 ? Math.Min(file.Length, 8192) : file.Length);
        switch (dice.Next(6))
        {
            case 0:
                file.SetLength(at);
                return $"cut at {at}";
            case 1:
                Write(file, at, new byte[Math.Min(512, file.Length - at)]);
                return $"512 zeros at {at}";
            case 2:
                var noise = new byte[Math.Min(64, file.Length - at)];
                dice.NextBytes(noise);
                Write(file, at, noise);
                return $"64 bytes of noise at {at}";
            default:
                file.Position = at;
                var old = file.ReadByte();
                Write(file, at, [(byte)(old ^ (1 << dice.Next(8)))]);
                return $"a bit flipped at {at}";
        }
    }

    private static void Write(FileStream file, long at, byte[] bytes)
    {
        file.Position = at;
        file.Write(bytes);
    }
}
