using System.CommandLine;
using System.Diagnostics;
using MemoryEngine.Cli.Shared;

namespace MemoryEngine.Cli.Verbs;

/// <summary>Embeds the texts of a pool anew, or fills in the vectors that its embedder missed.</summary>
internal sealed class ReembedVerb : Verb
{
    private readonly EmbedderOptions _embedder = new();
    private readonly Option<int?> _batch = Values.Positive("--batch", "Texts that are sent and stored at once: 64 unless given.");
    private readonly Option<int?> _rate = Values.Positive("--rate", "No more texts a second than this.");

    private readonly Option<bool> _dropOld = new("--drop-old")
    {
        Description = "Afterwards gives up the vectors of earlier embedders, and those that were begun.",
    };

    public ReembedVerb(Shell shell)
        : base(
            shell,
            "reembed",
            "Embeds the texts by another embedder, or fills in what the pool's own missed. What was stopped goes on where it ended.")
    {
        _embedder.AddTo(this);
        Add(_batch);
        Add(_rate);
        Add(_dropOld);
    }

    protected override async Task<int> RunAsync(Call call, CancellationToken cancellation)
    {
        using var embedder = _embedder.Choose(call);
        if (embedder.Generator is null)
        {
            throw new UsageException(
                "Which embedder? --embedder or MEMENGINE_EMBEDDER names one that makes vectors to be stored; the built-in one makes them of " +
                "the texts whenever they are needed. To go back to that one, export the pool and import it into a new one.");
        }
        var watch = Stopwatch.StartNew();
        await using var store = await PoolDoor.OpenOwnAsync(call.Pool, create: false, ChosenEmbedder.Unused, cancellation);
        using var bar = call.Output.Progress("memories");
        var result = await store.ReembedAsync(
            new ReembedOptions
            {
                Embedder = embedder.Generator,
                EmbedderRevision = embedder.Revision ?? "",
                BatchTexts = call.Get(_batch) ?? new ReembedOptions().BatchTexts,
                TextsPerSecond = call.Get(_rate),
                DropOld = call.Get(_dropOld),
                Progress = new Reporter(bar),
            },
            cancellation);
        bar.Dispose();
        if (result.SkippedBecause is { } why)
            call.Output.Note($"{result.Skipped:N0} have no vector, and are found by their words. The first: {why}");
        if (call.Output.IsJson) WriteJson(call.Output, result, watch.Elapsed);
        else Show(call.Output, result, watch.Elapsed);
        return ExitCode.Done;
    }

    private static void WriteJson(Output output, ReembedResult result, TimeSpan took) => output.Json(json =>
    {
        json.WriteString("embedder", result.Embedder.Id);
        json.WriteNumber("embedded", result.Embedded);
        json.WriteNumber("already", result.Already);
        json.WriteNumber("skipped", result.Skipped);
        json.WriteBoolean("switched", result.Switched);
        json.WriteNumber("dropped_spaces", result.DroppedSpaces);
        json.WriteNumber("seconds", Math.Round(took.TotalSeconds, 6));
    });

    private static void Show(Output output, ReembedResult result, TimeSpan took)
    {
        var what = result.Switched ? "The texts have its vectors from now on." : "The texts had its vectors before.";
        output.Facts(
            ("embedder", $"{result.Embedder.Id}. {what}"),
            ("embedded", $"{result.Embedded:N0} in {took.TotalSeconds:0.0} s; {result.Already:N0} were there already, {result.Skipped:N0} have none"),
            ("dropped", $"{result.DroppedSpaces:N0} spaces of other embedders"));
    }

    // At once, where the bar is drawn: nothing is posted that could come after its end.
    private sealed class Reporter(ProgressBar bar) : IProgress<ReembedProgress>
    {
        public void Report(ReembedProgress value) => bar.Report(value.Embedded / (double)Math.Max(1, value.Wanted), value.Embedded);
    }
}
