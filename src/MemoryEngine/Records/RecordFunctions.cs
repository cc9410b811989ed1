using FASTER.core;

namespace MemoryEngine.Records;

/// <summary>
/// What FASTER calls back for each operation. Values are never changed in place, so that a reader never sees half of one.
/// </summary>
internal sealed class RecordFunctions : FunctionsBase<long, SpanByte, ReadSession?, byte, Empty>
{
    public static readonly RecordFunctions Instance = new();

    public override bool SingleReader(ref long key, ref ReadSession? input, ref SpanByte value, ref byte dst, ref ReadInfo readInfo)
    {
        if (input is null || input.DiskAddress != 0) return true;
        input.ReadOnlyReads++;
        input.Meet(key, value.AsReadOnlySpan(), readInfo.Address);
        return true;
    }

    public override bool ConcurrentReader(ref long key, ref ReadSession? input, ref SpanByte value, ref byte dst, ref ReadInfo readInfo)
    {
        if (input is null) return true;
        input.MutableReads++;
        input.Meet(key, value.AsReadOnlySpan(), readInfo.Address);
        return true;
    }

    public override bool ConcurrentWriter(
        ref long key, ref ReadSession? input, ref SpanByte src, ref SpanByte dst, ref byte output, ref UpsertInfo upsertInfo) => false;

    public override bool SingleWriter(
        ref long key, ref ReadSession? input, ref SpanByte src, ref SpanByte dst, ref byte output, ref UpsertInfo upsertInfo, WriteReason reason)
    {
        src.CopyTo(ref dst);
        return true;
    }
}
