using System.CommandLine;
using MemoryEngine.Agents.Embedders;
using Microsoft.Extensions.AI;

namespace MemoryEngine.Cli.Shared;

/// <summary>
/// Which embedder a verb uses: as the command line says, or, where it names none, as the environment does. Neither is
/// remembered; a pool knows which embedder made its vectors, and refuses another.
/// </summary>
internal sealed class EmbedderOptions
{
    private const string Kinds = "builtin, none, http:URL (any endpoint that speaks as OpenAI's), ollama, ollama:URL or folder:PATH";

    private readonly Option<string?> _embedder =
        Values.Text("--embedder", $"What makes vectors of texts: {Kinds}. {Variable("--embedder")} otherwise.", "KIND");

    private readonly Option<string?> _model = Values.Text("--embedder-model", "Its model, as the endpoint names it.", "NAME");

    private readonly Option<string?> _keyVariable =
        Values.Text("--embedder-key-env", "The environment variable that holds its key; never the key itself.", "NAME");

    private readonly Option<string?> _dimensions = Values.Text("--embedder-dimensions", "Floats a vector, where the model has a choice.", "N");
    private readonly Option<string?> _queryPrefix = Values.Text("--embedder-query-prefix", "What the model wants before a query.", "TEXT");
    private readonly Option<string?> _documentPrefix = Values.Text("--embedder-document-prefix", "What it wants before a memory.", "TEXT");
    private readonly Option<string?> _revision = Values.Text("--embedder-revision", "Tells two versions of a model apart.", "TEXT");

    private IEnumerable<Option<string?>> All => [_embedder, _model, _keyVariable, _dimensions, _queryPrefix, _documentPrefix, _revision];

    public void AddTo(Command verb)
    {
        foreach (var option in All) verb.Add(option);
    }

    /// <summary>The embedder that was asked for; the built-in one where none was.</summary>
    public ChosenEmbedder Choose(Call call)
    {
        var isGiven = call.Get(_embedder) is not null;
        // Taken as a whole from one of the two: a model of one embedder says nothing of another.
        Func<Option<string?>, string?> read = isGiven ? call.Get : option => Read(call, Variable(option.Name));
        if (!isGiven && All.FirstOrDefault(o => call.Get(o) is not null) is { } lonely)
            throw new UsageException($"{lonely.Name} says something of an embedder that --embedder does not name.");
        try
        {
            return read(_embedder) is { } kind ? Make(kind, read, call.Terminal.Variable) : ChosenEmbedder.BuiltIn;
        }
        catch (ArgumentException e)
        {
            throw new UsageException(e.Message);
        }
    }

    private static string? Read(Call call, string variable) => call.Terminal.Variable(variable) is { Length: > 0 } value ? value : null;

    private ChosenEmbedder Make(string kind, Func<Option<string?>, string?> read, Func<string, string?> variables)
    {
        var (name, rest) = kind.Split(':', 2) is [var first, var second] ? (first, second) : (kind, "");
        // An address alone is understood, too.
        if (name is "http" or "https" && rest.StartsWith("//", StringComparison.Ordinal)) (name, rest) = ("http", kind);
        switch (name)
        {
            case "builtin" when rest.Length == 0:
                return new ChosenEmbedder(null) { IsAsked = true };
            case "none" when rest.Length == 0:
                return new ChosenEmbedder(null) { IsAsked = true, LexicalOnly = true };
            case "http" when rest.Length > 0:
                return new ChosenEmbedder(OverHttp(EmbeddingApi.OpenAI, Address(rest), read, variables)) { IsAsked = true };
            case "ollama":
                return new ChosenEmbedder(OverHttp(EmbeddingApi.Ollama, rest.Length > 0 ? Address(rest) : null, read, variables)) { IsAsked = true };
            case "folder" when rest.Length > 0:
                var table = StaticEmbeddingGenerator.Open(rest, read(_model) ?? "static");
                return new ChosenEmbedder(table) { IsAsked = true, Revision = read(_revision) };
            default:
                throw new UsageException($"The embedder is '{kind}'; it can be {Kinds}.");
        }
    }

    private HttpEmbeddingGenerator OverHttp(
        EmbeddingApi api, Uri? endpoint, Func<Option<string?>, string?> read, Func<string, string?> variables) =>
        new(
            new HttpEmbedderOptions
            {
                Api = api,
                Endpoint = endpoint,
                Model = read(_model) ?? throw new UsageException($"Which model? --embedder-model or {Variable("--embedder-model")} names it."),
                KeyVariable = read(_keyVariable),
                Dimensions = read(_dimensions) is { } d ? Dimensions(d) : null,
                QueryPrefix = read(_queryPrefix) ?? "",
                DocumentPrefix = read(_documentPrefix) ?? "",
                Revision = read(_revision) ?? "",
            },
            readVariable: variables);

    private static Uri Address(string text) => Uri.TryCreate(text, UriKind.Absolute, out var address) && address.Scheme is "http" or "https"
        ? address
        : throw new UsageException($"'{text}' is no address of an embedder: it begins with http:// or https://.");

    private static int Dimensions(string text) =>
        int.TryParse(text, out var n) ? n : throw new UsageException($"--embedder-dimensions is a whole number, not '{text}'.");

    private static string Variable(string option) => $"MEMENGINE_{option[2..].Replace('-', '_').ToUpperInvariant()}";
}

/// <summary>An embedder for one run; it ends with it.</summary>
internal sealed class ChosenEmbedder(IEmbeddingGenerator<string, Embedding<float>>? generator) : IDisposable
{
    /// <summary>The built-in one, because nobody asked for another.</summary>
    public static ChosenEmbedder BuiltIn => new(null);

    /// <summary>No embedder, for verbs that neither remember nor search.</summary>
    public static ChosenEmbedder Unused => new(null) { LexicalOnly = true };

    /// <summary>Whether somebody named it: then a pool of another embedder is an error, not a reason to do without.</summary>
    public bool IsAsked { get; init; }

    public bool LexicalOnly { get; init; }

    public string? Revision { get; init; }

    /// <summary>What makes the vectors; null for the built-in one and for none.</summary>
    public IEmbeddingGenerator<string, Embedding<float>>? Generator => generator;

    public MemoryStoreOptions Apply(MemoryStoreOptions options) =>
        options with { Embedder = generator, EmbedderRevision = Revision ?? "", LexicalOnly = LexicalOnly };

    public void Dispose() => generator?.Dispose();
}
