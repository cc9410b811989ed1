namespace MemoryEngine.CrashTests;

/// <summary>One process owns a pool, for as long as it lives and no longer.</summary>
[Trait("Category", "Crash")]
public sealed class OwnerTests
{
    [Fact]
    public async Task A_pool_is_busy_while_its_owner_lives_and_free_once_it_is_killed()
    {
        using var directory = new TemporaryPool();
        using var owner = new ChildProcess("hold", directory.Pool);
        await owner.WaitForSignalAsync();
        var busy = await Assert.ThrowsAsync<MemoryEngineException>(() => MemoryStore.OpenAsync(directory.Pool));
        Assert.Equal(ErrorCode.PoolBusy, busy.Code);
        Assert.Contains($"process {owner.Id} ", busy.Message, StringComparison.Ordinal);
        // The refusal has not taken the owner's name out of the lock.
        busy = await Assert.ThrowsAsync<MemoryEngineException>(() => MemoryStore.OpenAsync(directory.Pool));
        Assert.Contains($"process {owner.Id} ", busy.Message, StringComparison.Ordinal);
        await using (var reader = await MemoryStore.OpenAsync(directory.Pool, new MemoryStoreOptions { ReadOnly = true }))
            Assert.Equal(0, reader.Stats().Memories);

        await owner.KillAsync();
        await using var store = await MemoryStore.OpenAsync(directory.Pool);
        Assert.Equal(1, (await store.RememberAsync("The lock went with its owner.")).Version);
    }
}
