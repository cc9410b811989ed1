using System.Buffers;
using System.Buffers.Binary;
using System.Runtime.InteropServices;
using MemoryEngine.Protocol.MessagePack;

namespace MemoryEngine.Protocol.Wire;

/// <content>Fields of many values, and maps within the map. An absent list is an empty one.</content>
public ref partial struct MapReader
{
    /// <summary>A list of texts.</summary>
    /// <param name="name">The field.</param>
    /// <param name="likely">Texts of ASCII that it may hold: of those no new ones are made.</param>
    public IReadOnlyList<string> Texts(string name, params ReadOnlySpan<string> likely)
    {
        if (!TryFind(name, out var value)) return [];
        try
        {
            var list = new string[value.ReadArrayHeader()];
            for (var i = 0; i < list.Length; i++) list[i] = ReadElement(ref value, i, likely);
            return list;
        }
        catch (ProtocolException e)
        {
            throw e.Within(name);
        }
    }

    /// <summary>A list of UUIDs.</summary>
    public IReadOnlyList<Guid> Ids(string name) => Value(name, static (ref r) => ReadList(ref r, static (ref r) => ReadId(ref r))) ?? [];

    /// <inheritdoc cref="Ids"/>
    public IReadOnlyList<Guid> NeedIds(string name) =>
        Need(name, Value(name, static (ref r) => ReadList(ref r, static (ref r) => ReadId(ref r))));

    /// <summary>A map from text to text.</summary>
    public IReadOnlyDictionary<string, string> TextMap(string name) =>
        Value(name, static (ref r) => ReadMap(ref r, static (ref r) => r.ReadString())) ?? WireMaps.NoTexts;

    /// <summary>A map from text to how many there are.</summary>
    public IReadOnlyDictionary<string, long> Counts(string name) =>
        Value(name, static (ref r) => ReadMap(ref r, static (ref r) => r.ReadInteger(0, long.MaxValue))) ?? WireMaps.NoCounts;

    /// <summary>A vector: bytes that are little-endian float32s.</summary>
    public ReadOnlyMemory<float>? Vector(string name) => Value<ReadOnlyMemory<float>?>(name, static (ref r) => ReadVector(ref r));

    /// <summary>A vector in an array that is rented: of a recall's request it is most, and gone when that is answered.</summary>
    /// <param name="name">The field.</param>
    /// <param name="rented">The array, of <see cref="ArrayPool{T}.Shared"/>; null where there is no vector.</param>
    internal ReadOnlyMemory<float>? RentedVector(string name, out float[]? rented)
    {
        rented = null;
        if (!TryFind(name, out var value)) return null;
        try
        {
            var bytes = ReadVectorBytes(ref value);
            var length = (int)(bytes.Length / sizeof(float));
            rented = ArrayPool<float>.Shared.Rent(length);
            CopyVector(bytes, rented.AsSpan(0, length));
            return rented.AsMemory(0, length);
        }
        catch (ProtocolException e)
        {
            throw e.Within(name);
        }
    }

    /// <inheritdoc cref="Vector"/>
    public ReadOnlyMemory<float> NeedVector(string name) => Need(name, Vector(name));

    /// <summary>A map from text to vector.</summary>
    public IReadOnlyDictionary<string, ReadOnlyMemory<float>> Vectors(string name) =>
        Value(name, static (ref r) => ReadMap(ref r, static (ref r) => ReadVector(ref r))) ?? WireMaps.NoVectors;

    /// <summary>A map with fields of its own.</summary>
    public T? Map<T>(string name)
        where T : class, IWireMap<T> => Value(name, static (ref r) => Read<T>(ref r));

    /// <inheritdoc cref="Map"/>
    public T NeedMap<T>(string name)
        where T : class, IWireMap<T> => Need(name, Map<T>(name));

    /// <summary>A list of maps with fields of their own.</summary>
    public IReadOnlyList<T> Maps<T>(string name)
        where T : class, IWireMap<T> => Value(name, static (ref r) => ReadList(ref r, static (ref r) => Read<T>(ref r))) ?? [];

    /// <inheritdoc cref="Maps"/>
    public IReadOnlyList<T> NeedMaps<T>(string name)
        where T : class, IWireMap<T> =>
        Need(name, Value(name, static (ref r) => ReadList(ref r, static (ref r) => Read<T>(ref r))));

    private static string ReadElement(ref MessagePackReader value, int index, scoped ReadOnlySpan<string> likely)
    {
        try
        {
            return value.ReadString(likely);
        }
        catch (ProtocolException e)
        {
            throw e.Within($"[{index}]");
        }
    }

    private static T[] ReadList<T>(ref MessagePackReader value, ReadValue<T> read)
    {
        var list = new T[value.ReadArrayHeader()];
        for (var i = 0; i < list.Length; i++)
        {
            try
            {
                list[i] = read(ref value);
            }
            catch (ProtocolException e)
            {
                throw e.Within($"[{i}]");
            }
        }
        return list;
    }

    // The dictionary grows with what was read: each key and value is there before it gets its place.
    private static Dictionary<string, T> ReadMap<T>(ref MessagePackReader value, ReadValue<T> read)
    {
        var count = value.ReadMapHeader();
        var map = new Dictionary<string, T>(StringComparer.Ordinal);
        for (var i = 0; i < count; i++)
        {
            var key = value.ReadString();
            try
            {
                if (!map.TryAdd(key, read(ref value))) throw new ProtocolException(ProtocolProblem.Unexpected, "expected it once, found it twice");
            }
            catch (ProtocolException e)
            {
                throw e.Within(Short(key));
            }
        }
        return map;
    }

    private static ReadOnlyMemory<float> ReadVector(ref MessagePackReader value)
    {
        var bytes = ReadVectorBytes(ref value);
        var vector = new float[bytes.Length / sizeof(float)];
        CopyVector(bytes, vector);
        return vector;
    }

    private static ReadOnlySequence<byte> ReadVectorBytes(ref MessagePackReader value)
    {
        var bytes = value.ReadBinary();
        return bytes.Length % sizeof(float) == 0
            ? bytes
            : throw ProtocolException.Unexpected("little-endian float32s of 4 bytes each", $"{bytes.Length} bytes");
    }

    private static void CopyVector(in ReadOnlySequence<byte> bytes, Span<float> vector)
    {
        bytes.CopyTo(MemoryMarshal.AsBytes(vector));
        if (BitConverter.IsLittleEndian) return;
        var bits = MemoryMarshal.Cast<float, int>(vector);
        BinaryPrimitives.ReverseEndianness(bits, bits);
    }
}

/// <summary>Empty maps, one of each kind.</summary>
internal static class WireMaps
{
    public static IReadOnlyDictionary<string, string> NoTexts { get; } = new Dictionary<string, string>();

    public static IReadOnlyDictionary<string, long> NoCounts { get; } = new Dictionary<string, long>();

    public static IReadOnlyDictionary<string, ReadOnlyMemory<float>> NoVectors { get; } = new Dictionary<string, ReadOnlyMemory<float>>();
}
