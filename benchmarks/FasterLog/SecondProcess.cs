using System.Diagnostics;

namespace MemoryEngine.Benchmarks.FasterLog;

/// <summary>Another process opens what this one has open, and appends.</summary>
internal sealed class SecondProcess(string root, Report report)
{
    /// <summary>The hidden argument by which this program runs itself as the other process.</summary>
    public const string Argument = "--second-process";

    private const int Batch = 10;

    /// <summary>What the other process does.</summary>
    public static async Task<int> RunAsync(string kind, string directory)
    {
        if (kind == "log")
        {
            using var peer = new Peer(directory, new PeerSettings());
            peer.Append(Batch, Batch, everyCommits: Batch);
            Console.WriteLine($"opened, appended and committed {Batch} entries");
            return 0;
        }
        try
        {
            await using var store = await MemoryStore.OpenAsync(directory);
            await store.RememberAsync("from the second process");
            Console.WriteLine("opened and remembered");
        }
        catch (MemoryEngineException e)
        {
            Console.WriteLine($"refused: {e.Code}");
        }
        return 0;
    }

    public async Task CompareAsync()
    {
        report.Head(
            "3. A second process opens the directory", $"the first commits {Batch}, the second {Batch}, the first {Batch} more, all acknowledged");
        var log = Path.Combine(root, "second-log");
        string second;
        using (var peer = new Peer(log, new PeerSettings()))
        {
            peer.Append(0, Batch, everyCommits: Batch);
            second = Start("log", log);
            peer.Append(2 * Batch, Batch, everyCommits: Batch);
        }
        report.Row("FasterLog, second process", second);
        var read = Peer.Read(log, new PeerSettings());
        report.Row(
            "FasterLog, read afterwards",
            $"{read.WholeBetween(0, Batch)} + {read.WholeBetween(Batch, 2 * Batch)} + {read.WholeBetween(2 * Batch, 3 * Batch)} " +
            $"of {Batch} + {Batch} + {Batch}{(read.Error is null ? ", no error" : ", " + read.Error)}");

        var pool = Path.Combine(root, "second-pool");
        await using (var store = await MemoryStore.OpenAsync(pool))
        {
            for (var i = 0; i < Batch; i++) await store.RememberAsync($"before {i}");
            second = Start("pool", pool);
            for (var i = 0; i < Batch; i++) await store.RememberAsync($"after {i}");
        }
        report.Row("MemoryStore.OpenAsync, second process", second);
        await using var reopened = await MemoryStore.OpenAsync(pool);
        var memories = 0;
        await foreach (var _ in reopened.ListAsync()) memories++;
        report.Row("MemoryStore, read afterwards", $"{memories} of {2 * Batch}");
    }

    private static string Start(string kind, string directory)
    {
        using var process = Process.Start(new ProcessStartInfo(Environment.ProcessPath!, [Argument, kind, directory])
        {
            RedirectStandardOutput = true,
            RedirectStandardError = true,
        })!;
        var error = process.StandardError.ReadToEndAsync();
        var output = process.StandardOutput.ReadToEnd().Trim();
        process.WaitForExit();
        return process.ExitCode == 0 ? output : $"failed: {error.Result.Split('\n')[0]}";
    }
}
