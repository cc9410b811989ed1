using MemoryEngine.Agents.Distilling;
using MemoryEngine.Agents.Tests.Imports;
using MemoryEngine.Agents.Trajectories;
using MemoryEngine.Testing;

namespace MemoryEngine.Agents.Tests.Distilling;

/// <summary>The code of docs/distilling.md is what is compiled and run here.</summary>
public sealed class DistillingPageTests
{
    [Fact]
    public async Task The_page_shows_how_a_run_is_distilled()
    {
        const string Shown =
            """
            var run = TrajectoryFile.Read("run.traj.json").Trajectories[0];
            var report = await new Distiller(store, chat).DistillAsync(run, new DistillOptions { Domain = "backend/go", Result = TaskResult.Pass });
            foreach (var memory in report.Memories) Console.WriteLine($"{memory.Format}: {memory.Title}");
            """;
        Assert.Contains($"```csharp\n{Shown.ReplaceLineEndings("\n")}\n```", Page(), StringComparison.Ordinal);
        await using var pool = await ImportPool.OpenAsync();
        using var chat = new ScriptedChat((messages, _) => ScriptedChat.Good(messages));
        var path = pool.Write("run.traj.json", "User: Make it green\n$ make\n");
        var store = pool.Store;
        var run = TrajectoryFile.Read(path).Trajectories[0];
        var report = await new Distiller(store, chat).DistillAsync(run, new DistillOptions { Domain = "backend/go", Result = TaskResult.Pass });
        Assert.Equal(
            [
                "Trajectory: Make it green", "Workflow: Make a failing build pass", "Summary: A build failed on a missing mark.",
                "Insight: Read the first error",
            ],
            report.Memories.Select(memory => $"{memory.Format}: {memory.Title}"));
    }

    [Fact]
    public void The_page_has_every_form() =>
        Assert.All(TrajectoryFile.FormatNames, name => Assert.Contains($"| `{name}` |", Page(), StringComparison.Ordinal));

    private static string Page() => RepositoryFiles.Text("docs", "distilling.md");
}
