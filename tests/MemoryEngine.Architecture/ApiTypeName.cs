using System.Reflection;

namespace MemoryEngine.Architecture;

/// <summary>Names of types as C# writes them, with the question marks of nullable references.</summary>
internal static class ApiTypeName
{
    private static readonly Dictionary<Type, string> Keywords = new()
    {
        [typeof(void)] = "void",
        [typeof(bool)] = "bool",
        [typeof(byte)] = "byte",
        [typeof(sbyte)] = "sbyte",
        [typeof(short)] = "short",
        [typeof(ushort)] = "ushort",
        [typeof(int)] = "int",
        [typeof(uint)] = "uint",
        [typeof(long)] = "long",
        [typeof(ulong)] = "ulong",
        [typeof(float)] = "float",
        [typeof(double)] = "double",
        [typeof(decimal)] = "decimal",
        [typeof(char)] = "char",
        [typeof(string)] = "string",
        [typeof(object)] = "object",
    };

    /// <summary>The name with its namespace, and <c>&lt;T&gt;</c> for a generic type: it begins every line about the type.</summary>
    public static string Full(Type type)
    {
        var outer = type.IsNested ? Full(type.DeclaringType!) : type.Namespace;
        return $"{outer}.{type.Name.Split('`')[0]}{Arguments(Own(type).Select(a => a.Name))}";
    }

    public static string Of(Type type) => Write(type, null);

    public static string Of(FieldInfo field) => Write(field.FieldType, new NullabilityInfoContext().Create(field));

    public static string Of(PropertyInfo property) => Write(property.PropertyType, new NullabilityInfoContext().Create(property));

    public static string Of(ParameterInfo parameter)
    {
        var name = Write(parameter.ParameterType, new NullabilityInfoContext().Create(parameter));
        if (!parameter.ParameterType.IsByRef) return name;
        return (parameter.IsOut ? "out " : parameter.IsIn ? "in " : "ref ") + name;
    }

    private static string Write(Type type, NullabilityInfo? nullability)
    {
        if (type.IsByRef) return Write(type.GetElementType()!, nullability?.ElementType ?? nullability);
        if (type.IsPointer) return Write(type.GetElementType()!, null) + "*";
        if (Nullable.GetUnderlyingType(type) is { } value) return Write(value, null) + "?";
        // Of an unconstrained type parameter reflection cannot tell a question mark from its absence.
        var mark = nullability?.ReadState == NullabilityState.Nullable && !type.IsValueType && !type.IsGenericParameter ? "?" : "";
        if (type.IsArray)
        {
            var commas = new string(',', type.GetArrayRank() - 1);
            return $"{Write(type.GetElementType()!, nullability?.ElementType)}[{commas}]{mark}";
        }
        if (Keywords.TryGetValue(type, out var keyword)) return keyword + mark;
        if (type.IsGenericParameter) return type.Name + mark;
        var written = type.GetGenericArguments()
            .Select((a, i) => Write(a, i < nullability?.GenericTypeArguments.Length ? nullability.GenericTypeArguments[i] : null))
            .ToArray();
        if (type.IsGenericType && type.FullName?.StartsWith("System.ValueTuple`", StringComparison.Ordinal) == true)
            return $"({string.Join(", ", written)})";
        var outer = type.IsNested ? Write(type.DeclaringType!, null).Split('<')[0] + "." : "";
        return $"{outer}{type.Name.Split('`')[0]}{Arguments(type.IsNested ? written[^Own(type).Length..] : written)}{mark}";
    }

    /// <summary>A nested type repeats the parameters of the type around it; these are its own.</summary>
    public static Type[] Own(Type type) =>
        type.GetGenericArguments()[(type.IsNested ? type.DeclaringType!.GetGenericArguments().Length : 0)..];

    private static string Arguments(IEnumerable<string> names) =>
        string.Join(", ", names) is { Length: > 0 } list ? $"<{list}>" : "";
}
