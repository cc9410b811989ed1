using FASTER.core;
using Log = FASTER.core.FasterLog;

namespace MemoryEngine.Benchmarks.FasterLog;

/// <summary>How a FasterLog is set up.</summary>
internal sealed record PeerSettings
{
    /// <summary>A checksum with each entry, the safest that FasterLog offers; it asks for none by itself.</summary>
    public LogChecksumType Checksum { get; init; } = LogChecksumType.PerEntry;

    /// <summary>Commits are entries of the log; the metadata file follows later.</summary>
    public bool FastCommit { get; init; }

    /// <summary>In fast commit mode the metadata file follows once in so many commits; 0 is every time.</summary>
    public int MetadataEvery { get; init; }

    /// <summary>Reserves the first segment on the device beforehand, as our journal does for its files.</summary>
    public bool Reserved { get; init; }

    public LogCommitPolicy? Policy { get; init; }

    public long PageBytes { get; init; } = 4L << 20;
}

/// <summary>A FasterLog in a directory, with its device.</summary>
internal sealed class Peer : IDisposable
{
    private const long SegmentBytes = 256L << 20;
    private readonly IDevice _device;
    private readonly DeviceLogCommitCheckpointManager _commits;

    public Peer(string directory, PeerSettings settings)
    {
        Directory.CreateDirectory(directory);
        if (settings.Reserved)
        {
            using var segment = Storage.PhysicalFileSystem.Instance.Open(LogFile(directory), Storage.FileOpening.OpenOrCreate);
            segment.Reserve(SegmentBytes);
        }
        // On Linux this device opens its files with O_SYNC, whatever it is told of buffering: every write reaches the disk.
        _device = Devices.CreateLogDevice(Path.Combine(directory, "log"));
        _commits = new DeviceLogCommitCheckpointManager(
            new LocalStorageNamedDeviceFactory(),
            new DefaultCheckpointNamingScheme(directory),
            removeOutdated: true,
            fastCommitThrottleFreq: settings.MetadataEvery);
        Log = new Log(new FasterLogSettings
        {
            LogDevice = _device,
            LogCommitManager = _commits,
            LogChecksum = settings.Checksum,
            FastCommitMode = settings.FastCommit,
            LogCommitPolicy = settings.Policy ?? LogCommitPolicy.Default(),
            PageSize = settings.PageBytes,
            MemorySize = settings.PageBytes * 8,
            SegmentSize = SegmentBytes,
        });
    }

    public Log Log { get; }

    public static string LogFile(string directory) => Path.Combine(directory, "log.0");

    /// <summary>The newest file of commit metadata.</summary>
    public static string MetadataFile(string directory) =>
        Directory.GetFiles(Path.Combine(directory, "log-commits")).MaxBy(static f => (f.Length, f))!;

    /// <summary>Makes a log of entries that say their number, each commit durable before the next.</summary>
    public static void Make(string directory, PeerSettings settings, int entries)
    {
        using var peer = new Peer(directory, settings);
        peer.Append(0, entries, everyCommits: 10);
    }

    public void Append(int first, int count, int everyCommits)
    {
        for (var i = 0; i < count; i++)
        {
            Log.Enqueue(Entry.Make(first + i));
            if ((i + 1) % everyCommits == 0) Log.Commit(spinWait: true);
        }
        Log.Commit(spinWait: true);
    }

    /// <summary>Opens a log and reads it from its beginning to its committed end.</summary>
    public static Reading Read(string directory, PeerSettings settings)
    {
        var read = new Reading();
        try
        {
            using var peer = new Peer(directory, settings);
            using var entries = peer.Log.Scan(peer.Log.BeginAddress, peer.Log.CommittedUntilAddress);
            while (entries.GetNext(out var entry, out var length, out _)) read.Add(entry.AsSpan(0, length));
        }
        catch (Exception e) when (e is FasterException or IOException or ArgumentException or OverflowException)
        {
            read.Error = e.Message;
        }
        return read;
    }

    public void Dispose()
    {
        Log.Dispose();
        _commits.Dispose();
        _device.Dispose();
    }
}
