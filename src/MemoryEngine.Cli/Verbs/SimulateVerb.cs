using System.CommandLine;
using System.Globalization;
using System.Text.Json;
using MemoryEngine.Cli.Shared;
using MemoryEngine.Cli.Simulation;

namespace MemoryEngine.Cli.Verbs;

/// <summary>Plants harmful memories in a simulated world and shows what the evidence finds.</summary>
internal sealed class SimulateVerb : Verb
{
    private const int MostMemories = 100_000, MostDomains = 100;

    private readonly Option<int?> _memories = Values.Positive("--memories", "Memories of the pool; 200 when not given.");
    private readonly Option<double?> _harmful = Values.Number("--harmful", "The share of them that does harm; 0.1.", "SHARE");
    private readonly Option<double?> _effect = Values.Number("--effect", "What a harmful one does to the pass rate, in points; -20.", "POINTS");
    private readonly Option<double?> _helpful = Values.Number("--helpful", "The share of them that helps; 0.", "SHARE");
    private readonly Option<double?> _help = Values.Number("--help-effect", "What a helpful one does, in points; 10.", "POINTS");
    private readonly Option<int?> _tasks = Values.Positive("--tasks", "Tasks of a run; 20000.");
    private readonly Option<int?> _runs = Values.Positive("--runs", "Runs, each in a world of its own; 20.");
    private readonly Option<int?> _seed = Values.Positive("--seed", "The seed of the first run, the next has the next; 1.");
    private readonly Option<string?> _design = Values.Text(
        "--design", "factorial (each candidate with probability one half), or withhold=W; factorial.", "DESIGN");

    private readonly Option<int?> _candidates = Values.Positive("--candidates", "Candidates of a task; 6.");
    private readonly Option<int?> _domains = Values.Positive(
        "--domains", "Domains of tasks; with more than one, a harmful memory does harm in one of them; 1.");

    private readonly Option<bool> _zipf = new("--zipf") { Description = "The memory of rank r is a candidate 1/r times as often as the first." };

    private readonly Option<bool> _flat = new("--no-escalation") { Description = "What is new or suspected is withheld like the rest." };

    private readonly Option<double?> _baseRate = Values.Number("--base-rate", "The pass rate without memory; 0.5.", "SHARE");
    private readonly Option<int?> _threads = Values.Positive("--threads", "Runs played at the same time; 1.");

    public SimulateVerb(Shell shell)
        : base(shell, "simulate", "Plants harmful memories in a simulated world; shows what the evidence finds, and what an ideal test would.")
    {
        Option[] options =
        [
            _memories, _harmful, _effect, _helpful, _help, _tasks, _runs, _seed, _design, _candidates, _domains, _zipf, _flat, _baseRate,
            _threads,
        ];
        foreach (var option in options) Add(option);
    }

    protected override async Task<int> RunAsync(Call call, CancellationToken cancellation)
    {
        var options = Checked(call);
        SimulationFigures figures;
        using (var progress = call.Output.Progress("worlds"))
            figures = await Simulator.RunAsync(options, done => Report(progress, done, options.Runs), cancellation);
        if (call.Output.IsJson) call.Output.Json(json => Write(json, options, figures));
        else Show(call.Output, options, figures);
        return ExitCode.Done;
    }

    private static void Report(ProgressBar progress, int done, int runs)
    {
        lock (progress) progress.Report((double)done / runs, done);
    }

    private SimulationOptions Checked(Call call)
    {
        var usual = new SimulationOptions();
        var options = usual with
        {
            Memories = call.Get(_memories) ?? usual.Memories,
            Harmful = Within(call, _harmful, 0, 1) ?? usual.Harmful,
            Effect = Within(call, _effect, -100, -0.1) ?? usual.Effect,
            Helpful = Within(call, _helpful, 0, 1) ?? usual.Helpful,
            Help = Within(call, _help, 0, 100) ?? usual.Help,
            Tasks = call.Get(_tasks) ?? usual.Tasks,
            Runs = call.Get(_runs) ?? usual.Runs,
            Seed = call.Get(_seed) ?? usual.Seed,
            Withhold = WithholdOf(call.Get(_design)),
            IsEscalating = !call.Get(_flat),
            Candidates = call.Get(_candidates) ?? usual.Candidates,
            Domains = call.Get(_domains) ?? usual.Domains,
            IsZipf = call.Get(_zipf),
            BaseRate = Within(call, _baseRate, 0, 1) ?? usual.BaseRate,
            Threads = call.Get(_threads) ?? usual.Threads,
        };
        if (options.Memories > MostMemories) throw new UsageException($"--memories is at most {MostMemories:N0}, not {options.Memories}.");
        if (options.Candidates > options.Memories)
            throw new UsageException($"--candidates is {options.Candidates}, and there are {options.Memories} memories.");
        if (options.Domains > MostDomains) throw new UsageException($"--domains is at most {MostDomains}, not {options.Domains}.");
        return options;
    }

    private static double? Within(Call call, Option<double?> option, double low, double high)
    {
        if (call.Get(option) is not { } value) return null;
        if (value >= low && value <= high) return value;
        throw new UsageException(Text($"{option.Name} is between {low} and {high}, not {value}."));
    }

    private static double? WithholdOf(string? design)
    {
        const string Prefix = "withhold=";
        if (design is null or "factorial") return null;
        var isNumber = double.TryParse(
            design.StartsWith(Prefix, StringComparison.Ordinal) ? design[Prefix.Length..] : "", CultureInfo.InvariantCulture, out var share);
        if (isNumber && share is >= 0.001 and <= 0.999) return share;
        throw new UsageException($"--design is factorial, or withhold=W with W between 0.001 and 0.999, not '{design}'.");
    }

    private static void Write(Utf8JsonWriter json, SimulationOptions options, SimulationFigures figures)
    {
        Number(json, "power", figures.Power);
        Number(json, "ideal_power", figures.IdealPower);
        Number(json, "fixed_sample_power", figures.FixedSamplePower);
        Number(json, "false_discovery_rate", figures.FalseDiscoveryRate);
        json.WriteNumber("removals", figures.Removals);
        json.WriteNumber("wrong_removals", figures.WrongRemovals);
        json.WriteNumber("runs", figures.Runs);
        json.WriteNumber("runs_with_removal", figures.RunsWithRemoval);
        Number(json, "residual_harm", figures.ResidualHarm);
        Number(json, "ideal_residual_harm", figures.IdealResidualHarm);
        json.WriteNumber("residual_harm_from_task", options.LearningTasks);
        Number(json, "cleanup_success", figures.CleanupSuccess);
        json.WriteNumber("harmful", figures.Harmful);
        json.WriteNumber("exposed", figures.Exposed);
        Number(json, "exposed_power", figures.ExposedPower);
        Number(json, "exposed_ideal_power", figures.ExposedIdealPower);
        Number(json, "tasks_lost", figures.TasksLost);
        Number(json, "tasks_lost_never_removing", figures.TasksLostNeverRemoving);
        Number(json, "found_after_tasks", figures.FoundAfter);
        json.WriteNumber("seed", options.Seed);
    }

    private static void Number(Utf8JsonWriter json, string name, double? value)
    {
        if (value is { } number) json.WriteNumber(name, Math.Round(number, 5));
        else json.WriteNull(name);
    }

    private static void Show(Output output, SimulationOptions options, SimulationFigures figures)
    {
        output.Line(Text($"{figures.Runs:N0} worlds of {options.Memories:N0} memories and {options.Tasks:N0} tasks, seeds {options.Seed} to ")
            + Text($"{options.Seed + options.Runs - 1}; {figures.Harmful:N0} harmful memories in all."));
        output.Line();
        output.Facts(
            ("harmful found", $"{Percent(figures.Power)}; an ideal test {Percent(figures.IdealPower)}; "
                + $"one that looks once, at the end {Percent(figures.FixedSamplePower)}"),
            ("of those seen enough", $"{Percent(figures.ExposedPower)}; an ideal test {Percent(figures.ExposedIdealPower)} "
                + Text($"({figures.Exposed:N0} memories)")),
            ("found after", figures.FoundAfter is { } after ? Text($"{after:N0} tasks on average") : "-"),
            ("false discoveries", Text($"{figures.WrongRemovals:N0} of {figures.Removals:N0} removals; ")
                + $"{Percent(figures.FalseDiscoveryRate)} of a run's removals on average"),
            ("cleaned up", $"{Percent(figures.CleanupSuccess)} of the first run's removals, in a real pool"),
            ("runs with a removal", Text($"{figures.RunsWithRemoval:N0} of {figures.Runs:N0}")),
            ("harm left", $"{Percent(figures.ResidualHarm)} of a store that never removes, from task "
                + Text($"{options.LearningTasks:N0}; an ideal test {Percent(figures.IdealResidualHarm)}")),
            ("tasks lost in a run", Text($"{figures.TasksLost:N0}; {figures.TasksLostNeverRemoving:N0} in a store that never removes")));
    }

    private static string Percent(double? share) => share is { } s ? Text($"{100 * s:0.0} %") : "-";

    private static string Text(FormattableString text) => text.ToString(CultureInfo.InvariantCulture);
}
