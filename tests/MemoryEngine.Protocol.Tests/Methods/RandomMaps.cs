using System.Collections;
using System.Reflection;
using MemoryEngine.Protocol.Methods;
using MemoryEngine.Protocol.Wire;

namespace MemoryEngine.Protocol.Tests.Methods;

/// <summary>
/// Makes any map of the protocol at random, from its properties, and compares two of them property by property. A property
/// that its type forgets to write or read is found by that, where comparing bytes would not see it.
/// </summary>
internal sealed class RandomMaps(Random random)
{
    private static readonly Dictionary<string, string[]> Names = new()
    {
        ["Format"] = WireNames.Formats.ToArray(),
        ["Result"] = WireNames.Results.ToArray(),
        ["State"] = WireNames.States.ToArray(),
        ["Outcome"] = WireNames.Outcomes.ToArray(),
        ["Metric"] = WireNames.Metrics.ToArray(),
        ["Errors"] = WireNames.ErrorForms.ToArray(),
        ["From"] = WireNames.States.ToArray(),
        ["To"] = WireNames.States.ToArray(),
        ["Decided"] = WireNames.Decisions.ToArray(),
        ["Judge"] = WireNames.Judges.ToArray(),
        ["Failure"] = WireNames.Failures.ToArray(),
        ["OutcomeResult"] = WireNames.OutcomeResults.ToArray(),
        ["Design"] = WireNames.Designs.ToArray(),
        ["Fate"] = WireNames.Fates.ToArray(),
        ["Mode"] = WireNames.Modes.ToArray(),
        ["Scenario"] = WireNames.Scenarios.ToArray(),
        ["Verdict"] = WireNames.Verdicts.ToArray(),
        ["GateView.Verdict"] = WireNames.GateVerdicts.ToArray(),
        ["Risk"] = WireNames.Risks.ToArray(),
        ["ArticleRisk"] = WireNames.Risks.ToArray(),
    };

    // Asking reflection whether null is allowed takes longer than everything else.
    private static readonly Dictionary<Type, (PropertyInfo Property, bool IsOptional)[]> Properties =
        typeof(IWireMap).Assembly.GetTypes().Where(t => t.IsAssignableTo(typeof(IWireMap)) && !t.IsInterface).ToDictionary(
            t => t,
            t => t.GetProperties(BindingFlags.Public | BindingFlags.Instance).Where(p => p.CanWrite).Select(p => (p, IsOptional(p))).ToArray());

    public static IEnumerable<Type> Types => Properties.Keys;

    public IWireMap Make(Type type)
    {
        var map = Activator.CreateInstance(type)!;
        foreach (var (property, isOptional) in Properties[type])
        {
            if (isOptional && random.Next(3) == 0) continue;
            property.SetValue(map, Value(property));
        }
        // Of a memory in a reply, or to revise, the id is always there.
        if (type.GetProperty("Memory") is { } memory && type != typeof(RememberRequest))
            memory.SetValue(map, (MemoryContent)memory.GetValue(map)! with { Id = new Guid(Data(16)) });
        return (IWireMap)map;
    }

    public static void AssertSame(object? expected, object? actual, string path)
    {
        if (expected is IWireMap && actual is not null)
        {
            foreach (var (property, _) in Properties[expected.GetType()])
                AssertSame(property.GetValue(expected), property.GetValue(actual), $"{path}.{property.Name}");
            return;
        }
        Assert.True(Flat(expected) == Flat(actual), $"{path}: {Flat(expected)} became {Flat(actual)}.");
        if (expected is not IEnumerable<IWireMap> list) return;
        foreach (var (item, i) in list.Select((item, i) => (item, i)))
            AssertSame(item, ((IEnumerable<IWireMap>)actual!).ElementAt(i), $"{path}[{i}]");
    }

    private static bool IsOptional(PropertyInfo property) =>
        new NullabilityInfoContext().Create(property).WriteState == NullabilityState.Nullable;

    // A NaN is not equal to itself, and what a list of maps holds is compared for itself.
    private static string Flat(object? value) => value switch
    {
        null => "nothing",
        float v => BitConverter.SingleToInt32Bits(v).ToString("x8"),
        double v => BitConverter.DoubleToInt64Bits(v).ToString("x16"),
        ReadOnlyMemory<float> v => string.Join(' ', v.ToArray().Select(f => Flat(f))),
        IReadOnlyDictionary<string, ReadOnlyMemory<float>> v =>
            string.Join(", ", v.OrderBy(p => p.Key, StringComparer.Ordinal).Select(p => $"{p.Key}={Flat(p.Value)}")),
        IReadOnlyDictionary<string, string> v => string.Join(", ", v.OrderBy(p => p.Key, StringComparer.Ordinal)),
        IReadOnlyDictionary<string, long> v => string.Join(", ", v.OrderBy(p => p.Key, StringComparer.Ordinal)),
        IEnumerable<IWireMap> v => $"{v.Count()} maps",
        string v => $"'{v}'",
        IEnumerable v => string.Join(", ", v.Cast<object>().Select(Flat)),
        _ => value.ToString()!,
    };

    private object Value(PropertyInfo property)
    {
        var type = Nullable.GetUnderlyingType(property.PropertyType) ?? property.PropertyType;
        if (type == typeof(string)) return NamesOf(property) is { } names ? names[random.Next(names.Length)] : Text();
        if (type == typeof(int)) return property.Name == "Level" ? random.Next(1, 5) : 1 + (int)(random.NextInt64(int.MaxValue) >> random.Next(31));
        if (type == typeof(long)) return random.NextInt64(WireNames.LastMicrosecond) >> random.Next(60);
        if (type == typeof(bool)) return random.Next(2) == 0;
        if (type == typeof(float)) return Float();
        if (type == typeof(double)) return random.NextDouble() * Math.Pow(10, random.Next(-300, 300));
        if (type == typeof(Guid)) return new Guid(Data(16));
        if (type == typeof((int, int))) return Range(property.Name);
        if (type == typeof(ReadOnlyMemory<float>)) return Vector();
        if (type == typeof(IReadOnlyList<string>)) return List(Text);
        if (type == typeof(IReadOnlyList<Guid>)) return List(() => new Guid(Data(16)));
        if (type == typeof(IReadOnlyDictionary<string, string>)) return Map(Text);
        if (type == typeof(IReadOnlyDictionary<string, long>)) return Map(() => random.NextInt64());
        if (type == typeof(IReadOnlyDictionary<string, ReadOnlyMemory<float>>)) return Map(Vector);
        if (type.IsAssignableTo(typeof(IWireMap))) return Make(type);
        return Maps(type.GetGenericArguments()[0]);
    }

    private Array Maps(Type type)
    {
        var list = Array.CreateInstance(type, random.Next(4));
        for (var i = 0; i < list.Length; i++) list.SetValue(Make(type), i);
        return list;
    }

    private (int, int) Range(string name)
    {
        var most = name == "Level" ? 4 : 1000;
        var least = random.Next(1, most + 1);
        return (least, random.Next(least, most + 1));
    }

    private string Text()
    {
        string[] pieces = ["a", "Z", " ", "\0", "\"", "\u00e9", "\u20ac", "\ud83d\ude00", "\uffff", "memory"];
        return string.Concat(Enumerable.Range(0, random.Next(random.Next(2) == 0 ? 4 : 300)).Select(_ => pieces[random.Next(pieces.Length)]));
    }

    private T[] List<T>(Func<T> make) => [.. Enumerable.Range(0, random.Next(4)).Select(_ => make())];

    private Dictionary<string, T> Map<T>(Func<T> make) =>
        Enumerable.Range(0, random.Next(random.Next(5) == 0 ? 20 : 4)).Select(i => $"{i}{Text()}").ToDictionary(k => k, _ => make());

    private ReadOnlyMemory<float> Vector() => List(Float);

    private float Float() => random.Next(6) switch
    {
        0 => float.NaN,
        1 => -0f,
        2 => float.MaxValue,
        3 => float.NegativeInfinity,
        _ => random.NextSingle(),
    };

    private byte[] Data(int count)
    {
        var bytes = new byte[count];
        random.NextBytes(bytes);
        return bytes;
    }

    // Of a property whose name means something else elsewhere, by its type as well.
    private static string[]? NamesOf(PropertyInfo property) =>
        Names.GetValueOrDefault($"{property.DeclaringType!.Name}.{property.Name}") ?? Names.GetValueOrDefault(property.Name);
}
