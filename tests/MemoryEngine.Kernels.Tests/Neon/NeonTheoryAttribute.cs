namespace MemoryEngine.Kernels.Tests.Neon;

/// <summary>A theory over the NEON kernels; skipped, with a reason, where .ci/neon has not built them.</summary>
internal sealed class NeonTheoryAttribute : TheoryAttribute
{
    public NeonTheoryAttribute()
    {
        if (NeonProcess.Command is null) Skip = $"{NeonProcess.Variable} does not say how to run the NEON kernels; .ci/neon does.";
    }
}
