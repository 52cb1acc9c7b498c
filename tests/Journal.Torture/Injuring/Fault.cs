namespace Journal.Torture.Injuring;

/// <summary>What is broken under the journal while workers work, or between their runs.</summary>
internal enum Fault
{
    /// <summary>Nothing.</summary>
    None,

    /// <summary>Clocks of workers that are ahead, each by another time of up to an hour.</summary>
    ClockForward,

    /// <summary>Clocks of workers that are behind.</summary>
    ClockBack,

    /// <summary>A disk that is full, and is not any more when they are gone.</summary>
    DiskFull,

    /// <summary>A limit on the size of files.</summary>
    FileLimit,

    /// <summary>Strangers among the workers, to whom the system forbids the file.</summary>
    NoPermission,

    /// <summary>Workers elsewhere: in process and time namespaces, another user's, behind a /proc that shows nobody else, with clocks that are stepped.</summary>
    Elsewhere,

    /// <summary>Somebody repairs, restores, optimizes, copies, moves and renames the journal while others work, dies at it, and finds the disk full.</summary>
    Care,

    /// <summary>The log is deleted.</summary>
    LogDeleted,

    /// <summary>The log ends in the middle of a commit.</summary>
    LogCut,

    /// <summary>A bit of a page in the log is another one.</summary>
    LogFlipped,

    /// <summary>The log's index is deleted.</summary>
    IndexDeleted,

    /// <summary>A page of the file is zeros, as after a write that a disk lost.</summary>
    PageZeroed,

    /// <summary>A sector of the file is noise.</summary>
    SectorScrambled,

    /// <summary>Connections of workers end in the middle of anything.</summary>
    ConnectionsCut,

    /// <summary>The server stands still, holding all its connections, and wakes.</summary>
    ServerFrozen,

    /// <summary>The server is stopped in order, and started.</summary>
    ServerStopped,

    /// <summary>The server ends without a word, and recovers from its log.</summary>
    ServerKilled,
}
