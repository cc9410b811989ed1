using System.Globalization;
using System.IO.Compression;
using System.Text.Json;
using MemoryEngine.Agents.Interchange;

namespace MemoryEngine.Benchmarks.EndToEnd;

/// <summary>
/// The hand-made pairs of a task and a memory of another domain: which of the lessons are among the first 3 and 10 recalled
/// for their task, by each part and by the default, out of all shared memories. A lesson is found when any memory that
/// teaches it is. <c>--failures FILE</c> writes what the default does not find, as a table with the reasons.
/// </summary>
internal static class PairsBenchmark
{
    private const string DefaultPairs = "tests/MemoryEngine.Cli.Tests/Retrieval/transfer-pairs.jsonl";

    private const string Heading =
        """
        # Lessons that the default does not find

        Written by `dotnet run -c Release --project benchmarks/EndToEnd -- pairs --failures docs/retrieval-failures.md`, and read with
        [retrieval.md](retrieval.md): for each lesson of the hand-made pairs that is not among the first ten, a memory that teaches it and
        why it would help.

        """;

    private static readonly (string Name, RecallParts Parts)[] Parts =
        [("bm25", RecallParts.Words), ("vector", RecallParts.Vector), ("default", RecallParts.All)];

    private static readonly (int K, bool Only)[] Columns = [(3, false), (10, false), (3, true), (10, true)];

    private sealed record Lesson(string Task, string Query, HashSet<Guid> Memories, bool SharesNoWord, string Reason);

    public static int Run(string[] args)
    {
        var arguments = new Arguments(args);
        var pairs = arguments.Text("pairs") ?? DefaultPairs;
        if (!File.Exists(pairs))
        {
            Console.Error.WriteLine($"Run this where {pairs} is.");
            return 2;
        }
        return SharedData.Run("pairs", (data, root) => RunAsync(root, data, Lessons(pairs, Tasks(data)), arguments.Text("failures")));
    }

    private static async Task RunAsync(string root, string data, List<Lesson> lessons, string? failures)
    {
        await using var store = await MemoryStore.OpenAsync(root, new MemoryStoreOptions { Durability = Durability.Process });
        foreach (var path in Directory.EnumerateFiles(Path.Combine(data, "memories"), "*.jsonl.gz").Order(StringComparer.Ordinal))
        {
            using var reader = JsonLinesReader.Open(path);
            var drafts = new List<MemoryDraft>();
            while (reader.TryRead(out var line))
                drafts.Add(line.Draft ?? throw new InvalidDataException($"{path}, line {line.Number}: {line.Error}"));
            await store.RememberManyAsync(drafts);
        }
        await store.SettleAsync(CancellationToken.None);
        var without = lessons.Count(l => l.SharesNoWord);
        var memories = store.Stats().Memories;
        Console.WriteLine($"{lessons.Count} lessons, {without} of them in memories that share no word with the task; {memories} memories.");
        Console.WriteLine("| part | recall@3 | recall@10 | @3, no shared word | @10, no shared word |");
        Console.WriteLine("|---|---|---|---|---|");
        foreach (var (name, parts) in Parts)
        {
            var ranks = new List<int>();
            foreach (var lesson in lessons)
            {
                var found = await store.RecallAsync(new RecallQuery { Text = lesson.Query, K = 10, Parts = parts });
                ranks.Add(found.Memories.TakeWhile(m => !lesson.Memories.Contains(m.Memory.Id)).Count());
            }
            var shares = Columns.Select(c =>
                (double)lessons.Where((l, i) => ranks[i] < c.K && (!c.Only || l.SharesNoWord)).Count() / (c.Only ? without : lessons.Count));
            var figures = shares.Select(share => share.ToString("0.000", CultureInfo.InvariantCulture));
            Console.WriteLine($"| {name} | {string.Join(" | ", figures)} |");
            if (parts != RecallParts.All || failures is null) continue;
            var missed = lessons.Where((_, i) => ranks[i] >= 10).Select(Row);
            File.WriteAllLines(failures, [Heading, "| task | memory | why it would help |", "|---|---|---|", .. missed]);
        }
    }

    private static string Row(Lesson lesson) =>
        $"| {lesson.Task} | `{lesson.Memories.Order().First()}` | {lesson.Reason.Replace("|", "\\|", StringComparison.Ordinal)} |";

    private static List<Lesson> Lessons(string path, Dictionary<string, string> tasks)
    {
        var lessons = new Dictionary<(string Task, string Group), Lesson>();
        foreach (var line in File.ReadLines(path))
        {
            using var pair = JsonDocument.Parse(line);
            var root = pair.RootElement;
            var (task, memory) = (root.GetProperty("task").GetString()!, root.GetProperty("memory").GetGuid());
            var query = root.GetProperty("query").GetString() ?? tasks[root.GetProperty("task_ref").GetString()!];
            var key = (task, root.GetProperty("group").GetString() ?? memory.ToString());
            var sharesNoWord = root.GetProperty("no_shared_word").GetBoolean();
            if (!lessons.TryGetValue(key, out var lesson))
                lessons[key] = lesson = new Lesson(task, query, [], sharesNoWord, root.GetProperty("reason").GetString()!);
            lesson.Memories.Add(memory);
            lessons[key] = lesson with { SharesNoWord = lesson.SharesNoWord && sharesNoWord };
        }
        return [.. lessons.Values];
    }

    private static Dictionary<string, string> Tasks(string data)
    {
        var tasks = new Dictionary<string, string>();
        foreach (var path in Directory.EnumerateFiles(Path.Combine(data, "tasks"), "*.jsonl.gz"))
        {
            using var lines = new StreamReader(new GZipStream(File.OpenRead(path), CompressionMode.Decompress));
            while (lines.ReadLine() is { } line)
            {
                using var task = JsonDocument.Parse(line);
                var root = task.RootElement;
                tasks[root.GetProperty("task").GetString()!] = $"{root.GetProperty("title").GetString()}\n{root.GetProperty("text").GetString()}";
            }
        }
        return tasks;
    }
}
