namespace MemoryEngine.Fuzz;

/// <summary>One run of a target on one input.</summary>
/// <param name="Outcome">A short name for what happened, the same for inputs that end alike.</param>
/// <param name="Escape">What must not happen, or null.</param>
internal readonly record struct Execution(string Outcome, string? Escape)
{
    public static Execution Of(FuzzTarget target, ReadOnlySpan<byte> input)
    {
        var before = GC.GetAllocatedBytesForCurrentThread();
        string outcome;
        target.Outcome = "accepted";
        try
        {
            target.Run(input);
            outcome = WithoutDigits(target.Outcome);
        }
        catch (MemoryEngineException e) when (e is CorruptionException || e.Code == ErrorCode.NewerFormat)
        {
            outcome = WithoutDigits(e.Message);
        }
        catch (Exception e)
        {
            return new Execution(Where(e), e.ToString());
        }
        var allocated = GC.GetAllocatedBytesForCurrentThread() - before;
        return allocated <= target.MaxAllocatedBytes
            ? new Execution(outcome, null)
            : new Execution(
                "allocation",
                $"{allocated} bytes were allocated for an input of {input.Length}; {target.MaxAllocatedBytes} are allowed.");
    }

    // The first frame of the engine: what the runtime throws for it comes from a few places only.
    private static string Where(Exception e)
    {
        var frames = e.StackTrace?.Split('\n') ?? [];
        return $"{WithoutDigits(e.Message)} {frames.FirstOrDefault(f => f.Contains(" MemoryEngine.", StringComparison.Ordinal))?.Trim()}";
    }

    private static string WithoutDigits(string message) => string.Create(message.Length, message, static (target, source) =>
    {
        for (var i = 0; i < target.Length; i++) target[i] = char.IsAsciiHexDigit(source[i]) ? '#' : source[i];
    });
}
