using MemoryEngine.Testing;
using Xunit.Abstractions;

namespace MemoryEngine.Tests.Reliability;

/// <summary>
/// Files of a pool are deleted, emptied or cut short, one by one and whole folders at once. The pool opens completely, or
/// refuses and says why; where a crash could have left the same, it says what it has cut. It never presents less than it
/// acknowledged as if that were all.
/// </summary>
public sealed class LostFileTests(ITestOutputHelper output)
{
    private const int Steps = 44;

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public async Task A_file_that_is_gone_is_made_again_or_missed(bool closed)
    {
        var pool = await MakeAsync(closed);
        foreach (var path in pool.Files)
        {
            var isJournal = path.EndsWith(".journal", StringComparison.Ordinal);
            foreach (var readOnly in new[] { true, false })
            {
                var without = pool.Copy();
                without.Delete(path);
                var met = await MeetAsync(pool, without, readOnly, $"without {path}");
                Assert.True(isJournal ? met == Meeting.Refused : met is Meeting.Harmless or Meeting.Healed, $"Without {path}: {met}");
            }
        }
        foreach (var part in new[] { "records", "manifests" })
        {
            var without = pool.Copy();
            foreach (var path in pool.Files.Where(f => f.Contains($"/{part}/", StringComparison.Ordinal))) without.Delete(path);
            Assert.True(await MeetAsync(pool, without, readOnly: false, $"without {part}") is Meeting.Harmless or Meeting.Healed);
        }
    }

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public async Task A_file_that_is_cut_short_is_made_again_or_missed(bool closed)
    {
        var pool = await MakeAsync(closed);
        var random = new Random(TestSeed.Value);
        foreach (var path in pool.Files.Where(f => pool.Disk.ReadAll(f).Length > 0))
        {
            var length = pool.Disk.ReadAll(path).Length;
            foreach (var left in Enumerable.Range(0, 12).Select(_ => random.Next(length)).Append(0).Append(length - 1))
            {
                var cut = pool.Copy();
                cut.Truncate(path, left);
                var met = await MeetAsync(pool, cut, readOnly: left % 2 == 0, $"{path} cut to {left} of {length}");
                // The tail of a journal that was not closed may be what a crash has torn; anything else of it is missed.
                if (closed && path.EndsWith(".journal", StringComparison.Ordinal))
                    Assert.True(met is Meeting.Refused or Meeting.Healed, $"{path} cut to {left}: {met}");
            }
        }
    }

    [Fact]
    public async Task A_journal_that_ends_before_its_manifest_is_missed_wherever_it_ends()
    {
        var pool = await MakeAsync(closed: true);
        var last = pool.Files.Last(f => f.EndsWith(".journal", StringComparison.Ordinal));
        // At the ends of batches too, where nothing is torn: all but the closing batch, which holds no event.
        foreach (var (from, _) in pool.Headers(last).SkipLast(1))
        {
            var cut = pool.Copy();
            cut.Truncate(last, from);
            Assert.Equal(Meeting.Refused, await MeetAsync(pool, cut, readOnly: from % 16 == 0, $"{last} cut to {from}"));
        }
    }

    private async Task<DamagedPool> MakeAsync(bool closed)
    {
        var seed = TestSeed.Value;
        output.WriteLine($"MEMORYENGINE_SEED={seed}");
        return await DamagedPool.MakeAsync(seed, Steps, closed);
    }

    private static async Task<Meeting> MeetAsync(DamagedPool pool, SimulatedFileSystem disk, bool readOnly, string what)
    {
        try
        {
            return await pool.MeetAsync(disk, readOnly);
        }
        catch (Exception e)
        {
            throw new InvalidOperationException($"{what}, {(readOnly ? "read-only" : "as owner")}: {e.Message}", e);
        }
    }
}
