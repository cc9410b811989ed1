using System.Buffers;
using MemoryEngine.Index;
using MemoryEngine.Records;

namespace MemoryEngine.Segments;

/// <summary>
/// Everything that indexing a record needs, worked out of its bytes ahead of time: callers do this work on their own
/// threads, the applier only files the result.
/// </summary>
internal sealed class RowDraft : IDisposable
{
    /// <summary>How often a term of the key text or the title counts. These are what a task is compared with.</summary>
    private const int KeyWeight = 2;

    private const int BodyWeight = 1;

    private float[]? _pooledVector;

    private RowDraft()
    {
    }

    public string Domain { get; private set; } = "";

    public string Task { get; private set; } = "";

    public string Model { get; private set; } = "";

    public string License { get; private set; } = "";

    public string Contributor { get; private set; } = "";

    public List<string> Tags { get; } = [];

    public List<(string Name, string Value)> Requires { get; } = [];

    public List<(int Space, ReadOnlyMemory<float> Vector)> Vectors { get; } = [];

    public string? IdempotencyKey { get; private set; }

    public TermCounts Terms { get; private set; }

    /// <summary>Works out a checked record.</summary>
    /// <param name="record">The record.</param>
    /// <param name="derivedSpace">The space whose vectors the built-in embedder makes of the text, or -1.</param>
    public static RowDraft Of(RecordReader record, int derivedSpace)
    {
        var draft = new RowDraft();
        ReadOnlySpan<byte> title = default, key = default, text = default;
        foreach (var field in record)
        {
            switch (field.Field)
            {
                case RecordField.Domain: draft.Domain = Utf8(field.Value); break;
                case RecordField.Task: draft.Task = Utf8(field.Value); break;
                case RecordField.Title: title = field.Value; break;
                case RecordField.Key: key = field.Value; break;
                case RecordField.Text: text = field.Value; break;
                case RecordField.Model: draft.Model = Utf8(field.Value); break;
                case RecordField.License: draft.License = Utf8(field.Value); break;
                case RecordField.Contributor: draft.Contributor = Utf8(field.Value); break;
                case RecordField.Tag: draft.Tags.Add(Utf8(field.Value)); break;
                case RecordField.Requires: draft.Requires.Add(RecordReader.Pair(field.Value)); break;
                case RecordField.Vector or RecordField.MadeVector: draft.Vectors.Add(RecordReader.Vector(field.Value)); break;
                case RecordField.IdempotencyKey: draft.IdempotencyKey = Utf8(field.Value); break;
                case RecordField.Source or RecordField.Extra: break;
                default: throw new InvalidOperationException($"Field {field.Field} has no place in the index.");
            }
        }
        draft.Analyze(title, key, text, derivedSpace);
        return draft;
    }

    public void Dispose()
    {
        Terms.Dispose();
        if (_pooledVector is not null) ArrayPool<float>.Shared.Return(_pooledVector);
    }

    private void Analyze(ReadOnlySpan<byte> title, ReadOnlySpan<byte> key, ReadOnlySpan<byte> text, int derivedSpace)
    {
        // UTF-16 has no more units than UTF-8 has bytes.
        var characters = ArrayPool<char>.Shared.Rent(Math.Max(title.Length, Math.Max(key.Length, text.Length)));
        if (derivedSpace < 0)
        {
            var terms = new TermCounts.Builder { Weight = KeyWeight };
            Walk(title, characters, ref terms);
            Walk(key, characters, ref terms);
            terms.Weight = BodyWeight;
            Walk(text, characters, ref terms);
            Terms = terms.Build();
        }
        else
        {
            // One walk through the text feeds both: analysis is half the cost of a memory.
            _pooledVector = ArrayPool<float>.Shared.Rent(HashingEmbedder.Dimension);
            var vector = _pooledVector.AsMemory(0, HashingEmbedder.Dimension);
            var both = new TermsAndVector
            {
                Terms = new TermCounts.Builder { Weight = KeyWeight },
                Vector = new HashingEmbedder.Sink(vector.Span),
            };
            Walk(title, characters, ref both);
            Walk(key, characters, ref both);
            both.Terms.Weight = BodyWeight;
            Walk(text, characters, ref both);
            Terms = both.Terms.Build();
            both.Vector.Finish();
            Vectors.Add((derivedSpace, vector));
        }
        ArrayPool<char>.Shared.Return(characters);
    }

    private static void Walk<TSink>(ReadOnlySpan<byte> utf8, char[] characters, ref TSink sink)
        where TSink : TextAnalyzer.ISink, allows ref struct
    {
        var length = System.Text.Encoding.UTF8.GetChars(utf8, characters);
        TextAnalyzer.Analyze(characters.AsSpan(0, length), ref sink);
    }

    private ref struct TermsAndVector : TextAnalyzer.ISink
    {
        public TermCounts.Builder Terms;
        public HashingEmbedder.Sink Vector;

        public void Add(ulong term, scoped ReadOnlySpan<char> word, bool whole)
        {
            Terms.Add(term, word, whole);
            Vector.Add(term, word, whole);
        }
    }

    private static string Utf8(ReadOnlySpan<byte> value) => System.Text.Encoding.UTF8.GetString(value);
}
