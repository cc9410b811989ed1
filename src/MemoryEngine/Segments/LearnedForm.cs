using System.Buffers.Binary;
using System.Runtime.InteropServices;
using MemoryEngine.Index;
using MemoryEngine.Storage;

namespace MemoryEngine.Segments;

/// <summary>
/// A learned model as bytes, little-endian: mark, version, dimension, documents, terms; then the mean, and of each term its hash,
/// its scale and its row; then the CRC32C of all that.
/// </summary>
internal static class LearnedForm
{
    private const int Dimension = LearnedVectors.Dimension;
    private const uint FormVersion = 1;
    private const int HeaderBytes = 24;
    private const int TermBytes = sizeof(ulong) + sizeof(float) + Dimension;

    private static ReadOnlySpan<byte> Mark => "MEMLEARN"u8;

    /// <summary>The model as bytes.</summary>
    public static byte[] Write(LearnedVectors model)
    {
        var bytes = new byte[HeaderBytes + (Dimension * sizeof(float)) + (model.Terms * TermBytes) + sizeof(uint)];
        Mark.CopyTo(bytes);
        BinaryPrimitives.WriteUInt32LittleEndian(bytes.AsSpan(8), FormVersion);
        BinaryPrimitives.WriteInt32LittleEndian(bytes.AsSpan(12), Dimension);
        BinaryPrimitives.WriteInt32LittleEndian(bytes.AsSpan(16), model.Documents);
        BinaryPrimitives.WriteInt32LittleEndian(bytes.AsSpan(20), model.Terms);
        var target = bytes.AsSpan(HeaderBytes);
        foreach (var value in model.Mean) WriteSingle(ref target, value);
        for (var t = 0; t < model.Terms; t++)
        {
            BinaryPrimitives.WriteUInt64LittleEndian(target, model.Term(t));
            target = target[sizeof(ulong)..];
            WriteSingle(ref target, model.Scale(t));
            MemoryMarshal.AsBytes(model.Row(t)).CopyTo(target);
            target = target[Dimension..];
        }
        BinaryPrimitives.WriteUInt32LittleEndian(target, Crc32C.Compute(bytes.AsSpan(0, bytes.Length - sizeof(uint))));
        return bytes;
    }

    /// <summary>Reads what <see cref="Write"/> wrote; throws for anything else. Then the model is to be learned anew.</summary>
    /// <param name="bytes">The bytes.</param>
    /// <param name="path">Where they lie, for the message.</param>
    /// <exception cref="CorruptionException">They are no model, or damaged, or of another version.</exception>
    public static LearnedVectors Read(ReadOnlySpan<byte> bytes, string path)
    {
        const int Least = HeaderBytes + (Dimension * sizeof(float)) + sizeof(uint);
        if (bytes.Length < Least) throw new CorruptionException(path, 0, $"a model of at least {Least} bytes", $"{bytes.Length} bytes");
        var computed = Crc32C.Compute(bytes[..^sizeof(uint)]);
        var stored = BinaryPrimitives.ReadUInt32LittleEndian(bytes[^sizeof(uint)..]);
        if (computed != stored) throw new CorruptionException(path, 0, $"a model with checksum {computed:x8}", $"checksum {stored:x8}");
        var version = BinaryPrimitives.ReadUInt32LittleEndian(bytes[8..]);
        if (!bytes.StartsWith(Mark) || version != FormVersion)
            throw new CorruptionException(path, 0, $"a learned model of version {FormVersion}", $"version {version}");
        var dimension = BinaryPrimitives.ReadInt32LittleEndian(bytes[12..]);
        var documents = BinaryPrimitives.ReadInt32LittleEndian(bytes[16..]);
        var count = BinaryPrimitives.ReadInt32LittleEndian(bytes[20..]);
        if (dimension != Dimension || count is < 0 or > LearnedVectors.MostTerms || bytes.Length != Least + (count * TermBytes))
            throw new CorruptionException(path, 12, $"{bytes.Length} bytes of {Dimension} dimensions", $"{count} terms of {dimension}");
        var (terms, rows, scales, mean) = (new ulong[count], new sbyte[count * Dimension], new float[count], new float[Dimension]);
        var source = bytes[HeaderBytes..];
        foreach (ref var value in mean.AsSpan()) value = ReadSingle(ref source);
        for (var t = 0; t < count; t++)
        {
            terms[t] = BinaryPrimitives.ReadUInt64LittleEndian(source);
            source = source[sizeof(ulong)..];
            scales[t] = ReadSingle(ref source);
            MemoryMarshal.Cast<byte, sbyte>(source[..Dimension]).CopyTo(rows.AsSpan(t * Dimension));
            source = source[Dimension..];
        }
        return new LearnedVectors(terms, rows, scales, mean, documents);
    }

    private static void WriteSingle(ref Span<byte> target, float value)
    {
        BinaryPrimitives.WriteSingleLittleEndian(target, value);
        target = target[sizeof(float)..];
    }

    private static float ReadSingle(ref ReadOnlySpan<byte> source)
    {
        var value = BinaryPrimitives.ReadSingleLittleEndian(source);
        source = source[sizeof(float)..];
        return value;
    }
}
