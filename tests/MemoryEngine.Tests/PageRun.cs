namespace MemoryEngine.Tests;

/// <summary>Runs the code that a page shows, in an empty directory; for tests that run while no others do.</summary>
internal static class PageRun
{
    /// <summary>What the code wrote to the console.</summary>
    public static async Task<string> PrintedAsync(Func<Task> code)
    {
        var directory = Directory.CreateTempSubdirectory("memengine-");
        var (before, output) = (Directory.GetCurrentDirectory(), Console.Out);
        using var printed = new StringWriter();
        try
        {
            Directory.SetCurrentDirectory(directory.FullName);
            Console.SetOut(printed);
            await code();
        }
        finally
        {
            Console.SetOut(output);
            Directory.SetCurrentDirectory(before);
            directory.Delete(recursive: true);
        }
        return printed.ToString().Trim();
    }
}
