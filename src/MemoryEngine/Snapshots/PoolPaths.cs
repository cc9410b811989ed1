namespace MemoryEngine.Snapshots;

/// <summary>Where the parts of a pool lie.</summary>
internal sealed record PoolPaths(string Root)
{
    public string Lock => Path.Combine(Root, "LOCK");

    public string Journal => Path.Combine(Root, "journal");

    public string Records => Path.Combine(Root, "records");

    public string Segments => Path.Combine(Root, "segments");

    public string Manifests => Path.Combine(Root, "manifests");

    public string Evidence => Path.Combine(Root, "evidence");

    public string GitIgnore => Path.Combine(Root, ".gitignore");
}
