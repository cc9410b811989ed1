using System.Text.Json;

namespace MemoryEngine.Agents.Embedders.Static;

/// <summary>
/// A tokenizer.json of the WordPiece kind. What it asks for and is not done here is refused by name: a text split otherwise
/// than in training gets a vector that means nothing.
/// </summary>
internal static class TokenizerFile
{
    private const int DefaultWordCharacters = 100;
    private const int MaxIds = 10_000_000;

    /// <summary>The tokenizer, and one more than the highest id of its vocabulary.</summary>
    /// <exception cref="FormatException">It is no tokenizer, or of another kind; the message says why.</exception>
    public static (WordPieceTokenizer Tokenizer, int Ids) Read(ReadOnlyMemory<byte> json) => ModelJson.Read(json, "is", Read);

    private static (WordPieceTokenizer Tokenizer, int Ids) Read(JsonElement root)
    {
        var model = Object(root, "model") ?? throw new FormatException("has no 'model'");
        if (TypeOf(model) != "WordPiece") throw new FormatException($"has a model of the type '{TypeOf(model)}'; WordPiece is supported");
        if (Object(root, "pre_tokenizer") is not { } splitter || TypeOf(splitter) != "BertPreTokenizer")
            throw new FormatException($"has the pre_tokenizer '{TypeOf(Object(root, "pre_tokenizer"))}'; BertPreTokenizer is supported");
        var rules = Normalizer(Object(root, "normalizer"), new WordRules(false, false, false, false, MaxCharacters(model)));
        var prefix = Text(model, "continuing_subword_prefix") ?? "##";
        var unknown = Text(model, "unk_token");
        var (pieces, continuing, ids) = Vocabulary(model, prefix, unknown);
        if (pieces.Count == 0) throw new FormatException("has an empty vocabulary");
        foreach (var added in AddedIds(root)) ids = Math.Max(ids, added + 1);
        return (new WordPieceTokenizer(pieces, continuing, rules), ids);
    }

    private static WordRules Normalizer(JsonElement? normalizer, WordRules rules)
    {
        if (normalizer is not { } n) return rules;
        switch (TypeOf(n))
        {
            case "BertNormalizer":
                var lowercase = Flag(n, "lowercase") ?? true;
                return rules with
                {
                    CleanText = Flag(n, "clean_text") ?? true,
                    SplitIdeographs = Flag(n, "handle_chinese_chars") ?? true,
                    StripAccents = Flag(n, "strip_accents") ?? lowercase,
                    Lowercase = lowercase,
                };
            case "Lowercase":
                return rules with { Lowercase = true };
            case "Sequence" when n.TryGetProperty("normalizers", out var list) && list.ValueKind == JsonValueKind.Array:
                return Sequence([.. list.EnumerateArray()], rules);
            default:
                throw new FormatException($"has the normalizer '{TypeOf(n)}'; BertNormalizer, Lowercase, and NFD before StripAccents are supported");
        }
    }

    // Decomposing is of use here only to take the accents off.
    private static WordRules Sequence(JsonElement[] list, WordRules rules)
    {
        for (var i = 0; i < list.Length; i++)
        {
            var isStripping = TypeOf(list[i]) == "NFD" && i + 1 < list.Length && TypeOf(list[i + 1]) == "StripAccents";
            rules = isStripping ? rules with { StripAccents = true } : Normalizer(list[i], rules);
            if (isStripping) i++;
        }
        return rules;
    }

    private static (Dictionary<string, int> Pieces, Dictionary<string, int> Continuing, int Ids) Vocabulary(
        JsonElement model, string prefix, string? unknown)
    {
        if (Object(model, "vocab") is not { } vocabulary) throw new FormatException("has no 'vocab' in its model");
        var pieces = new Dictionary<string, int>(StringComparer.Ordinal);
        var continuing = new Dictionary<string, int>(StringComparer.Ordinal);
        var ids = 0;
        foreach (var piece in vocabulary.EnumerateObject())
        {
            if (piece.Value.ValueKind != JsonValueKind.Number || !piece.Value.TryGetInt32(out var id) || id is < 0 or >= MaxIds)
                throw new FormatException($"has an id of the piece '{piece.Name}' that is no id");
            ids = Math.Max(ids, id + 1);
            if (piece.Name.Length == 0 || piece.Name == unknown) continue;
            var isContinuing = prefix.Length > 0 && piece.Name.Length > prefix.Length && piece.Name.StartsWith(prefix, StringComparison.Ordinal);
            var added = isContinuing ? continuing.TryAdd(piece.Name[prefix.Length..], id) : pieces.TryAdd(piece.Name, id);
            if (!added) throw new FormatException($"has the piece '{piece.Name}' twice");
        }
        return (pieces, continuing, ids);
    }

    private static IEnumerable<int> AddedIds(JsonElement root)
    {
        if (!root.TryGetProperty("added_tokens", out var added) || added.ValueKind != JsonValueKind.Array) yield break;
        foreach (var token in added.EnumerateArray())
        {
            if (token.ValueKind != JsonValueKind.Object || !token.TryGetProperty("id", out var value)
                || value.ValueKind != JsonValueKind.Number || !value.TryGetInt32(out var id) || id is < 0 or >= MaxIds)
            {
                throw new FormatException("has an added token without an id");
            }
            yield return id;
        }
    }

    private static int MaxCharacters(JsonElement model)
    {
        if (!model.TryGetProperty("max_input_chars_per_word", out var value)) return DefaultWordCharacters;
        return value.ValueKind == JsonValueKind.Number && value.TryGetInt32(out var most) && most > 0 ? most
            : throw new FormatException("has a max_input_chars_per_word that is no positive number");
    }

    private static JsonElement? Object(JsonElement parent, string name) =>
        parent.TryGetProperty(name, out var value) && value.ValueKind == JsonValueKind.Object ? value : null;

    private static string TypeOf(JsonElement? element) => element is { ValueKind: JsonValueKind.Object } e ? Text(e, "type") ?? "" : "";

    private static string? Text(JsonElement parent, string name) =>
        parent.TryGetProperty(name, out var value) && value.ValueKind == JsonValueKind.String ? value.GetString() : null;

    private static bool? Flag(JsonElement parent, string name) =>
        parent.TryGetProperty(name, out var value) && value.ValueKind is JsonValueKind.True or JsonValueKind.False ? value.GetBoolean() : null;
}
