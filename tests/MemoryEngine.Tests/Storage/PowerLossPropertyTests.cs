using FsCheck;
using FsCheck.Fluent;
using MemoryEngine.Storage;
using MemoryEngine.Testing;

namespace MemoryEngine.Tests.Storage;

/// <summary>
/// Whatever the power loss chooses, every synced byte is intact unless a later unsynced operation touched it, and
/// every byte is one that some operation put there. FsCheck names the seed and the smallest script when this fails.
/// </summary>
public sealed class PowerLossPropertyTests
{
    private const string Path = "/pool/a";
    private const int MaxOffset = 3_000;

    public enum Verb
    {
        Write,
        Reserve,
        SetLength,
        Sync,
    }

    [Fact]
    public void Synced_bytes_survive_every_power_loss()
    {
        var step = from verb in Gen.Frequency(
                       (5, Gen.Constant(Verb.Write)),
                       (1, Gen.Constant(Verb.Reserve)),
                       (1, Gen.Constant(Verb.SetLength)),
                       (2, Gen.Constant(Verb.Sync)))
                   from offset in Gen.Choose(0, MaxOffset)
                   from length in Gen.Choose(1, 1_500)
                   select (verb, offset, length);
        var property = Prop.ForAll(
            Arb.From(Gen.ListOf(step).Select(steps => steps.ToArray()), WithoutOneStep),
            Gen.Choose(0, int.MaxValue).ToArbitrary(),
            (script, seed) => CheckOneScript(script, seed));
        Check.One(Config.QuickThrowOnFailure.WithMaxTest(300), property);
    }

    private static IEnumerable<(Verb, int, int)[]> WithoutOneStep((Verb, int, int)[] script) =>
        Enumerable.Range(0, script.Length).Select(i => script.Where((_, j) => j != i).ToArray());

    private static void CheckOneScript((Verb Verb, int Offset, int Length)[] script, int seed)
    {
        var disk = new SimulatedFileSystem();
        disk.WriteAll(Path, []);
        using var file = disk.Open(Path, FileOpening.ReadWrite);
        var model = new Model();
        for (var i = 0; i < script.Length; i++) model.Do(file, script[i], value: (byte)(i % 255 + 1));

        Assert.Equal(model.Visible, disk.ReadAll(Path));
        var losses = Enumerable.Range(0, disk.UnsyncedOperationCount + 1).Select(PowerLoss.Prefix)
            .Concat([PowerLoss.LoseAll, PowerLoss.KeepAll])
            .Concat(Enumerable.Range(0, 5).Select(i => PowerLoss.Random(seed ^ i)))
            .Concat(Enumerable.Range(0, 5).Select(i => PowerLoss.TornPrefix(i, seed)));
        foreach (var loss in losses)
        {
            var after = disk.AfterPowerLoss(loss);
            model.Check(after.ReadAll(Path), loss);
            // Whatever survived is durable now.
            Assert.Equal(after.ReadAll(Path), after.AfterPowerLoss(PowerLoss.Random(seed)).ReadAll(Path));
        }
        Assert.Equal(model.Durable, disk.AfterPowerLoss(PowerLoss.LoseAll).ReadAll(Path));
        Assert.Equal(model.Visible, disk.AfterPowerLoss(PowerLoss.KeepAll).ReadAll(Path));
    }

    /// <summary>The same file in the plainest terms: the values each byte may have after a power loss.</summary>
    private sealed class Model
    {
        private const int Size = MaxOffset + 1_500;

        // Per byte, what it was at the last sync and what unsynced operations may have made of it.
        private readonly HashSet<byte>[] _possible = [.. Enumerable.Range(0, Size).Select(_ => new HashSet<byte> { 0 })];
        private int _shortest;

        public byte[] Visible { get; private set; } = [];

        public byte[] Durable { get; private set; } = [];

        public void Do(IFile file, (Verb Verb, int Offset, int Length) step, byte value)
        {
            switch (step.Verb)
            {
                case Verb.Write:
                    var data = Enumerable.Repeat(value, step.Length).ToArray();
                    file.Write(step.Offset, data);
                    Resize(Math.Max(Visible.Length, step.Offset + step.Length));
                    data.CopyTo(Visible, step.Offset);
                    for (var i = 0; i < step.Length; i++) _possible[step.Offset + i].Add(value);
                    break;
                case Verb.Reserve:
                    file.Reserve(step.Offset);
                    Resize(Math.Max(Visible.Length, step.Offset));
                    break;
                case Verb.SetLength:
                    file.SetLength(step.Offset);
                    Resize(step.Offset);
                    // What was cut may read as zero if the file grew again.
                    for (var i = step.Offset; i < Size; i++) _possible[i].Add(0);
                    _shortest = Math.Min(_shortest, step.Offset);
                    break;
                case Verb.Sync:
                    file.Sync();
                    Durable = Visible;
                    _shortest = Visible.Length;
                    for (var i = 0; i < Size; i++) _possible[i] = [i < Visible.Length ? Visible[i] : (byte)0];
                    break;
                default:
                    throw new ArgumentOutOfRangeException(nameof(step), step.Verb, null);
            }
        }

        public void Check(byte[] found, PowerLoss loss)
        {
            Assert.True(found.Length >= _shortest, $"{loss}: {found.Length} bytes are left where {_shortest} were synced.");
            for (var i = 0; i < found.Length; i++)
                Assert.True(_possible[i].Contains(found[i]), $"{loss}: byte {i} is {found[i]}, which nobody left there.");
        }

        private void Resize(int length)
        {
            var resized = new byte[length];
            Visible.AsSpan(0, Math.Min(length, Visible.Length)).CopyTo(resized);
            Visible = resized;
        }
    }
}
