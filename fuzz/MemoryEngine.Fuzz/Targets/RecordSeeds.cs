using MemoryEngine.Records;
using MemoryEngine.Storage;

namespace MemoryEngine.Fuzz;

/// <summary>Records as the engine encodes them, and with each kind of damage.</summary>
internal static class RecordSeeds
{
    /// <summary>A space that callers bring vectors of; number 1 in the seeds.</summary>
    public static VectorSpace Space { get; } = new("code", 4, Metric.Cosine, "test", "1", "code");

    public static byte[] Valid(string name) => name switch
    {
        "plain" => Encode(new MemoryDraft { Text = "Run the linter before the tests." }),
        "keyed" => Encode(new MemoryDraft { Text = "A lock file survives a crash.", IdempotencyKey = "k1", Level = MemoryLevel.Strategy }),
        "full" => Encode(new MemoryDraft
        {
            Text = "Größe prüfen: 長さ before allocating.",
            Key = "parsing length-prefixed input",
            Domain = "backend/go",
            Task = "t1",
            Title = "Check lengths",
            Model = "m",
            Contributor = "c",
            Source = "s",
            License = "MIT",
            Tags = ["b", "a"],
            Requires = new Dictionary<string, string> { ["language"] = "go", ["os"] = "linux" },
            Vectors = new Dictionary<string, ReadOnlyMemory<float>> { ["code"] = new float[] { 1, 0, 0.5f, -2 } },
            Extra = "{\"a\":1}",
            ExpiresAt = DateTimeOffset.UnixEpoch.AddDays(30_000),
            Result = TaskResult.Pass,
        }),
        _ => throw new ArgumentException($"There is no seed '{name}'.", nameof(name)),
    };

    public static IEnumerable<(string Name, byte[] Bytes)> All()
    {
        var (plain, full, keyed) = (Valid("plain"), Valid("full"), Valid("keyed"));
        byte[] head = plain[..RecordCodec.HeadBytes];
        yield return ("empty", []);
        yield return ("plain", plain);
        yield return ("full", full);
        yield return ("keyed", keyed);
        yield return ("head-only", head);
        yield return ("head-short", plain[..40]);
        yield return ("newer-version", With(plain, 0, 2));
        yield return ("no-such-level", With(plain, 1, 9));
        yield return ("no-such-format", With(plain, 2, 0));
        yield return ("no-such-result", With(plain, 3, 3));
        yield return ("head-padded", With(plain, 75, 1));
        yield return ("field-cut", plain[..^3]);
        yield return ("unknown-field", [.. plain, 99, 1, 0]);
        yield return ("out-of-order", [.. plain, (byte)RecordField.Domain, 1, (byte)'a']);
        yield return ("text-twice", [.. plain, (byte)RecordField.Text, 1, (byte)'a']);
        yield return ("not-utf8", [.. head, (byte)RecordField.Text, 2, 0xC3, 0x28]);
        yield return ("long-varint", [.. head, (byte)RecordField.Text, 0x81, 0x80, 0x80, 0x80, 0x80, 0x01]);
        yield return ("odd-vector", [.. plain, (byte)RecordField.Vector, 3, 1, 0, 7]);
        byte[] requires = [(byte)RecordField.Requires, 3, 1, (byte)'a', (byte)'b'];
        yield return ("requires-twice", [.. plain, .. requires, .. requires]);
        yield return ("made-long-ago", Filled(plain, 40, 8, 0x80));
        yield return ("expires-never", Filled(plain, 48, 8, 0x7F));
    }

    private static byte[] Encode(MemoryDraft draft)
    {
        var writer = new ByteWriter();
        RecordCodec.Encode(draft, static _ => 1, null, 0, writer);
        RecordCodec.Place(writer.Written, new RecordPlace(1, 0, 1, new Guid("01900000-0000-7000-8000-00000000000a"), 1_760_000_000_000_000));
        return writer.ToArray();
    }

    private static byte[] With(byte[] record, int at, byte value) => Filled(record, at, 1, value);

    private static byte[] Filled(byte[] record, int at, int count, byte value)
    {
        var changed = (byte[])record.Clone();
        changed.AsSpan(at, count).Fill(value);
        return changed;
    }
}
