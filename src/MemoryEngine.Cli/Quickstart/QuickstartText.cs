using System.Globalization;
using MemoryEngine.Cli.Shared;

namespace MemoryEngine.Cli.Quickstart;

/// <summary>The tour told to somebody who has never seen a pool.</summary>
internal sealed class QuickstartText(Output output, QuickstartTour tour)
{
    private const int WordsShown = 6;

    public void Tell(string path, bool isTemporary)
    {
        output.Heading("MemoryEngine in a minute");
        output.Line();
        output.Line("A coding agent learns something on every task and forgets it with the session. MemoryEngine keeps it: memories");
        output.Line("of four levels of abstraction, from the trace of one run to a way of working, recalled for tasks of any domain.");
        TellPool(path);
        TellImport();
        TellFirst(tour.Answers[0]);
        TellOthers();
        TellVerified();
        TellOutcome(path, isTemporary);
        TellChanges();
        TellEnd(path, isTemporary);
    }

    private void TellPool(string path)
    {
        Chapter("1. A pool", Step("open"));
        output.Line("A pool is one directory. One process owns it at a time; others can read it meanwhile.");
        output.Line($"  {path}");
    }

    private void TellImport()
    {
        var (import, stats) = (tour.Import!, tour.Stats!);
        Chapter("2. Memories come in", Step("import"));
        output.Line($"The samples are {import.Read} memories, one JSON object a line: {import.Added} were added,");
        output.Line($"{import.Unchanged} were there already, {import.Revised} got a new version.");
        output.Line("Each was on the device before it counted as remembered.");
        if (stats.Memories != import.Read) output.Line($"With what was there before, the pool has {stats.Memories:N0} memories.");
        output.Line();
        var levels = stats.ByLevel.Select(l => new[] { MemoryText.NameOf(l.Key), $"{l.Value:N0}", Meaning(l.Key) });
        output.Table(["level", "memories", "what it is"], [.. levels]);
        output.Line();
        output.Table(["domain", "memories"], [.. stats.ByDomain.Select(d => new[] { d.Key.Length > 0 ? d.Key : "(none)", $"{d.Value:N0}" })]);
    }

    private void TellFirst(TaskAnswer answer)
    {
        Chapter("3. A task asks", Step("recall"));
        var isNew = !tour.Stats!.ByDomain.ContainsKey(answer.Task.Domain);
        output.Line($"A task of {answer.Task.Domain}{(isNew ? ", a domain that no memory comes from" : "")}:");
        output.Line();
        foreach (var line in Wrap(answer.Task.Text, 100)) output.Line($"  {line}");
        output.Line();
        output.Line("It asks in cross-domain mode: traces stay at home, insights and strategies may come, and a procedure only where its");
        output.Line($"preconditions match. The {answer.Result.Considered} memories that could come were compared with it twice: by their vectors");
        output.Line("(similar wording, even where no word is the same) and by their words (BM25: rare words that both have count most).");
        output.Line("The two orders are fused into one. In that order each is verified before it is handed over; these came back:");
        for (var i = 0; i < answer.Result.Memories.Count; i++) TellRecalled(answer, i);
        output.Line();
        output.Line(Verdict(answer));
    }

    private void TellRecalled(TaskAnswer answer, int index)
    {
        var (memory, scores) = answer.Result.Memories[index];
        output.Line();
        output.Heading($"  {index + 1}. {MemoryText.Caption(memory, 100)}");
        output.Line($"     from {memory.Domain}, level {MemoryText.NameOf(memory.Level)}, {memory.Id}");
        output.Line($"     {RecallText.Explain(scores)}");
        output.Line($"     {RecallText.Explain(answer.Result.Memories[index].Verdict)}");
        var words = tour.Words!.Of(answer.Task.Text, memory, WordsShown);
        if (words.Count > 0) output.Line($"     shares the words: {string.Join(", ", words)}");
        if (answer.Task.Expect.FirstOrDefault(e => e.Id == memory.Id) is not { } expected) return;
        output.Line("     expected here:");
        foreach (var line in Wrap(expected.Why, 90)) output.Line($"       {line}");
    }

    private void TellOthers()
    {
        Chapter("4. Other tasks, other domains", null);
        var recalls = tour.Steps.Where(s => s.Name == "recall").ToList();
        for (var i = 1; i < tour.Answers.Count; i++)
        {
            var answer = tour.Answers[i];
            output.Line($"  {answer.Task.Domain}: {MemoryText.OneLine(answer.Task.Text, 90)}");
            var best = answer.Result.Memories.Count == 0 ? "nothing" : MemoryText.Caption(answer.Result.Memories[0].Memory, 70);
            output.Line($"    best: {best}. {Verdict(answer)} {Duration(recalls[i].Time)}.");
        }
    }

    private void TellVerified()
    {
        Chapter("5. Only what may come is handed over", Step("verify"));
        output.Line("A memory is verified for the task before it is handed over.");
        output.Line($"Asked about {tour.Verified.Count:N0} memories for the first task, verification says:");
        output.Line();
        var groups = tour.Verified.GroupBy(v => (v.Verdict.Verdict, Why: Codes(v.Verdict), v.Memory.Level))
            .OrderBy(g => g.Key.Verdict).ThenBy(g => g.Key.Level).ThenBy(g => g.Key.Why, StringComparer.Ordinal)
            .ToList();
        output.Table(
            ["verdict", "level", "memories", "why"],
            [.. groups.Select(g => new[]
            {
                g.Key.Verdict.ToString().ToLowerInvariant(), MemoryText.NameOf(g.Key.Level), $"{g.Count():N0}", g.Key.Why,
            })]);
        output.Line();
        output.Line("`memengine verify ID` says more of one; here the first of each reason:");
        foreach (var sample in groups.DistinctBy(g => g.Key.Why).Select(g => g.First()))
        {
            output.Line($"  {MemoryText.Caption(sample.Memory, 90)}");
            output.Line($"    {RecallText.Explain(sample.Verdict)}");
        }

        static string Codes(MemoryVerdict verdict) =>
            string.Join(", ", verdict.Reasons.Select(r => Agents.Interchange.InterchangeNames.Of(r.Code)));
    }

    private void TellOutcome(string path, bool isTemporary)
    {
        if (tour.Story is not { } story) return;
        Chapter("6. What came of it", null);
        output.Line($"The first recall was recorded as transfer {story.Transfer.Id}.");
        output.Line("When its task has ended, the agent's runtime reports how. Outcomes are counted for each memory: what is proven to do harm");
        output.Line("is no longer handed over. One outcome proves nothing.");
        foreach (var step in tour.Steps.Where(s => s.Name is "report" or "why")) output.Line($"  {step.Name,-8} {step.What} ({Duration(step.Time)})");
        if (!isTemporary) output.Line($"To report one: memengine report {story.Transfer.Id} pass --pool {path}");
    }

    private void TellChanges()
    {
        Chapter("7. Memories change", null);
        output.Line("Nothing is overwritten: a revision is a new version, a forgotten memory can be brought back. A snapshot is a name for");
        output.Line("what the pool holds; making one and rolling back to it are one durable write each, whatever the size of the pool.");
        foreach (var step in tour.Steps.Where(s => s.Name is "snapshot" or "revise" or "forget" or "restore" or "rollback"))
            output.Line($"  {step.Name,-8} {step.What} ({Duration(step.Time)})");
    }

    private void TellEnd(string path, bool isTemporary)
    {
        output.Line();
        output.Heading("Next");
        var pool = isTemporary ? "" : $" --pool {path}";
        output.Line(isTemporary
            ? "The pool was a temporary one and has been deleted. To keep one: memengine quickstart .memengine"
            : $"The pool stays at {path}.");
        output.Line($"  memengine remember \"Retry only what is idempotent.\" --domain backend/go --level 3{pool}");
        output.Line($"  memengine recall \"payment is charged twice after a timeout\" --explain{pool}");
        output.Line($"  memengine list --level 4{pool}");
        output.Line($"  memengine import FILE.jsonl{pool}");
        output.Line("  memengine --help");
    }

    private void Chapter(string title, QuickstartStep? step)
    {
        output.Line();
        output.Heading(step is null ? title : $"{title} ({Duration(step.Time)})");
    }

    private QuickstartStep Step(string name) => tour.Steps.First(s => s.Name == name);

    private static string Verdict(TaskAnswer answer) =>
        answer.ExpectedFound == answer.Task.Expect.Count
            ? $"All {answer.Task.Expect.Count} memories that were expected came back."
            : $"{answer.ExpectedFound} of the {answer.Task.Expect.Count} memories that were expected came back.";

    private static string Meaning(MemoryLevel level) => level switch
    {
        MemoryLevel.Trace => "what was done, step by step, on one task",
        MemoryLevel.Procedure => "how to do a kind of thing",
        MemoryLevel.Insight => "what was understood, and when it applies",
        _ => "a way of working, whatever the task",
    };

    private static string Duration(TimeSpan time) => time.TotalMilliseconds >= 1
        ? string.Create(CultureInfo.InvariantCulture, $"{time.TotalMilliseconds:0.0} ms")
        : string.Create(CultureInfo.InvariantCulture, $"{time.TotalMicroseconds:0} us");

    private static IEnumerable<string> Wrap(string text, int width)
    {
        var line = new System.Text.StringBuilder();
        foreach (var word in text.Split((char[]?)null, StringSplitOptions.RemoveEmptyEntries))
        {
            if (line.Length > 0 && line.Length + 1 + word.Length > width)
            {
                yield return line.ToString();
                line.Clear();
            }
            if (line.Length > 0) line.Append(' ');
            line.Append(word);
        }
        if (line.Length > 0) yield return line.ToString();
    }
}
