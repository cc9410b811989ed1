using MemoryEngine.Evidence.State;
using MemoryEngine.Segments;
using MemoryEngine.Snapshots;

namespace MemoryEngine.Fuzz;

/// <summary>
/// Any bytes as the journal of a pool, replayed as an opening does it: events and records must fit together, and every
/// memory of a pool that opens can be read.
/// </summary>
internal sealed class PoolTarget : FuzzTarget
{
    public override string Name => "pool";

    public override void Run(ReadOnlySpan<byte> input)
    {
        var disk = JournalImage.Mount(input);
        var paths = new PoolPaths("/pool");
        using var bodies = new Journal.JournalBodies(disk, JournalImage.Directory);
        var evidence = PoolEvidence.Begin(new MemoryStoreOptions { Files = disk }, paths, bodies);
        var recovery = new Recovery(disk, paths, 16 << 20, TimeSpan.FromDays(7), evidence.Visit);
        _ = recovery.Run(withRecords: false);
        evidence.Settle();
        var kept = EvidenceSnapshot.Write(evidence.State);
        Require(evidence.Read(kept, evidence.Index) is not null, "what evidence adds up to can be kept and read again");
        var table = recovery.Table;
        var current = table.Current;
        var live = 0;
        for (var row = 0; row < current.RowCount; row++)
        {
            // What was dropped from the journal holds nothing to read.
            if (table.Rows[row].IsErased) continue;
            var position = new Journal.JournalPosition(table.Rows[row].Position);
            var version = VersionReader.Read(table, row, current.View, bodies.Read(position, table.Rows[row].Birth), withVectors: true);
            Require(version.Version > 0, "versions count from one");
            Require(version.Text.Length > 0, "a memory has a text");
            if (version.IsCurrent) live++;
        }
        Require(live == current.Live.Count, $"{current.Live.Count} live rows were counted and {live} are");
    }

    public override void FixChecksums(Span<byte> input) => JournalImage.FixChecksums(input);

    public override IEnumerable<(string Name, byte[] Bytes)> Seeds() => JournalSeeds.All();
}
