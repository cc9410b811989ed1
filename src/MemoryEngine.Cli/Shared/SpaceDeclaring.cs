namespace MemoryEngine.Cli.Shared;

/// <summary>Declares the spaces of vectors that a pool meets for the first time, by the dimension they come with.</summary>
internal sealed class SpaceDeclaring(MemoryStore store)
{
    private readonly HashSet<string> _known = [.. store.Stats().Spaces.Select(s => s.Name)];

    public async ValueTask DeclareAsync(MemoryDraft draft, CancellationToken cancellation)
    {
        foreach (var (name, vector) in draft.Vectors)
        {
            if (_known.Contains(name)) continue;
            await store.DeclareSpaceAsync(new VectorSpace(name, vector.Length), cancellation);
            _known.Add(name);
        }
    }
}
