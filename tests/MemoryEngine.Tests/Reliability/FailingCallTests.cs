using System.Collections.Concurrent;
using MemoryEngine.Testing;
using Xunit.Abstractions;

namespace MemoryEngine.Tests.Reliability;

/// <summary>
/// Every call that a script with all verbs makes to the disk fails once, in every way it can. The verb that meets it says so
/// by a code, the pool goes on being readable, nothing acknowledged is lost, and writing goes on: at once when the disk was
/// only full, after opening the pool again when a sync failed. In a short run the kinds of failures take turns: half of them
/// meet the even calls, half the odd ones; with MEMORYENGINE_EVERY_CALL=1 each meets all.
/// </summary>
public sealed class FailingCallTests(ITestOutputHelper output)
{
    private const int Steps = 30;

    [Theory]
    [InlineData(nameof(FaultKind.Io))]
    [InlineData(nameof(FaultKind.DiskFull))]
    [InlineData(nameof(FaultKind.ShortWrite))]
    [InlineData(nameof(FaultKind.FailedSync))]
    public async Task A_call_that_fails_costs_its_verb_and_nothing_else(string kind)
    {
        var seed = TestSeed.Value;
        output.WriteLine($"MEMORYENGINE_SEED={seed}");
        var undisturbed = await new FailingCallRun(seed, FaultKind.Io, failingCall: null).RunAsync(Steps);
        var met = new ConcurrentDictionary<string, int>();
        var refused = 0;
        var fault = Enum.Parse<FaultKind>(kind);
        var every = TestSeed.Number("MEMORYENGINE_EVERY_CALL") == 1;
        await Parallel.ForEachAsync(Enumerable.Range(1, undisturbed.Trace.Count).Where(MayMeet), async (call, _) =>
        {
            try
            {
                var ended = await new FailingCallRun(seed, fault, call).RunAsync(Steps);
                if (ended.Fault is { } failed) met.AddOrUpdate(failed.What, 1, static (_, n) => n + 1);
                Interlocked.Add(ref refused, ended.Refused);
            }
            catch (Exception e)
            {
                throw new InvalidOperationException($"MEMORYENGINE_SEED={seed}, {kind} at call {call} of {undisturbed.Trace.Count}: {e.Message}", e);
            }
        });
        output.WriteLine($"{undisturbed.Trace.Count} calls; met by {string.Join(", ", met.OrderBy(m => m.Key).Select(m => $"{m.Value} x {m.Key}"))}");
        output.WriteLine($"{refused} verbs refused");
        Assert.True(refused > 0);

        // What happens in the background may move a call by a place or two.
        bool MayMeet(int call) => (every || call % 2 == (int)fault % 2) && undisturbed.Trace.Skip(call - 3).Take(5).Any(c => CanMeet(c.Kind, fault));
    }

    private static bool CanMeet(DiskCallKind call, FaultKind fault) => fault switch
    {
        FaultKind.ShortWrite => call is DiskCallKind.Write,
        FaultKind.FailedSync => call is DiskCallKind.Sync or DiskCallKind.SyncDirectory,
        FaultKind.DiskFull => call is DiskCallKind.Write or DiskCallKind.Open or DiskCallKind.Reserve or DiskCallKind.SetLength
            or DiskCallKind.CreateDirectory or DiskCallKind.Lock,
        _ => true,
    };
}
