namespace MemoryEngine.Cli.Shared;

/// <summary>Declares the spaces of vectors that a pool meets for the first time, by the dimension they come with.</summary>
internal sealed class SpaceDeclaring(OpenPool pool)
{
    private HashSet<string>? _known;

    public async ValueTask DeclareAsync(MemoryDraft draft, CancellationToken cancellation)
    {
        if (draft.Vectors.Count == 0) return;
        _known ??= [.. (await pool.Store.StatsAsync(cancellation)).Spaces.Select(s => s.Name)];
        foreach (var (name, vector) in draft.Vectors)
        {
            if (_known.Contains(name)) continue;
            await pool.DeclareSpaceAsync(new VectorSpace(name, vector.Length), cancellation);
            _known.Add(name);
        }
    }
}
