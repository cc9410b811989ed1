using System.Runtime.Intrinsics;
using System.Runtime.Intrinsics.X86;

namespace MemoryEngine.Kernels;

/// <summary>The variants of the kernels, from the plainest on.</summary>
internal enum KernelVariant
{
    /// <summary>No vector instructions.</summary>
    Scalar,

    /// <summary>128 bits: SSE and NEON.</summary>
    Vector128,

    /// <summary>256 bits: AVX2.</summary>
    Vector256,

    /// <summary>Floats with 512 bits: AVX-512; codes with 256, and with 512 where four of four bits are compared at once.</summary>
    Vector512,

    /// <summary>256 bits, codes with AVX-VNNI; floats with 512 where the processor has them.</summary>
    Vnni,
}

/// <summary>What wants kernels: it is handed the chosen variant as a type.</summary>
internal interface IKernelUser<out TResult>
{
    TResult Use<TKernels>()
        where TKernels : struct, IKernels;
}

/// <summary>
/// Which variant this process runs, and why: the one place that decides. MEMORYENGINE_KERNELS (scalar, 128, 256, 512 or
/// vnni) forces one; a processor that cannot run it refuses, rather than test something else.
/// </summary>
/// <remarks>
/// The reasons, with the figures of benchmarks/results (micro.txt there):
/// <list type="bullet">
/// <item>Floats take the widest registers there are: 512 bits need 7 to 20 % less time than 256 in the cache.</item>
/// <item>Codes stay at 256 bits: 512 gain nothing for bytes, and lose on short codes of few bits (micro-codes-512.txt).</item>
/// <item>Four codes of four bits at once take 0.6 to 0.75 of the time of one by one; there 512 bits need up to 20 % less than 256.</item>
/// <item>AVX-VNNI first: one instruction for three of AVX2, and fields of codes need not be moved.</item>
/// <item>SSE is apart from the portable 128 bits, since SSSE3 multiplies bytes in pairs and older processors do not fuse
/// a product with a sum; NEON does, and must name no instruction set of x86.</item>
/// </list>
/// </remarks>
internal static class KernelDispatch
{
    /// <summary>The environment variable that forces a variant.</summary>
    public const string Variable = "MEMORYENGINE_KERNELS";

    /// <summary>The variant of this process.</summary>
    public static KernelVariant Variant { get; } = Choose(Environment.GetEnvironmentVariable(Variable));

    /// <summary>Hands the chosen variant to <paramref name="user"/>.</summary>
    public static TResult Use<TUser, TResult>(TUser user)
        where TUser : IKernelUser<TResult> =>
        Use<TUser, TResult>(Variant, user);

    /// <summary>Hands a given variant to <paramref name="user"/>; the processor must support it.</summary>
    public static TResult Use<TUser, TResult>(KernelVariant variant, TUser user)
        where TUser : IKernelUser<TResult> => variant switch
        {
            KernelVariant.Scalar => user.Use<ScalarKernels>(),
            KernelVariant.Vector128 when Ssse3.IsSupported => user.Use<VectorKernels<FloatLanesSse, CodeLanesSse, OneByOne<CodeLanesSse>>>(),
            KernelVariant.Vector128 => user.Use<VectorKernels<FloatLanes128, CodeLanes128, OneByOne<CodeLanes128>>>(),
            KernelVariant.Vector256 => user.Use<VectorKernels<FloatLanes256, CodeLanes256, Together<PairLanes256>>>(),
            KernelVariant.Vector512 => user.Use<VectorKernels<FloatLanes512, CodeLanes256, Together<PairLanes512>>>(),
            KernelVariant.Vnni when Vector512.IsHardwareAccelerated =>
                user.Use<VectorKernels<FloatLanes512, CodeLanesVnni, OneByOne<CodeLanesVnni>>>(),
            KernelVariant.Vnni => user.Use<VectorKernels<FloatLanes256, CodeLanesVnni, OneByOne<CodeLanesVnni>>>(),
            _ => throw new ArgumentOutOfRangeException(nameof(variant), variant, "There is no such variant."),
        };

    /// <summary>Whether this processor can run a variant.</summary>
    public static bool IsSupported(KernelVariant variant) => variant switch
    {
        KernelVariant.Scalar => true,
        KernelVariant.Vector128 => Vector128.IsHardwareAccelerated,
        KernelVariant.Vector256 => Avx2.IsSupported && Fma.IsSupported,
        KernelVariant.Vector512 => Avx512BW.IsSupported && Vector512.IsHardwareAccelerated,
        KernelVariant.Vnni => AvxVnni.IsSupported,
        _ => false,
    };

    /// <summary>The variant for a value of <see cref="Variable"/>; the best one for none.</summary>
    /// <exception cref="PlatformNotSupportedException">The processor does not support it.</exception>
    public static KernelVariant Choose(string? forced)
    {
        if (string.IsNullOrEmpty(forced)) return Best();
        KernelVariant variant = forced switch
        {
            "scalar" => KernelVariant.Scalar,
            "128" => KernelVariant.Vector128,
            "256" => KernelVariant.Vector256,
            "512" => KernelVariant.Vector512,
            "vnni" => KernelVariant.Vnni,
            _ => throw new ArgumentException($"{Variable} is '{forced}'; it may be scalar, 128, 256, 512 or vnni."),
        };
        return IsSupported(variant)
            ? variant
            : throw new PlatformNotSupportedException($"{Variable} forces '{forced}', which this processor does not support.");
    }

    private static KernelVariant Best()
    {
        ReadOnlySpan<KernelVariant> order =
            [KernelVariant.Vnni, KernelVariant.Vector512, KernelVariant.Vector256, KernelVariant.Vector128];
        foreach (var variant in order)
            if (IsSupported(variant)) return variant;
        return KernelVariant.Scalar;
    }
}
