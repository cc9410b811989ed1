using System.Buffers.Binary;

namespace MemoryEngine.Benchmarks.FasterLog;

/// <summary>What both logs are filled with: 1 KB that anyone can check, for its number says all of it.</summary>
internal static class Entry
{
    public const int Bytes = 1024;

    public static byte[] Make(int number)
    {
        var entry = new byte[Bytes];
        entry.AsSpan().Fill((byte)number);
        BinaryPrimitives.WriteInt32LittleEndian(entry, number);
        return entry;
    }

    public static int NumberOf(ReadOnlySpan<byte> entry) => BinaryPrimitives.ReadInt32LittleEndian(entry);

    public static bool IsWhole(ReadOnlySpan<byte> entry) =>
        entry.Length == Bytes && entry.SequenceEqual(Make(NumberOf(entry)));
}

/// <summary>What came back from a log.</summary>
internal sealed class Reading
{
    private readonly List<int> _numbers = [];

    public int Whole { get; private set; }

    public int Altered { get; private set; }

    /// <summary>Why the reading was refused, or null.</summary>
    public string? Error { get; set; }

    /// <summary>The log opened, but said that its end was torn and cut.</summary>
    public string? Cut { get; set; }

    public void Add(ReadOnlySpan<byte> entry)
    {
        if (Entry.IsWhole(entry))
        {
            Whole++;
            _numbers.Add(Entry.NumberOf(entry));
        }
        else
        {
            Altered++;
        }
    }

    public int WholeBetween(int first, int end) => _numbers.Where(n => n >= first && n < end).Distinct().Count();

    public override string ToString()
    {
        if (Error is not null) return "refused: " + Error;
        var altered = Altered > 0 ? $", {Altered} ALTERED, no error" : "";
        return $"opened: {Whole} entries{altered}{(Cut is null ? "" : "; " + Cut)}";
    }
}
