using MemoryEngine.Kernels;

namespace MemoryEngine.Benchmarks.Micro;

/// <summary>The variants that this processor can run, by name.</summary>
internal static class VariantNames
{
    public static IEnumerable<string> Supported =>
        Enum.GetValues<KernelVariant>().Where(KernelDispatch.IsSupported).Select(v => v.ToString());

    /// <summary>The table of a variant; for a name that is none, the chosen one.</summary>
    public static KernelTable Table(string name) =>
        Enum.TryParse<KernelVariant>(name, out var variant) ? KernelTable.Of(variant) : KernelTable.Current;
}
