using System.Text.Json;
using Microsoft.Extensions.Logging;

namespace MemoryEngine.Agents.Mcp;

/// <summary>
/// What a tool says about an exception: <c>code: sentence</c>, and which tool helps, where one does. The codes are those of the command
/// line. A defect is logged in full as well.
/// </summary>
internal sealed class ToolErrors(ILogger log)
{
    public string Describe(string tool, Exception error)
    {
        switch (error)
        {
            case ToolArgumentException:
                return $"invalid_argument: {error.Message}";
            case MemoryEngineException e:
                return $"{JsonNamingPolicy.SnakeCaseLower.ConvertName(e.Code.ToString())}: {e.Message}{Help(e.Code)}";
            case ArgumentException:
                // The engine appends the name of its own parameter, which means nothing here.
                return $"invalid_argument: {error.Message.Split(" (Parameter '")[0]}";
            case IOException or UnauthorizedAccessException:
                return $"storage: {error.Message}";
            default:
                log.LogError(error, "The tool {Tool} failed by a defect.", tool);
                return $"internal: This is a defect of memengine, please report it: {error.GetType().Name}: {error.Message}";
        }
    }

    private static string Help(ErrorCode code) => code switch
    {
        ErrorCode.NotFound => " Here list_memories shows the memories, memory_stats the snapshots.",
        ErrorCode.Conflict => " Here get_memory reads it as it is now.",
        _ => "",
    };
}
