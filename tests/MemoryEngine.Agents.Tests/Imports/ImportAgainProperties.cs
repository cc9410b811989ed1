using MemoryEngine.Agents.Imports;
using MemoryEngine.Testing;

namespace MemoryEngine.Agents.Tests.Imports;

/// <summary>Files of random sections, edited at random and imported after every edit.</summary>
public sealed class ImportAgainProperties
{
    private static readonly string[] Words = ["cache", "retry", "queue", "index", "mock", "schema", "token", "build", "thread", "socket"];

    [Fact]
    public async Task What_the_file_says_is_in_the_pool_once_and_importing_again_writes_nothing()
    {
        for (var seed = TestSeed.Value; seed < TestSeed.Value + 12; seed++) await RunAsync(new Random(seed), seed);
    }

    private static async Task RunAsync(Random random, int seed)
    {
        await using var pool = await ImportPool.OpenAsync();
        var sections = Enumerable.Range(0, 6).Select(_ => Section(random)).ToList();
        for (var round = 0; round < 8; round++)
        {
            var text = string.Join("\n\n", sections);
            var report = await pool.ImportAsync("AGENTS.md", text, new ImportOptions { ForgetMissing = true });
            var told = $"seed {seed}, round {round}:\n{text}";
            Assert.Empty(report.Failed);
            var path = Path.Combine(pool.Root, "AGENTS.md");
            var expected = FileImporter.Parse(path, ImportFormat.AgentsMd).Items.Select(i => Letters(i.Draft.Text)).Distinct().Order().ToList();
            var actual = (await pool.ListAsync()).Select(m => Letters(m.Text)).Order().ToList();
            Assert.True(expected.SequenceEqual(actual), $"{told}\nexpected {string.Join(" / ", expected)}\nactual {string.Join(" / ", actual)}");
            var sequence = pool.Store.Stats().Sequence;
            var again = await new FileImporter(pool.Store).ImportAsync(path, new ImportOptions { ForgetMissing = true });
            Assert.True(again.Unchanged == again.Read && again.Missing.Count == 0 && pool.Store.Stats().Sequence == sequence, told);
            Edit(random, sections);
        }
    }

    private static void Edit(Random random, List<string> sections)
    {
        var at = random.Next(sections.Count);
        switch (random.Next(6))
        {
            case 0: sections.Insert(at, Section(random)); break;
            case 1 when sections.Count > 1: sections.RemoveAt(at); break;
            case 2: sections[at] = sections[at].Replace("always", "never", StringComparison.Ordinal); break;
            case 3: sections[at] = $"## Renamed {random.Next(100)}\n{sections[at].Split('\n', 2)[1]}"; break;
            case 4: (sections[0], sections[at]) = (sections[at], sections[0]); break;
            default: sections[at] += $"\n- {Sentence(random)}"; break;
        }
    }

    private static string Section(Random random) =>
        $"## Heading {random.Next(4)}\n" + string.Join('\n', Enumerable.Range(0, random.Next(1, 30)).Select(_ => $"- {Sentence(random)}"));

    private static string Sentence(Random random) =>
        $"The {Pick(random)} is always {Pick(random)} when the {Pick(random)} of the {Pick(random)} is {random.Next(40)}.";

    private static string Pick(Random random) => Words[random.Next(Words.Length)];

    private static string Letters(string text) => new([.. text.Where(char.IsLetterOrDigit)]);
}
