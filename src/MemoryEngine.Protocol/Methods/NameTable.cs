namespace MemoryEngine.Protocol.Methods;

/// <summary>The names that an enum's values have in messages.</summary>
/// <typeparam name="T">The enum.</typeparam>
internal sealed class NameTable<T>(params (T Value, string Name)[] entries)
    where T : struct, Enum
{
    /// <summary>All names, in the order of the values.</summary>
    public string[] All { get; } = Array.ConvertAll(entries, e => e.Name);

    /// <summary>The name of a value.</summary>
    /// <exception cref="ArgumentException">It is none of the enum's.</exception>
    public string Of(T value)
    {
        foreach (var entry in entries)
            if (EqualityComparer<T>.Default.Equals(entry.Value, value)) return entry.Name;
        throw new ArgumentException($"{value} is no {typeof(T).Name}.", nameof(value));
    }

    /// <summary>The value of a name that stands in <see cref="All"/>.</summary>
    public T ValueOf(string name)
    {
        foreach (var entry in entries)
            if (entry.Name == name) return entry.Value;
        throw new ArgumentException($"'{name}' is no {typeof(T).Name}.", nameof(name));
    }
}
