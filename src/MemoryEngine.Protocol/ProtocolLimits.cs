namespace MemoryEngine.Protocol;

/// <summary>What a message may cost its reader. Anything beyond is refused while it arrives, before room is made for it.</summary>
public sealed record ProtocolLimits
{
    /// <summary>The deepest nesting that any limits can allow: readers keep a counter for each open container on the stack.</summary>
    public const int DeepestNesting = 64;

    /// <summary>The limits of a server that says nothing else in its hello.</summary>
    public static ProtocolLimits Default { get; } = new();

    /// <summary>Bytes of one message.</summary>
    public int MaxMessageBytes { get; init => field = Within(value, 1, int.MaxValue); } = 16 << 20;

    /// <summary>Arrays and maps within each other, the outermost counted.</summary>
    public int MaxDepth { get; init => field = Within(value, 1, DeepestNesting); } = 32;

    /// <summary>Values of one array, or pairs of one map.</summary>
    public int MaxElements { get; init => field = Within(value, 1, int.MaxValue / 2); } = 1 << 16;

    /// <summary>UTF-8 bytes of a method's name.</summary>
    public int MaxMethodBytes { get; init => field = Within(value, 1, int.MaxValue); } = 128;

    private static int Within(int value, int least, int most)
    {
        ArgumentOutOfRangeException.ThrowIfLessThan(value, least);
        ArgumentOutOfRangeException.ThrowIfGreaterThan(value, most);
        return value;
    }
}
