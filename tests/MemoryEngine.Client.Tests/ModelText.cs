using System.Collections;
using System.Globalization;
using System.Reflection;

namespace MemoryEngine.Client.Tests;

/// <summary>Any value of the engine as a text of all its public properties, for comparing two of them.</summary>
internal static class ModelText
{
    public static string Of(object? value) => value switch
    {
        null => "nothing",
        string text => $"'{text}'",
        float or double => ((IFormattable)value).ToString("R", CultureInfo.InvariantCulture),
        DateTimeOffset time => time.ToString("O", CultureInfo.InvariantCulture),
        ReadOnlyMemory<float> vector => string.Join(' ', vector.ToArray().Select(f => Of(f))),
        IDictionary map => string.Join(", ", map.Keys.Cast<object>().Select(k => $"{Of(k)}={Of(map[k])}").Order(StringComparer.Ordinal)),
        IEnumerable list => $"[{string.Join(", ", list.Cast<object>().Select(Of))}]",
        bool or Enum => value.ToString()!,
        IFormattable plain => plain.ToString(null, CultureInfo.InvariantCulture),
        _ => $"{{{string.Join(", ", Properties(value).Select(p => $"{p.Name}: {Of(p.GetValue(value))}"))}}}",
    };

    private static IEnumerable<PropertyInfo> Properties(object value) =>
        value.GetType().GetProperties(BindingFlags.Public | BindingFlags.Instance).Where(p => p.GetIndexParameters().Length == 0);
}
