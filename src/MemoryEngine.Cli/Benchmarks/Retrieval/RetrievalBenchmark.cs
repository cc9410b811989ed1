namespace MemoryEngine.Cli.Benchmarks;

/// <summary>What one part, or all of them together, got from each query of a collection.</summary>
internal sealed record RetrievalFigures(string Part, IReadOnlyList<RetrievalMetrics> OfQueries)
{
    /// <summary>The estimate of each figure, in the order of <see cref="RetrievalMetrics.Names"/>.</summary>
    public Estimate[] Estimates =>
        [.. RetrievalMetrics.Names.Select((_, i) => Estimate.Of([.. OfQueries.Select(q => q.Values[i])]))];
}

/// <summary>Measures a pool with its defaults on a judged collection: each document a memory, each query a recall.</summary>
internal sealed class RetrievalBenchmark(string directory)
{
    private static readonly (string Name, RecallParts Parts)[] Parts =
        [("bm25", RecallParts.Words), ("vector", RecallParts.Vector), ("default", RecallParts.All)];

    public async Task<IReadOnlyList<RetrievalFigures>> RunAsync(JudgedCollection collection, CancellationToken cancellation)
    {
        await using var store = await MemoryStore.OpenAsync(
            // Judged are documents, and two that are alike may both be relevant.
            directory, new MemoryStoreOptions { Verification = new VerificationOptions { DuplicateFrom = 2 } }, cancellation);
        var drafts = collection.Documents.Select(d => new MemoryDraft { Text = d.Text.Length == 0 ? " " : d.Text, Domain = "bench" }).ToList();
        var names = new Dictionary<Guid, string>();
        var remembered = await store.RememberManyAsync(drafts, cancellationToken: cancellation);
        for (var i = 0; i < remembered.Count; i++) names[remembered[i].Id] = collection.Documents[i].Id;
        await store.SettleAsync(cancellation);
        var figures = new List<RetrievalFigures>();
        foreach (var (name, parts) in Parts)
        {
            var judged = new List<RetrievalMetrics>();
            foreach (var query in collection.Queries)
            {
                var asked = new RecallQuery { Text = query.Text, K = Math.Min(Limits.MaxRecall, drafts.Count), Parts = parts };
                var found = await store.RecallAsync(asked, cancellation);
                judged.Add(RetrievalMetrics.Of([.. found.Memories.Select(m => names[m.Memory.Id])], collection.Relevant[query.Id]));
            }
            figures.Add(new RetrievalFigures(name, judged));
        }
        return figures;
    }
}
