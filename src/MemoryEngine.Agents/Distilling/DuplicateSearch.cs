namespace MemoryEngine.Agents.Distilling;

/// <summary>
/// Finds memories that say nearly what new ones say. It reads the pool instead of recalling from it: a recall is an event that evidence
/// counts, and hides what may not reach the task.
/// </summary>
internal static class DuplicateSearch
{
    // Texts whose lengths are further apart have no such share of their words in common.
    private const double LengthRatio = 2.5;

    /// <summary>For each draft the memory, of another id, that is most like it; null where none is a near-duplicate.</summary>
    public static async Task<NearDuplicate?[]> FindAsync(IMemoryStore store, IReadOnlyList<MemoryDraft> drafts, CancellationToken cancellation)
    {
        var found = new NearDuplicate?[drafts.Count];
        if (drafts.Count == 0) return found;
        var least = new VerificationOptions().DuplicateFrom;
        var lints = drafts.Select(d => TextLint.Of(d.Text, d.Title)).ToList();
        await foreach (var memory in store.ListAsync(null, cancellation).ConfigureAwait(false))
        {
            TextLint? lint = null;
            for (var i = 0; i < drafts.Count; i++)
            {
                if (drafts[i].Id == memory.Id || !IsNear(drafts[i].Text.Length, memory.Text.Length)) continue;
                var similarity = lints[i].SimilarityTo(lint ??= TextLint.Of(memory.Text, memory.Title));
                if (similarity >= least && similarity > (found[i]?.Similarity ?? 0))
                    found[i] = new NearDuplicate(drafts[i].Format, memory.Id, similarity);
            }
        }
        return found;
    }

    private static bool IsNear(int a, int b) => Math.Max(a, b) <= Math.Min(a, b) * LengthRatio;
}
