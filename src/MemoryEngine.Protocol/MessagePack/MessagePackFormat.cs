namespace MemoryEngine.Protocol.MessagePack;

/// <summary>
/// What the first byte of a value says: its type, how many bytes of length or count follow, and the size where the byte
/// itself holds it. The reader and the scanner both go by this table, so that they cannot disagree.
/// </summary>
/// <param name="Type">The type.</param>
/// <param name="LengthBytes">Bytes of a big-endian length or count behind the first byte: 0, 1, 2 or 4.</param>
/// <param name="Size">
/// When there are none: the bytes that follow (for an extension, those behind its type number), or the elements.
/// </param>
internal readonly record struct MessagePackFormat(MessagePackType Type, int LengthBytes, uint Size)
{
    public static MessagePackFormat Of(byte code) => code switch
    {
        <= 0x7F or >= 0xE0 => new(MessagePackType.Integer, 0, 0),
        <= 0x8F => new(MessagePackType.Map, 0, code & 0x0Fu),
        <= 0x9F => new(MessagePackType.Array, 0, code & 0x0Fu),
        <= 0xBF => new(MessagePackType.String, 0, code & 0x1Fu),
        MessagePackCode.Nil => new(MessagePackType.Nil, 0, 0),
        MessagePackCode.NeverUsed => new(MessagePackType.Invalid, 0, 0),
        MessagePackCode.False or MessagePackCode.True => new(MessagePackType.Boolean, 0, 0),
        <= MessagePackCode.Bin32 => new(MessagePackType.Binary, 1 << (code - MessagePackCode.Bin8), 0),
        <= MessagePackCode.Ext32 => new(MessagePackType.Extension, 1 << (code - MessagePackCode.Ext8), 0),
        MessagePackCode.Float32 => new(MessagePackType.Float, 0, 4),
        MessagePackCode.Float64 => new(MessagePackType.Float, 0, 8),
        <= MessagePackCode.UInt64 => new(MessagePackType.Integer, 0, 1u << (code - MessagePackCode.UInt8)),
        <= MessagePackCode.Int64 => new(MessagePackType.Integer, 0, 1u << (code - MessagePackCode.Int8)),
        <= MessagePackCode.FixExt16 => new(MessagePackType.Extension, 0, 1u << (code - MessagePackCode.FixExt1)),
        <= MessagePackCode.Str32 => new(MessagePackType.String, 1 << (code - MessagePackCode.Str8), 0),
        MessagePackCode.Array16 => new(MessagePackType.Array, 2, 0),
        MessagePackCode.Array32 => new(MessagePackType.Array, 4, 0),
        MessagePackCode.Map16 => new(MessagePackType.Map, 2, 0),
        MessagePackCode.Map32 => new(MessagePackType.Map, 4, 0),
    };
}
