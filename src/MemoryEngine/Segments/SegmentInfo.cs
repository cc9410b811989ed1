using MemoryEngine.Storage;

namespace MemoryEngine.Segments;

/// <summary>A segment as a manifest names it: enough to know its files again, and to see that they are those that were written.</summary>
/// <param name="Number">Its files' number.</param>
/// <param name="FirstRow">Its first row.</param>
/// <param name="Rows">How many rows it has.</param>
/// <param name="ErasedRows">How many of them held nothing when it was written.</param>
/// <param name="Length">The length of the segment's own file.</param>
/// <param name="Checksum">That of its header, which holds those of all else.</param>
/// <param name="Vectors">The vectors of its rows, ascending by space.</param>
internal sealed record SegmentInfo(int Number, int FirstRow, int Rows, int ErasedRows, long Length, uint Checksum, VectorsInfo[] Vectors)
{
    public int EndRow => FirstRow + Rows;

    /// <summary>The bytes of all its files.</summary>
    public long Bytes => Length + Vectors.Sum(v => v.Length + v.GraphLength);

    public bool Equals(SegmentInfo? other) =>
        other is not null && (Number, FirstRow, Rows, ErasedRows) == (other.Number, other.FirstRow, other.Rows, other.ErasedRows)
        && (Length, Checksum) == (other.Length, other.Checksum) && Vectors.AsSpan().SequenceEqual(other.Vectors);

    public override int GetHashCode() => HashCode.Combine(Number, Checksum);

    public void WriteTo(ByteWriter writer)
    {
        writer.VarInt(Number);
        writer.VarInt(FirstRow);
        writer.VarInt(Rows);
        writer.VarInt(ErasedRows);
        writer.Int64(Length);
        writer.UInt32(Checksum);
        writer.VarInt(Vectors.Length);
        foreach (var vectors in Vectors) vectors.WriteTo(writer);
    }

    public static SegmentInfo Read(ref ByteReader reader)
    {
        var info = new SegmentInfo(
            reader.VarInt(), reader.VarInt(), reader.VarInt(), reader.VarInt(), reader.Int64(), reader.UInt32(), []);
        var spaces = reader.VarInt();
        if (spaces > SpaceTable.Slots) reader.Fail();
        var vectors = new VectorsInfo[reader.Failed ? 0 : spaces];
        for (var i = 0; i < vectors.Length && !reader.Failed; i++)
        {
            vectors[i] = VectorsInfo.Read(ref reader);
            if ((i > 0 && vectors[i].Space <= vectors[i - 1].Space) || vectors[i].Count > info.Rows) reader.Fail();
        }
        if (info.Number < 1 || info.Rows < 1 || info.ErasedRows > info.Rows || info.FirstRow > int.MaxValue - info.Rows) reader.Fail();
        return info with { Vectors = vectors };
    }
}

/// <summary>The vectors that a segment's rows have in a space, and their graph.</summary>
/// <param name="Space">The space.</param>
/// <param name="Revision">Of what made them of the text; 0 for vectors that were given.</param>
/// <param name="Count">How many.</param>
/// <param name="Length">The length of their file.</param>
/// <param name="Checksum">That of its header.</param>
/// <param name="GraphLength">The length of the graph's file; 0 when there is none.</param>
internal readonly record struct VectorsInfo(int Space, uint Revision, int Count, long Length, uint Checksum, long GraphLength)
{
    public void WriteTo(ByteWriter writer)
    {
        writer.VarInt(Space);
        writer.UInt32(Revision);
        writer.VarInt(Count);
        writer.Int64(Length);
        writer.UInt32(Checksum);
        writer.Int64(GraphLength);
    }

    public static VectorsInfo Read(ref ByteReader reader)
    {
        var info = new VectorsInfo(
            reader.VarInt(), reader.UInt32(), reader.VarInt(), reader.Int64(), reader.UInt32(), reader.Int64());
        if (info.Space >= SpaceTable.Slots || info.Count < 1 || info.Length < 0 || info.GraphLength < 0) reader.Fail();
        return info;
    }
}
