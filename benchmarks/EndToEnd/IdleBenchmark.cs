using System.Diagnostics;

namespace MemoryEngine.Benchmarks.EndToEnd;

/// <summary>
/// Resident memory of a process that has a pool open and does nothing: a process of its own that opens what another has
/// filled, answers a few recalls, and waits. Linux only.
/// </summary>
internal static class IdleBenchmark
{
    private const string Child = "child";
    private static readonly TimeSpan Idle = TimeSpan.FromSeconds(10);

    public static int Run(string[] args)
    {
        if (new Arguments(args).Text(Child) is { } pool) return Wait(pool);
        if (SharedData.Folder() is not { } data) return 2;
        var directory = Directory.CreateTempSubdirectory("memengine-idle-").FullName;
        try
        {
            var root = Path.Combine(directory, "pool");
            Fill(root, Path.Combine(data, "memories")).GetAwaiter().GetResult();
            using var process = Process.Start(new ProcessStartInfo(Environment.ProcessPath!, ["idle", $"--{Child}", root]))!;
            process.WaitForExit();
            return process.ExitCode;
        }
        finally
        {
            Directory.Delete(directory, recursive: true);
        }
    }

    private static async Task Fill(string root, string data)
    {
        await using var store = await MemoryStore.OpenAsync(root);
        var count = await RecallBenchmark.ImportAsync(store, data, copy: 0);
        await store.SettleAsync();
        Console.WriteLine($"{count:N0} memories with the default embedder");
    }

    private static int Wait(string root)
    {
        Say("before opening");
        using var store = MemoryStore.OpenAsync(root).GetAwaiter().GetResult();
        store.SettleAsync().GetAwaiter().GetResult();
        Say("opened and settled");
        Thread.Sleep(Idle);
        Say($"{Idle.TotalSeconds:F0} s later");
        for (var i = 0; i < 100; i++) _ = store.RecallAsync($"how to fix a failing build number {i}").AsTask().GetAwaiter().GetResult();
        Say("after 100 recalls");
        Thread.Sleep(Idle);
        Say($"{Idle.TotalSeconds:F0} s later");
        var (live, committed) = (GC.GetTotalMemory(forceFullCollection: false) >> 20, GC.GetGCMemoryInfo().TotalCommittedBytes >> 20);
        Console.WriteLine($"{"managed heap",-24} {live} MiB, committed {committed} MiB");
        Console.WriteLine($"{"host",-24} {Host.Load}");
        return 0;
    }

    private static void Say(string when)
    {
        var status = File.ReadLines("/proc/self/status").Select(line => line.Split(':', StringSplitOptions.TrimEntries))
            .ToDictionary(pair => pair[0], pair => pair[1]);
        var (anonymous, files) = (Mebibytes(status["RssAnon"]), Mebibytes(status["RssFile"]));
        Console.WriteLine($"{when,-24} resident {Mebibytes(status["VmRSS"])} MiB: {anonymous} anonymous, {files} of files");
    }

    private static long Mebibytes(string kilobytes) => long.Parse(kilobytes.Split(' ')[0], System.Globalization.CultureInfo.InvariantCulture) >> 10;
}
