namespace MemoryEngine.Protocol.MessagePack;

/// <summary>The types of MessagePack values, whatever their width.</summary>
public enum MessagePackType
{
    /// <summary>The one byte that begins no value, 0xC1.</summary>
    Invalid,

    /// <summary>Nothing.</summary>
    Nil,

    /// <summary>True or false.</summary>
    Boolean,

    /// <summary>A whole number from -2^63 to 2^64 - 1.</summary>
    Integer,

    /// <summary>A floating point number of 4 or 8 bytes.</summary>
    Float,

    /// <summary>UTF-8 text.</summary>
    String,

    /// <summary>Bytes.</summary>
    Binary,

    /// <summary>Values in order.</summary>
    Array,

    /// <summary>Pairs of a key and a value.</summary>
    Map,

    /// <summary>Bytes with a type number; negative numbers are the format's own, such as the timestamp.</summary>
    Extension,
}
