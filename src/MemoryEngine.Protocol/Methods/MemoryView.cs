using MemoryEngine.Protocol.Wire;

namespace MemoryEngine.Protocol.Methods;

/// <summary>One version of one memory, with what the pool knows beside its content.</summary>
public sealed record MemoryView : IWireMap<MemoryView>
{
    /// <summary>What it holds; its id is always there.</summary>
    public required MemoryContent Memory { get; init; }

    /// <summary>Its version, from 1.</summary>
    public required int Version { get; init; }

    /// <summary>The memory's state, one of <see cref="WireNames.States"/>.</summary>
    public required string State { get; init; }

    /// <summary>When this version was remembered, in microseconds since 1970 UTC.</summary>
    public required long CreatedUs { get; init; }

    /// <summary>Whether this version can be recalled.</summary>
    public required bool IsCurrent { get; init; }

    /// <summary>The pool's number of the record that holds this version.</summary>
    public required long Record { get; init; }

    /// <summary>A version of the engine.</summary>
    public static MemoryView Of(MemoryVersion version) => new()
    {
        Memory = MemoryContent.Of(version),
        Version = version.Version,
        State = WireNames.State.Of(version.State),
        CreatedUs = WireTime.Of(version.CreatedAt),
        IsCurrent = version.IsCurrent,
        Record = version.RecordId,
    };

    /// <summary>The version as the engine gives it.</summary>
    public MemoryVersion ToVersion()
    {
        var draft = Memory.ToDraft();
        return new()
        {
            Id = draft.Id!.Value,
            Version = Version,
            RecordId = Record,
            IsCurrent = IsCurrent,
            State = WireNames.State.ValueOf(State),
            CreatedAt = WireTime.At(CreatedUs),
            Text = draft.Text,
            Level = draft.Level,
            Format = draft.Format,
            Domain = draft.Domain,
            Task = draft.Task,
            Title = draft.Title,
            Key = draft.Key,
            Model = draft.Model,
            Contributor = draft.Contributor,
            Source = draft.Source,
            License = draft.License,
            Result = draft.Result,
            ExpiresAt = draft.ExpiresAt,
            Requires = draft.Requires,
            Tags = draft.Tags,
            Vectors = draft.Vectors,
            Extra = draft.Extra,
        };
    }

    /// <inheritdoc/>
    public static MemoryView Read(ref MapReader map)
    {
        // In a request it may be absent, but not here.
        _ = map.NeedId("id");
        return new()
        {
            Memory = MemoryContent.Read(ref map),
            Version = map.NeedInt32("version", 1),
            State = map.NeedOneOf("state", WireNames.States),
            CreatedUs = map.NeedInt64("created_us", 0, WireNames.LastMicrosecond),
            IsCurrent = map.NeedBoolean("is_current"),
            Record = map.NeedInt64("record", 0),
        };
    }

    /// <inheritdoc/>
    public void Write(ref MapWriter map)
    {
        Memory.Write(ref map);
        map.Int64("version", Version);
        map.Text("state", State);
        map.Int64("created_us", CreatedUs);
        map.Boolean("is_current", IsCurrent);
        map.Int64("record", Record);
    }
}
