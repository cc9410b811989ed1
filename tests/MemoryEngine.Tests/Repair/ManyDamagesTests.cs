using MemoryEngine.Journal;
using MemoryEngine.Testing;

namespace MemoryEngine.Tests.Repair;

/// <summary>Random damage in many places at once, and a repair that is interrupted.</summary>
public sealed class ManyDamagesTests
{
    private const int Rounds = 100;
    private readonly int _seed = TestSeed.Value;

    [Fact]
    public async Task Whatever_is_damaged_what_is_kept_is_as_it_was_and_the_rest_is_listed()
    {
        var pools = new[] { await DamagedPool.NewAsync(withRecords: true), await DamagedPool.NewAsync(withRecords: false) };
        for (var round = 0; round < Rounds; round++)
        {
            var random = new Random(_seed + round);
            var copy = pools[random.Next(2)].Copy();
            var done = new List<string>();
            for (var i = random.Next(1, 6); i > 0; i--) done.Add(Damage(copy, random));
            var context = $"seed {_seed + round}: {string.Join(", ", done)}";
            try
            {
                RepairOracle.Check(copy, await copy.RepairAsync(), context);
            }
            catch (CorruptionException e)
            {
                Assert.True(e.Found.StartsWith("nothing", StringComparison.Ordinal), $"{context}: {e}");
                Assert.False(copy.Disk.DirectoryExists(DamagedPool.Target), context);
            }
            catch (Exception e) when (e is not Xunit.Sdk.XunitException)
            {
                throw new InvalidOperationException($"{context}: {e.Message}", e);
            }
        }
    }

    [Fact]
    public async Task An_interrupted_repair_leaves_a_target_that_is_refused_or_whole()
    {
        var pool = await DamagedPool.NewAsync(withRecords: false);
        pool.Disk.FlipBit(pool.Events[5].File, (pool.Events[5].Offset + 30) * 8);
        var whole = pool.Copy();
        await whole.RepairAsync();
        var calls = whole.Disk.CallCount;
        var expected = DamagedPool.Read(whole.Disk, DamagedPool.Target);
        var random = new Random(_seed);
        var outcomes = new HashSet<string>();
        for (var call = 1; call <= calls; call += random.Next(1, 8))
        {
            var copy = pool.Copy();
            var before = copy.Bytes();
            for (var n = 0; n < 4_000; n++) copy.Disk.FailCall(call + n, FaultKind.Io);
            try
            {
                await copy.RepairAsync();
            }
            catch (MemoryEngineException e) when (e.Code is ErrorCode.Storage or ErrorCode.Poisoned)
            {
                // Only what is done at the very end may fail without a word: it is derived, and made again.
                outcomes.Add("failed");
            }
            PowerLoss[] losses = [PowerLoss.LoseAll, PowerLoss.KeepAll, PowerLoss.Random(_seed + call)];
            foreach (var loss in losses)
            {
                var left = copy.Disk.AfterPowerLoss(loss);
                Assert.All(before, b => Assert.True(b.Value.AsSpan().SequenceEqual(left.ReadAll(b.Key)), $"{b.Key} was changed"));
                outcomes.Add(await TryAsync(left, copy.Clock, expected, $"seed {_seed}, call {call}, {loss}"));
            }
        }
        Assert.Equal(["failed", "nothing", "refused", "whole"], outcomes.Order());
    }

    private static async Task<string> TryAsync(
        SimulatedFileSystem disk, ManualClock clock, SortedDictionary<long, StoredEvent> expected, string context)
    {
        if (!disk.DirectoryExists(DamagedPool.Target) || disk.List(DamagedPool.Target).Count == 0) return "nothing";
        try
        {
            await using var store = await MemoryStore.OpenAsync(
                DamagedPool.Target, DamagedPool.OptionsOf(disk, clock) with { Spaces = [], LexicalOnly = true });
        }
        catch (MemoryEngineException e) when (e.Code is ErrorCode.NotAPool or ErrorCode.Corruption)
        {
            return "refused";
        }
        var found = DamagedPool.Read(disk, DamagedPool.Target);
        Assert.Equal(expected.Keys, found.Keys);
        Assert.All(expected.Where(e => e.Value.Type != EventType.PoolCreated), e => Assert.True(e.Value.IsSame(found[e.Key]), context));
        return "whole";
    }

    private static string Damage(DamagedPool pool, Random random)
    {
        var files = pool.Bytes().Where(f => f.Value.Length > 0).Select(f => f.Key).Order(StringComparer.Ordinal).ToList();
        // The record log reserves much and holds little: the journal is what there is to hit.
        if (random.Next(4) != 0) files = [.. files.Where(f => f.Contains("/journal/", StringComparison.Ordinal)).DefaultIfEmpty(files[0])];
        var file = files[random.Next(files.Count)];
        var bytes = pool.Disk.ReadAll(file);
        var at = random.Next(bytes.Length);
        var name = $"{file[DamagedPool.Root.Length..]} at {at}";
        switch (random.Next(6))
        {
            case 0:
                pool.Disk.Delete(file);
                return "deleted " + name;
            case 1:
                pool.Disk.Truncate(file, at);
                return "cut " + name;
            case 2:
                bytes.AsSpan(at & -512, Math.Min(512, bytes.Length - (at & -512))).Clear();
                pool.Disk.WriteAll(file, bytes);
                return "zeroed the sector of " + name;
            case 3:
                random.NextBytes(bytes.AsSpan(at, Math.Min(random.Next(1, 2_000), bytes.Length - at)));
                pool.Disk.WriteAll(file, bytes);
                return "overwrote " + name;
            default:
                pool.Disk.FlipBit(file, (at * 8L) + random.Next(8));
                return "flipped a bit of " + name;
        }
    }
}
