using System.Buffers.Binary;

namespace Journal.Torture.Injuring;

/// <summary>SQLite's log of a journal that nobody has open, read by its published format, so that injuries hit what counts.</summary>
internal sealed class WriteAheadLog
{
    private const int HeaderSize = 32;
    private const int FrameHeaderSize = 24;
    private const uint LittleEndianMagic = 0x377f0682;

    private readonly string _journal;
    private readonly byte[] _bytes;
    private readonly int _pageSize;
    private readonly List<Frame> _frames = [];

    private WriteAheadLog(string journal, byte[] bytes)
    {
        _journal = journal;
        _bytes = bytes;
        _pageSize = (int)Word(8);
        Read();
    }

    private readonly record struct Frame(int Offset, uint Page, bool IsCommit);

    private string LogPath => _journal + "-wal";

    /// <summary>The pages of which the log holds a newer form.</summary>
    public IReadOnlySet<long> Pages => _frames.Select(static frame => (long)frame.Page).ToHashSet();

    /// <summary>The log of a journal; null when it has none that holds a commit.</summary>
    public static WriteAheadLog? Of(string journal)
    {
        var path = journal + "-wal";
        if (!File.Exists(path) || File.ReadAllBytes(path) is not { Length: > HeaderSize } bytes) return null;
        var log = new WriteAheadLog(journal, bytes);
        return log._frames.Count > 0 ? log : null;
    }

    /// <summary>Brings a part of the pages into the file, in their order, as a checkpoint does that is killed on its way.</summary>
    public void MergeHalf(Random dice)
    {
        var newest = new SortedDictionary<uint, int>();
        foreach (var frame in _frames) newest[frame.Page] = frame.Offset;
        using var file = File.OpenWrite(_journal);
        foreach (var (page, offset) in newest.Take(dice.Next(1, Math.Max(2, newest.Count))))
        {
            file.Position = (page - 1L) * _pageSize;
            file.Write(_bytes, offset + FrameHeaderSize, _pageSize);
        }
    }

    public void Delete() => File.Delete(LogPath);

    /// <summary>Ends the log within a commit: behind its first frame, before its last one ends.</summary>
    public void Cut(Random dice)
    {
        var last = dice.Next(_frames.Count);
        while (!_frames[last].IsCommit) last++;
        var first = last;
        while (first > 0 && !_frames[first - 1].IsCommit) first--;
        using var log = File.OpenWrite(LogPath);
        log.SetLength(dice.NextInt64(_frames[first].Offset + 1, _frames[last].Offset + FrameHeaderSize + _pageSize));
    }

    /// <summary>Turns a bit of a page that was committed.</summary>
    public void Flip(Random dice)
    {
        var at = _frames[dice.Next(_frames.Count)].Offset + FrameHeaderSize + dice.Next(_pageSize);
        using var log = File.OpenWrite(LogPath);
        log.Position = at;
        log.WriteByte((byte)(_bytes[at] ^ (1 << dice.Next(8))));
    }

    // Frames count while their salts are the header's and their checksums continue each other's, and up to the last commit.
    private void Read()
    {
        var isLittle = Word(0) == LittleEndianMagic;
        var sum = Sum(isLittle, (0, 0), 0, 24);
        var committed = 0;
        for (var at = HeaderSize; at + FrameHeaderSize + _pageSize <= _bytes.Length && _pageSize > 0; at += FrameHeaderSize + _pageSize)
        {
            sum = Sum(isLittle, Sum(isLittle, sum, at, 8), at + FrameHeaderSize, _pageSize);
            if (Word(at + 8) != Word(16) || Word(at + 12) != Word(20) || (Word(at + 16), Word(at + 20)) != sum) break;
            _frames.Add(new Frame(at, Word(at), Word(at + 4) != 0));
            if (_frames[^1].IsCommit) committed = _frames.Count;
        }

        _frames.RemoveRange(committed, _frames.Count - committed);
    }

    private (uint, uint) Sum(bool isLittle, (uint First, uint Second) sum, int at, int length)
    {
        var (first, second) = sum;
        for (var i = at; i < at + length; i += 8)
        {
            first += Part(i) + second;
            second += Part(i + 4) + first;
        }

        return (first, second);

        uint Part(int where) => isLittle ? BinaryPrimitives.ReadUInt32LittleEndian(_bytes.AsSpan(where)) : Word(where);
    }

    private uint Word(int at) => BinaryPrimitives.ReadUInt32BigEndian(_bytes.AsSpan(at));
}
