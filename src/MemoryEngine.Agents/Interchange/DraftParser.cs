using System.Buffers;
using System.Buffers.Binary;
using System.Text;
using System.Text.Json;

namespace MemoryEngine.Agents.Interchange;

/// <summary>One line to one draft, in one pass. Throws <see cref="LineProblem"/> or <see cref="JsonException"/>.</summary>
internal ref struct DraftParser(ReadOnlySpan<byte> line)
{
    private Utf8JsonReader _json = new(line);
    private int _seen;
    private Guid? _id;
    private MemoryLevel? _level;
    private MemoryFormat _format = MemoryFormat.Insight;
    private TaskResult _result;
    private DateTimeOffset? _expiresAt;
    private string? _domain, _task, _title, _key, _text, _model, _contributor, _source, _license;
    private Dictionary<string, string>? _requires;
    private Dictionary<string, ReadOnlyMemory<float>>? _vectors;
    private List<string>? _tags;
    private ArrayBufferWriter<byte>? _extraBytes;
    private Utf8JsonWriter? _extra;

    public MemoryDraft Parse()
    {
        if (!_json.Read() || _json.TokenType != JsonTokenType.StartObject)
            throw new LineProblem($"The line is {Describe()}; a memory is a JSON object.");
        while (_json.Read() && _json.TokenType == JsonTokenType.PropertyName) ReadField();
        // Throws when something stands behind the object.
        _json.Read();
        if (_text is null) throw new LineProblem("'text' is missing; it is what is handed over when the memory is recalled.");
        var draft = new MemoryDraft
        {
            Id = _id,
            Text = _text,
            // What states no level gets the one that its form is fit for.
            Level = _level ?? MemoryStore.SuggestLevel(_text),
            Format = _format,
            Domain = _domain ?? "",
            Task = _task,
            Title = _title,
            Key = _key,
            Model = _model,
            Contributor = _contributor,
            Source = _source,
            License = _license,
            Result = _result,
            ExpiresAt = _expiresAt,
            Tags = _tags ?? (IReadOnlyList<string>)[],
            Extra = Extra(),
        };
        if (_requires is not null) draft = draft with { Requires = _requires };
        return _vectors is null ? draft : draft with { Vectors = _vectors };
    }

    private void ReadField()
    {
        var field = Field();
        if (field == LineField.Unknown)
        {
            KeepUnknown();
            return;
        }
        if ((_seen & (1 << (int)field)) != 0) throw new LineProblem($"'{field.Name()}' stands there twice.");
        _seen |= 1 << (int)field;
        _json.Read();
        if (_json.TokenType == JsonTokenType.Null && field != LineField.Text) return;
        switch (field)
        {
            case LineField.Id: _id = Id(); break;
            case LineField.Format: _format = Format(); break;
            case LineField.Level: _level = Level(); break;
            case LineField.Domain: _domain = String(field.Name()); break;
            case LineField.Task: _task = String(field.Name()); break;
            case LineField.Title: _title = String(field.Name()); break;
            case LineField.Key: _key = String(field.Name()); break;
            case LineField.Text: _text = String(field.Name()); break;
            case LineField.Model: _model = String(field.Name()); break;
            case LineField.Contributor: _contributor = String(field.Name()); break;
            case LineField.ExpiresUs: _expiresAt = ExpiresAt(); break;
            case LineField.Result: _result = Result(); break;
            case LineField.Requires: _requires = Requires(); break;
            case LineField.Tags: _tags = Tags(); break;
            case LineField.Source: _source = String(field.Name()); break;
            case LineField.License: _license = String(field.Name()); break;
            case LineField.Vectors: _vectors = Vectors(); break;
            default: throw new InvalidOperationException($"'{field}' has no reader.");
        }
    }

    private LineField Field()
    {
        try
        {
            return LineFields.Of(ref _json);
        }
        catch (InvalidOperationException)
        {
            // Comparing unescapes, and half of a surrogate pair is no text.
            throw NotUnicode("a field's name");
        }
    }

    private Guid Id()
    {
        var value = String("id");
        return Guid.TryParseExact(value, "D", out var id)
            ? id
            : throw new LineProblem($"'id' is \"{Short(value)}\", which is no UUID; leave it out to have one made of the content.");
    }

    private MemoryFormat Format()
    {
        var value = String("format");
        return InterchangeNames.FormatOf(value)
            ?? throw new LineProblem($"'format' is \"{Short(value)}\"; it is trajectory, workflow, summary or insight.");
    }

    private TaskResult Result()
    {
        var value = String("result");
        return InterchangeNames.ResultOf(value) ?? throw new LineProblem($"'result' is \"{Short(value)}\"; it is pass, fail or null.");
    }

    private readonly MemoryLevel Level()
    {
        Expect(JsonTokenType.Number, "level", "a number from 1 to 4");
        if (_json.TryGetInt32(out var level) && level is >= 1 and <= 4) return (MemoryLevel)level;
        throw new LineProblem($"'level' is {Short(Encoding.UTF8.GetString(_json.ValueSpan))}; it goes from 1 (trace) to 4 (strategy).");
    }

    private readonly DateTimeOffset ExpiresAt()
    {
        Expect(JsonTokenType.Number, "expires_us", "a number of microseconds since 1970");
        var last = DateTimeOffset.MaxValue.Subtract(DateTimeOffset.UnixEpoch).Ticks / TimeSpan.TicksPerMicrosecond;
        if (_json.TryGetInt64(out var micros) && micros > 0 && micros <= last)
            return DateTimeOffset.UnixEpoch.AddTicks(micros * TimeSpan.TicksPerMicrosecond);
        throw new LineProblem(
            $"'expires_us' is {Short(Encoding.UTF8.GetString(_json.ValueSpan))}; it is a whole number of microseconds from 1970 on, up to {last}.");
    }

    private Dictionary<string, string> Requires()
    {
        Expect(JsonTokenType.StartObject, "requires", "an object of strings");
        var requires = new Dictionary<string, string>(StringComparer.Ordinal);
        while (_json.Read() && _json.TokenType == JsonTokenType.PropertyName)
        {
            var name = String("requires");
            _json.Read();
            if (!requires.TryAdd(name, String($"requires.{Short(name)}")))
                throw new LineProblem($"'requires.{Short(name)}' stands there twice.");
        }
        return requires;
    }

    private List<string> Tags()
    {
        Expect(JsonTokenType.StartArray, "tags", "an array of strings");
        var tags = new List<string>();
        while (_json.Read() && _json.TokenType != JsonTokenType.EndArray) tags.Add(String("tags"));
        return tags;
    }

    private Dictionary<string, ReadOnlyMemory<float>> Vectors()
    {
        Expect(JsonTokenType.StartObject, "vectors", "an object of base64 strings");
        var vectors = new Dictionary<string, ReadOnlyMemory<float>>(StringComparer.Ordinal);
        while (_json.Read() && _json.TokenType == JsonTokenType.PropertyName)
        {
            var space = String("vectors");
            var name = $"vectors.{Short(space)}";
            _json.Read();
            Expect(JsonTokenType.String, name, "a base64 string");
            if (!_json.TryGetBytesFromBase64(out var bytes)) throw new LineProblem($"'{name}' is not base64.");
            if (bytes.Length % sizeof(float) != 0)
                throw new LineProblem($"'{name}' has {bytes.Length} bytes, which are no whole number of float32 values.");
            var vector = new float[bytes.Length / sizeof(float)];
            for (var i = 0; i < vector.Length; i++) vector[i] = BinaryPrimitives.ReadSingleLittleEndian(bytes.AsSpan(i * sizeof(float)));
            if (!vectors.TryAdd(space, vector)) throw new LineProblem($"'{name}' stands there twice.");
        }
        return vectors;
    }

    // In the form that the writer gives it, so that what was read is what is written.
    private void KeepUnknown()
    {
        var name = String("a field's name");
        if (_extra is null)
        {
            _extraBytes = new ArrayBufferWriter<byte>();
            _extra = new Utf8JsonWriter(_extraBytes, DraftWriter.Options);
            _extra.WriteStartObject();
        }
        _json.Read();
        using var value = JsonDocument.ParseValue(ref _json);
        try
        {
            _extra.WritePropertyName(name);
            value.RootElement.WriteTo(_extra);
        }
        catch (Exception e) when (e is InvalidOperationException or ArgumentException)
        {
            throw NotUnicode(Short(name));
        }
    }

    private readonly string? Extra()
    {
        if (_extra is null) return null;
        _extra.WriteEndObject();
        _extra.Dispose();
        return Encoding.UTF8.GetString(_extraBytes!.WrittenSpan);
    }

    private readonly string String(string field)
    {
        if (_json.TokenType is not (JsonTokenType.String or JsonTokenType.PropertyName)) Expect(JsonTokenType.String, field, "a string");
        try
        {
            return _json.GetString()!;
        }
        catch (InvalidOperationException)
        {
            throw NotUnicode(field);
        }
    }

    private readonly void Expect(JsonTokenType type, string field, string what)
    {
        if (_json.TokenType != type) throw new LineProblem($"'{field}' is {Describe()}; it must be {what}.");
    }

    private readonly string Describe() => _json.TokenType switch
    {
        JsonTokenType.StartObject => "an object",
        JsonTokenType.StartArray => "an array",
        JsonTokenType.String => "a string",
        JsonTokenType.Number => "a number",
        JsonTokenType.True or JsonTokenType.False => "a boolean",
        JsonTokenType.Null => "null",
        _ => "nothing",
    };

    private static LineProblem NotUnicode(string field) => new($"'{field}' holds bytes or escapes that are no Unicode text.");

    private static string Short(string value) => value.Length <= 60 ? value : string.Concat(value.AsSpan(0, 60), "...");
}
