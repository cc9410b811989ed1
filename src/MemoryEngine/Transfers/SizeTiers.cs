namespace MemoryEngine.Transfers;

/// <summary>
/// The mode that a pool's size stands for, which Auto takes as long as there is no evidence to advise another. The article's figures,
/// not laws: under 100 source tasks, 100 to 500, over 500.
/// </summary>
internal static class SizeTiers
{
    /// <summary>From here on, other domains.</summary>
    public const int CrossDomainFrom = 100;

    /// <summary>Beyond it, both.</summary>
    public const int HybridOver = 500;

    /// <param name="sourceTasks">Distinct pairs of domain and task with an active memory.</param>
    public static TransferMode For(long sourceTasks) =>
        sourceTasks < CrossDomainFrom ? TransferMode.SingleDomain
        : sourceTasks <= HybridOver ? TransferMode.CrossDomain
        : TransferMode.Hybrid;
}
