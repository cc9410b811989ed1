using System.Text;

namespace MemoryEngine.Protocol.Wire;

/// <summary>The names of a map's fields, in the order in which its reader asks for them.</summary>
internal sealed class FieldNames
{
    /// <summary>The most fields that a map may have: readers keep a place for each on the stack.</summary>
    public const int MaxFields = 32;

    /// <summary>The most bytes of a name; a longer key is none of ours.</summary>
    public const int MaxBytes = 32;

    private readonly string[] _names;
    private readonly byte[][] _utf8;

    public FieldNames(IEnumerable<string> names)
    {
        _names = [.. names.Distinct()];
        _utf8 = Array.ConvertAll(_names, Encoding.UTF8.GetBytes);
        if (_names.Length > MaxFields || _utf8.Any(n => n.Length > MaxBytes))
            throw new InvalidOperationException("A map has too many fields, or one with too long a name.");
    }

    public IReadOnlyList<string> All => _names;

    public string this[int index] => _names[index];

    /// <summary>The index of a key, or -1. The search begins where a writer of the same order would be.</summary>
    public int Find(ReadOnlySpan<byte> key, int guess)
    {
        for (var i = 0; i < _utf8.Length; i++)
        {
            var index = guess + i < _utf8.Length ? guess + i : guess + i - _utf8.Length;
            if (key.SequenceEqual(_utf8[index])) return index;
        }
        return -1;
    }

    public int Find(string name, int guess)
    {
        for (var i = 0; i < _names.Length; i++)
        {
            var index = guess + i < _names.Length ? guess + i : guess + i - _names.Length;
            if (_names[index] == name) return index;
        }
        throw new InvalidOperationException($"'{name}' is asked for in some maps only; a reader asks for every field, always.");
    }
}

/// <summary>The fields of a type, learned by running its reader once without a map.</summary>
internal static class FieldNames<T>
    where T : IWireMap<T>
{
    public static FieldNames Names { get; } = Learn();

    private static FieldNames Learn()
    {
        var asked = new List<string>();
        var map = MapReader.Learning(asked);
        T.Read(ref map);
        return new FieldNames(asked);
    }
}
