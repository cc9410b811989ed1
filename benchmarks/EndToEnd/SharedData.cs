namespace MemoryEngine.Benchmarks.EndToEnd;

/// <summary>What benchmarks over real memories begin with: the shared data, and a directory that is theirs for one run.</summary>
internal static class SharedData
{
    /// <summary>The folder that MEMORYENGINE_DATA names, which holds memories/ and tasks/; null, and said so, when it does not.</summary>
    public static string? Folder()
    {
        var data = Environment.GetEnvironmentVariable("MEMORYENGINE_DATA");
        if (data is not null && Directory.Exists(Path.Combine(data, "memories"))) return data;
        Console.Error.WriteLine("Set MEMORYENGINE_DATA to the folder that holds memories/ and tasks/.");
        return null;
    }

    /// <summary>Runs a benchmark over the shared data in an empty directory, which is deleted afterwards.</summary>
    /// <param name="name">Part of the directory's name.</param>
    /// <param name="run">Takes the shared data's folder and the directory.</param>
    /// <returns>The exit code.</returns>
    public static int Run(string name, Func<string, string, Task> run)
    {
        if (Folder() is not { } data) return 2;
        var root = Directory.CreateTempSubdirectory($"memengine-{name}-").FullName;
        try
        {
            run(data, root).GetAwaiter().GetResult();
            return 0;
        }
        finally
        {
            Directory.Delete(root, recursive: true);
        }
    }
}
