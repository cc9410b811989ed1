using System.Numerics.Tensors;
using System.Runtime.InteropServices;

namespace MemoryEngine.Agents.Embedders.Static;

/// <summary>Reads elements of a tensor as float32 or as integers. Little-endian, and not always aligned.</summary>
internal static class TensorValues
{
    public static bool IsNumeric(string type) => type is "F32" or "F16" or "BF16" or "F64" or "I8";

    public static bool IsIndex(string type) => type is "I64" or "I32";

    /// <summary>Converts elements of a numeric type.</summary>
    public static void ToSingles(string type, ReadOnlySpan<byte> bytes, Span<float> target)
    {
        switch (type)
        {
            case "F32":
                bytes.CopyTo(MemoryMarshal.AsBytes(target));
                break;
            case "F16":
                TensorPrimitives.ConvertToSingle(MemoryMarshal.Cast<byte, Half>(bytes), target);
                break;
            case "BF16":
                var upper = MemoryMarshal.Cast<byte, ushort>(bytes);
                for (var i = 0; i < target.Length; i++) target[i] = BitConverter.UInt32BitsToSingle((uint)upper[i] << 16);
                break;
            case "F64":
                var doubles = MemoryMarshal.Cast<byte, double>(bytes);
                for (var i = 0; i < target.Length; i++) target[i] = (float)doubles[i];
                break;
            case "I8":
                for (var i = 0; i < target.Length; i++) target[i] = (sbyte)bytes[i];
                break;
            default:
                throw new InvalidOperationException($"{type} is no numeric type.");
        }
    }

    /// <summary>An element of an index type.</summary>
    public static long Index(string type, ReadOnlySpan<byte> bytes, int i) =>
        type == "I64" ? MemoryMarshal.Cast<byte, long>(bytes)[i] : MemoryMarshal.Cast<byte, int>(bytes)[i];
}
