using System.Text.Json;
using MemoryEngine.Protocol.Wire;

namespace MemoryEngine.Protocol.Methods;

/// <summary>
/// What verification says about a memory, and why. In a map these fields stand beside those of the memory, not within a map
/// of their own.
/// </summary>
public sealed record VerdictView : IWireMap<VerdictView>
{
    private static readonly Dictionary<ReasonCode, string> Names =
        Enum.GetValues<ReasonCode>().ToDictionary(c => c, c => JsonNamingPolicy.SnakeCaseLower.ConvertName(c.ToString()));

    private static readonly Dictionary<string, ReasonCode> Codes = Names.ToDictionary(n => n.Value, n => n.Key);

    private static readonly string[] AllNames = [.. Codes.Keys];

    /// <summary>What it says, one of <see cref="WireNames.Verdicts"/>.</summary>
    public required string Verdict { get; init; }

    /// <summary>Why, by name: all that speaks against it first. A newer server may know others than this version.</summary>
    public IReadOnlyList<string> Reasons { get; init; } = [];

    /// <summary>More about a reason, by its name.</summary>
    public IReadOnlyDictionary<string, string> Details { get; init; } = WireMaps.NoTexts;

    /// <summary>A verdict of the engine.</summary>
    public static VerdictView Of(MemoryVerdict verdict)
    {
        ArgumentNullException.ThrowIfNull(verdict);
        var reasons = new string[verdict.Reasons.Count];
        Dictionary<string, string>? details = null;
        for (var i = 0; i < reasons.Length; i++)
        {
            var (code, detail) = verdict.Reasons[i];
            reasons[i] = NameOf(code);
            if (detail is null) continue;
            details ??= new(StringComparer.Ordinal);
            // Several checks of a user can reject one memory.
            details[reasons[i]] = details.TryGetValue(reasons[i], out var before) ? $"{before}; {detail}" : detail;
        }
        return new() { Verdict = WireNames.Verdict.Of(verdict.Verdict), Reasons = reasons, Details = details ?? WireMaps.NoTexts };
    }

    /// <summary>The verdict for the engine. A reason that this version does not know has the code 0 and its name as the detail.</summary>
    public MemoryVerdict ToVerdict()
    {
        var reasons = new VerdictReason[Reasons.Count];
        for (var i = 0; i < reasons.Length; i++)
        {
            var name = Reasons[i];
            var detail = Details.GetValueOrDefault(name);
            reasons[i] = CodeOf(name) is not 0 and var code
                ? new VerdictReason(code, detail)
                : new VerdictReason(default, detail is null ? name : $"{name}: {detail}");
        }
        return new MemoryVerdict(WireNames.Verdict.ValueOf(Verdict), reasons);
    }

    /// <inheritdoc/>
    public static VerdictView Read(ref MapReader map) => new()
    {
        Verdict = map.NeedOneOf("verdict", WireNames.Verdicts),
        Reasons = map.Texts("reasons", AllNames),
        Details = map.TextMap("details"),
    };

    /// <inheritdoc/>
    public void Write(ref MapWriter map)
    {
        map.Text("verdict", Verdict);
        map.Texts("reasons", Reasons);
        map.TextMap("details", Details);
    }

    /// <summary>The name of a reason.</summary>
    internal static string NameOf(ReasonCode code) => Names.GetValueOrDefault(code) ?? "unknown";

    /// <summary>The reason of a name; 0 when it is none that this version knows.</summary>
    internal static ReasonCode CodeOf(string name) => Codes.GetValueOrDefault(name);
}

/// <summary>How bound to its origin a memory's text is, 0 to 1, and the shares that make it up.</summary>
public sealed record SpecificityView : IWireMap<SpecificityView>
{
    /// <summary>The whole.</summary>
    public required double Value { get; init; }

    /// <summary>Share of words that are paths, file names or addresses.</summary>
    public required double Paths { get; init; }

    /// <summary>Share of words that are names of code.</summary>
    public required double Identifiers { get; init; }

    /// <summary>Share of characters that are quoted.</summary>
    public required double Literals { get; init; }

    /// <summary>Share of words that are numbers.</summary>
    public required double Numbers { get; init; }

    /// <summary>Share of lines that are code.</summary>
    public required double Code { get; init; }

    /// <summary>A score of the engine.</summary>
    public static SpecificityView Of(SpecificityScore score) => new()
    {
        Value = score.Value,
        Paths = score.Paths,
        Identifiers = score.Identifiers,
        Literals = score.Literals,
        Numbers = score.Numbers,
        Code = score.Code,
    };

    /// <summary>The score for the engine.</summary>
    public SpecificityScore ToScore() => new(Value, Paths, Identifiers, Literals, Numbers, Code);

    /// <inheritdoc/>
    public static SpecificityView Read(ref MapReader map) => new()
    {
        Value = map.NeedDouble("value"),
        Paths = map.NeedDouble("paths"),
        Identifiers = map.NeedDouble("identifiers"),
        Literals = map.NeedDouble("literals"),
        Numbers = map.NeedDouble("numbers"),
        Code = map.NeedDouble("code"),
    };

    /// <inheritdoc/>
    public void Write(ref MapWriter map)
    {
        map.Double("value", Value);
        map.Double("paths", Paths);
        map.Double("identifiers", Identifiers);
        map.Double("literals", Literals);
        map.Double("numbers", Numbers);
        map.Double("code", Code);
    }
}
