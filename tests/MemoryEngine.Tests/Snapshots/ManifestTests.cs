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
    public void The_newest_that_is_whole_is_read()
    {
        var disk = new SimulatedFileSystem();
        disk.CreateDirectory(Directory);
        for (var sequence = 1; sequence <= 4; sequence++) Write(disk, sequence);
        var paths = disk.AllFiles();
        Assert.Equal(2, paths.Count);
        var notes = new List<string>();
        var newest = Manifest.ReadNewest(disk, Directory, PoolId, notes)!;
        Assert.Equal((4, 2), (newest.Sequence, newest.Answers.Count));
        Assert.Equal(Answer(1), newest.Answers[1]);
        Assert.Equal(Checkpoint(4).Files, newest.Records.Files);
        Assert.Empty(notes);
        Assert.Null(Manifest.ReadNewest(disk, Directory, Guid.NewGuid(), notes));
        notes.Clear();
        var bytes = disk.ReadAll(paths[1]);
        for (var bit = 0; bit < bytes.Length * 8; bit++)
        {
            disk.FlipBit(paths[1], bit);
            Assert.Equal(3, Manifest.ReadNewest(disk, Directory, PoolId, notes)!.Sequence);
            disk.FlipBit(paths[1], bit);
        }
        for (var length = 0; length < bytes.Length; length++)
        {
            disk.WriteAll(paths[1], bytes.AsSpan(0, length));
            Assert.Equal(3, Manifest.ReadNewest(disk, Directory, PoolId, notes)!.Sequence);
        }
        Assert.Equal(bytes.Length * 9, notes.Count);
    }

    [Theory]
    [InlineData(8)]
    [InlineData(12)]
    public void A_newer_one_is_refused_as_such(int offset)
    {
        var disk = new SimulatedFileSystem();
        disk.CreateDirectory(Directory);
        Write(disk, 1);
        var path = disk.AllFiles()[0];
        var bytes = disk.ReadAll(path);
        bytes[offset] += 2;
        BitConverter.TryWriteBytes(bytes.AsSpan(bytes.Length - 4), Crc32C.Compute(bytes.AsSpan(0, bytes.Length - 4)));
        disk.WriteAll(path, bytes);
        var e = Assert.Throws<MemoryEngineException>(() => Manifest.ReadNewest(disk, Directory, PoolId, []));
        Assert.Equal(ErrorCode.NewerFormat, e.Code);
    }

    [Fact]
    public void A_power_loss_while_one_is_written_leaves_the_one_before()
    {
        var disk = new SimulatedFileSystem();
        disk.CreateDirectory(Directory);
        disk.SyncDirectory("/pool");
        disk.SyncDirectory("/");
        Write(disk, 1);
        Write(disk.AfterProcessKill(), 2);
        for (var n = 1; n < 12; n++)
        {
            var failing = disk.AfterPowerLoss(PowerLoss.LoseAll);
            failing.FailCall(n, FaultKind.Io);
            try
            {
                Write(failing, 2);
            }
            catch (MemoryEngineException)
            {
                // The write says so; what is left is checked.
            }
            foreach (var loss in Enumerable.Range(0, failing.UnsyncedOperationCount + 1).Select(PowerLoss.Prefix))
                Assert.InRange(Manifest.ReadNewest(failing.AfterPowerLoss(loss), Directory, PoolId, [])!.Sequence, 1, 2);
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
        var table = new IdempotencyTable(TimeSpan.FromDays(1));
        table.Add(Answer(0));
        table.Add(Answer(1));
        new Manifest(PoolId, sequence, Checkpoint(sequence), []).Write(disk, Directory, table.WriteTo);
    }

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
