namespace MemoryEngine.Evidence.State;

/// <summary>How much evidence keeps beside what it keeps for each memory.</summary>
/// <param name="Transfers">Transfers whose outcome is waited for, or whose outcome is known and may come again; the oldest go first.</param>
/// <param name="WholeTransfers">Of those that wait, how many are kept in memory; the others are read again when their outcome comes.</param>
/// <param name="TaskRuns">Tasks whose runs wait to be paired; the oldest go first.</param>
/// <param name="DomainsPerMemory">Target domains in which a memory is measured by itself; the first count, the others overall only.</param>
/// <param name="Groups">Domains, models and the like by which gains are shown; those that come later go together.</param>
internal sealed record EvidenceLimits(
    int Transfers = 100_000, int WholeTransfers = 2_048, int TaskRuns = 50_000, int DomainsPerMemory = 64, int Groups = 1_000);
