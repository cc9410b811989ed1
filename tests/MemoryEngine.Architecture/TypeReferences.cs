using System.Reflection;
using System.Reflection.Emit;

namespace MemoryEngine.Architecture;

/// <summary>
/// The types that a type refers to: its base, interfaces, attributes, fields, signatures and, by walking the IL,
/// the bodies of its methods. Constants leave no trace in IL; those the textual check must find.
/// </summary>
internal static class TypeReferences
{
    private const BindingFlags Declared =
        BindingFlags.DeclaredOnly | BindingFlags.Public | BindingFlags.NonPublic | BindingFlags.Static | BindingFlags.Instance;

    private static readonly Dictionary<short, OpCode> OpCodesByValue =
        typeof(OpCodes).GetFields(BindingFlags.Public | BindingFlags.Static)
            .Select(f => (OpCode)f.GetValue(null)!)
            .ToDictionary(o => o.Value);

    public static IEnumerable<Type> Of(Type type) => Direct(type).SelectMany(Unwrap).Distinct();

    private static IEnumerable<Type> Direct(Type type)
    {
        if (type.BaseType is { } parent) yield return parent;
        foreach (var contract in type.GetInterfaces()) yield return contract;
        foreach (var parameter in type.GetGenericArguments())
            foreach (var constraint in Constraints(parameter)) yield return constraint;
        foreach (var attribute in type.GetCustomAttributesData()) yield return attribute.AttributeType;
        foreach (var member in type.GetMembers(Declared))
        {
            foreach (var attribute in member.GetCustomAttributesData()) yield return attribute.AttributeType;
            if (member is FieldInfo field) yield return field.FieldType;
            if (member is not MethodBase method) continue;
            foreach (var used in Signature(method).Concat(Body(method))) yield return used;
        }
    }

    private static IEnumerable<Type> Signature(MethodBase method) =>
        method.GetParameters().Select(p => p.ParameterType)
            .Concat(method is MethodInfo { ReturnType: var returned } ? [returned] : [])
            .Concat(method.IsGenericMethodDefinition ? method.GetGenericArguments().SelectMany(Constraints) : []);

    private static Type[] Constraints(Type parameter) => parameter.GetGenericParameterConstraints();

    private static IEnumerable<Type> Body(MethodBase method)
    {
        if (method.GetMethodBody() is not { } body) return [];
        return body.LocalVariables.Select(l => l.LocalType)
            .Concat(body.ExceptionHandlingClauses
                .Where(c => c.Flags == ExceptionHandlingClauseOptions.Clause)
                .Select(c => c.CatchType!))
            .Concat(Tokens(body.GetILAsByteArray()!).SelectMany(token => Resolve(method, token)));
    }

    private static IEnumerable<Type> Resolve(MethodBase method, int token)
    {
        var typeArguments = method.DeclaringType!.GetGenericArguments();
        var methodArguments = method.IsGenericMethod ? method.GetGenericArguments() : [];
        var member = method.Module.ResolveMember(token, typeArguments, methodArguments);
        return member switch
        {
            Type type => [type],
            FieldInfo field => [field.DeclaringType!, field.FieldType],
            MethodBase called => Signature(called)
                .Append(called.DeclaringType!)
                .Concat(called.IsGenericMethod ? called.GetGenericArguments() : []),
            _ => [],
        };
    }

    /// <summary>The metadata tokens of types, fields and methods in a method's IL.</summary>
    private static IEnumerable<int> Tokens(byte[] il)
    {
        for (var at = 0; at < il.Length;)
        {
            // Two-byte instructions begin with 0xFE; OpCode.Value holds both bytes.
            var value = il[at] == 0xFE ? (short)(0xFE00 | il[at + 1]) : il[at];
            var code = OpCodesByValue[value];
            at += code.Size;
            if (code.OperandType is OperandType.InlineType or OperandType.InlineMethod or OperandType.InlineField or OperandType.InlineTok)
                yield return BitConverter.ToInt32(il, at);
            at += code.OperandType switch
            {
                OperandType.InlineNone => 0,
                OperandType.ShortInlineBrTarget or OperandType.ShortInlineI or OperandType.ShortInlineVar => 1,
                OperandType.InlineVar => 2,
                OperandType.InlineI8 or OperandType.InlineR => 8,
                OperandType.InlineSwitch => 4 + (4 * BitConverter.ToInt32(il, at)),
                _ => 4,
            };
        }
    }

    private static IEnumerable<Type> Unwrap(Type type)
    {
        while (type.HasElementType) type = type.GetElementType()!;
        if (type.IsGenericParameter) return [];
        return type.IsConstructedGenericType
            ? type.GetGenericArguments().SelectMany(Unwrap).Append(type.GetGenericTypeDefinition())
            : [type];
    }
}
