using System.Buffers;
using System.Buffers.Binary;
using FsCheck;
using FsCheck.Fluent;
using MemoryEngine.Records;
using MemoryEngine.Storage;

namespace MemoryEngine.Tests.Records;

public sealed class RecordCheckpointTests
{
    private static RecordCheckpoint Example { get; } = new()
    {
        AppliedSequence = 12,
        BeginAddress = 4096,
        ErasedUntil = 4096,
        LiveBytes = 4000,
        Records = 7,
        TailAddress = 8192,
        IndexBuckets = 1024,
        IndexAddress = 4096,
        LogToken = Guid.Parse("00112233-4455-6677-8899-aabbccddeeff"),
        IndexToken = Guid.Empty,
        Files = [new CheckpointFile("checkpoint.a.log", 110, 0xDEADBEEF), new CheckpointFile("checkpoint.b.index", 1 << 20, 1)],
    };

    [Fact]
    public void What_is_written_is_read_and_the_rest_is_left()
    {
        var writer = new ArrayBufferWriter<byte>();
        Example.WriteTo(writer);
        writer.Write("rest"u8);
        var source = writer.WrittenSpan;
        var read = RecordCheckpoint.Read(ref source);
        Assert.Equal(Example.Files, read.Files);
        Assert.Equal(Example, read with { Files = Example.Files });
        Assert.True(source.SequenceEqual("rest"u8));
    }

    [Fact]
    public void The_first_version_is_read_as_a_log_that_was_never_compacted()
    {
        var writer = new ArrayBufferWriter<byte>();
        Example.WriteTo(writer);
        byte[] bytes = [.. writer.WrittenSpan[..80], .. writer.WrittenSpan[104..]];
        bytes[4] = 1;
        BinaryPrimitives.WriteUInt32LittleEndian(bytes.AsSpan(bytes.Length - 4), Crc32C.Compute(bytes.AsSpan(0, bytes.Length - 4)));
        ReadOnlySpan<byte> source = bytes;
        var read = RecordCheckpoint.Read(ref source);
        Assert.Equal(Example.Files, read.Files);
        var expected = Example with { BeginAddress = 64, ErasedUntil = 0, LiveBytes = 8192 - 64, Files = read.Files };
        Assert.Equal(expected, read);
    }

    [Theory]
    [InlineData(63, 0)]
    [InlineData(8193, 0)]
    [InlineData(4096, 4097)]
    [InlineData(4096, -1)]
    public void Addresses_out_of_order_are_refused(long begin, long erased)
    {
        var writer = new ArrayBufferWriter<byte>();
        (Example with { BeginAddress = begin, ErasedUntil = erased }).WriteTo(writer);
        AssertRefused(writer.WrittenSpan.ToArray());
    }

    [Fact]
    public void Anything_flipped_or_cut_is_refused()
    {
        var writer = new ArrayBufferWriter<byte>();
        Example.WriteTo(writer);
        var bytes = writer.WrittenSpan.ToArray();
        for (var i = 0; i < bytes.Length; i++)
        {
            AssertRefused(bytes[..i]);
            for (var bit = 0; bit < 8; bit++)
            {
                var flipped = bytes.ToArray();
                flipped[i] ^= (byte)(1 << bit);
                AssertRefused(flipped);
            }
        }
    }

    [Fact]
    public void Any_bytes_are_refused() =>
        Check.One(
            Config.QuickThrowOnFailure,
            Prop.ForAll(ArbMap.Default.ArbFor<byte[]>(), bytes => AssertRefused(bytes)));

    [Theory]
    [InlineData("../checkpoint.x.log")]
    [InlineData("checkpoint./../../x")]
    [InlineData("log.000000")]
    public void A_name_that_is_none_of_its_own_is_refused(string name)
    {
        var writer = new ArrayBufferWriter<byte>();
        (Example with { Files = [new CheckpointFile(name, 1, 1)] }).WriteTo(writer);
        AssertRefused(writer.WrittenSpan.ToArray());
    }

    private static void AssertRefused(byte[] bytes) => Assert.Throws<FormatException>(() =>
    {
        ReadOnlySpan<byte> source = bytes;
        RecordCheckpoint.Read(ref source);
    });
}
