namespace MemoryEngine;

/// <summary>
/// Every name under which the engine tells what it does. Those that begin with <c>gen_ai</c> and <c>error</c> are OpenTelemetry's
/// (semantic conventions for generative AI, memory spans, status: development; github.com/open-telemetry/semantic-conventions-genai,
/// docs/gen-ai/gen-ai-spans.md). Where those have no name, it begins with <c>memengine</c>.
/// </summary>
public static class TelemetryNames
{
    /// <summary>The name of the activity source and of the meter.</summary>
    public const string Source = "MemoryEngine";

    /// <summary>Attribute: what was done.</summary>
    public const string Operation = "gen_ai.operation.name";

    /// <summary>Attribute: the pool's id.</summary>
    public const string Store = "gen_ai.memory.store.id";

    /// <summary>Attribute: the memory's id, where the operation is about one.</summary>
    public const string Record = "gen_ai.memory.record.id";

    /// <summary>Attribute: how many memories the operation is about; of a search, how many it handed over.</summary>
    public const string RecordCount = "gen_ai.memory.record.count";

    /// <summary>Attribute, only when content was asked for: the query's text.</summary>
    public const string Query = "gen_ai.memory.query.text";

    /// <summary>Attribute, only when content was asked for: the memories, a JSON array of <c>id</c>, <c>content</c> and <c>score</c>.</summary>
    public const string Records = "gen_ai.memory.records";

    /// <summary>Attribute: why it failed, an <see cref="ErrorCode"/> in snake case, or the name of an exception.</summary>
    public const string Error = "error.type";

    /// <summary>Attribute: the mode that a search ran in.</summary>
    public const string Mode = "memengine.transfer.mode";

    /// <summary>Attribute: which part of a search, <c>search</c> or <c>verify</c>.</summary>
    public const string Phase = "memengine.recall.phase";

    /// <summary>Attribute: which part of a pool on disk, <c>journal</c>, <c>records</c> or <c>segments</c>.</summary>
    public const string Part = "memengine.pool.part";

    /// <summary>Metric, a histogram of seconds: how long operations take.</summary>
    public const string Duration = "memengine.operation.duration";

    /// <summary>Metric, a histogram of seconds: how long the parts of searches take.</summary>
    public const string PhaseDuration = "memengine.recall.phase.duration";

    /// <summary>Metric, a histogram: how many memories searches hand over.</summary>
    public const string HandedOver = "memengine.recall.memories";

    /// <summary>Metric, a gauge: active memories.</summary>
    public const string Memories = "memengine.pool.memories";

    /// <summary>Metric, a gauge of bytes on disk.</summary>
    public const string Size = "memengine.pool.size";

    /// <summary>The operation of a recall.</summary>
    public const string Search = "search_memory";

    /// <summary>The operation of remembering without an id.</summary>
    public const string Create = "create_memory";

    /// <summary>The operation of remembering with an id, which may be known.</summary>
    public const string Upsert = "upsert_memory";

    /// <summary>The operation of revising.</summary>
    public const string Update = "update_memory";

    /// <summary>The operation of forgetting and of purging.</summary>
    public const string Delete = "delete_memory";

    /// <summary>The operation of bringing a forgotten memory back; the conventions have none.</summary>
    public const string Restore = "restore_memory";

    /// <summary>The operation of verifying by id; the conventions have none.</summary>
    public const string Verify = "verify_memory";
}
