using FsCheck;
using FsCheck.Fluent;
using MemoryEngine.Records;
using MemoryEngine.Storage;

namespace MemoryEngine.Tests.Records;

/// <summary>A record says what its draft said, and bytes that are no record are never taken for one.</summary>
public sealed class RecordCodecTests
{
    [Fact]
    public void A_draft_comes_back_field_by_field()
    {
        var text = Gen.Elements("", "a", "tag", "ä€😀", "back\\slash \"quoted\"\n", new string('x', 300));
        var some = Gen.ListOf(text.Where(t => t.Length > 0)).Select(l => l.Distinct().ToArray());
        var vector = Gen.ListOf(Gen.Choose(-1_000, 1_000).Select(i => i / 7f)).Select(l => l.ToArray());
        var draft = from fields in Gen.ArrayOf(text, 9)
                    from tags in some
                    from vectors in Gen.ListOf(vector)
                    from numbers in Gen.ArrayOf(Gen.Choose(0, 1_000_000), 4)
                    select Draft(fields, tags, [.. vectors], numbers);
        Check.One(Config.QuickThrowOnFailure.WithMaxTest(300), Prop.ForAll(draft.ToArbitrary(), CheckRoundTrip));
    }

    [Fact]
    public void Equal_content_has_equal_hashes_and_no_other()
    {
        var draft = Draft(["d", "task", "title", "key", "m", "c", "s", "l", "{}"], ["b", "a"], [[1, 2], [3]], [1, 2, 3, 4]);
        var hash = RecordCodec.ContentHash(Encode(draft, null));
        MemoryDraft[] same =
        [
            draft with { Tags = ["a", "b", "a"] }, draft with { IdempotencyKey = "other" }, draft with { Id = Guid.NewGuid() },
        ];
        Assert.All(same, d => Assert.Equal(hash, RecordCodec.ContentHash(Encode(d, new float[] { 9 }))));
        MemoryDraft[] others =
        [
            draft with { Text = "x" }, draft with { Domain = "e" }, draft with { Task = null }, draft with { Title = "k" },
            draft with { Level = MemoryLevel.Trace }, draft with { Format = MemoryFormat.Trajectory }, draft with { Result = TaskResult.Fail },
            draft with { ExpiresAt = null }, draft with { Tags = ["a"] }, draft with { Vectors = MemoryDraft.EmptyVectors },
            draft with { Requires = new Dictionary<string, string> { ["x"] = "y" } }, draft with { Extra = "{ }" },
        ];
        Assert.Equal(others.Length, others.Select(d => RecordCodec.ContentHash(Encode(d, null))).Where(h => h != hash).Distinct().Count());
    }

    [Fact]
    public void Damaged_records_are_refused_or_whole_and_never_throw()
    {
        var draft = Draft(["d/e", "task", "title", "key", "m", "c", "s", "l", "{}"], ["a", "b"], [[1, 2, 3], [4]], [1, 2, 3, 4]);
        var record = Encode(draft, new float[] { 1, 2, 3 });
        for (var length = 0; length < record.Length; length++)
        {
            if (RecordReader.TryOpen(record.AsSpan(0, length), out var reader, out var problem)) Walk(reader, record.AsSpan(0, length));
            else Assert.NotEmpty(problem);
        }
        var random = new Random(9);
        var refused = 0;
        for (var i = 0; i < 50_000; i++)
        {
            var damaged = record.ToArray();
            for (var flips = random.Next(1, 4); flips > 0; flips--) damaged[random.Next(damaged.Length)] = (byte)random.Next(256);
            if (RecordReader.TryOpen(damaged, out var reader, out _)) Walk(reader, damaged);
            else refused++;
        }
        Assert.True(refused > 5_000, $"{refused} were refused");
        Assert.False(RecordReader.TryOpen([.. record, 0], out _, out _));
    }

    // What was accepted can be walked to its end: fields in order, lengths exact, texts Unicode.
    private static void Walk(RecordReader reader, ReadOnlySpan<byte> record)
    {
        var (previous, bytes, texts) = ((RecordField)0, RecordCodec.HeadBytes, 0);
        foreach (var field in reader)
        {
            Assert.True(field.Field >= previous && Enum.IsDefined(field.Field));
            previous = field.Field;
            bytes += 1 + (field.Value.Length < 0x80 ? 1 : field.Value.Length < 0x4000 ? 2 : 3) + field.Value.Length;
            if (field.Field == RecordField.Text) texts++;
            if (field.Field == RecordField.Requires) _ = RecordReader.Pair(field.Value);
            if (field.Field is RecordField.Vector or RecordField.MadeVector) _ = RecordReader.Vector(field.Value);
            else Assert.True(System.Text.Unicode.Utf8.IsValid(field.Value));
        }
        Assert.Equal((record.Length, 1), (bytes, texts));
        Assert.True(Enum.IsDefined(reader.Level) && Enum.IsDefined(reader.Format) && Enum.IsDefined(reader.Result));
    }

    private static void CheckRoundTrip(MemoryDraft draft)
    {
        var record = Encode(draft, null);
        var place = new RecordPlace(7, 3, 2, Guid.NewGuid(), 123_456_789);
        RecordCodec.Place(record, place);
        Assert.True(RecordReader.TryOpen(record, out var reader, out var problem), problem);
        Assert.Equal(place, reader.Place);
        Assert.Equal((draft.Level, draft.Format, draft.Result), (reader.Level, reader.Format, reader.Result));
        Assert.Equal(draft.ExpiresAt, RecordCodec.Time(reader.ExpiresMicroseconds));
        var texts = new Dictionary<RecordField, string>();
        var (tags, requires, vectors) = (new List<string>(), new Dictionary<string, string>(), new List<float[]>());
        foreach (var field in reader)
        {
            if (field.Field == RecordField.Tag) tags.Add(System.Text.Encoding.UTF8.GetString(field.Value));
            else if (field.Field == RecordField.Requires) requires.Add(RecordReader.Pair(field.Value).Name, RecordReader.Pair(field.Value).Value);
            else if (field.Field == RecordField.Vector) vectors.Add(RecordReader.Vector(field.Value).Vector);
            else texts.Add(field.Field, System.Text.Encoding.UTF8.GetString(field.Value));
        }
        (RecordField Field, string? Value)[] expected =
        [
            (RecordField.Domain, draft.Domain), (RecordField.Task, draft.Task), (RecordField.Title, draft.Title), (RecordField.Key, draft.Key),
            (RecordField.Text, draft.Text), (RecordField.Model, draft.Model), (RecordField.Contributor, draft.Contributor),
            (RecordField.Source, draft.Source), (RecordField.License, draft.License), (RecordField.Extra, draft.Extra),
            (RecordField.IdempotencyKey, draft.IdempotencyKey),
        ];
        Assert.All(expected, e => Assert.Equal(e.Value ?? "", texts.GetValueOrDefault(e.Field, "")));
        Assert.Equal(draft.Tags.Order(StringComparer.Ordinal), tags);
        Assert.Equal(draft.Requires.OrderBy(r => r.Key, StringComparer.Ordinal), requires);
        Assert.Equal(draft.Vectors.OrderBy(v => v.Key, StringComparer.Ordinal).Select(v => v.Value.ToArray()), vectors);
    }

    private static byte[] Encode(MemoryDraft draft, ReadOnlyMemory<float>? made)
    {
        var writer = new ByteWriter();
        RecordCodec.Encode(draft, name => name[0] - '0', made, 99, writer);
        return writer.ToArray();
    }

    private static MemoryDraft Draft(string[] fields, string[] tags, float[][] vectors, int[] numbers) => new()
    {
        Text = "text " + numbers[0],
        Domain = fields[0],
        Task = fields[1],
        Title = fields[2],
        Key = fields[3],
        Model = fields[4],
        Contributor = fields[5],
        Source = fields[6],
        License = fields[7],
        Extra = fields[8],
        IdempotencyKey = fields[0],
        Tags = tags,
        Requires = tags.ToDictionary(t => t + "n", t => t),
        Level = (MemoryLevel)((numbers[0] % 4) + 1),
        Format = (MemoryFormat)((numbers[1] % 4) + 1),
        Result = (TaskResult)(numbers[2] % 3),
        ExpiresAt = DateTimeOffset.UnixEpoch.AddMicroseconds(numbers[3] + 1),
        Vectors = vectors.Select((v, i) => (i, v)).ToDictionary(p => $"{p.i}", p => new ReadOnlyMemory<float>(p.v)),
    };
}
