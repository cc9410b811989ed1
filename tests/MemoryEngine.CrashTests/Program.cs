using MemoryEngine.Server;

namespace MemoryEngine.CrashTests;

/// <summary>What the killed process runs. `dotnet test` does not come this way: it loads the assembly.</summary>
internal static class Program
{
    public static async Task<int> Main(string[] args)
    {
        if (args is not [var verb, .. var rest]) return Usage();
        StopWithTheParent();
        switch (verb)
        {
            case "write":
                await ChildWriter.RunAsync(ChildOrder.Parse(rest)).ConfigureAwait(false);
                return 0;
            case "serve":
                await ServeAsync(rest[0]).ConfigureAwait(false);
                return 0;
            case "reembed":
                await ChildReembedder.RunAsync(rest).ConfigureAwait(false);
                return 0;
            case "hold":
                await HoldAsync(rest[0]).ConfigureAwait(false);
                return 0;
            default:
                return Usage();
        }
    }

    private static int Usage()
    {
        Console.Error.WriteLine("This is the process that the crash tests kill. Run the tests with 'dotnet test'.");
        return 2;
    }

    // The parent holds the other end of standard input: when it is gone, nobody is left to kill this process.
    private static void StopWithTheParent()
    {
        var thread = new Thread(static () =>
        {
            while (Console.In.Read() >= 0) continue;
            Environment.Exit(3);
        })
        { IsBackground = true };
        thread.Start();
    }

    private static async Task ServeAsync(string pool)
    {
        await using var server = await PipeServer.StartAsync(pool).ConfigureAwait(false);
        Signal.Send();
        await new TaskCompletionSource().Task.ConfigureAwait(false);
    }

    private static async Task HoldAsync(string pool)
    {
        await using var store = await MemoryStore.OpenAsync(pool).ConfigureAwait(false);
        Signal.Send();
        await new TaskCompletionSource().Task.ConfigureAwait(false);
    }
}
