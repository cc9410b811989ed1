using MemoryEngine.Journal;

namespace MemoryEngine;

/// <summary>Declaring a vector space: once, and for good.</summary>
internal sealed class PendingSpace(Pool pool, VectorSpace space) : PendingWrite<bool>(pool, Durability.Device)
{
    private static readonly object Declaring = new();
    private int _id = -1;

    public override int Bytes => 64 + (4 * (space.Name.Length + space.EmbedderId.Length + space.EmbedderRevision.Length + space.Modality.Length));

    public override bool Prepare(JournalWriter journal)
    {
        var spaces = Pool.Table.Spaces;
        if (spaces.Find(space.Name) is { } known)
        {
            SpaceRules.EnsureSame(known.Space, space, Pool.Paths.Root);
            return true;
        }
        if (Pool.Touched.Contains(Declaring)) return false;
        if (spaces.Count >= Limits.MaxSpaces)
        {
            throw new MemoryEngineException(
                ErrorCode.Conflict, $"The pool has {Limits.MaxSpaces} vector spaces already; '{space.Name}' cannot be added.");
        }
        journal.Append(EventType.SpaceDeclared, new SpaceDeclaredEvent(spaces.Count, space).Encode());
        _id = spaces.Count;
        Pool.Touched.Add(Declaring);
        Result = true;
        return true;
    }

    public override void Apply()
    {
        if (_id >= 0) Pool.Table.Spaces.Declare(_id, space);
    }
}

/// <summary>What a vector space may be.</summary>
internal static class SpaceRules
{
    public static void Check(VectorSpace space)
    {
        if (space.Name.Length is 0 or > 64 || !space.Name.All(c => char.IsAsciiLetterOrDigit(c) || c is '-' or '_' or '.'))
            throw new ArgumentException($"'{space.Name}' is no name of a vector space: 1 to 64 letters, digits, '-', '_' and '.'.", nameof(space));
        if (space.Dimension is < Limits.MinDimension or > Limits.MaxDimension)
        {
            throw new ArgumentException(
                $"Space '{space.Name}' has {space.Dimension} dimensions; {Limits.MinDimension} to {Limits.MaxDimension} are possible.",
                nameof(space));
        }
        if (!Enum.IsDefined(space.Metric))
            throw new ArgumentException($"Space '{space.Name}' has the unknown metric {space.Metric}.", nameof(space));
        DraftRules.CheckText("embedder id", space.EmbedderId, Limits.MaxTagBytes);
        DraftRules.CheckText("embedder revision", space.EmbedderRevision, Limits.MaxTagBytes);
        DraftRules.CheckText("modality", space.Modality, Limits.MaxTagBytes);
    }

    /// <summary>Refuses to mix vectors that cannot be compared.</summary>
    public static void EnsureSame(VectorSpace stored, VectorSpace asked, string pool)
    {
        if (stored == asked) return;
        throw new MemoryEngineException(
            ErrorCode.EmbedderMismatch,
            $"Space '{stored.Name}' of the pool {pool} holds {Describe(stored)}; {Describe(asked)} cannot be compared with them. " +
            "Open the pool with the embedder it was made with, or with LexicalOnly." +
            (stored.Name == VectorSpace.TextSpace ? " To change the embedder of its texts, run 'reembed' with the new one." : ""));
    }

    private static string Describe(VectorSpace s)
    {
        var revision = s.EmbedderRevision.Length > 0 ? $" revision '{s.EmbedderRevision}'" : "";
        return $"{s.Dimension}-dimensional {s.Metric} vectors of '{s.EmbedderId}'{revision}";
    }
}
