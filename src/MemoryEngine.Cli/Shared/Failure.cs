using System.Text.Json;
using MemoryEngine.Agents.Chat;

namespace MemoryEngine.Cli.Shared;

/// <summary>The command line asks for something that cannot be.</summary>
internal class UsageException(string message) : Exception(message)
{
    public virtual string Code => "usage";
}

/// <summary>A strict import met a bad line.</summary>
internal sealed class BadLineException(string message) : UsageException(message)
{
    public override string Code => "bad_line";
}

/// <summary>Tells an error: one sentence on standard error, or one JSON document, and the exit code that goes with it.</summary>
internal static class Failure
{
    public static int Report(Output output, Exception error)
    {
        var (code, exitCode, message) = Classify(error);
        if (output.IsJson) WriteJson(output, code, message);
        else output.Error(message);
        return exitCode;
    }

    private static (string Code, int ExitCode, string Message) Classify(Exception error) => error switch
    {
        UsageException e => (e.Code, ExitCode.Usage, e.Message),
        MemoryEngineException e => (JsonNamingPolicy.SnakeCaseLower.ConvertName(e.Code.ToString()), ExitCode.Of(e.Code), e.Message),
        ChatEndpointException e => ("model", ExitCode.Storage, $"{e.Message} Nothing of that run was stored."),
        // The engine appends the name of its own parameter, which means nothing here.
        ArgumentException e => ("usage", ExitCode.Usage, e.Message.Split(" (Parameter '")[0]),
        OperationCanceledException => ("cancelled", ExitCode.Cancelled, "Stopped. What was acknowledged before is kept."),
        IOException or UnauthorizedAccessException => ("storage", ExitCode.Storage, error.Message),
        _ => ("internal", ExitCode.Storage, $"This is a defect of memengine, please report it: {error}"),
    };

    private static void WriteJson(Output output, string code, string message) => output.Json(json =>
    {
        json.WriteStartObject("error");
        json.WriteString("code", code);
        json.WriteString("message", message);
        json.WriteEndObject();
    });
}
