namespace MemoryEngine.Tests.Repair;

/// <summary>A check of a pool that does not open goes on behind the first damage.</summary>
public sealed class CheckDamageTests
{
    private readonly SimulatedPool _pool = new();

    [Fact]
    public async Task Every_damaged_place_of_the_journal_is_told_with_what_becomes_of_it()
    {
        var store = await _pool.OpenAsync();
        for (var i = 0; i < 40; i++) await store.RememberAsync($"memory {i} {new string('x', 500)}");
        await store.DisposeAsync();
        var file = _pool.FilesIn("journal").Single();
        var length = _pool.Disk.ReadAll(file).Length;
        _pool.Disk.FlipBit(file, 8L * (length / 3));
        _pool.Disk.FlipBit(file, 8L * (length * 2 / 3));
        var before = _pool.Disk.AllFiles().ToDictionary(f => f, _pool.Disk.ReadAll);

        var report = await MemoryStore.CheckAsync(SimulatedPool.Root, _pool.Options);
        var journal = report.Problems.Where(p => p.File == file).ToList();
        Assert.Contains("does not open", journal[0].Consequence, StringComparison.Ordinal);
        Assert.Contains(journal, p => p.Offset <= length / 3 && p.Offset > (length / 3) - 2_000);
        Assert.Contains(journal, p => p.Offset <= length * 2 / 3 && p.Offset > (length * 2 / 3) - 2_000);
        Assert.All(report.Problems, p => Assert.NotEmpty(p.Consequence));
        Assert.True(report.Bytes >= length);
        foreach (var (path, bytes) in before) Assert.True(_pool.Disk.ReadAll(path).AsSpan().SequenceEqual(bytes), path);
    }
}
