using System.Text;
using MemoryEngine.Protocol.MessagePack;

namespace MemoryEngine.Protocol.Wire;

/// <content>Fields of one value. Those that begin with Need are refused when they are absent.</content>
public ref partial struct MapReader
{
    private const int ShownCharacters = 40;

    /// <summary>A text.</summary>
    public string? Text(string name) => Value(name, static (ref r) => r.ReadString());

    /// <inheritdoc cref="Text"/>
    public string NeedText(string name) => Need(name, Text(name));

    /// <summary>One of several names.</summary>
    public string? OneOf(string name, params ReadOnlySpan<string> names)
    {
        if (!TryFind(name, out var value)) return null;
        try
        {
            var found = value.ReadString(names);
            return names.Contains(found) ? found : throw ProtocolException.Unexpected(List(names), $"\"{Short(found)}\"");
        }
        catch (ProtocolException e)
        {
            throw e.Within(name);
        }
    }

    /// <inheritdoc cref="OneOf"/>
    public string NeedOneOf(string name, params ReadOnlySpan<string> names) => Need(name, OneOf(name, names));

    /// <summary>A boolean.</summary>
    public bool? Boolean(string name) => Value<bool?>(name, static (ref r) => r.ReadBoolean());

    /// <inheritdoc cref="Boolean"/>
    public bool NeedBoolean(string name) => Need(name, Boolean(name));

    /// <summary>An integer between two bounds, both allowed.</summary>
    public long? Int64(string name, long least = long.MinValue, long most = long.MaxValue)
    {
        if (!TryFind(name, out var value)) return null;
        try
        {
            return value.ReadInteger(least, most);
        }
        catch (ProtocolException e)
        {
            throw e.Within(name);
        }
    }

    /// <inheritdoc cref="Int64"/>
    public long NeedInt64(string name, long least = long.MinValue, long most = long.MaxValue) => Need(name, Int64(name, least, most));

    /// <inheritdoc cref="Int64"/>
    public int? Int32(string name, int least = int.MinValue, int most = int.MaxValue) => (int?)Int64(name, least, most);

    /// <inheritdoc cref="Int64"/>
    public int NeedInt32(string name, int least = int.MinValue, int most = int.MaxValue) => Need(name, Int32(name, least, most));

    /// <summary>A float32.</summary>
    public float? Single(string name) => Value<float?>(name, static (ref r) => r.ReadSingle());

    /// <inheritdoc cref="Single"/>
    public float NeedSingle(string name) => Need(name, Single(name));

    /// <summary>A float64.</summary>
    public double? Double(string name) => Value<double?>(name, static (ref r) => r.ReadDouble());

    /// <inheritdoc cref="Double"/>
    public double NeedDouble(string name) => Need(name, Double(name));

    /// <summary>A UUID as text: 32 hexadecimal digits with hyphens after the 8th, 12th, 16th and 20th.</summary>
    public Guid? Id(string name) => Value<Guid?>(name, static (ref r) => ReadId(ref r));

    /// <inheritdoc cref="Id"/>
    public Guid NeedId(string name) => Need(name, Id(name));

    /// <summary>Two integers, the first at most the second.</summary>
    public (int Least, int Most)? Range(string name, int least, int most)
    {
        if (!TryFind(name, out var value)) return null;
        try
        {
            return ReadRange(ref value, least, most);
        }
        catch (ProtocolException e)
        {
            throw e.Within(name);
        }
    }

    /// <inheritdoc cref="Range"/>
    public (int Least, int Most) NeedRange(string name, int least, int most) => Need(name, Range(name, least, most));

    private static Guid ReadId(ref MessagePackReader value)
    {
        const string Expected = "a UUID such as 01900000-0000-7000-8000-000000000001";
        if (value.NextType != MessagePackType.String)
            throw ProtocolException.Unexpected(Expected, MessagePackReader.Describe(value.NextType));
        Span<byte> text = stackalloc byte[36];
        Span<char> characters = stackalloc char[36];
        // Of this length exactly: the framework's parser forgives spaces around it.
        var length = value.ReadShortUtf8(text) is >= 0 and var bytes ? Encoding.UTF8.GetChars(text[..bytes], characters) : 0;
        return length == characters.Length && Guid.TryParseExact(characters, "D", out var id)
            ? id
            : throw ProtocolException.Unexpected(Expected, "another text");
    }

    private static (int Least, int Most) ReadRange(ref MessagePackReader value, int least, int most)
    {
        // One number stands for a range of one.
        if (value.NextType == MessagePackType.Integer)
        {
            var only = (int)value.ReadInteger(least, most);
            return (only, only);
        }
        var count = value.ReadArrayHeader();
        if (count != 2) throw ProtocolException.Unexpected("two integers", $"{count} values");
        var (first, second) = ((int)value.ReadInteger(least, most), (int)value.ReadInteger(least, most));
        return first <= second ? (first, second) : throw ProtocolException.Unexpected("the smaller integer first", $"{first}, {second}");
    }

    private static string List(ReadOnlySpan<string> names) =>
        names.Length == 1 ? names[0] : $"{string.Join(", ", names[..^1]!)} or {names[^1]}";

    // Never between the halves of a surrogate pair: what is said here is sent back, and half a pair is no text.
    private static string Short(string value)
    {
        if (value.Length <= ShownCharacters) return value;
        var shown = char.IsHighSurrogate(value[ShownCharacters - 1]) ? ShownCharacters - 1 : ShownCharacters;
        return string.Concat(value.AsSpan(0, shown), "...");
    }
}
