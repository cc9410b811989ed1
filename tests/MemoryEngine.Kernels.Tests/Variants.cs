namespace MemoryEngine.Kernels.Tests;

/// <summary>The variants that can be run here, each called directly, whatever the environment chooses for the process.</summary>
internal static class Variants
{
    private const string Software = "SoftwareVnni";
    private const string Portable = "Portable128";

    /// <summary>Their names: all that the processor supports, AVX-VNNI in software, and what ARM runs.</summary>
    public static TheoryData<string> Names =>
        [.. Enum.GetValues<KernelVariant>().Where(KernelDispatch.IsSupported).Select(v => v.ToString()), Software, Portable];

    public static KernelTable Get(string name) => name switch
    {
        Software => KernelTable.Of<VectorKernels<FloatLanes128, SoftwareVnni, OneByOne<SoftwareVnni>>>(),
        Portable => KernelTable.Of<VectorKernels<FloatLanes128, CodeLanes128, OneByOne<CodeLanes128>>>(),
        _ => KernelTable.Of(Enum.Parse<KernelVariant>(name)),
    };
}
