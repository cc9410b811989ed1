using System.CommandLine;
using MemoryEngine.Agents.Fingerprints;

namespace MemoryEngine.Cli.Shared;

/// <summary>The options that say what a task has, which is compared with what memories require.</summary>
internal sealed class TaskOptions
{
    private readonly Option<string?> _language =
        Values.Text("--language", "The task's language: what requires another one is left out.", "L");

    private readonly Option<string[]> _has =
        Values.Many("--has", "What the task has, as in os=linux or go=1.22; may be given several times.", "K=V");

    private readonly Option<string?> _directory =
        Values.Text("--context", "Reads from a working directory what the task has: languages, versions, git head.", "DIR");

    public void AddTo(Command verb)
    {
        Option[] all = [_language, _has, _directory];
        foreach (var option in all) verb.Add(option);
    }

    /// <summary>What was stated, over what the directory says.</summary>
    public IReadOnlyDictionary<string, string> Context(Call call)
    {
        var context = new Dictionary<string, string>(StringComparer.Ordinal);
        if (call.Get(_directory) is { } directory)
        {
            if (!Directory.Exists(directory)) throw new UsageException($"--context: there is no directory {directory}.");
            var fingerprint = ContextFingerprint.Read(directory);
            foreach (var problem in fingerprint.Problems) call.Output.Note(problem);
            foreach (var (name, value) in fingerprint.Entries) context[name] = value;
        }
        foreach (var (name, value) in (call.Get(_has) ?? []).Select(p => Values.Pair("--has", p))) context[name] = value;
        if (call.Get(_language) is { } language) context["language"] = language;
        return context;
    }
}
