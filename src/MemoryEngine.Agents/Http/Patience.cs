namespace MemoryEngine.Agents.Http;

/// <summary>What is left of the time for one question, and how often it may be repeated in it.</summary>
internal sealed class Patience(TimeProvider clock, TimeSpan deadline, int retries)
{
    private readonly long _start = clock.GetTimestamp();

    public TimeSpan Deadline => deadline;

    public int Retries => retries;

    public TimeSpan Left => deadline - clock.GetElapsedTime(_start);
}
