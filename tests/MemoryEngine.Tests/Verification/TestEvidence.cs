namespace MemoryEngine.Tests.Verification;

/// <summary>Evidence that a test sets.</summary>
internal sealed class TestEvidence : IMemoryEvidence
{
    public Dictionary<Guid, MemoryStanding> Standings { get; } = [];

    public Dictionary<Guid, double> Effects { get; } = [];

    public Dictionary<Guid, long> Handed { get; } = [];

    public Dictionary<string, double> Influences { get; } = [];

    public MemoryStanding Standing(Guid memory, int version, string targetDomain) => Standings.GetValueOrDefault(memory);

    public double? EffectLowerBound(Guid memory, int version, string targetDomain) => Effects.TryGetValue(memory, out var e) ? e : null;

    public double Influence(string? contributor) => Influences.GetValueOrDefault(contributor ?? "", 1);

    public long Appearances(Guid memory, int version) => Handed.GetValueOrDefault(memory, 100);

    public MemoryState StateOf(Guid memory, int version) => MemoryState.Active;

    public bool IsWatched(Guid memory, int version) => Appearances(memory, version) < 100;

    public TransferMode? AdvisedMode { get; set; }
}
