namespace MemoryEngine.Kernels.Tests;

/// <summary>The variants that can be run here, each called directly, whatever the environment chooses for the process.</summary>
internal static class Variants
{
    private const string Software = "SoftwareVnni";

    /// <summary>Their names: all that the processor supports, and AVX-VNNI in software.</summary>
    public static TheoryData<string> Names =>
        [.. Enum.GetValues<KernelVariant>().Where(KernelDispatch.IsSupported).Select(v => v.ToString()), Software];

    public static KernelTable Get(string name) => name == Software
        ? KernelTable.Of<VectorKernels<FloatLanes128, SoftwareVnni>>()
        : KernelTable.Of(Enum.Parse<KernelVariant>(name));
}
