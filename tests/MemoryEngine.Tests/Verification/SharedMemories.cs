using System.IO.Compression;
using System.Text.Json;

namespace MemoryEngine.Tests.Verification;

/// <summary>A memory of the shared data, as far as these tests need it.</summary>
internal sealed record SharedMemory(Guid Id, MemoryLevel Level, string Domain, string Text, IReadOnlyDictionary<string, string> Requires);

/// <summary>The memories of the shared data.</summary>
internal static class SharedMemories
{
    public static IEnumerable<SharedMemory> All() =>
        Directory.GetFiles(Path.Combine(DataFactAttribute.Root!, "memories"), "*.jsonl.gz").Order(StringComparer.Ordinal).SelectMany(Read);

    public static IEnumerable<JsonElement> Lines(string path)
    {
        using var reader = new StreamReader(new GZipStream(File.OpenRead(path), CompressionMode.Decompress));
        while (reader.ReadLine() is { } line) yield return JsonDocument.Parse(line).RootElement;
    }

    private static IEnumerable<SharedMemory> Read(string path) =>
        from m in Lines(path)
        select new SharedMemory(
            m.GetProperty("id").GetGuid(), (MemoryLevel)m.GetProperty("level").GetInt32(), m.GetProperty("domain").GetString()!,
            m.GetProperty("text").GetString()!,
            m.TryGetProperty("requires", out var requires)
                ? requires.EnumerateObject().ToDictionary(r => r.Name, r => r.Value.GetString()!)
                : new Dictionary<string, string>());
}
