namespace MemoryEngine.Fuzz;

/// <summary>
/// A decoder that is fed bytes of anyone's choosing. A new target is a class of this kind and a line in
/// <see cref="FuzzTargets"/>.
/// </summary>
internal abstract class FuzzTarget
{
    /// <summary>Its name on the command line and its folder in the corpus.</summary>
    public abstract string Name { get; }

    /// <summary>The most that one execution may allocate: enough for every bound of the formats, far from taking a machine down.</summary>
    public virtual long MaxAllocatedBytes => 64L << 20;

    /// <summary>What a run that threw nothing came to, in words; inputs that end in a new way are mutated further.</summary>
    public string Outcome { get; set; } = "";

    /// <summary>
    /// Decodes the input. May throw <see cref="CorruptionException"/> and <see cref="ErrorCode.NewerFormat"/> and
    /// nothing else.
    /// </summary>
    public abstract void Run(ReadOnlySpan<byte> input);

    /// <summary>Makes the checksums in a mutated input right, so that the checks behind them are reached.</summary>
    public virtual void FixChecksums(Span<byte> input)
    {
    }

    /// <summary>The hand-made corpus: whole inputs and each kind of damage. The same bytes every time.</summary>
    public abstract IEnumerable<(string Name, byte[] Bytes)> Seeds();

    /// <summary>Fails the execution: the decoder answered, but wrongly.</summary>
    protected static void Require(bool condition, string what)
    {
        if (!condition) throw new InvalidOperationException($"Broken: {what}.");
    }
}
