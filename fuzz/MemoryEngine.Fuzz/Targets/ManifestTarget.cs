using System.Buffers.Binary;
using MemoryEngine.Records;
using MemoryEngine.Segments;
using MemoryEngine.Snapshots;
using MemoryEngine.Storage;
using MemoryEngine.Testing;

namespace MemoryEngine.Fuzz;

/// <summary>Any bytes as a manifest: one that is no manifest is named as such, and one that is says the same when it is written again.</summary>
internal sealed class ManifestTarget : FuzzTarget
{
    private const string Folder = "/manifests";
    private const int RecordsOffset = 40;

    public override string Name => "manifest";

    public override void Run(ReadOnlySpan<byte> input)
    {
        var manifest = Manifest.Read(input, "manifest", out var problem);
        Require(manifest is null == problem is not null, "there is a manifest or a problem");
        Outcome = problem ?? (manifest!.Answers.Count == 0 ? "accepted" : "accepted with answers");
        if (manifest is null) return;
        var again = Manifest.Read(Written(manifest), "manifest", out _);
        Require(again is not null && again.Sequence == manifest.Sequence && again.PoolId == manifest.PoolId, "a manifest is read back as it was");
        Require(again!.Records.Files.SequenceEqual(manifest.Records.Files), "the files of its checkpoint are read back");
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
        yield return ("cut", full[..^9]);
        yield return ("flipped", [.. full[..50], (byte)(full[50] ^ 4), .. full[51..]]);
        yield return ("no-mark", Fixed(full, 0, (byte)'X'));
        yield return ("newer-format", Fixed(full, 8, 2));
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
        return new Manifest(new Guid("01900000-0000-7000-8000-000000000001"), 9, records, [.. list]);
    }

    private static byte[] Written(Manifest manifest)
    {
        var disk = new SimulatedFileSystem();
        disk.CreateDirectory(Folder);
        manifest.Write(disk, Folder, writer =>
        {
            writer.VarInt(manifest.Answers.Count);
            foreach (var answer in manifest.Answers) answer.WriteTo(writer);
        });
        return disk.ReadAll(disk.AllFiles()[0]);
    }

    private byte[] Fixed(byte[] manifest, int at, byte value)
    {
        var changed = (byte[])manifest.Clone();
        changed[at] = value;
        FixChecksums(changed);
        return changed;
    }
}
