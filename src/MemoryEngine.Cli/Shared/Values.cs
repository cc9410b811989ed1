using System.Buffers.Binary;
using System.CommandLine;
using System.CommandLine.Parsing;
using System.Globalization;
using MemoryEngine.Agents.Interchange;

namespace MemoryEngine.Cli.Shared;

/// <summary>Options whose values have a form of their own, made the same way wherever a verb takes them.</summary>
internal static class Values
{
    public static Option<MemoryLevel?> Level() => new("--level")
    {
        Description = "1 trace, 2 procedure, 3 insight, 4 strategy.",
        HelpName = "1..4",
        CustomParser = result => ParseLevel(result.Tokens[0].Value) ?? Refuse<MemoryLevel?>(result, "--level is 1, 2, 3 or 4"),
    };

    public static Option<(MemoryLevel Min, MemoryLevel Max)?> Levels() => new("--level")
    {
        Description = "One level, or a range as in 2..4.",
        HelpName = "LEVELS",
        CustomParser = result =>
        {
            var parts = result.Tokens[0].Value.Split("..");
            var (min, max) = (ParseLevel(parts[0]), ParseLevel(parts[^1]));
            if (parts.Length <= 2 && min <= max) return (min.Value, max.Value);
            return Refuse<(MemoryLevel, MemoryLevel)?>(result, "--level is a level from 1 to 4, or a range as in 2..4");
        },
    };

    public static Option<MemoryFormat?> Format() => new("--format")
    {
        Description = "trajectory, workflow, summary or insight.",
        HelpName = "FORMAT",
        CustomParser = result => InterchangeNames.FormatOf(result.Tokens[0].Value)
            ?? Refuse<MemoryFormat?>(result, "--format is trajectory, workflow, summary or insight"),
    };

    public static Option<TransferMode?> Mode() => new("--mode")
    {
        Description = "Which memories may reach the task: auto (by the pool's size), single, cross or hybrid.",
        HelpName = "MODE",
        CustomParser = result => InterchangeNames.ModeOf(result.Tokens[0].Value)
            ?? Refuse<TransferMode?>(result, "--mode is auto, single, cross or hybrid"),
    };

    public static Option<TransferScenario?> Scenario() => new("--scenario")
    {
        Description = "What the memories are for: default, single-task, long-edit, cross-domain or new-task.",
        HelpName = "SCENARIO",
        CustomParser = result => InterchangeNames.ScenarioOf(result.Tokens[0].Value)
            ?? Refuse<TransferScenario?>(result, "--scenario is default, single-task, long-edit, cross-domain or new-task"),
    };

    public static Option<Guid[]> Pins() => new("--pin")
    {
        Description = "A memory to hand over whatever its rank and level; may be given several times.",
        HelpName = "ID",
        CustomParser = result => ParseIds(result, "--pin"),
    };

    public static Argument<Guid> Id() => new("ID")
    {
        Description = "The memory's id.",
        CustomParser = result => Guid.TryParseExact(result.Tokens[0].Value, "D", out var id)
            ? id
            : Refuse<Guid>(result, "ID is a UUID, as 'memengine list' shows them"),
    };

    public static Argument<Guid> Transfer() => new("TRANSFER")
    {
        Description = "The transfer's id, as recall shows it.",
        CustomParser = result => Guid.TryParseExact(result.Tokens[0].Value, "D", out var id)
            ? id
            : Refuse<Guid>(result, "TRANSFER is a UUID, as 'memengine recall' shows it"),
    };

    public static Option<FailureClass?> Failure() => new("--failure")
    {
        Description = "How a memory misled: domain_mismatched_anchoring, false_validation_confidence or misapplied_practice.",
        HelpName = "CLASS",
        CustomParser = result => InterchangeNames.FailureOf(result.Tokens[0].Value)
            ?? Refuse<FailureClass?>(result, "--failure is domain_mismatched_anchoring, false_validation_confidence or misapplied_practice"),
    };

    /// <summary>How chance takes part: <c>off</c>, <c>factorial</c>, <c>withhold</c> or <c>withhold=W</c>.</summary>
    public static Option<RecallExperiment?> Design() => new("--design")
    {
        Description = "Lets chance withhold memories, so that their effect can be measured: off (the default), withhold, withhold=W or factorial.",
        HelpName = "DESIGN",
        CustomParser = result =>
        {
            var parts = result.Tokens[0].Value.Split('=', 2);
            if (InterchangeNames.DesignOf(parts[0]) is not { } design) return RefuseDesign(result);
            var experiment = new RecallExperiment { Design = design };
            if (parts.Length == 1) return experiment;
            return design == InclusionDesign.Withhold
                && double.TryParse(parts[1], NumberStyles.Float, CultureInfo.InvariantCulture, out var w) && w is > 0 and < 1
                    ? experiment with { Withhold = w }
                    : RefuseDesign(result);
        },
    };

    public static Argument<Guid[]> Ids() => new("ID")
    {
        Description = "The memories' ids.",
        Arity = ArgumentArity.OneOrMore,
        CustomParser = result => ParseIds(result, "ID"),
    };

    public static Option<string?> AsOf() => Text("--as-of", "As the pool was when this snapshot was made.", "SNAPSHOT");

    public static Option<string?> Text(string name, string description, string helpName) =>
        new(name) { Description = description, HelpName = helpName };

    public static Option<string[]> Many(string name, string description, string helpName) =>
        new(name) { Description = description, HelpName = helpName };

    public static Option<int?> Positive(string name, string description) => new(name)
    {
        Description = description,
        HelpName = "N",
        CustomParser = result => int.TryParse(result.Tokens[0].Value, NumberStyles.None, CultureInfo.InvariantCulture, out var n) && n > 0
            ? n
            : Refuse<int?>(result, $"{name} is a whole number from 1 on"),
    };

    public static Option<double?> Number(string name, string description, string helpName) => new(name)
    {
        Description = description,
        HelpName = helpName,
        CustomParser = result =>
            double.TryParse(result.Tokens[0].Value, NumberStyles.Float, CultureInfo.InvariantCulture, out var n) && double.IsFinite(n)
                ? n
                : Refuse<double?>(result, $"{name} is a number"),
    };

    /// <summary>A name and a value with an equals sign between them.</summary>
    public static (string Name, string Value) Pair(string option, string text)
    {
        var at = text.IndexOf('=', StringComparison.Ordinal);
        return at > 0 && at < text.Length - 1
            ? (text[..at], text[(at + 1)..])
            : throw new UsageException($"{option} is '{text}'; it takes a name, an equals sign and a value.");
    }

    /// <summary>The vector in a file of little-endian float32.</summary>
    public static (string Space, ReadOnlyMemory<float> Vector) Vector(string text)
    {
        var (space, file) = Pair("--vector", text);
        byte[] bytes;
        try
        {
            bytes = File.ReadAllBytes(file);
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            throw new UsageException($"--vector {space}: {e.Message}");
        }
        if (bytes.Length == 0 || bytes.Length % sizeof(float) != 0)
            throw new UsageException($"--vector {space}: {file} has {bytes.Length} bytes, which are no whole number of float32 values.");
        var vector = new float[bytes.Length / sizeof(float)];
        for (var i = 0; i < vector.Length; i++) vector[i] = BinaryPrimitives.ReadSingleLittleEndian(bytes.AsSpan(i * sizeof(float)));
        return (space, vector);
    }

    private static Guid[] ParseIds(ArgumentResult result, string name)
    {
        var ids = new List<Guid>();
        foreach (var token in result.Tokens)
        {
            if (!Guid.TryParseExact(token.Value, "D", out var id))
            {
                result.AddError($"{name} is a UUID, as 'memengine list' shows them, not '{token.Value}'.");
                return [];
            }
            ids.Add(id);
        }
        return [.. ids];
    }

    private static MemoryLevel? ParseLevel(string text) =>
        text.Length == 1 && text[0] is >= '1' and <= '4' ? (MemoryLevel)(text[0] - '0') : null;

    private static RecallExperiment? RefuseDesign(ArgumentResult result) =>
        Refuse<RecallExperiment?>(result, "--design is off, withhold, withhold=W with W between 0 and 1, or factorial");

    /// <summary>Refuses a value by its rule.</summary>
    public static T? Refuse<T>(ArgumentResult result, string rule)
    {
        result.AddError($"{rule}, not '{result.Tokens[0].Value}'.");
        return default;
    }
}
