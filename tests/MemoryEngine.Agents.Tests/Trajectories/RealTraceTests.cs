using MemoryEngine.Agents.Distilling;
using MemoryEngine.Agents.Interchange;
using MemoryEngine.Agents.Tests.Distilling;
using MemoryEngine.Agents.Tests.Imports;
using MemoryEngine.Agents.Trajectories;

namespace MemoryEngine.Agents.Tests.Trajectories;

/// <summary>What agents really recorded: 945 traces and reflections on programming tasks.</summary>
public sealed class RealTraceTests
{
    [DataFact]
    [Trait("Category", "Data")]
    public void Every_trace_reads_as_a_transcript_that_writes_and_reads_the_same()
    {
        var (count, root) = (0, Directory.CreateTempSubdirectory("memengine-traces-"));
        foreach (var draft in Traces())
        {
            var path = Path.Combine(root.FullName, $"{count++}.txt");
            File.WriteAllText(path, $"User: {draft.Key}\nAgent: {draft.Text}");
            var run = Assert.Single(TrajectoryFile.Read(path).Trajectories);
            var written = TrajectoryText.Of(run);
            File.WriteAllText(path, written);
            Assert.Equal(written, TrajectoryText.Of(Assert.Single(TrajectoryFile.Read(path).Trajectories)));
            Assert.Equal(Letters($"User: {draft.Key}\nAgent: {draft.Text}"), Letters(written));
        }
        root.Delete(recursive: true);
        Assert.True(count > 900, $"{count} traces");
    }

    [DataFact]
    [Trait("Category", "Data")]
    public async Task Real_reflections_pass_as_summaries_and_their_repetitions_are_seen()
    {
        await using var pool = await ImportPool.OpenAsync();
        var reflections = Traces().Where(d => d.Format == MemoryFormat.Summary && d.Text.Length < 3_000).Take(60).ToList();
        var (stored, refused, duplicates) = (0, 0, 0);
        foreach (var draft in reflections)
        {
            using var chat = new ScriptedChat((_, _) => System.Text.Json.JsonSerializer.Serialize(
                new { task = $"A function of {draft.Task} was to be written.", experience = draft.Text }));
            var run = new Trajectory { Task = draft.Key, Result = draft.Result, Steps = [new TrajectoryStep(StepKind.Thought, draft.Text)] };
            var options = new DistillOptions { Domain = draft.Domain, Task = draft.Task, Formats = [MemoryFormat.Summary] };
            var report = await new Distiller(pool.Store, chat).DistillAsync(run, options);
            stored += report.Memories.Count(m => m.Format == MemoryFormat.Summary);
            refused += report.Refused.Count;
            duplicates += report.Duplicates.Count;
        }
        Assert.Equal(reflections.Count, stored + refused + duplicates);
        // Reflections upon several attempts at one task repeat each other; hardly any holds what a memory may not.
        Assert.True(stored > 40 && refused == 0, $"{stored} stored, {refused} refused, {duplicates} duplicates");
    }

    private static IEnumerable<MemoryDraft> Traces()
    {
        using var reader = JsonLinesReader.Open(Path.Combine(DataFactAttribute.Root!, "memories", "traces-reflexion-python.jsonl.gz"));
        while (reader.TryRead(out var line)) yield return line.Draft!;
    }

    private static string Letters(string text) => new([.. text.Where(char.IsLetterOrDigit)]);
}
