namespace MemoryEngine;

/// <summary>
/// Which events count: ranges of sequences, ascending and apart. What a reader sees is decided by its view alone, so a
/// snapshot, a rollback and the present are the same thing with other ranges.
/// </summary>
internal sealed class View
{
    private readonly (long First, long Last)[] _ranges;

    private View((long First, long Last)[] ranges) => _ranges = ranges;

    /// <summary>The view in which nothing has happened.</summary>
    public static View Empty { get; } = new([]);

    /// <summary>The newest sequence that may count.</summary>
    public long Last => _ranges.Length == 0 ? 0 : _ranges[^1].Last;

    /// <summary>The ranges, each inclusive at both ends.</summary>
    public ReadOnlySpan<(long First, long Last)> Ranges => _ranges;

    /// <summary>Everything up to a sequence.</summary>
    public static View Through(long sequence) => Empty.And(1, sequence);

    /// <summary>A view of several ranges, each inclusive at both ends.</summary>
    /// <exception cref="ArgumentException">The ranges overlap or do not ascend.</exception>
    public static View Of(params (long First, long Last)[] ranges)
    {
        for (var i = 0; i < ranges.Length; i++)
        {
            if (ranges[i].First > ranges[i].Last || (i > 0 && ranges[i].First <= ranges[i - 1].Last))
                throw new ArgumentException("The ranges of a view ascend and do not overlap.", nameof(ranges));
        }
        return new View([.. ranges]);
    }

    /// <summary>This view and what happened later, from one sequence to another.</summary>
    public View And(long first, long last)
    {
        if (last < first) return this;
        if (first <= Last) throw new ArgumentException($"Sequence {first} does not follow {Last}.", nameof(first));
        return _ranges.Length > 0 && first == Last + 1
            ? new View([.. _ranges[..^1], (_ranges[^1].First, last)])
            : new View([.. _ranges, (first, last)]);
    }

    public bool IsSame(View other) => Ranges.SequenceEqual(other.Ranges);

    public bool Contains(long sequence)
    {
        // The newest range is asked about most, and in a pool without rollbacks it is the only one.
        for (var i = _ranges.Length - 1; i >= 0; i--)
        {
            var (first, last) = _ranges[i];
            if (sequence >= first) return sequence <= last;
        }
        return false;
    }
}
