using System.Globalization;
using System.Reflection;
using System.Runtime.CompilerServices;

namespace MemoryEngine.Architecture;

/// <summary>
/// The surface of an assembly that others can build on, one member a line, sorted, in something close to C#.
/// What the compiler adds to a record is left out; it follows from the word record.
/// </summary>
internal static class ApiDump
{
    private const BindingFlags Declared =
        BindingFlags.DeclaredOnly | BindingFlags.Public | BindingFlags.NonPublic | BindingFlags.Static | BindingFlags.Instance;

    public static IReadOnlyList<string> Of(IEnumerable<Type> types) =>
        [.. types.Where(IsVisible).SelectMany(t => Members(t).Append(Declaration(t))).Order(StringComparer.Ordinal)];

    private static bool IsVisible(Type type) =>
        type.IsPublic ||
        ((type.IsNestedPublic || type.IsNestedFamily || type.IsNestedFamORAssem) && IsVisible(type.DeclaringType!));

    private static string Declaration(Type type)
    {
        var parents = Parents(type).Select(ApiTypeName.Of).ToArray();
        var after = parents.Length == 0 ? "" : $" : {string.Join(", ", parents)}";
        return $"{ApiTypeName.Full(type)}: {Kind(type)}{after}{Constraints(ApiTypeName.Own(type))}";
    }

    private static IEnumerable<Type> Parents(Type type)
    {
        if (type.IsEnum) return [type.GetEnumUnderlyingType()];
        var inherited = type.BaseType?.GetInterfaces() ?? [];
        var contracts = type.GetInterfaces().Except(inherited).OrderBy(i => i.ToString(), StringComparer.Ordinal);
        var hasBase = type.BaseType is { } parent && parent != typeof(object) && parent != typeof(ValueType);
        return hasBase ? contracts.Prepend(type.BaseType!) : contracts;
    }

    private static string Kind(Type type)
    {
        if (type.IsEnum) return type.IsDefined(typeof(FlagsAttribute)) ? "flags enum" : "enum";
        if (type.IsInterface) return "interface";
        if (typeof(Delegate).IsAssignableFrom(type)) return "delegate";
        var record = type.GetMethod("PrintMembers", Declared) is not null ? "record " : "";
        if (type.IsValueType)
        {
            var fixedOnce = type.IsDefined(typeof(IsReadOnlyAttribute)) ? "readonly " : "";
            return $"{fixedOnce}{(type.IsByRefLike ? "ref " : "")}{record}struct";
        }
        if (type.IsAbstract && type.IsSealed) return "static class";
        return $"{(type.IsAbstract ? "abstract " : type.IsSealed ? "sealed " : "")}{record}class";
    }

    private static IEnumerable<string> Members(Type type)
    {
        var prefix = ApiTypeName.Full(type);
        if (type.IsEnum)
            return type.GetFields().Where(f => f.IsLiteral).Select(f => $"{prefix}.{f.Name} = {Literal(f.GetRawConstantValue())}");
        return type.GetMembers(Declared)
            .Where(m => !m.IsDefined(typeof(CompilerGeneratedAttribute)) && m is not Type)
            .Select(m => m switch
            {
                FieldInfo f when IsVisible(f) => Field(f),
                PropertyInfo p when Accessors(p) is { Length: > 0 } accessors => Property(p, accessors),
                EventInfo { AddMethod: { } add } e when IsVisible(add) =>
                    $"{Modifiers(add)}event {ApiTypeName.Of(e.EventHandlerType!)} {e.Name}",
                ConstructorInfo c when IsVisible(c) => $"{Modifiers(c)}new({Parameters(c.GetParameters())})",
                MethodInfo m2 when IsVisible(m2) && !IsAccessor(m2) => Method(m2),
                _ => null,
            })
            .OfType<string>()
            .Select(line => $"{prefix}: {line}");
    }

    private static bool IsVisible(MethodBase method) => method.IsPublic || method.IsFamily || method.IsFamilyOrAssembly;

    private static bool IsVisible(FieldInfo field) => field.IsPublic || field.IsFamily || field.IsFamilyOrAssembly;

    private static bool IsAccessor(MethodInfo method) =>
        method.IsSpecialName && !method.Name.StartsWith("op_", StringComparison.Ordinal);

    private static string Field(FieldInfo field)
    {
        var name = $"{ApiTypeName.Of(field)} {field.Name}";
        if (field.IsLiteral) return $"{Modifiers(false, !field.IsPublic)}const {name} = {Literal(field.GetRawConstantValue())}";
        return $"{Modifiers(field.IsStatic, !field.IsPublic)}{(field.IsInitOnly ? "readonly " : "")}{name}";
    }

    private static string Property(PropertyInfo property, string accessors)
    {
        var required = property.IsDefined(typeof(RequiredMemberAttribute)) ? "required " : "";
        var index = property.GetIndexParameters() is { Length: > 0 } parameters ? $"[{Parameters(parameters)}]" : "";
        var modifiers = Modifiers((property.GetMethod ?? property.SetMethod)!);
        return $"{modifiers}{required}{ApiTypeName.Of(property)} {property.Name}{index} {{ {accessors}}}";
    }

    private static string Accessors(PropertyInfo property)
    {
        var get = property.GetMethod is { } g && IsVisible(g) ? "get; " : "";
        if (property.SetMethod is not { } set || !IsVisible(set)) return get;
        var isInit = set.ReturnParameter.GetRequiredCustomModifiers().Contains(typeof(IsExternalInit));
        return $"{get}{(set.IsFamily ? "protected " : "")}{(isInit ? "init" : "set")}; ";
    }

    private static string Method(MethodInfo method)
    {
        var arguments = method.IsGenericMethod ? method.GetGenericArguments() : [];
        var generic = arguments.Length == 0 ? "" : $"<{string.Join(", ", arguments.Select(a => a.Name))}>";
        var parameters = (method.IsDefined(typeof(ExtensionAttribute)) ? "this " : "") + Parameters(method.GetParameters());
        return $"{Modifiers(method)}{ApiTypeName.Of(method.ReturnParameter)} {method.Name}{generic}({parameters}){Constraints(arguments)}";
    }

    private static string Parameters(IEnumerable<ParameterInfo> parameters) => string.Join(", ", parameters.Select(p =>
        $"{(p.IsDefined(typeof(ParamArrayAttribute)) || p.IsDefined(typeof(ParamCollectionAttribute)) ? "params " : "")}" +
        $"{ApiTypeName.Of(p)} {p.Name}{(p.HasDefaultValue ? $" = {Literal(p.RawDefaultValue)}" : "")}"));

    private static string Constraints(IEnumerable<Type> arguments) => string.Concat(
        from argument in arguments
        let special = argument.GenericParameterAttributes
        let isStruct = special.HasFlag(GenericParameterAttributes.NotNullableValueTypeConstraint)
        let constraints = Words(
                (isStruct, "struct"),
                (special.HasFlag(GenericParameterAttributes.ReferenceTypeConstraint), "class"))
            .Concat(argument.GetGenericParameterConstraints().Where(c => c != typeof(ValueType)).Select(ApiTypeName.Of))
            .Concat(Words(
                (!isStruct && special.HasFlag(GenericParameterAttributes.DefaultConstructorConstraint), "new()"),
                (special.HasFlag(GenericParameterAttributes.AllowByRefLike), "allows ref struct")))
            .ToArray()
        where constraints.Length > 0
        select $" where {argument.Name} : {string.Join(", ", constraints)}");

    private static IEnumerable<string> Words(params (bool Holds, string Word)[] words) => words.Where(w => w.Holds).Select(w => w.Word);

    private static string Modifiers(MethodBase method)
    {
        var access = Modifiers(method.IsStatic, !method.IsPublic);
        if (method.DeclaringType!.IsInterface) return access;
        if (method.IsAbstract) return access + "abstract ";
        if (method is MethodInfo m && m.GetBaseDefinition() != m) return access + "override ";
        return access + (method.IsVirtual && !method.IsFinal ? "virtual " : "");
    }

    private static string Modifiers(bool isStatic, bool isProtected) => (isProtected ? "protected " : "") + (isStatic ? "static " : "");

    private static string Literal(object? value) => value switch
    {
        null => "default",
        string text => $"\"{text}\"",
        bool truth => truth ? "true" : "false",
        _ => Convert.ToString(value, CultureInfo.InvariantCulture)!,
    };
}
