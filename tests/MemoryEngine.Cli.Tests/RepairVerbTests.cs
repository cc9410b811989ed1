using System.Buffers.Binary;

namespace MemoryEngine.Cli.Tests;

/// <summary>Repairing and upgrading from the command line.</summary>
public sealed class RepairVerbTests : IDisposable
{
    private readonly CliRun _cli = new();

    public void Dispose() => _cli.Dispose();

    [Fact]
    public async Task A_damaged_pool_is_repaired_into_another_one()
    {
        for (var i = 0; i < 20; i++) await _cli.RememberAsync($"memory {i}");
        var journal = Directory.GetFiles(Path.Combine(_cli.Pool, "journal"))[0];
        await using (var file = File.Open(journal, FileMode.Open))
        {
            file.Position = 6_000;
            file.WriteByte(0xAB);
        }
        Assert.Equal(3, (await _cli.RunAsync("stats")).ExitCode);
        var to = Path.Combine(_cli.Root, "repaired");
        var report = await _cli.JsonAsync(0, "repair", "--to", to);
        Assert.Equal(to, report.GetProperty("to").GetString());
        var lost = Assert.Single(report.GetProperty("lost").EnumerateArray());
        Assert.Equal(lost.GetProperty("first").GetInt64(), lost.GetProperty("last").GetInt64());
        Assert.Contains("a version of a memory", lost.GetProperty("what").GetString(), StringComparison.Ordinal);
        Assert.Equal((19, 19), (report.GetProperty("memories").GetInt32(), report.GetProperty("versions").GetInt32()));
        Assert.Equal(21, report.GetProperty("kept").GetInt32());
        var problem = Assert.Single(report.GetProperty("problems").EnumerateArray());
        Assert.Equal(journal, problem.GetProperty("file").GetString());
        Assert.EndsWith("lost.", problem.GetProperty("consequence").GetString(), StringComparison.Ordinal);
        Assert.True(report.GetProperty("check").GetProperty("ok").GetBoolean());
        Assert.NotEmpty(report.GetProperty("notes").EnumerateArray());
        var stats = await _cli.JsonAsync(0, "stats", "--pool", to);
        Assert.Equal(19, stats.GetProperty("memories").GetInt32());

        var words = await _cli.RunAsync("repair", "--to", Path.Combine(_cli.Root, "again"));
        Assert.Equal(0, words.ExitCode);
        Assert.Contains("21 events kept, 1 lost; 19 memories, 19 versions in", words.Out, StringComparison.Ordinal);
        Assert.Contains("The new pool was opened and checked", words.Out, StringComparison.Ordinal);
    }

    [Fact]
    public async Task What_cannot_be_repaired_is_refused()
    {
        await _cli.RememberAsync("one");
        var taken = await _cli.RunAsync("repair", "--to", _cli.Pool);
        Assert.Equal((2, ""), (taken.ExitCode, taken.Out));
        Assert.Contains("is not empty", taken.Error, StringComparison.Ordinal);
        Assert.Equal(2, (await _cli.RunAsync("repair")).ExitCode);
        await using (await MemoryStore.OpenAsync(_cli.Pool))
            Assert.Equal(4, (await _cli.RunAsync("repair", "--to", Path.Combine(_cli.Root, "x"))).ExitCode);
        foreach (var file in Directory.GetFiles(Path.Combine(_cli.Pool, "journal"))) await File.WriteAllBytesAsync(file, new byte[10_000]);
        Directory.Delete(Path.Combine(_cli.Pool, "records"), recursive: true);
        var nothing = await _cli.JsonAsync(3, "repair", "--to", Path.Combine(_cli.Root, "y"));
        Assert.Equal("corruption", nothing.GetProperty("error").GetProperty("code").GetString());
        Assert.False(Directory.Exists(Path.Combine(_cli.Root, "y")));
    }

    [Fact]
    public async Task An_old_pool_is_upgraded_once()
    {
        await _cli.RememberAsync("one");
        Assert.Contains("already", (await _cli.RunAsync("upgrade")).Out, StringComparison.Ordinal);
        foreach (var file in Directory.GetFiles(Path.Combine(_cli.Pool, "journal")))
        {
            var bytes = await File.ReadAllBytesAsync(file);
            BinaryPrimitives.WriteUInt32LittleEndian(bytes.AsSpan(8), 1);
            BinaryPrimitives.WriteUInt32LittleEndian(bytes.AsSpan(60), ChecksumOf(bytes.AsSpan(0, 60)));
            await File.WriteAllBytesAsync(file, bytes);
        }
        Assert.Contains("Format 1 to 3: 1 journal files", (await _cli.RunAsync("upgrade")).Out, StringComparison.Ordinal);
        Assert.Equal(0, (await _cli.JsonAsync(0, "upgrade")).GetProperty("files").GetInt32());
        Assert.Equal(1, (await _cli.JsonAsync(0, "stats")).GetProperty("memories").GetInt32());
    }

    // CRC-32C.
    private static uint ChecksumOf(ReadOnlySpan<byte> bytes)
    {
        var state = uint.MaxValue;
        foreach (var b in bytes) state = System.Numerics.BitOperations.Crc32C(state, b);
        return ~state;
    }
}
