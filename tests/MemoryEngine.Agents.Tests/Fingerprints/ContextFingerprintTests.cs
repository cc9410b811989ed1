using MemoryEngine.Agents.Fingerprints;

namespace MemoryEngine.Agents.Tests.Fingerprints;

public sealed class ContextFingerprintTests : IDisposable
{
    private const string Commit = "0123456789abcdef0123456789abcdef01234567";
    private readonly string _root = Directory.CreateTempSubdirectory("memengine-fingerprint-").FullName;

    public void Dispose() => Directory.Delete(_root, recursive: true);

    [Fact]
    public void An_empty_directory_says_the_operating_system_and_nothing_else()
    {
        var fingerprint = ContextFingerprint.Read(_root);
        Assert.Equal(["os"], fingerprint.Entries.Keys);
        Assert.Empty(fingerprint.Problems);
    }

    [Fact]
    public void Every_kind_of_file_says_its_language_and_its_versions()
    {
        Write("global.json", """{ "sdk": { "version": "10.0.100" } } // with a comment""");
        Write("package.json", """{ "dependencies": { "React": "^18.2", "local": "workspace:*" }, "devDependencies": { "vite": "5.1" } }""");
        Write("tsconfig.json", "{}");
        Write("requirements.txt", "# comment\nnumpy==1.26.4\nrequests[socks]>=2.31,<3\nplain\n-r other.txt\n");
        Write(
            "pyproject.toml",
            "[project]\ndependencies = [\n  \"httpx>=0.27\",\n]\n[tool.poetry.dependencies]\npydantic = \"^2.6\"\n[tool.other]\nx = \"9.9\"\n");
        Write(
            "Cargo.toml",
            "[package]\nversion = \"0.1.0\"\n[dependencies]\nserde = { version = \"1.0.197\", features = [\"derive\"] }\ntokio = \"1\"\n");
        Write("go.mod", "module example.com/x\n\ngo 1.22.1\n\nrequire (\n\tgithub.com/gin-gonic/gin v1.9.1\n)\n");
        var entries = ContextFingerprint.Read(_root).Entries;
        Assert.Equal("csharp,javascript,typescript,python,rust,go", entries["language"]);
        Assert.Equal(("10.0.100", "1.22.1"), (entries["dotnet"], entries["go"]));
        var dependencies = entries.Where(e => e.Key.StartsWith("seen:dependency/", StringComparison.Ordinal))
            .ToDictionary(e => e.Key[16..], e => e.Value);
        Assert.Equal(
            new Dictionary<string, string>
            {
                ["react"] = "18.2",
                ["vite"] = "5.1",
                ["numpy"] = "1.26.4",
                ["requests"] = "2.31",
                ["httpx"] = "0.27",
                ["pydantic"] = "2.6",
                ["serde"] = "1.0.197",
                ["tokio"] = "1",
                ["github.com/gin-gonic/gin"] = "1.9.1",
            },
            dependencies);
    }

    [Theory]
    [InlineData("ref: refs/heads/main\n", "refs/heads/main", null)]
    [InlineData("ref: refs/heads/main\n", null, $"# pack-refs\n{Commit} refs/heads/main\n")]
    [InlineData(Commit + "\n", null, null)]
    public void The_head_is_found_from_below_loose_packed_or_detached(string head, string? loose, string? packed)
    {
        Write(".git/HEAD", head);
        if (loose is not null) Write($".git/{loose}", Commit + "\n");
        if (packed is not null) Write(".git/packed-refs", packed);
        Write(".git/config", "[core]\n\tbare = false\n[remote \"origin\"]\n\turl = https://me:word@example.test/team/app.git\n");
        var below = Directory.CreateDirectory(Path.Combine(_root, "src", "deep")).FullName;
        var entries = ContextFingerprint.Read(below).Entries;
        Assert.Equal((Commit, "example.test/team/app"), (entries["seen:commit"], entries["seen:repository"]));
    }

    [Fact]
    public void A_worktree_shares_the_references_of_its_repository()
    {
        Write("main/.git/refs/heads/side", Commit);
        Write("main/.git/config", "[remote \"origin\"]\nurl = git@example.test:team/app.git\n");
        Write("main/.git/worktrees/side/HEAD", "ref: refs/heads/side");
        Write("main/.git/worktrees/side/commondir", "../..");
        Write("side/.git", "gitdir: ../main/.git/worktrees/side");
        var entries = ContextFingerprint.Read(Path.Combine(_root, "side")).Entries;
        Assert.Equal((Commit, "example.test/team/app"), (entries["seen:commit"], entries["seen:repository"]));
    }

    [Fact]
    public void What_makes_no_sense_is_told_and_the_others_stand()
    {
        Write("package.json", "{ not json");
        Write("global.json", "[1, 2]");
        Write("go.mod", "go 1.21\n");
        Write("Cargo.toml", "\0\0[[[dependencies\n= = =\n");
        Write("requirements.txt", new string('a', 5 << 20));
        Write(".git/HEAD", "ref: ../../../etc/passwd");
        var fingerprint = ContextFingerprint.Read(_root);
        Assert.Equal("1.21", fingerprint.Entries["go"]);
        Assert.DoesNotContain("seen:commit", fingerprint.Entries.Keys);
        Assert.Equal(2, fingerprint.Problems.Count);
        Assert.Contains(fingerprint.Problems, p => p.Contains("package.json was left out: it is no JSON", StringComparison.Ordinal));
        Assert.Contains(fingerprint.Problems, p => p.Contains("requirements.txt was left out: it has 5242880 bytes", StringComparison.Ordinal));
    }

    [Fact]
    public void Any_bytes_in_any_file_end_in_an_answer()
    {
        string[] names = ["global.json", "package.json", "requirements.txt", "pyproject.toml", "Cargo.toml", "go.mod", ".git/HEAD", ".git/config"];
        string[] shreds = ["{", "\"", "[", "]", "dependencies", "=", "==", "1.2.3", "version", "ref:", "\n", "\0", "ü", "require ", "go ", "^", ","];
        var random = new Random(3);
        for (var run = 0; run < 200; run++)
        {
            foreach (var name in names) Write(name, string.Concat(random.GetItems(shreds, random.Next(40))));
            var fingerprint = ContextFingerprint.Read(_root);
            Assert.All(fingerprint.Entries, e => Assert.False(string.IsNullOrWhiteSpace(e.Value)));
        }
    }

    private void Write(string name, string text)
    {
        var path = Path.Combine(_root, name);
        Directory.CreateDirectory(Path.GetDirectoryName(path)!);
        File.WriteAllText(path, text);
    }
}
