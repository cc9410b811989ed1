using MemoryEngine.Journal;
using MemoryEngine.Records;
using MemoryEngine.Segments;
using MemoryEngine.Snapshots;
using MemoryEngine.Storage;
using MemoryEngine.Testing;

namespace MemoryEngine.Tests.Snapshots;

/// <summary>Manifests and events come back as they were, or not at all.</summary>
public sealed class ManifestTests
{
    private const string Directory = "/pool/manifests";
    private static readonly Guid PoolId = Guid.NewGuid();

    [Fact]
    public void A_manifest_comes_back_as_it_was()
    {
        var manifest = Sample(9);
        var read = ManifestCodec.Read(Written(manifest), "manifest", out var problem)!;
        Assert.Null(problem);
        Assert.Equal(Written(manifest), Written(read));
        Assert.Equal((manifest.Sequence, manifest.PresentFrom, manifest.RowCount), (read.Sequence, read.PresentFrom, read.RowCount));
        Assert.Equal(manifest.Past.Ranges, read.Past.Ranges);
        Assert.Equal(manifest.Spaces, read.Spaces);
        Assert.Equal(manifest.Segments, read.Segments);
        Assert.Equal(manifest.Purged, read.Purged);
        Assert.Equal(manifest.Answers, read.Answers);
        Assert.Equal(manifest.Records.Files, read.Records.Files);
        Assert.Equal(manifest.Lives.SelectMany(l => l.Events.Prepend(l.Row)), read.Lives.SelectMany(l => l.Events.Prepend(l.Row)));
        var (snapshot, found) = (manifest.Snapshots[0], Assert.Single(read.Snapshots));
        Assert.Equal(snapshot with { View = View.Empty }, found with { View = View.Empty });
        Assert.True(snapshot.View.IsSame(found.View));
        Assert.Equal((manifest.Live, true), (read.Live, read.StandsAlone));
    }

    [Fact]
    public void The_newest_that_is_whole_is_read_and_the_one_before_is_kept()
    {
        var disk = new SimulatedFileSystem();
        disk.CreateDirectory(Directory);
        for (var sequence = 1; sequence <= 4; sequence++) Write(disk, sequence + 5);
        var paths = disk.AllFiles();
        Assert.Equal(2, paths.Count);
        Assert.Equal(9, new ManifestFiles(disk, Directory).Newest()!.Sequence);
        var bytes = disk.ReadAll(paths[1]);
        for (var bit = 0; bit < bytes.Length * 8; bit++)
        {
            disk.FlipBit(paths[1], bit);
            Assert.Equal(8, new ManifestFiles(disk, Directory).Newest()!.Sequence);
            Assert.NotNull(new ManifestFiles(disk, Directory).Read().First().Problem);
            disk.FlipBit(paths[1], bit);
        }
        for (var length = 0; length < bytes.Length; length++)
        {
            disk.WriteAll(paths[1], bytes.AsSpan(0, length));
            Assert.Equal(8, new ManifestFiles(disk, Directory).Newest()!.Sequence);
        }
    }

    [Theory]
    [InlineData(8)]
    [InlineData(12)]
    public void A_newer_one_is_refused_as_such(int offset)
    {
        var bytes = Written(Sample(9));
        bytes[offset] += 2;
        BitConverter.TryWriteBytes(bytes.AsSpan(bytes.Length - 4), Crc32C.Compute(bytes.AsSpan(0, bytes.Length - 4)));
        var e = Assert.Throws<MemoryEngineException>(() => ManifestCodec.Read(bytes, "manifest", out _));
        Assert.Equal(ErrorCode.NewerFormat, e.Code);
    }

    [Fact]
    public void What_no_engine_would_write_is_refused_though_its_checksum_is_right()
    {
        var whole = Sample(9);
        var segment = whole.Segments[0];
        Refuse(whole with { PresentFrom = 10 });
        Refuse(whole with { PresentFrom = 4 });
        Refuse(whole with { Segments = [segment, segment] });
        Refuse(whole with { Segments = [segment with { FirstRow = 1 }] });
        Refuse(whole with { Spaces = [.. whole.Spaces, whole.Spaces[0]] });
        Refuse(whole with { Snapshots = [.. whole.Snapshots, whole.Snapshots[0]] });
        foreach (var events in new long[][] { [], [5], [-11], [3, -3], [3, -2], [-2, 3], [0, 1] })
            Refuse(whole with { Lives = [new RowLife(0, events)] });
        Refuse(whole with { Lives = [new RowLife(99, [-5])] });
        Refuse(whole with { Lives = [new RowLife(1, [-5]), new RowLife(1, [-5])] });

        static void Refuse(Manifest manifest)
        {
            Assert.Null(ManifestCodec.Read(Written(manifest), "manifest", out var problem));
            Assert.NotNull(problem);
        }
    }

    [Fact]
    public void A_manifest_of_format_1_says_what_it_knew()
    {
        var bytes = WrittenAsFormat1();
        var read = ManifestCodec.Read(bytes, "manifest", out var problem)!;
        Assert.Null(problem);
        Assert.Equal((false, 9, 0, 2), (read.HasRows, read.Sequence, read.RowCount, read.Answers.Count));
    }

    [Fact]
    public void A_power_loss_while_one_is_written_leaves_the_one_before()
    {
        var disk = new SimulatedFileSystem();
        disk.CreateDirectory(Directory);
        disk.SyncDirectory("/pool");
        disk.SyncDirectory("/");
        Write(disk, 8);
        Write(disk.AfterProcessKill(), 9);
        for (var n = 1; n < 12; n++)
        {
            var failing = disk.AfterPowerLoss(PowerLoss.LoseAll);
            failing.FailCall(n, FaultKind.Io);
            try
            {
                Write(failing, 9);
            }
            catch (MemoryEngineException)
            {
                // The write says so; what is left is checked.
            }
            foreach (var loss in Enumerable.Range(0, failing.UnsyncedOperationCount + 1).Select(PowerLoss.Prefix))
                Assert.InRange(new ManifestFiles(failing.AfterPowerLoss(loss), Directory).Newest()!.Sequence, 8, 9);
        }
    }

    [Fact]
    public void Events_come_back_and_their_fragments_do_not()
    {
        var space = new SpaceDeclaredEvent(3, new VectorSpace("name", 17, Metric.Dot, "id", "rev", "code"));
        var created = PoolCreatedEvent.New(PoolId, 42);
        var life = new LifeEvent(9, Guid.NewGuid());
        var writer = new ByteWriter();
        Answer(5).WriteTo(writer);
        Assert.Equal(space, SpaceDeclaredEvent.Decode(space.Encode()));
        Assert.Equal(life, LifeEvent.Decode(life.Encode()));
        Assert.Equal(Answer(5), IdempotentAnswer.Decode(writer.Written));
        var decoded = PoolCreatedEvent.Decode(created.Encode())!;
        Assert.Equal((created.PoolId, created.CreatedMicroseconds), (decoded.PoolId, decoded.CreatedMicroseconds));
        Assert.Equal(created.TokenKey, decoded.TokenKey);
        foreach (var length in Enumerable.Range(0, 200))
        {
            if (length != space.Encode().Length) Assert.Null(SpaceDeclaredEvent.Decode(Resized(space.Encode(), length)));
            if (length != life.Encode().Length) Assert.Null(LifeEvent.Decode(Resized(life.Encode(), length)));
            if (length != writer.Length) Assert.Null(IdempotentAnswer.Decode(Resized(writer.ToArray(), length)));
            if (length != created.Encode().Length) Assert.Null(PoolCreatedEvent.Decode(Resized(created.Encode(), length)));
        }

        static byte[] Resized(byte[] bytes, int length)
        {
            Array.Resize(ref bytes, length);
            return bytes;
        }
    }

    private static void Write(SimulatedFileSystem disk, long sequence)
    {
        var manifests = new ManifestFiles(disk, Directory);
        manifests.Write(Sample(sequence), manifests.Read().Select(f => (int?)f.Number).FirstOrDefault());
    }

    private static byte[] Written(Manifest manifest)
    {
        using var writer = new ByteWriter();
        ManifestCodec.Write(manifest, writer);
        return writer.ToArray();
    }

    private static byte[] WrittenAsFormat1()
    {
        using var writer = new ByteWriter();
        writer.Bytes("MEMMANI\n"u8);
        writer.UInt32(1);
        writer.UInt32(0);
        writer.Guid(PoolId);
        writer.Int64(9);
        using var records = new ByteWriter();
        Checkpoint(9).WriteTo(records);
        writer.Block(records.Written);
        writer.VarInt(2);
        Answer(0).WriteTo(writer);
        Answer(1).WriteTo(writer);
        writer.UInt32(Crc32C.Compute(writer.Written));
        return writer.ToArray();
    }

    private static Manifest Sample(long sequence) => new()
    {
        PoolId = PoolId,
        Sequence = sequence,
        StandsAlone = true,
        Past = View.Of((1, 2), (4, 4)),
        PresentFrom = 6,
        Live = new LiveRows(3, 30),
        Spaces = [new VectorSpace("a", 3, Metric.Dot, "id", "rev", "text"), new VectorSpace("b", 5, Metric.L2, "id", "rev", "code")],
        Snapshots = [new NamedView("before", 5, 42, View.Through(5), new LiveRows(2, 9))],
        Purged = [new Guid(7, 0, 0, new byte[8])],
        Segments =
        [
            new SegmentInfo(3, 0, 4, 0, 9_000, 17, [new VectorsInfo(0, 0, 4, 7_000, 19, 3_000), new VectorsInfo(1, 2, 3, 6_000, 20, 0)]),
            new SegmentInfo(8, 4, 2, 1, 8_000, 18, []),
        ],
        Lives = [new RowLife(0, [-5]), new RowLife(3, [2, -5, 6])],
        Records = Checkpoint(sequence),
        Answers = [Answer(0), Answer(1)],
    };

    private static IdempotentAnswer Answer(int i) => new(
        $"key {i}", new UInt128(1, (ulong)i), new RememberResult(new Guid(i, 0, 0, new byte[8]), i + 1, RememberOutcome.Revised, i), i);

    private static RecordCheckpoint Checkpoint(long sequence) => new()
    {
        AppliedSequence = sequence,
        Records = 1,
        TailAddress = 64,
        IndexBuckets = 128,
        IndexAddress = 64,
        LogToken = Guid.Empty,
        IndexToken = Guid.Empty,
        Files = [],
    };
}
