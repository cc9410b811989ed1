using System.Globalization;

namespace MemoryEngine.CrashTests;

/// <summary>What the parent asks of the writing process.</summary>
/// <param name="Pool">The pool's directory.</param>
/// <param name="StateFile">The expected state.</param>
/// <param name="Seed">Chooses the operations.</param>
/// <param name="SignalAfter">Acknowledged operations before the parent is told; 0 tells it when the opening begins.</param>
/// <param name="LexicalOnly">Whether the pool has no embedder.</param>
internal sealed record ChildOrder(string Pool, string StateFile, int Seed, int SignalAfter, bool LexicalOnly)
{
    public static ChildOrder Parse(string[] args) =>
        new(args[0], args[1], Int(args[2]), Int(args[3]), bool.Parse(args[4]));

    public string[] Arguments() =>
    [
        "write", Pool, StateFile, Seed.ToString(CultureInfo.InvariantCulture),
        SignalAfter.ToString(CultureInfo.InvariantCulture), LexicalOnly.ToString(),
    ];

    private static int Int(string text) => int.Parse(text, CultureInfo.InvariantCulture);
}
