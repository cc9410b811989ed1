using MemoryEngine.Protocol.MessagePack;

namespace MemoryEngine.Protocol.Wire;

/// <summary>
/// Writes the fields of one map. What is null is left out, so how many fields there are is known only when all were named:
/// a map is written by naming its fields twice, first to be counted, then to be written.
/// </summary>
public ref struct MapWriter
{
    private readonly MessagePackWriter _output;
    private readonly bool _isCounting;
    private int _count;

    private MapWriter(MessagePackWriter output, bool isCounting) => (_output, _isCounting) = (output, isCounting);

    internal static void Write(MessagePackWriter output, IWireMap value)
    {
        ArgumentNullException.ThrowIfNull(value);
        var counter = new MapWriter(output, isCounting: true);
        value.Write(ref counter);
        output.WriteMapHeader(counter._count);
        var map = new MapWriter(output, isCounting: false);
        value.Write(ref map);
    }

    /// <summary>A text.</summary>
    public void Text(string name, string? value)
    {
        if (Begin(name, value is not null)) _output.WriteString(value);
    }

    /// <summary>A boolean.</summary>
    public void Boolean(string name, bool? value)
    {
        if (Begin(name, value is not null)) _output.WriteBoolean(value.GetValueOrDefault());
    }

    /// <summary>An integer.</summary>
    public void Int64(string name, long? value)
    {
        if (Begin(name, value is not null)) _output.WriteInteger(value.GetValueOrDefault());
    }

    /// <summary>A float32.</summary>
    public void Single(string name, float? value)
    {
        if (Begin(name, value is not null)) _output.WriteSingle(value.GetValueOrDefault());
    }

    /// <summary>A float64.</summary>
    public void Double(string name, double? value)
    {
        if (Begin(name, value is not null)) _output.WriteDouble(value.GetValueOrDefault());
    }

    /// <summary>A UUID as text.</summary>
    public void Id(string name, Guid? value)
    {
        if (Begin(name, value is not null)) WriteId(value.GetValueOrDefault());
    }

    /// <summary>A list of UUIDs, also when it is empty.</summary>
    public void Ids(string name, IReadOnlyList<Guid> values)
    {
        if (!Begin(name, isThere: true)) return;
        _output.WriteArrayHeader(values.Count);
        foreach (var value in values) WriteId(value);
    }

    /// <summary>A list of UUIDs; nothing when it is empty.</summary>
    public void AnyIds(string name, IReadOnlyList<Guid> values)
    {
        if (values.Count > 0) Ids(name, values);
    }

    /// <summary>Two integers.</summary>
    public void Range(string name, (int Least, int Most)? value)
    {
        if (!Begin(name, value is not null)) return;
        var (least, most) = value.GetValueOrDefault();
        _output.WriteArrayHeader(2);
        _output.WriteInteger((long)least);
        _output.WriteInteger((long)most);
    }

    /// <summary>A list of texts; nothing when it is empty.</summary>
    public void Texts(string name, IReadOnlyList<string> values)
    {
        if (!Begin(name, values.Count > 0)) return;
        _output.WriteArrayHeader(values.Count);
        for (var i = 0; i < values.Count; i++) _output.WriteString(values[i]);
    }

    /// <summary>A map from text to text; nothing when it is empty. Ordered by key, so that equal maps are equal bytes.</summary>
    public void TextMap(string name, IReadOnlyDictionary<string, string> values)
    {
        if (!BeginMap(name, values)) return;
        foreach (var (key, value) in values.OrderBy(v => v.Key, StringComparer.Ordinal))
        {
            _output.WriteString(key);
            _output.WriteString(value);
        }
    }

    /// <summary>A map from text to how many there are; nothing when it is empty. Ordered by key.</summary>
    public void Counts(string name, IReadOnlyDictionary<string, long> values)
    {
        if (!BeginMap(name, values)) return;
        foreach (var (key, value) in values.OrderBy(v => v.Key, StringComparer.Ordinal))
        {
            _output.WriteString(key);
            _output.WriteInteger(value);
        }
    }

    /// <summary>A vector: bytes that are little-endian float32s.</summary>
    public void Vector(string name, ReadOnlyMemory<float>? value)
    {
        if (Begin(name, value is not null)) _output.WriteVector(value.GetValueOrDefault().Span);
    }

    /// <summary>A map from text to vector; nothing when it is empty. Ordered by key.</summary>
    public void Vectors(string name, IReadOnlyDictionary<string, ReadOnlyMemory<float>> values)
    {
        if (!BeginMap(name, values)) return;
        foreach (var (key, value) in values.OrderBy(v => v.Key, StringComparer.Ordinal))
        {
            _output.WriteString(key);
            _output.WriteVector(value.Span);
        }
    }

    /// <summary>A map with fields of its own.</summary>
    public void Map(string name, IWireMap? value)
    {
        if (Begin(name, value is not null)) Write(_output, value!);
    }

    /// <summary>A list of maps with fields of their own, also when it is empty.</summary>
    public void Maps(string name, IReadOnlyList<IWireMap> values)
    {
        if (!Begin(name, isThere: true)) return;
        _output.WriteArrayHeader(values.Count);
        for (var i = 0; i < values.Count; i++) Write(_output, values[i]);
    }

    /// <summary>A list of maps with fields of their own; nothing when it is empty.</summary>
    public void AnyMaps(string name, IReadOnlyList<IWireMap> values)
    {
        if (values.Count > 0) Maps(name, values);
    }

    private void WriteId(Guid value)
    {
        Span<char> text = stackalloc char[36];
        value.TryFormat(text, out _);
        _output.WriteString(text);
    }

    private bool BeginMap<T>(string name, IReadOnlyDictionary<string, T> values)
    {
        if (!Begin(name, values.Count > 0)) return false;
        _output.WriteMapHeader(values.Count);
        return true;
    }

    // Whether the value is to be written now.
    private bool Begin(string name, bool isThere)
    {
        if (!isThere) return false;
        _count++;
        if (_isCounting) return false;
        _output.WriteString(name);
        return true;
    }
}
