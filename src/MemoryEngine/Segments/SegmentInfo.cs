using MemoryEngine.Storage;

namespace MemoryEngine.Segments;

/// <summary>A segment as a manifest names it: enough to know its file again, and to see that it is the one that was written.</summary>
/// <param name="Number">Its file's number.</param>
/// <param name="FirstRow">Its first row.</param>
/// <param name="Rows">How many rows it has.</param>
/// <param name="ErasedRows">How many of them held nothing when it was written.</param>
/// <param name="Length">The file's length.</param>
/// <param name="Checksum">That of its header, which holds those of all else.</param>
internal sealed record SegmentInfo(int Number, int FirstRow, int Rows, int ErasedRows, long Length, uint Checksum)
{
    public int EndRow => FirstRow + Rows;

    public void WriteTo(ByteWriter writer)
    {
        writer.VarInt(Number);
        writer.VarInt(FirstRow);
        writer.VarInt(Rows);
        writer.VarInt(ErasedRows);
        writer.Int64(Length);
        writer.UInt32(Checksum);
    }

    public static SegmentInfo Read(ref ByteReader reader)
    {
        var info = new SegmentInfo(
            reader.VarInt(), reader.VarInt(), reader.VarInt(), reader.VarInt(), reader.Int64(), reader.UInt32());
        if (info.Number < 1 || info.Rows < 1 || info.ErasedRows > info.Rows || info.FirstRow > int.MaxValue - info.Rows) reader.Fail();
        return info;
    }
}
