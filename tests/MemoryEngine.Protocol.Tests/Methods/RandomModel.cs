using System.Reflection;
using System.Runtime.CompilerServices;

namespace MemoryEngine.Protocol.Tests.Methods;

/// <summary>
/// Makes any of the engine's public records at random, from its properties and constructors. Times are whole microseconds, and names
/// and numbers within what the engine itself would give.
/// </summary>
internal sealed class RandomModel(Random random)
{
    public object Make(Type type)
    {
        var constructor = type.GetConstructors().OrderByDescending(c => c.GetParameters().Length).FirstOrDefault();
        var given = constructor?.GetParameters() ?? [];
        var made = constructor is null ? RuntimeHelpers.GetUninitializedObject(type)
            : constructor.Invoke([.. given.Select(p => Value(p.ParameterType, p.Name!, MayBeNull(p)))]);
        foreach (var property in type.GetProperties(BindingFlags.Public | BindingFlags.Instance))
        {
            if (!property.CanWrite || given.Any(p => p.Name == property.Name)) continue;
            var nullability = new NullabilityInfoContext().Create(property).WriteState;
            property.SetValue(made, Value(property.PropertyType, property.Name, nullability == NullabilityState.Nullable));
        }
        return made;
    }

    private static bool MayBeNull(ParameterInfo parameter) =>
        new NullabilityInfoContext().Create(parameter).WriteState == NullabilityState.Nullable;

    private object? Value(Type type, string name, bool mayBeNull)
    {
        if (mayBeNull && random.Next(3) == 0) return null;
        type = Nullable.GetUnderlyingType(type) ?? type;
        if (type == typeof(string)) return name == "Domain" && random.Next(2) == 0 ? "" : Text();
        if (type == typeof(bool)) return random.Next(2) == 0;
        if (type == typeof(int)) return 1 + random.Next(int.MaxValue - 1);
        if (type == typeof(long)) return random.NextInt64(long.MaxValue / TimeSpan.TicksPerMicrosecond) >> random.Next(57);
        if (type == typeof(ulong)) return (ulong)random.NextInt64() << random.Next(2);
        if (type == typeof(float)) return random.Next(3) == 0 ? 1f : random.NextSingle();
        if (type == typeof(double)) return random.Next(3) == 0 ? 0 : random.NextDouble();
        if (type == typeof(Guid)) return NewId();
        if (type == typeof(DateTimeOffset)) return DateTimeOffset.UnixEpoch.AddMicroseconds(random.NextInt64(1L << 52));
        if (type == typeof(TimeSpan)) return TimeSpan.FromMicroseconds(random.NextInt64(1L << 40));
        if (type == typeof(ReadOnlyMemory<float>)) return Vector();
        if (type.IsEnum) return Enumeration(type);
        if (type.IsGenericType && type.GetGenericTypeDefinition() == typeof(IReadOnlyList<>)) return Many(type.GetGenericArguments()[0]);
        if (type == typeof(IReadOnlyDictionary<string, string>)) return Map(Text);
        if (type == typeof(IReadOnlyDictionary<string, long>)) return Map(() => random.NextInt64());
        if (type == typeof(IReadOnlyDictionary<string, ReadOnlyMemory<float>>)) return Map(Vector);
        if (type == typeof(IReadOnlyDictionary<MemoryLevel, long>))
            return Enum.GetValues<MemoryLevel>().Where(_ => random.Next(2) == 0).ToDictionary(l => l, _ => random.NextInt64());
        if (type == typeof(IReadOnlyDictionary<FailureClass, long>))
        {
            return Enum.GetValues<FailureClass>().Where(f => f != FailureClass.None && random.Next(2) == 0)
                .ToDictionary(f => f, _ => random.NextInt64());
        }
        return Make(type);
    }

    private object Enumeration(Type type)
    {
        var values = Enum.GetValues(type);
        return values.GetValue(random.Next(values.Length))!;
    }

    private Array Many(Type type)
    {
        var list = Array.CreateInstance(type, random.Next(4));
        for (var i = 0; i < list.Length; i++) list.SetValue(Value(type, "", mayBeNull: false), i);
        if (type != typeof(VerdictReason)) return list;
        // A verdict names each reason once.
        return list.Cast<VerdictReason>().DistinctBy(r => r.Code).ToArray();
    }

    private Guid NewId()
    {
        var bytes = new byte[16];
        random.NextBytes(bytes);
        return new Guid(bytes);
    }

    private ReadOnlyMemory<float> Vector() => Enumerable.Range(0, random.Next(4)).Select(_ => random.NextSingle()).ToArray();

    private Dictionary<string, T> Map<T>(Func<T> make) =>
        Enumerable.Range(0, random.Next(4)).Select(i => $"{i}{Text()}").ToDictionary(k => k, _ => make());

    private string Text()
    {
        string[] pieces = ["a", "Z", " ", "\0", "\"", "\u00e9", "\u20ac", "\ud83d\ude00", "memory"];
        return string.Concat(Enumerable.Range(0, 1 + random.Next(20)).Select(_ => pieces[random.Next(pieces.Length)]));
    }
}
