using System.Buffers.Binary;

namespace MemoryEngine.Protocol.MessagePack;

/// <summary>
/// A moment as MessagePack's own extension has it. Its range is far beyond that of <see cref="DateTimeOffset"/>, so it
/// stays what it is. The protocol's own times are integers of microseconds; this is for what other clients put beside.
/// </summary>
public readonly record struct MessagePackTimestamp
{
    /// <summary>The extension's type number.</summary>
    public const sbyte ExtensionType = -1;

    private const uint NanosecondsPerSecond = 1_000_000_000;
    private const int SecondsBits = 34;

    /// <summary>Creates a timestamp.</summary>
    /// <param name="seconds">Seconds since 1970 UTC.</param>
    /// <param name="nanoseconds">Nanoseconds to add: 0 to 999,999,999.</param>
    public MessagePackTimestamp(long seconds, uint nanoseconds)
    {
        ArgumentOutOfRangeException.ThrowIfGreaterThanOrEqual(nanoseconds, NanosecondsPerSecond);
        (Seconds, Nanoseconds) = (seconds, nanoseconds);
    }

    /// <summary>Seconds since 1970 UTC.</summary>
    public long Seconds { get; }

    /// <summary>Nanoseconds to add: 0 to 999,999,999.</summary>
    public uint Nanoseconds { get; }

    /// <summary>Bytes of the shortest of the three forms: 4, 8 or 12.</summary>
    internal int Size => (ulong)Seconds >> SecondsBits != 0 ? 12 : Nanoseconds != 0 || Seconds > uint.MaxValue ? 8 : 4;

    internal void Write(Span<byte> data)
    {
        switch (data.Length)
        {
            case 4:
                BinaryPrimitives.WriteUInt32BigEndian(data, (uint)Seconds);
                break;
            case 8:
                BinaryPrimitives.WriteUInt64BigEndian(data, ((ulong)Nanoseconds << SecondsBits) | (ulong)Seconds);
                break;
            default:
                BinaryPrimitives.WriteUInt32BigEndian(data, Nanoseconds);
                BinaryPrimitives.WriteInt64BigEndian(data[4..], Seconds);
                break;
        }
    }

    internal static bool TryRead(ReadOnlySpan<byte> data, out MessagePackTimestamp timestamp)
    {
        timestamp = default;
        var (seconds, nanoseconds) = (0L, 0u);
        switch (data.Length)
        {
            case 4:
                seconds = BinaryPrimitives.ReadUInt32BigEndian(data);
                break;
            case 8:
                var both = BinaryPrimitives.ReadUInt64BigEndian(data);
                (seconds, nanoseconds) = ((long)(both & ((1UL << SecondsBits) - 1)), (uint)(both >> SecondsBits));
                break;
            case 12:
                (seconds, nanoseconds) = (BinaryPrimitives.ReadInt64BigEndian(data[4..]), BinaryPrimitives.ReadUInt32BigEndian(data));
                break;
            default:
                return false;
        }
        if (nanoseconds >= NanosecondsPerSecond) return false;
        timestamp = new MessagePackTimestamp(seconds, nanoseconds);
        return true;
    }
}
