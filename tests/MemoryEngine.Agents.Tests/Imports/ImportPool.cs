using MemoryEngine.Agents.Imports;

namespace MemoryEngine.Agents.Tests.Imports;

/// <summary>A pool and a folder with files to import into it.</summary>
internal sealed class ImportPool : IAsyncDisposable
{
    private readonly DirectoryInfo _root;

    private ImportPool(DirectoryInfo root, MemoryStore store) => (_root, Store) = (root, store);

    public MemoryStore Store { get; }

    public string Root => Path.Combine(_root.FullName, "files");

    public static async Task<ImportPool> OpenAsync()
    {
        var root = Directory.CreateTempSubdirectory("memengine-import-");
        var store = await MemoryStore.OpenAsync(
            Path.Combine(root.FullName, "pool"), new MemoryStoreOptions { LexicalOnly = true, Durability = Durability.Process });
        var pool = new ImportPool(root, store);
        Directory.CreateDirectory(pool.Root);
        return pool;
    }

    public string Write(string name, string text)
    {
        var path = Path.Combine(Root, name);
        Directory.CreateDirectory(Path.GetDirectoryName(path)!);
        File.WriteAllText(path, text);
        return path;
    }

    public Task<ImportReport> ImportAsync(string name, string text, ImportOptions? options = null) =>
        new FileImporter(Store).ImportAsync(Write(name, text), options);

    public async Task<List<MemoryVersion>> ListAsync(MemoryState? state = MemoryState.Active)
    {
        var all = new List<MemoryVersion>();
        await foreach (var memory in Store.ListAsync(new ListFilter { State = state })) all.Add(memory);
        return all;
    }

    public async ValueTask DisposeAsync()
    {
        await Store.DisposeAsync();
        _root.Delete(recursive: true);
    }
}
