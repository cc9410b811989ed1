using System.Runtime.Intrinsics;

namespace MemoryEngine.Kernels;

/// <summary>The kernels of one variant as function pointers, for callers that a type parameter does not suit.</summary>
internal readonly unsafe struct KernelTable
{
    /// <summary>As <see cref="IKernels.Dot"/>.</summary>
    public required delegate*<float*, float*, int, float> Dot { get; init; }

    /// <summary>As <see cref="IKernels.SquaredL2"/>.</summary>
    public required delegate*<float*, float*, int, float> SquaredL2 { get; init; }

    /// <summary>As <see cref="IKernels.DotMany"/>.</summary>
    public required delegate*<float*, float*, int, int, int, float*, void> DotMany { get; init; }

    /// <summary>As <see cref="IKernels.SquaredL2Many"/>.</summary>
    public required delegate*<float*, float*, int, int, int, float*, void> SquaredL2Many { get; init; }

    /// <summary>As <see cref="IKernels.DotBytes"/>.</summary>
    public required delegate*<sbyte*, sbyte*, int, int> DotBytes { get; init; }

    /// <summary>As <see cref="IKernels.DotBytesMany"/>.</summary>
    public required delegate*<sbyte*, sbyte*, int, int, int, int*, void> DotBytesMany { get; init; }

    /// <summary>As <see cref="IKernels.DotBytesOf4"/>.</summary>
    public required delegate*<sbyte*, sbyte*, sbyte*, sbyte*, sbyte*, int, Vector128<int>> DotBytesOf4 { get; init; }

    /// <summary>As <see cref="IKernels.DotNibbles"/>.</summary>
    public required delegate*<sbyte*, byte*, int, int> DotNibbles { get; init; }

    /// <summary>As <see cref="IKernels.DotNibblesOf4"/>.</summary>
    public required delegate*<sbyte*, byte*, byte*, byte*, byte*, int, Vector128<int>> DotNibblesOf4 { get; init; }

    /// <summary>As <see cref="IKernels.DotPairs"/>.</summary>
    public required delegate*<sbyte*, byte*, int, int> DotPairs { get; init; }

    /// <summary>As <see cref="IKernels.DotBits"/>.</summary>
    public required delegate*<sbyte*, byte*, int, int> DotBits { get; init; }

    /// <summary>The kernels that <see cref="KernelDispatch"/> chose for this process.</summary>
    public static KernelTable Current { get; } = Of(KernelDispatch.Variant);

    /// <summary>The kernels of a variant that this processor supports.</summary>
    public static KernelTable Of(KernelVariant variant) => KernelDispatch.Use<Maker, KernelTable>(variant, default);

    /// <summary>The kernels of a variant given as a type.</summary>
    public static KernelTable Of<TKernels>()
        where TKernels : struct, IKernels => new()
        {
            Dot = &TKernels.Dot,
            SquaredL2 = &TKernels.SquaredL2,
            DotMany = &TKernels.DotMany,
            SquaredL2Many = &TKernels.SquaredL2Many,
            DotBytes = &TKernels.DotBytes,
            DotBytesMany = &TKernels.DotBytesMany,
            DotBytesOf4 = &TKernels.DotBytesOf4,
            DotNibbles = &TKernels.DotNibbles,
            DotNibblesOf4 = &TKernels.DotNibblesOf4,
            DotPairs = &TKernels.DotPairs,
            DotBits = &TKernels.DotBits,
        };

    private readonly struct Maker : IKernelUser<KernelTable>
    {
        public KernelTable Use<TKernels>()
            where TKernels : struct, IKernels => Of<TKernels>();
    }
}
