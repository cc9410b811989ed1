using System.CommandLine;
using System.Text.Json;
using MemoryEngine.Cli.Quickstart;
using MemoryEngine.Cli.Shared;

namespace MemoryEngine.Cli.Verbs;

/// <summary>Shows what the engine does, on sample memories and tasks.</summary>
internal sealed class QuickstartVerb : Verb
{
    private readonly Argument<string?> _directory = new("DIR")
    {
        Description = "Where to make the pool, which then stays; a temporary one when left out.",
        Arity = ArgumentArity.ZeroOrOne,
    };

    public QuickstartVerb(Shell shell)
        : base(shell, "quickstart", "Shows in a minute what the engine does, on sample memories of several domains.")
    {
        Add(_directory);
    }

    protected override async Task<int> RunAsync(Call call, CancellationToken cancellation)
    {
        var given = call.Get(_directory);
        if (given is not null && call.IsPoolGiven) throw new UsageException("Give DIR or --pool, not both.");
        if (given is null && call.IsPoolGiven) given = call.Pool;
        var path = given is null ? Directory.CreateTempSubdirectory("memengine-").FullName : Path.GetFullPath(given);
        var tour = new QuickstartTour(path, isTemporary: given is null);
        try
        {
            await tour.RunAsync(cancellation);
        }
        finally
        {
            if (given is null) Directory.Delete(path, recursive: true);
        }
        if (call.Output.IsJson) call.Output.Json(json => WriteJson(json, tour));
        else new QuickstartText(call.Output, tour).Tell(path, isTemporary: given is null);
        return ExitCode.Done;
    }

    private static void WriteJson(Utf8JsonWriter json, QuickstartTour tour)
    {
        json.WriteStartArray("steps");
        foreach (var step in tour.Steps)
        {
            json.WriteStartObject();
            json.WriteString("name", step.Name);
            json.WriteNumber("micros", (long)step.Time.TotalMicroseconds);
            json.WriteString("what", step.What);
            json.WriteEndObject();
        }
        json.WriteEndArray();
        json.WriteStartArray("recalled");
        foreach (var recalled in tour.Answers[0].Result.Memories) RecallText.Write(json, recalled, withRanks: true);
        json.WriteEndArray();
        json.WriteStartArray("tasks");
        foreach (var answer in tour.Answers)
        {
            json.WriteStartObject();
            json.WriteString("domain", answer.Task.Domain);
            json.WriteNumber("expected", answer.Task.Expect.Count);
            json.WriteNumber("expected_found", answer.ExpectedFound);
            json.WriteStartArray("ids");
            foreach (var id in answer.Found) json.WriteStringValue(id);
            json.WriteEndArray();
            json.WriteEndObject();
        }
        json.WriteEndArray();
    }
}
