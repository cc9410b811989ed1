using System.Buffers.Binary;
using System.Security.Cryptography;

namespace MemoryEngine.Transfers;

/// <summary>
/// The ids of transfers. Each carries the sequence after which it was made and the seed of what chance decided, under a code that only
/// the pool's key makes: so an id that the pool does not know is either one of its own, whose record was lost, or not its own.
/// </summary>
/// <remarks>
/// 122 bits in the form of a UUID of version 8 (RFC 9562): sequence 40, seed 32, and the first 50 of HMAC-SHA-256 (RFC 2104) over
/// "transfer", sequence and seed. 50 bits are enough: each guess asks the pool, and a lucky one finds a transfer that counts for nothing.
/// </remarks>
internal sealed class TransferTokens(byte[] key)
{
    private const int SequenceBits = 40, SeedBits = 32, CodeBits = 50;

    /// <summary>Sequences beyond it have no tokens: a trillion events.</summary>
    private const long LastSequence = (1L << SequenceBits) - 1;

    /// <summary>The id of a transfer.</summary>
    public Guid Make(long sequence, uint seed)
    {
        ArgumentOutOfRangeException.ThrowIfGreaterThan((ulong)sequence, (ulong)LastSequence, nameof(sequence));
        var bits = ((UInt128)sequence << (SeedBits + CodeBits)) | ((UInt128)seed << CodeBits) | CodeOf(sequence, seed);
        Span<byte> bytes = stackalloc byte[16];
        // 48 bits, the version, 12 bits; the variant, 62 bits.
        BinaryPrimitives.WriteUInt64BigEndian(bytes, ((ulong)(bits >> 74) << 16) | 0x8000 | ((ulong)(bits >> 62) & 0xFFF));
        BinaryPrimitives.WriteUInt64BigEndian(bytes[8..], (1UL << 63) | ((ulong)bits & ((1UL << 62) - 1)));
        return new Guid(bytes, bigEndian: true);
    }

    /// <summary>What an id carries; false when this pool did not make it.</summary>
    public bool TryRead(Guid id, out long sequence, out uint seed)
    {
        Span<byte> bytes = stackalloc byte[16];
        id.TryWriteBytes(bytes, bigEndian: true, out _);
        var (high, low) = (BinaryPrimitives.ReadUInt64BigEndian(bytes), BinaryPrimitives.ReadUInt64BigEndian(bytes[8..]));
        var bits = ((UInt128)(high >> 16) << 74) | ((UInt128)(high & 0xFFF) << 62) | (low & ((1UL << 62) - 1));
        (sequence, seed) = ((long)(bits >> (SeedBits + CodeBits)), (uint)(bits >> CodeBits));
        return Make(sequence, seed) == id;
    }

    private ulong CodeOf(long sequence, uint seed)
    {
        Span<byte> message = stackalloc byte[20];
        "transfer"u8.CopyTo(message);
        BinaryPrimitives.WriteInt64BigEndian(message[8..], sequence);
        BinaryPrimitives.WriteUInt32BigEndian(message[16..], seed);
        Span<byte> code = stackalloc byte[HMACSHA256.HashSizeInBytes];
        HMACSHA256.HashData(key, message, code);
        return BinaryPrimitives.ReadUInt64BigEndian(code) >> (64 - CodeBits);
    }
}
