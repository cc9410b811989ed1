using System.Collections.Concurrent;
using MemoryEngine.Testing;
using Xunit.Abstractions;

namespace MemoryEngine.Tests.Reliability;

/// <summary>
/// One bit of one file of a closed pool is flipped: every bit of what frames the rest (headers of files and batches,
/// manifests), one in every 4 KiB elsewhere. It is found and said, or it is harmless; no answer is ever wrong.
/// </summary>
public sealed class BitFlipTests(ITestOutputHelper output)
{
    private const int Steps = 18;
    private const int BlockBytes = 4096;
    private readonly ConcurrentDictionary<string, int> _met = new();

    [Fact]
    public async Task A_flipped_bit_is_found_or_harmless()
    {
        var seed = TestSeed.Value;
        var pool = await DamagedPool.MakeAsync(seed, Steps, closed: true);
        Assert.True((await DamagedPool.CheckAsync(pool.Copy())).Ok);
        output.WriteLine($"MEMORYENGINE_SEED={seed}; {string.Join(", ", pool.Files.Select(f => $"{Name(f)} {pool.Disk.ReadAll(f).Length}"))}");
        var flips = pool.Files.SelectMany(path => Headers(pool, path).Concat(Elsewhere(pool, path, new Random(seed))));
        await Parallel.ForEachAsync(flips, async (flip, _) => await FlipAsync(pool, flip));
        foreach (var (what, count) in _met.OrderBy(m => m.Key, StringComparer.Ordinal)) output.WriteLine($"{count} x {what}");
        Assert.Contains(_met.Keys, k => k.Contains(nameof(Meeting.Refused), StringComparison.Ordinal));
        Assert.Contains(_met.Keys, k => k.Contains(nameof(Meeting.Healed), StringComparison.Ordinal));
    }

    private async Task FlipAsync(DamagedPool pool, Flip flip)
    {
        try
        {
            // Read-only sees the journal and the manifests, and costs little; the record log is opened by an owner alone.
            var readOnly = flip.IsHeader && flip.Bit % 8 != flip.Bit / 8 % 8;
            var damaged = pool.Copy();
            damaged.FlipBit(flip.Path, flip.Bit);
            var checkedToo = readOnly ? null : damaged.AfterProcessKill();
            var met = await pool.MeetAsync(damaged, readOnly);
            if (checkedToo is not null) await CheckAsync(checkedToo, flip, met);
            Count($"{(flip.IsHeader ? "header" : "block")} of {Part(flip.Path)} {met}");
        }
        catch (Exception e)
        {
            throw new InvalidOperationException($"Bit {flip.Bit} of {flip.Path}: {e.Message}", e);
        }
    }

    // What an opening must say, a check says as well, and names the file.
    private async Task CheckAsync(SimulatedFileSystem disk, Flip flip, Meeting met)
    {
        var report = await DamagedPool.CheckAsync(disk);
        if (met != Meeting.Harmless) Assert.False(report.Ok, $"{met}, and a check finds nothing.");
        if (met == Meeting.Refused) Assert.Contains(report.Problems, p => p.File == flip.Path);
        if (met == Meeting.Harmless) Count(report.Ok ? $"block of {Part(flip.Path)} of no account" : $"block of {Part(flip.Path)} found by a check");
    }

    private void Count(string what) => _met.AddOrUpdate(what, 1, static (_, n) => n + 1);

    private static IEnumerable<Flip> Headers(DamagedPool pool, string path) =>
        from part in pool.Headers(path)
        from bit in Range(part.From * 8, part.To * 8)
        select new Flip(path, bit, IsHeader: true);

    private static IEnumerable<Flip> Elsewhere(DamagedPool pool, string path, Random random)
    {
        var length = pool.Disk.ReadAll(path).Length;
        for (var block = 0; block < length; block += BlockBytes)
            yield return new Flip(path, (block * 8L) + random.Next(Math.Min(BlockBytes, length - block) * 8), IsHeader: false);
    }

    private static IEnumerable<long> Range(long from, long to)
    {
        for (var i = from; i < to; i++) yield return i;
    }

    private static string Name(string path) => path[(SimulatedPool.Root.Length + 1)..];

    private static string Part(string path) => Name(path).Split('/')[0];

    private sealed record Flip(string Path, long Bit, bool IsHeader);
}
