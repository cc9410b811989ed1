namespace MemoryEngine.Tests.Model;

/// <summary>
/// A snapshot held open over many operations, and what it must go on showing. Its figures are those of when it was opened;
/// a purge takes memories out of it all the same.
/// </summary>
internal sealed record HeldSnapshot(MemorySnapshot Opened, OracleSnapshot Expected, int LiveWhenOpened)
{
    public async Task CheckAsync(RecallQuery query, Random random)
    {
        Assert.Equal(new SnapshotInfo(Expected.Name, Expected.Sequence, Expected.Created, LiveWhenOpened), Opened.Info);
        Comparison.Recalled(query, await Opened.RecallAsync(query), Expected.View, Expected.Created);
        if (random.Next(3) == 0) await Comparison.ViewAsync(Opened, Expected.View, LiveWhenOpened);
    }
}
