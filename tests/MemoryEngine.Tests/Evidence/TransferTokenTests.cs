using MemoryEngine.Testing;
using MemoryEngine.Transfers;

namespace MemoryEngine.Tests.Evidence;

/// <summary>Ids of transfers carry what they were made of, and none can be made without the key.</summary>
public sealed class TransferTokenTests
{
    private static readonly byte[] Key = [.. Enumerable.Range(1, 32).Select(i => (byte)i)];

    [Theory]
    [InlineData(0, 0u)]
    [InlineData(1, 1u)]
    [InlineData(4_711, 0xFFFF_FFFFu)]
    [InlineData((1L << 40) - 1, 0x8000_0001u)]
    public void A_token_carries_sequence_and_seed(long sequence, uint seed)
    {
        var id = new TransferTokens(Key).Make(sequence, seed);
        Assert.True(new TransferTokens(Key).TryRead(id, out var sequenceRead, out var seedRead));
        Assert.Equal((sequence, seed), (sequenceRead, seedRead));
        Assert.Equal((8, 0b10), (id.Version, id.Variant >> 2));
    }

    /// <summary>The bytes, as Python's hmac module makes them: see the code in docs/format.md.</summary>
    [Fact]
    public void The_code_is_the_one_that_the_format_says() =>
        Assert.Equal(TokenOfPython, new TransferTokens(Key).Make(1_000_000, 0xDEAD_BEEF).ToString());

    [Fact]
    public void Every_changed_bit_and_another_key_are_refused()
    {
        var tokens = new TransferTokens(Key);
        var id = tokens.Make(123_456, 7);
        for (var bit = 0; bit < 128; bit++)
        {
            var bytes = id.ToByteArray(bigEndian: true);
            bytes[bit / 8] ^= (byte)(1 << (bit % 8));
            Assert.False(tokens.TryRead(new Guid(bytes, bigEndian: true), out _, out _), $"bit {bit}");
        }
        Assert.False(new TransferTokens([.. Key.Reverse()]).TryRead(id, out _, out _));
        var random = new Random(TestSeed.Value);
        for (var i = 0; i < 10_000; i++)
        {
            var bytes = new byte[16];
            random.NextBytes(bytes);
            Assert.False(tokens.TryRead(new Guid(bytes, bigEndian: true), out _, out _));
        }
        Assert.Throws<ArgumentOutOfRangeException>(() => tokens.Make(1L << 40, 0));
        Assert.Throws<ArgumentOutOfRangeException>(() => tokens.Make(-1, 0));
    }

    private const string TokenOfPython = "00000f42-40de-8adb-bbbe-1cddff7766c8";
}
