using System.CommandLine;
using System.Globalization;
using MemoryEngine.Cli.Benchmarks;
using MemoryEngine.Cli.Shared;

namespace MemoryEngine.Cli.Verbs;

/// <summary>Measures what a pool with its defaults finds of a judged collection: words, vectors, and both together.</summary>
internal sealed class BenchRetrievalVerb : Verb
{
    private readonly Option<string?> _documents = Values.Text("--documents", "JSON Lines of id and text, plain or gzipped.", "FILE");
    private readonly Option<string?> _queries = Values.Text("--queries", "The same for the queries.", "FILE");
    private readonly Option<string?> _qrels = Values.Text("--qrels", "TREC judgements: query, 0, document, relevance.", "FILE");

    public BenchRetrievalVerb(Shell shell)
        : base(shell, "retrieval", "Measures what is found of a judged collection, in a pool of its own with the defaults.")
    {
        _documents.Required = _queries.Required = _qrels.Required = true;
        Add(_documents);
        Add(_queries);
        Add(_qrels);
    }

    protected override async Task<int> RunAsync(Call call, CancellationToken cancellation)
    {
        var collection = JudgedCollection.Read(call.Get(_documents)!, call.Get(_queries)!, call.Get(_qrels)!);
        var directory = Directory.CreateTempSubdirectory("memengine-bench-");
        try
        {
            var figures = await new RetrievalBenchmark(Path.Combine(directory.FullName, "pool")).RunAsync(collection, cancellation);
            if (call.Output.IsJson) WriteJson(call.Output, collection, figures);
            else Show(call.Output, collection, figures);
        }
        finally
        {
            directory.Delete(recursive: true);
        }
        return ExitCode.Done;
    }

    private static void WriteJson(Output output, JudgedCollection collection, IReadOnlyList<RetrievalFigures> figures) => output.Json(json =>
    {
        json.WriteNumber("documents", collection.Documents.Count);
        json.WriteNumber("queries", collection.Queries.Count);
        foreach (var part in figures)
        {
            json.WriteStartObject(part.Part);
            var estimates = part.Estimates;
            for (var i = 0; i < estimates.Length; i++) json.WriteNumber(RetrievalMetrics.Names[i], Math.Round(estimates[i].Mean, 5));
            json.WriteStartObject("intervals");
            for (var i = 0; i < estimates.Length; i++)
            {
                json.WriteStartArray(RetrievalMetrics.Names[i]);
                json.WriteNumberValue(Math.Round(estimates[i].Low, 5));
                json.WriteNumberValue(Math.Round(estimates[i].High, 5));
                json.WriteEndArray();
            }
            json.WriteEndObject();
            json.WriteEndObject();
        }
    });

    private static void Show(Output output, JudgedCollection collection, IReadOnlyList<RetrievalFigures> figures)
    {
        output.Line($"{collection.Documents.Count:N0} documents, {collection.Queries.Count:N0} queries with a relevant one.");
        output.Line("Means, and in brackets where 95 of 100 means of as many queries would lie.");
        output.Line();
        output.Table(["", .. figures.Select(f => f.Part)], [.. RetrievalMetrics.Names.Select((name, i) => Row(name, i, figures))]);
    }

    private static string[] Row(string name, int index, IReadOnlyList<RetrievalFigures> figures) =>
    [
        name,
        .. figures.Select(f => f.Estimates[index])
            .Select(e => string.Create(CultureInfo.InvariantCulture, $"{e.Mean:0.0000} [{e.Low:0.000}, {e.High:0.000}]")),
    ];
}
