using System.Diagnostics;
using System.Diagnostics.Metrics;
using System.Text.Json;

namespace MemoryEngine.Telemetry;

/// <summary>A pool's size, for the gauges.</summary>
internal readonly record struct PoolSize(long Memories, long JournalBytes, long RecordBytes, long SegmentBytes);

/// <summary>What is known of an operation when it begins.</summary>
/// <param name="Operation">Its name.</param>
/// <param name="Record">The memory, where it is about one.</param>
/// <param name="Count">How many memories it is about, where that is known.</param>
/// <param name="Query">The query's text.</param>
/// <param name="Drafts">What is to be remembered.</param>
internal readonly record struct Told(
    string Operation, Guid? Record = null, int? Count = null, string? Query = null, IReadOnlyList<MemoryDraft>? Drafts = null)
{
    public static Told Search(RecallQuery query)
    {
        ArgumentNullException.ThrowIfNull(query);
        return new(TelemetryNames.Search, Query: query.Text);
    }

    public static Told Remember(MemoryDraft draft)
    {
        ArgumentNullException.ThrowIfNull(draft);
        return new(draft.Id is null ? TelemetryNames.Create : TelemetryNames.Upsert, draft.Id, 1, Drafts: [draft]);
    }

    public static Told RememberMany(IReadOnlyList<MemoryDraft> drafts) =>
        new(drafts.All(d => d is { Id: null }) ? TelemetryNames.Create : TelemetryNames.Upsert, Count: drafts.Count, Drafts: drafts);
}

/// <summary>
/// The activities and figures of one pool, under the names of <see cref="TelemetryNames"/>. While nobody listens, an operation costs the
/// question whether somebody does. Texts are told only when that was asked for.
/// </summary>
internal sealed class StoreTelemetry : IDisposable
{
    // From what a recall takes to what a slow disk does.
    private static readonly InstrumentAdvice<double> Seconds = new()
    {
        HistogramBucketBoundaries = [5e-5, 1e-4, 2.5e-4, 5e-4, 1e-3, 2.5e-3, 5e-3, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10],
    };

    private readonly ActivitySource _source = new(TelemetryNames.Source, Version);
    private readonly Meter _meter = new(TelemetryNames.Source, Version);
    private readonly Histogram<double> _duration;
    private readonly Histogram<double> _phase;
    private readonly Histogram<int> _handedOver;
    private readonly string _store;
    private readonly bool _withContent;

    /// <param name="store">The pool's id.</param>
    /// <param name="withContent">Whether texts are told.</param>
    /// <param name="size">Gives the pool's size, at any time until this is disposed.</param>
    public StoreTelemetry(Guid store, bool withContent, Func<PoolSize> size)
    {
        (_store, _withContent) = (store.ToString(), withContent);
        _duration = _meter.CreateHistogram(TelemetryNames.Duration, "s", "How long operations take.", null, Seconds);
        _phase = _meter.CreateHistogram(TelemetryNames.PhaseDuration, "s", "How long the parts of searches take.", null, Seconds);
        _handedOver = _meter.CreateHistogram<int>(TelemetryNames.HandedOver, "{memory}", "How many memories searches hand over.");
        _meter.CreateObservableGauge(
            TelemetryNames.Memories, () => new Measurement<long>(size().Memories, Pool()), "{memory}", "Active memories.");
        _meter.CreateObservableGauge(TelemetryNames.Size, () => Sizes(size()), "By", "Bytes on disk.");
    }

    /// <summary>Whether anybody listens.</summary>
    public bool IsOn => _source.HasListeners() || _duration.Enabled || _phase.Enabled || _handedOver.Enabled;

    private static string? Version => typeof(StoreTelemetry).Assembly.GetName().Version?.ToString(3);

    /// <summary>Does something, and tells of it.</summary>
    /// <param name="told">What is known before.</param>
    /// <param name="state">What the work needs.</param>
    /// <param name="work">Does it.</param>
    /// <param name="done">Tells what came of it; null when there is nothing to tell.</param>
    public async ValueTask<TResult> TraceAsync<TState, TResult>(
        Told told, TState state, Func<TState, ValueTask<TResult>> work, Action<StoreTelemetry, Activity?, TResult>? done = null)
    {
        using var activity = _source.StartActivity(told.Operation, ActivityKind.Internal, default(ActivityContext), Tags(told));
        var start = Stopwatch.GetTimestamp();
        string? error = null;
        try
        {
            var result = await work(state).ConfigureAwait(false);
            done?.Invoke(this, activity, result);
            return result;
        }
        catch (Exception e)
        {
            error = ErrorType(e);
            // The message may name what it is about; the type does not.
            activity?.SetTag(TelemetryNames.Error, error).SetStatus(ActivityStatusCode.Error);
            throw;
        }
        finally
        {
            var tags = new TagList { { TelemetryNames.Operation, told.Operation }, { TelemetryNames.Store, _store } };
            if (error is not null) tags.Add(TelemetryNames.Error, error);
            _duration.Record(Stopwatch.GetElapsedTime(start).TotalSeconds, tags);
        }
    }

    /// <summary>Tells what a search found.</summary>
    public void Found(Activity? activity, RecallResult result)
    {
        var mode = ModeName(result.Mode);
        _phase.Record(result.SearchTime.TotalSeconds, Phase("search"));
        _phase.Record(result.VerifyTime.TotalSeconds, Phase("verify"));
        _handedOver.Record(result.Memories.Count, new TagList { { TelemetryNames.Store, _store }, { TelemetryNames.Mode, mode } });
        if (activity is not { IsAllDataRequested: true }) return;
        activity.SetTag(TelemetryNames.RecordCount, result.Memories.Count).SetTag(TelemetryNames.Mode, mode);
        if (!_withContent) return;
        var records = result.Memories.Select(m => ((Guid?)m.Memory.Id, m.Memory.Text, (float?)m.Scores.Fused));
        activity.SetTag(TelemetryNames.Records, Content(records));
    }

    public void Dispose()
    {
        _meter.Dispose();
        _source.Dispose();
    }

    private static string ErrorType(Exception error) => error switch
    {
        MemoryEngineException e => JsonNamingPolicy.SnakeCaseLower.ConvertName(e.Code.ToString()),
        _ => error.GetType().FullName!,
    };

    private static string ModeName(TransferMode mode) => JsonNamingPolicy.SnakeCaseLower.ConvertName(mode.ToString());

    private List<KeyValuePair<string, object?>>? Tags(Told told)
    {
        if (!_source.HasListeners()) return null;
        var tags = new List<KeyValuePair<string, object?>> { new(TelemetryNames.Operation, told.Operation), new(TelemetryNames.Store, _store) };
        if (told.Record is { } record) tags.Add(new(TelemetryNames.Record, record.ToString()));
        if (told.Count is { } count) tags.Add(new(TelemetryNames.RecordCount, count));
        if (!_withContent) return tags;
        if (told.Query is { } query) tags.Add(new(TelemetryNames.Query, query));
        if (told.Drafts is { } drafts) tags.Add(new(TelemetryNames.Records, Content(drafts.Select(d => (d.Id, d.Text, (float?)null)))));
        return tags;
    }

    // As the conventions' schema for memory records has it (gen-ai-memory-records.json).
    private static string Content(IEnumerable<(Guid? Id, string Text, float? Score)> memories)
    {
        using var buffer = new MemoryStream();
        using (var json = new Utf8JsonWriter(buffer))
        {
            json.WriteStartArray();
            foreach (var (id, text, score) in memories)
            {
                json.WriteStartObject();
                if (id is { } known) json.WriteString("id", known);
                json.WriteString("content", text);
                if (score is { } s) json.WriteNumber("score", s);
                json.WriteEndObject();
            }
            json.WriteEndArray();
        }
        return System.Text.Encoding.UTF8.GetString(buffer.GetBuffer().AsSpan(0, (int)buffer.Length));
    }

    private KeyValuePair<string, object?>[] Pool() => [new(TelemetryNames.Store, _store)];

    private TagList Phase(string name) => new() { { TelemetryNames.Store, _store }, { TelemetryNames.Phase, name } };

    private Measurement<long>[] Sizes(PoolSize size) =>
    [
        new(size.JournalBytes, [.. Pool(), new(TelemetryNames.Part, "journal")]),
        new(size.RecordBytes, [.. Pool(), new(TelemetryNames.Part, "records")]),
        new(size.SegmentBytes, [.. Pool(), new(TelemetryNames.Part, "segments")]),
    ];
}
