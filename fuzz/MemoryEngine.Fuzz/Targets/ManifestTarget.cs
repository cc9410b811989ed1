using System.Buffers.Binary;
using MemoryEngine.Records;
using MemoryEngine.Segments;
using MemoryEngine.Snapshots;
using MemoryEngine.Storage;

namespace MemoryEngine.Fuzz;

/// <summary>Any bytes as a manifest: one that is no manifest is named as such, and one that is says the same when it is written again.</summary>
internal sealed class ManifestTarget : FuzzTarget
{
    private const int RecordsOffset = 40;
    private static readonly Guid Id = new("01900000-0000-7000-8000-000000000001");

    public override string Name => "manifest";

    public override void Run(ReadOnlySpan<byte> input)
    {
        var manifest = ManifestCodec.Read(input, "manifest", out var problem);
        Require(manifest is null == problem is not null, "there is a manifest or a problem");
        if (manifest is null)
        {
            Outcome = problem!;
            return;
        }
        Outcome = $"accepted, {manifest.Answers.Count > 0} {manifest.Segments.Count > 0} {manifest.Lives.Count > 0} {manifest.Snapshots.Count > 0}";
        var again = ManifestCodec.Read(Written(manifest), "manifest", out _);
        if (!manifest.HasRows) return;
        Require(again is not null && again.Sequence == manifest.Sequence && again.PoolId == manifest.PoolId, "a manifest is read back as it was");
        Require(again!.Records.Files.SequenceEqual(manifest.Records.Files), "the files of its checkpoint are read back");
        Require(Written(again).AsSpan().SequenceEqual(Written(manifest)), "it is written again as it was");
    }

    public override void FixChecksums(Span<byte> input)
    {
        if (input.Length < RecordsOffset + 8) return;
        var reader = new ByteReader(input[RecordsOffset..]);
        var block = reader.Block().Length;
        if (!reader.Failed && block >= 4)
        {
            var records = input.Slice(RecordsOffset + reader.Position - block, block);
            BinaryPrimitives.WriteUInt32LittleEndian(records[^4..], Crc32C.Compute(records[..^4]));
        }
        BinaryPrimitives.WriteUInt32LittleEndian(input[^4..], Crc32C.Compute(input[..^4]));
    }

    public override IEnumerable<(string Name, byte[] Bytes)> Seeds()
    {
        var plain = Written(Sample(0));
        var full = Written(Sample(3));
        yield return ("empty", []);
        yield return ("plain", plain);
        yield return ("full", full);
        yield return ("format-1", AsFormat1(plain));
        yield return ("cut", full[..^9]);
        yield return ("flipped", [.. full[..50], (byte)(full[50] ^ 4), .. full[51..]]);
        yield return ("no-mark", Fixed(full, 0, (byte)'X'));
        yield return ("newer-format", Fixed(full, 8, 4));
        yield return ("newer-features", Fixed(full, 12, 1));
        yield return ("no-checkpoint", Fixed(full, RecordsOffset, 0));
        yield return ("checkpoint-mark", Fixed(full, RecordsOffset + 2, (byte)'X'));
        yield return ("many-files", Fixed(full, RecordsOffset + 8, 8));
        yield return ("trailing", [.. full, 0, 0, 0, 0]);
    }

    private static Manifest Sample(int answers)
    {
        var result = new RememberResult(Guid.Empty, 1, RememberOutcome.Added, 5);
        var records = new RecordCheckpoint
        {
            AppliedSequence = 9,
            Records = 3,
            TailAddress = 4096,
            IndexBuckets = 64,
            IndexAddress = 64,
            LogToken = new Guid("01900000-0000-7000-8000-000000000002"),
            IndexToken = new Guid("01900000-0000-7000-8000-000000000003"),
            Files = [new CheckpointFile("checkpoint.a.log", 120, 7), new CheckpointFile("checkpoint.b.index", 80, 9)],
        };
        var list = Enumerable.Range(0, answers).Select(i => new IdempotentAnswer($"key {i}", (UInt128)i, result, 1_760_000_000_000_000));
        var plain = new Manifest { PoolId = Id, Sequence = 9, Records = records, Answers = [.. list] };
        return answers == 0 ? plain : plain with
        {
            Past = View.Of((1, 2), (4, 4)),
            PresentFrom = 6,
            Live = new LiveRows(2, 20),
            Spaces = [Index.HashingEmbedder.Space, RecordSeeds.Space],
            Snapshots = [new NamedView("before", 5, 1_760_000_000_000_000, View.Through(5), new LiveRows(1, 7))],
            Purged = [Id],
            Segments =
            [
                new SegmentInfo(1, 0, 4, 0, 9_000, 17, [new VectorsInfo(0, 1, 4, 20_000, 19, 7_000), new VectorsInfo(1, 0, 2, 5_000, 20, 0)]),
                new SegmentInfo(3, 4, 2, 1, 8_000, 18, []),
            ],
            Lives = [new RowLife(0, [-5]), new RowLife(3, [2, -5, 6])],
        };
    }

    private static byte[] Written(Manifest manifest)
    {
        using var writer = new ByteWriter();
        ManifestCodec.Write(manifest, writer);
        return writer.ToArray();
    }

    // What version 1 wrote: up to the answers.
    private byte[] AsFormat1(byte[] plain)
    {
        var reader = new ByteReader(plain.AsSpan(RecordsOffset));
        _ = reader.Block();
        return Fixed([.. plain[..(RecordsOffset + reader.Position)], 0, 0, 0, 0, 0], 8, 1);
    }

    private byte[] Fixed(byte[] manifest, int at, byte value)
    {
        var changed = (byte[])manifest.Clone();
        changed[at] = value;
        FixChecksums(changed);
        return changed;
    }
}
