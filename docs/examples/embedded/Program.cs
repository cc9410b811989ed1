using MemoryEngine;
using MemoryEngine.Agents.Imports;
using RepairAgent;

// The directory of the pool; a temporary one when none is given.
var path = args.Length > 0 ? args[0] : Directory.CreateTempSubdirectory("repair-agent-").FullName;
await using (var store = await MemoryStore.OpenAsync(path))
{
    var (withMemory, without) = (0, 0);
    foreach (var task in RepairTask.All)
    {
        var control = new Agent(task).Work([]).Attempts;
        withMemory += await WorkAsync(store, task, control);
        without += control;
    }
    Console.WriteLine();
    Console.WriteLine($"{withMemory} attempts with memory, {without} without. {store.Stats().Memories} memories were kept.");
    await TellTraceAsync(store);
}
if (args.Length == 0) Directory.Delete(path, recursive: true);

// One task, from the recall to what it taught. Returns the number of attempts; control is what it takes without memory.
static async Task<int> WorkAsync(MemoryStore store, RepairTask task, int control)
{
    Console.WriteLine($"{task.Domain}: {task.File}");

    // Recall: what the task is about, where it comes from, what it has. Each memory is verified for it before it is handed over.
    var symptom = task.Fault(task.Text)!;
    var context = new Dictionary<string, string> { ["format"] = "json" };
    var query = new RecallQuery { Text = symptom, Domain = task.Domain, Mode = TransferMode.CrossDomain, Context = context, Task = task.File };
    var recall = await store.RecallAsync(query);
    foreach (var (memory, _) in recall.Memories) Console.WriteLine($"  recalled from {memory.Domain}: {memory.Title}");

    // Hand over: between marks, so that these texts do not come back as new ones when a transcript of the run is imported.
    var lessons = recall.Memories.Select(m => RecalledText.Wrap(m.Memory.Text, recall.Transfer!.Value.ToString()));
    var run = new Agent(task).Work([.. lessons]);
    var how = run.Fixes is null ? "not repaired" : $"repaired: {Agent.Describe(run.Fixes)}";
    Console.WriteLine($"  {how} ({run.Attempts} attempts; {control} without memory)");

    // Report: how it ended, as a verifier says, and which memories were used.
    var used = recall.Memories.Where(m => m.Memory.Text == LessonOf(run)).Select(m => m.Memory.Id).ToList();
    await store.ReportAsync(new Outcome { Transfer = recall.Transfer!.Value, Score = run.Fixes is null ? 0 : 1, Used = used, Steps = run.Attempts });

    // Remember: what was done and what it taught, unless a memory had said so already.
    if (used.Count == 0) await RememberAsync(store, task, run, symptom, context);
    return run.Attempts;
}

static async Task RememberAsync(MemoryStore store, RepairTask task, Run run, string symptom, Dictionary<string, string> context)
{
    var trace = new MemoryDraft
    {
        Text = run.Log,
        Title = $"Attempts on {task.File}",
        Key = symptom,
        Level = MemoryLevel.Trace,
        Format = MemoryFormat.Trajectory,
        Domain = task.Domain,
        Task = task.File,
        Result = run.Fixes is null ? TaskResult.Fail : TaskResult.Pass,
        Contributor = "repair-agent",
    };
    var title = run.Fixes is null ? "Some files cannot be repaired" : Agent.Describe(run.Fixes);
    var lesson = trace with
    {
        Text = LessonOf(run),
        Title = title,
        Level = MemoryLevel.Insight,
        Format = MemoryFormat.Insight,
        Requires = context,
    };
    await store.RememberManyAsync([trace, lesson]);
}

static string LessonOf(Run run) => run.Fixes is null
    ? $"{Agent.InVain} when a file ends before its outermost object does. Get it again from where it came."
    : $"It parses once you {string.Join(", then ", run.Fixes.Select(f => f.Name))}.";

// Verification by itself: the trace of a run may help where it was made, and is kept from everywhere else.
static async Task TellTraceAsync(MemoryStore store)
{
    await foreach (var trace in store.ListAsync(new ListFilter { Level = MemoryLevel.Trace, Domain = "editor/settings" }))
    {
        foreach (var domain in (string[])["editor/settings", "ci/pipelines"])
        {
            var verified = await store.VerifyAsync([trace.Id], new VerifyQuery { Domain = domain, Mode = TransferMode.Hybrid });
            var (verdict, code) = (verified[0].Verdict.Verdict, verified[0].Verdict.Reasons[0].Code);
            Console.WriteLine($"The trace of {trace.Task}, for a task of {domain}: {verdict} ({code}).");
        }
    }
}
