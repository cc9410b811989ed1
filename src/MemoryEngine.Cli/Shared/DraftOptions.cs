using System.CommandLine;
using System.Globalization;

namespace MemoryEngine.Cli.Shared;

/// <summary>The options that describe a memory, for the verbs that write one.</summary>
internal sealed class DraftOptions
{
    private readonly Option<string?> _domain = Values.Text("--domain", "Where it comes from, as in backend/go.", "D");
    private readonly Option<MemoryLevel?> _level = Values.Level();
    private readonly Option<MemoryFormat?> _format = Values.Format();
    private readonly Option<string?> _title = Values.Text("--title", "A title, searched with the key.", "TEXT");
    private readonly Option<string?> _key = Values.Text("--key", "The situation in which it should be found.", "TEXT");
    private readonly Option<string?> _task = Values.Text("--task", "The task it was learned on.", "NAME");
    private readonly Option<string?> _model = Values.Text("--model", "The model that produced it.", "NAME");
    private readonly Option<string?> _contributor = Values.Text("--contributor", "The agent or person it comes from.", "NAME");
    private readonly Option<string[]> _tags = Values.Many("--tag", "A tag; may be given several times.", "TAG");
    private readonly Option<string[]> _requires = Values.Many("--requires", "What a task must have, as in language=go.", "K=V");
    private readonly Option<string?> _expires = Values.Text("--expires", "When it ends: a date or time, or 12h, 30d from now.", "WHEN");

    private readonly Option<string[]> _vectors =
        Values.Many("--vector", "A vector of a space, from a file of little-endian float32.", "SPACE=FILE");

    public void AddTo(Command verb)
    {
        Option[] all = [_domain, _level, _format, _title, _key, _task, _model, _contributor, _tags, _requires, _expires, _vectors];
        foreach (var option in all) verb.Add(option);
    }

    /// <summary>The draft with everything that was given in place of what it had.</summary>
    public MemoryDraft Apply(Call call, MemoryDraft draft)
    {
        draft = draft with
        {
            Domain = call.Get(_domain) ?? draft.Domain,
            Level = call.Get(_level) ?? draft.Level,
            Format = call.Get(_format) ?? draft.Format,
            Title = call.Get(_title) ?? draft.Title,
            Key = call.Get(_key) ?? draft.Key,
            Task = call.Get(_task) ?? draft.Task,
            Model = call.Get(_model) ?? draft.Model,
            Contributor = call.Get(_contributor) ?? draft.Contributor,
            ExpiresAt = call.Get(_expires) is { } when ? ParseExpiry(when) : draft.ExpiresAt,
        };
        if (call.Get(_tags) is { Length: > 0 } tags) draft = draft with { Tags = tags };
        if (call.Get(_requires) is { Length: > 0 } requires)
            draft = draft with { Requires = ToMap("--requires", requires.Select(r => Values.Pair("--requires", r))) };
        if (call.Get(_vectors) is { Length: > 0 } vectors)
            draft = draft with { Vectors = ToMap("--vector", vectors.Select(Values.Vector)) };
        return draft;
    }

    private static Dictionary<string, T> ToMap<T>(string option, IEnumerable<(string Name, T Value)> pairs)
    {
        var map = new Dictionary<string, T>(StringComparer.Ordinal);
        foreach (var (name, value) in pairs)
            if (!map.TryAdd(name, value)) throw new UsageException($"{option} names '{name}' twice.");
        return map;
    }

    private static DateTimeOffset ParseExpiry(string text)
    {
        var clock = TimeProvider.System;
        const NumberStyles Digits = NumberStyles.None;
        if (text.Length > 1 && int.TryParse(text.AsSpan(0, text.Length - 1), Digits, CultureInfo.InvariantCulture, out var n) && n < 100_000)
        {
            switch (text[^1])
            {
                case 'm': return clock.GetUtcNow().AddMinutes(n);
                case 'h': return clock.GetUtcNow().AddHours(n);
                case 'd': return clock.GetUtcNow().AddDays(n);
            }
        }
        const DateTimeStyles Utc = DateTimeStyles.AssumeUniversal | DateTimeStyles.AdjustToUniversal;
        return DateTimeOffset.TryParse(text, CultureInfo.InvariantCulture, Utc, out var time)
            ? time
            : throw new UsageException($"--expires is '{text}'; give a time as in 2027-01-31T12:00:00Z, or a span as in 30m, 12h or 90d.");
    }
}
