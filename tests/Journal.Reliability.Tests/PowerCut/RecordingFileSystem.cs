using System.Collections.Concurrent;
using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;

namespace Journal.Reliability.Tests.PowerCut;

/// <summary>What SQLite told the system to do to a file, in order.</summary>
/// <param name="Path">The file.</param>
/// <param name="Kind">What.</param>
/// <param name="At">Where a write begins; to what size a file is cut.</param>
/// <param name="Bytes">What is written.</param>
internal sealed record FileEvent(string Path, FileEventKind Kind, long At, byte[] Bytes);

internal enum FileEventKind
{
    Write,
    Cut,
    Sync,
}

/// <summary>
/// A layer between SQLite and the system that writes down every write, cut and sync of the files in one folder. It is the system's own layer
/// with three functions exchanged, made SQLite's default for the process; other folders go through it unseen.
/// </summary>
internal static unsafe partial class RecordingFileSystem
{
    private const string Library = "e_sqlite3";

    private static readonly ConcurrentDictionary<nint, string> Paths = new();
    private static readonly ConcurrentDictionary<nint, nint> Tables = new();
    private static readonly Lock Gate = new();
    private static Layer* s_original;
    private static string? s_folder;
    private static Action<FileEvent>? s_listener;

    /// <summary>Tells of every event of the files in a folder, until it is told otherwise.</summary>
    public static void Listen(string? folder, Action<FileEvent>? listener)
    {
        lock (Gate)
        {
            s_folder = folder;
            s_listener = listener;
            if (s_original is not null) return;
            s_original = sqlite3_vfs_find(0);
            var copy = (Layer*)NativeMemory.Alloc((nuint)sizeof(Layer));
            *copy = *s_original;
            copy->Name = Marshal.StringToCoTaskMemUTF8("recording");
            copy->Open = &Open;
            _ = sqlite3_vfs_register(copy, 1);
        }
    }

    private static void Tell(nint file, FileEventKind kind, long at, ReadOnlySpan<byte> bytes)
    {
        if (!Paths.TryGetValue(file, out var path)) return;
        lock (Gate)
        {
            if (s_folder is not null && Path.GetDirectoryName(path) == s_folder) s_listener?.Invoke(new FileEvent(path, kind, at, bytes.ToArray()));
        }
    }

    [UnmanagedCallersOnly(CallConvs = [typeof(CallConvCdecl)])]
    private static int Open(Layer* layer, nint name, nint* file, int flags, int* outFlags)
    {
        var code = s_original->Open(s_original, name, file, flags, outFlags);
        if (code != 0 || *file == 0 || name == 0) return code;
        Paths[(nint)file] = Marshal.PtrToStringUTF8(name)!;
        *file = Tables.GetOrAdd(*file, static original =>
        {
            var table = (Methods*)NativeMemory.Alloc((nuint)sizeof(Methods));
            *table = *(Methods*)original;
            table->Original = original;
            table->Write = &Write;
            table->Cut = &Cut;
            table->Sync = &Sync;
            return (nint)table;
        });
        return code;
    }

    [UnmanagedCallersOnly(CallConvs = [typeof(CallConvCdecl)])]
    private static int Write(nint* file, byte* bytes, int count, long at)
    {
        Tell((nint)file, FileEventKind.Write, at, new ReadOnlySpan<byte>(bytes, count));
        return Original(file)->Write(file, bytes, count, at);
    }

    [UnmanagedCallersOnly(CallConvs = [typeof(CallConvCdecl)])]
    private static int Cut(nint* file, long size)
    {
        Tell((nint)file, FileEventKind.Cut, size, []);
        return Original(file)->Cut(file, size);
    }

    [UnmanagedCallersOnly(CallConvs = [typeof(CallConvCdecl)])]
    private static int Sync(nint* file, int flags)
    {
        var code = Original(file)->Sync(file, flags);
        if (code == 0) Tell((nint)file, FileEventKind.Sync, 0, []);
        return code;
    }

    private static Methods* Original(nint* file) => (Methods*)((Methods*)*file)->Original;

    [LibraryImport(Library)]
    private static partial Layer* sqlite3_vfs_find(nint name);

    [LibraryImport(Library)]
    private static partial int sqlite3_vfs_register(Layer* layer, int makeDefault);

    /// <summary>SQLite's <c>sqlite3_vfs</c>, version 3.</summary>
    [StructLayout(LayoutKind.Sequential)]
    private struct Layer
    {
        public int Version;
        public int FileSize;
        public int MaxPath;
        public nint Next;
        public nint Name;
        public nint AppData;
        public delegate* unmanaged[Cdecl]<Layer*, nint, nint*, int, int*, int> Open;
        public fixed long Others[15];
    }

    /// <summary>SQLite's <c>sqlite3_io_methods</c>, version 3, and behind it where the original is.</summary>
    [StructLayout(LayoutKind.Sequential)]
    private struct Methods
    {
        public int Version;
        public nint Close;
        public nint Read;
        public delegate* unmanaged[Cdecl]<nint*, byte*, int, long, int> Write;
        public delegate* unmanaged[Cdecl]<nint*, long, int> Cut;
        public delegate* unmanaged[Cdecl]<nint*, int, int> Sync;
        public fixed long Others[13];
        public nint Original;
    }
}
