using System.Runtime.Intrinsics.X86;

namespace MemoryEngine.Kernels.Tests;

public sealed unsafe class KernelDispatchTests
{
    [Fact]
    public void The_environment_variable_forces_the_variant_of_this_process()
    {
        var forced = Environment.GetEnvironmentVariable(KernelDispatch.Variable);
        Assert.Equal(KernelDispatch.Choose(forced), KernelDispatch.Variant);
        if (string.IsNullOrEmpty(forced)) return;
        // Written out once more, so that a wrong line in the dispatch is seen.
        Assert.Equal(forced, KernelDispatch.Variant switch
        {
            KernelVariant.Scalar => "scalar",
            KernelVariant.Vector128 => "128",
            KernelVariant.Vector256 => "256",
            KernelVariant.Vector512 => "512",
            KernelVariant.Vnni => "vnni",
            _ => "?",
        });
    }

    [Fact]
    public void Without_it_the_best_that_the_processor_supports_is_taken()
    {
        var best = KernelDispatch.Choose(null);
        Assert.Equal(best, KernelDispatch.Choose(""));
        Assert.True(KernelDispatch.IsSupported(best));
        Assert.All(Enum.GetValues<KernelVariant>().Where(KernelDispatch.IsSupported), v => Assert.True(v <= best));
    }

    [Fact]
    public void An_unknown_value_is_refused_by_name() =>
        Assert.Contains("'avx9'", Assert.Throws<ArgumentException>(() => KernelDispatch.Choose("avx9")).Message, StringComparison.Ordinal);

    [Fact]
    public void A_variant_that_the_processor_lacks_is_refused()
    {
        if (AvxVnni.IsSupported) Assert.Equal(KernelVariant.Vnni, KernelDispatch.Choose("vnni"));
        else Assert.Throws<PlatformNotSupportedException>(() => KernelDispatch.Choose("vnni"));
    }

    [Fact]
    public void The_table_of_this_process_computes()
    {
        var table = KernelTable.Current;
        float* a = stackalloc float[] { 1, 2, 3 };
        float* b = stackalloc float[] { 4, 5, 7 };
        Assert.Equal((35f, 34f), (table.Dot(a, b, 3), table.SquaredL2(a, b, 3)));
    }
}
