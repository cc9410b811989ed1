using System.Buffers.Binary;
using System.Numerics;
using MemoryEngine.Storage;
using static MemoryEngine.Journal.JournalFormat;

namespace MemoryEngine.Journal;

/// <summary>
/// Finds the salt of a journal file whose header page is gone. Every checksum of the file begins with the salt, and a
/// CRC can be run backwards: the header of one batch says what the salt must have done to the checksum, and every other
/// checksum of the file must then agree. So a found salt is proven by what it makes valid.
/// </summary>
/// <remarks>
/// A checksum knows of the salt's 64 bits only the 32 that it makes of them. The salt found here makes the same ones, so
/// it stands for the file's own in every checksum, though its bytes may differ.
/// </remarks>
internal static class SaltFinder
{
    private const uint Initial = uint.MaxValue;
    private static readonly byte[] IndexOfTopByte = InvertTable();

    /// <summary>Looks for a batch whose header gives a salt that another checksum of the file confirms.</summary>
    public static bool TryFind(FileWindow window, long fileLength, out ulong salt)
    {
        for (long offset = HeaderBytes; offset + BatchHeaderBytes <= fileLength; offset += Alignment)
        {
            var header = window.At(offset, BatchHeaderBytes);
            if (BinaryPrimitives.ReadUInt32LittleEndian(header) != BatchMagic) continue;
            salt = Solve(BinaryPrimitives.ReadUInt32LittleEndian(header[36..]), header[..36], offset);
            if (BatchHeader.TryRead(header, salt, offset, out var batch) && IsConfirmed(window, offset, batch, salt)) return true;
        }
        salt = 0;
        return false;
    }

    // By its first frame, or by the batch behind it.
    private static bool IsConfirmed(FileWindow window, long offset, in BatchHeader batch, ulong salt)
    {
        var frames = offset + BatchHeaderBytes;
        if (batch.FrameCount > 0 && FrameHeader.TryRead(window.At(frames, batch.FramesBytes), salt, frames, out var frame, out _))
            return frame.Sequence == batch.FirstSequence;
        var behind = frames + batch.FramesBytes;
        return BatchHeader.TryRead(window.At(behind, BatchHeaderBytes), salt, behind, out var next)
            && next.FirstSequence >= batch.FirstSequence + batch.FrameCount;
    }

    private static ulong Solve(uint checksum, ReadOnlySpan<byte> data, long offset)
    {
        Span<byte> place = stackalloc byte[sizeof(long)];
        BinaryPrimitives.WriteInt64LittleEndian(place, offset);
        var afterSalt = Back(Back(~checksum, data), place);
        // Four zeros, and then the four bytes that lead from there to what the salt must have made.
        Span<byte> zeros = stackalloc byte[sizeof(uint)];
        zeros.Clear();
        var half = BitOperations.Crc32C(Initial, 0u) ^ Back(afterSalt, zeros);
        return (ulong)half << 32;
    }

    // The checksum's state before it took in the data.
    private static uint Back(uint state, ReadOnlySpan<byte> data)
    {
        for (var i = data.Length - 1; i >= 0; i--)
        {
            var index = IndexOfTopByte[state >> 24];
            state = ((state ^ BitOperations.Crc32C(0u, index)) << 8) | (uint)(index ^ data[i]);
        }
        return state;
    }

    private static byte[] InvertTable()
    {
        var inverted = new byte[256];
        for (var i = 0; i < 256; i++) inverted[BitOperations.Crc32C(0u, (byte)i) >> 24] = (byte)i;
        return inverted;
    }
}
