using MemoryEngine.Evidence.State;

namespace MemoryEngine.CrashTests;

/// <summary>
/// Every outcome that was acknowledged counts, as it was told; and what all of them add up to is what the journal alone says, to the
/// last digit, whatever checkpoint the killed process has left.
/// </summary>
internal sealed class EvidenceVerifier(TemporaryPool directory)
{
    public async Task VerifyAsync(MemoryStore store)
    {
        using var expected = new ExpectedOutcomes(directory.OutcomesFile);
        var results = await store.LookAtEvidenceAsync(state => expected.All.Select(o => (o.Transfer, state.Open.Look(o).Result)).ToList());
        foreach (var (transfer, result) in results)
            Assert.True(result == OutcomeResult.Repeated, $"The outcome of {transfer} was acknowledged, and is {result}.");
        var evidence = await store.LookAtEvidenceAsync(EvidenceSnapshot.Write);
        var rebuilt = await RebuiltAsync();
        Assert.True(evidence.AsSpan().SequenceEqual(rebuilt), "The journal alone says otherwise than the evidence that was opened.");
    }

    // A copy of the journal, opened without anything that is derived from it.
    private async Task<byte[]> RebuiltAsync()
    {
        var copy = Path.Combine(Path.GetDirectoryName(directory.Pool)!, "rebuilt");
        if (Directory.Exists(copy)) Directory.Delete(copy, recursive: true);
        Directory.CreateDirectory(Path.Combine(copy, "journal"));
        foreach (var file in directory.JournalFiles()) File.Copy(file, Path.Combine(copy, "journal", Path.GetFileName(file)));
        byte[] bytes;
        await using (var rebuilt = await MemoryStore.OpenAsync(copy, new MemoryStoreOptions { ReadOnly = true, LexicalOnly = true }))
            bytes = await rebuilt.LookAtEvidenceAsync(EvidenceSnapshot.Write);
        Directory.Delete(copy, recursive: true);
        return bytes;
    }
}
