using MemoryEngine.Index;

namespace MemoryEngine.Segments;

/// <summary>Gives equal values one number and one instance. One writer; readers look up by number without locks.</summary>
internal sealed class Interner<T>
    where T : class
{
    private readonly Dictionary<string, int> _numbers = new(StringComparer.Ordinal);
    private readonly AppendOnlyList<T> _values = new();

    public int Count => _values.Count;

    public T this[int number] => _values[number];

    /// <summary>The number of the value that <paramref name="key"/> stands for.</summary>
    public int Intern(string key, T value)
    {
        if (_numbers.TryGetValue(key, out var number)) return number;
        number = _values.Add(value);
        _numbers.Add(key, number);
        return number;
    }
}
