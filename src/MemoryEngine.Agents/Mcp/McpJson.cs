using System.Text.Encodings.Web;
using System.Text.Json;
using System.Text.Json.Nodes;
using System.Text.Json.Serialization;
using System.Text.Json.Serialization.Metadata;
using MemoryEngine.Agents.Mcp.Tools;

namespace MemoryEngine.Agents.Mcp;

/// <summary>
/// How the tools' records are written as JSON: names in snake case, as on the command line and in the pipe's protocol; what is null is
/// left out. The code for it is generated when the engine is built, so that a server's start need not make it.
/// </summary>
[JsonSourceGenerationOptions(
    PropertyNamingPolicy = JsonKnownNamingPolicy.SnakeCaseLower,
    DefaultIgnoreCondition = JsonIgnoreCondition.WhenWritingNull,
    UnmappedMemberHandling = JsonUnmappedMemberHandling.Disallow)]
[JsonSerializable(typeof(AddMemoryArguments))]
[JsonSerializable(typeof(UpdateMemoryArguments))]
[JsonSerializable(typeof(WrittenMemory))]
[JsonSerializable(typeof(DeleteMemoryArguments))]
[JsonSerializable(typeof(DeletedMemory))]
[JsonSerializable(typeof(SearchMemoriesArguments))]
[JsonSerializable(typeof(FoundMemories))]
[JsonSerializable(typeof(GetMemoryArguments))]
[JsonSerializable(typeof(MemoryDetail))]
[JsonSerializable(typeof(ListMemoriesArguments))]
[JsonSerializable(typeof(ListedMemories))]
[JsonSerializable(typeof(VerifyMemoryArguments))]
[JsonSerializable(typeof(VerifiedMemories))]
[JsonSerializable(typeof(NoArguments))]
[JsonSerializable(typeof(PoolFigures))]
[JsonSerializable(typeof(CreateSnapshotArguments))]
[JsonSerializable(typeof(SnapshotMade))]
[JsonSerializable(typeof(RollbackSnapshotArguments))]
[JsonSerializable(typeof(RolledBack))]
[JsonSerializable(typeof(ReportOutcomeArguments))]
[JsonSerializable(typeof(ReportedOutcome))]
[JsonSerializable(typeof(WhyTransferArguments))]
[JsonSerializable(typeof(TransferPage))]
[JsonSerializable(typeof(AdviseArguments))]
[JsonSerializable(typeof(PoolAdvice))]
[JsonSerializable(typeof(JsonNode))]
internal sealed partial class McpJson : JsonSerializerContext
{
    public static JsonTypeInfo<JsonNode> Node => Readable.Context.JsonNode;

    public static JsonTypeInfo<T> TypeInfo<T>() => (JsonTypeInfo<T>)Readable.Context.GetTypeInfo(typeof(T))!;

    // Text stays readable: only what JSON needs escaped is escaped.
    private static class Readable
    {
        public static readonly McpJson Context =
            new(new JsonSerializerOptions(Default.Options) { Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping });
    }
}
