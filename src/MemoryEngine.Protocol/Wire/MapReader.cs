using System.Buffers;
using System.Runtime.CompilerServices;
using MemoryEngine.Protocol.MessagePack;

namespace MemoryEngine.Protocol.Wire;

/// <summary>
/// The fields of one map, asked for by name in any order. Before the first is asked for, the map is passed over once, and
/// where each known field stands is noted: unknown keys are ignored, a field that stands there twice is refused, and nil
/// is the same as absent. A value that is not what was asked for is refused with the field's path.
/// </summary>
public ref partial struct MapReader
{
    private readonly MessagePackReader _start;
    private readonly FieldNames? _names;
    private readonly List<string>? _asked;
    private Offsets _offsets;
    private int _next;

    private MapReader(ref MessagePackReader reader, FieldNames names)
    {
        var pairs = reader.ReadMapHeader();
        _start = reader;
        _names = names;
        Span<byte> buffer = stackalloc byte[FieldNames.MaxBytes];
        var guess = 0;
        for (var i = 0; i < pairs; i++)
        {
            if (reader.NextType != MessagePackType.String)
                throw ProtocolException.Unexpected("a string as a key", MessagePackReader.Describe(reader.NextType));
            var length = reader.ReadShortUtf8(buffer);
            var index = length >= 0 ? names.Find(buffer[..length], guess) : -1;
            if (index >= 0) _offsets[index] = Pass(ref reader, names[index], _offsets[index], _start.Consumed);
            else reader.Skip();
            guess = index + 1;
        }
    }

    private MapReader(List<string> asked) => _asked = asked;

    private delegate T ReadValue<T>(ref MessagePackReader value);

    /// <summary>Reads the next value as a map of a type.</summary>
    internal static T Read<T>(ref MessagePackReader reader)
        where T : IWireMap<T>
    {
        var map = new MapReader(ref reader, FieldNames<T>.Names);
        return T.Read(ref map);
    }

    /// <summary>Reads a map of a type from bytes that hold nothing else.</summary>
    internal static T Read<T>(in ReadOnlySequence<byte> bytes, ProtocolLimits limits)
        where T : IWireMap<T>
    {
        var reader = new MessagePackReader(bytes, limits);
        var value = Read<T>(ref reader);
        return reader.AtEnd ? value : throw ProtocolException.Unexpected("one map", $"{reader.Remaining} bytes behind it");
    }

    /// <summary>A reader that has no map and notes which fields it is asked for.</summary>
    internal static MapReader Learning(List<string> asked) => new(asked);

    // Passes over a field's value and says where it began.
    private static long Pass(ref MessagePackReader reader, string name, long before, long start)
    {
        if (before != 0) throw new ProtocolException(ProtocolProblem.Unexpected, "expected it once, found it twice", name);
        try
        {
            if (reader.TryReadNil()) return 0;
            var offset = 1 + reader.Consumed - start;
            reader.Skip();
            return offset;
        }
        catch (ProtocolException e)
        {
            throw e.Within(name);
        }
    }

    private bool TryFind(string name, out MessagePackReader value)
    {
        value = _start;
        if (_asked is not null)
        {
            _asked.Add(name);
            return false;
        }
        var index = _names!.Find(name, _next);
        _next = index + 1;
        if (_offsets[index] == 0) return false;
        value.Advance(_offsets[index] - 1);
        return true;
    }

    // The default of T, which is null for all that may be absent, when the field is not there.
    private T? Value<T>(string name, ReadValue<T> read)
    {
        if (!TryFind(name, out var value)) return default;
        try
        {
            return read(ref value);
        }
        catch (ProtocolException e)
        {
            throw e.Within(name);
        }
    }

    // Learning a type's names runs its reader without values, required ones included.
    private readonly T Need<T>(string name, T? value)
        where T : class => value ?? (_asked is null ? throw Missing(name) : default(T)!);

    private readonly T Need<T>(string name, T? value)
        where T : struct => value ?? (_asked is null ? throw Missing(name) : default);

    private static ProtocolException Missing(string name) =>
        new(ProtocolProblem.Unexpected, "it is required, and it is not there", name);

    // Where each field's value begins, counted from the first key and plus one; 0 for a field that is not there.
    [InlineArray(FieldNames.MaxFields)]
    private struct Offsets
    {
        private long _first;
    }
}
