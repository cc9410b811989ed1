namespace MemoryEngine.Testing;

/// <summary>One call that reached the simulated disk. Numbers start at 1.</summary>
internal sealed record DiskCall(int Number, DiskCallKind Kind, string Path)
{
    /// <summary>The words that the real disk's errors have for it.</summary>
    public string What => Kind switch
    {
        DiskCallKind.Open => "open",
        DiskCallKind.Read => "read",
        DiskCallKind.Write => "write",
        DiskCallKind.Sync => "sync",
        DiskCallKind.Reserve => "reserve space for",
        DiskCallKind.SetLength => "set the length of",
        DiskCallKind.Rename => "rename",
        DiskCallKind.Delete => "delete",
        DiskCallKind.List => "list",
        DiskCallKind.CreateDirectory => "create the directory",
        DiskCallKind.SyncDirectory => "sync the directory",
        DiskCallKind.Lock => "lock",
        DiskCallKind.ReadLockOwner => "read the owner of",
        _ => throw new ArgumentOutOfRangeException(nameof(Kind), Kind, null),
    };

    public override string ToString() => $"call {Number}: {What} {Path}";
}

/// <summary>
/// The calls that can fail. Whether a file exists and how long an open one is are not among them: the real disk
/// answers the one without errors and the other from memory.
/// </summary>
internal enum DiskCallKind
{
    Open,
    Read,
    Write,
    Sync,
    Reserve,
    SetLength,
    Rename,
    Delete,
    List,
    CreateDirectory,
    SyncDirectory,
    Lock,
    ReadLockOwner,
}

/// <summary>How a call fails.</summary>
internal enum FaultKind
{
    /// <summary>Any call: the device fails it and nothing of it happened.</summary>
    Io,

    /// <summary>
    /// Calls that ask for space they do not have yet: creating, writing beyond what is reserved, reserving, growing.
    /// </summary>
    DiskFull,

    /// <summary>Writes: the first half is written, then the device fails.</summary>
    ShortWrite,

    /// <summary>
    /// Syncs of files and directories: what was unsynced stays visible and never reaches the device, not even by a
    /// later sync that succeeds.
    /// </summary>
    FailedSync,
}
