using System.Collections.Concurrent;
using System.Diagnostics;
using System.Diagnostics.Metrics;

namespace MemoryEngine.Tests.Telemetry;

/// <summary>Listens to the engine's activities and figures of one pool while it lives.</summary>
internal sealed class Listening : IDisposable
{
    private readonly ActivityListener _activities;
    private readonly MeterListener _meters = new();
    private readonly ConcurrentQueue<Activity> _ended = new();
    private readonly ConcurrentQueue<Figure> _figures = new();
    private readonly string _store;

    public Listening(Guid store)
    {
        _store = store.ToString();
        _activities = new ActivityListener
        {
            ShouldListenTo = source => source.Name == TelemetryNames.Source,
            Sample = (ref ActivityCreationOptions<ActivityContext> _) => ActivitySamplingResult.AllDataAndRecorded,
            ActivityStopped = _ended.Enqueue,
        };
        ActivitySource.AddActivityListener(_activities);
        _meters.InstrumentPublished = (instrument, listener) =>
        {
            if (instrument.Meter.Name == TelemetryNames.Source) listener.EnableMeasurementEvents(instrument);
        };
        _meters.SetMeasurementEventCallback<double>((i, value, tags, _) => Keep(i, value, tags));
        _meters.SetMeasurementEventCallback<int>((i, value, tags, _) => Keep(i, value, tags));
        _meters.SetMeasurementEventCallback<long>((i, value, tags, _) => Keep(i, value, tags));
        _meters.Start();
    }

    /// <summary>The pool's activities that have ended, in order.</summary>
    public List<Activity> Activities => [.. _ended.Where(a => (string?)a.GetTagItem(TelemetryNames.Store) == _store)];

    /// <summary>The pool's figures of a name.</summary>
    public List<Figure> Figures(string name) =>
        [.. _figures.Where(f => f.Name == name && (string?)f.Tags.GetValueOrDefault(TelemetryNames.Store) == _store)];

    /// <summary>Reads the gauges.</summary>
    public void ReadGauges() => _meters.RecordObservableInstruments();

    public void Dispose()
    {
        _activities.Dispose();
        _meters.Dispose();
    }

    private void Keep(Instrument instrument, double value, ReadOnlySpan<KeyValuePair<string, object?>> tags) =>
        _figures.Enqueue(new Figure(instrument.Name, instrument.Unit, value, tags.ToArray().ToDictionary(t => t.Key, t => t.Value)));
}

/// <summary>One measurement.</summary>
internal sealed record Figure(string Name, string? Unit, double Value, Dictionary<string, object?> Tags);
