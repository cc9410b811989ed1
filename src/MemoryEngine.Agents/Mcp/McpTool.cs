using System.Text.Json;
using System.Text.Json.Serialization.Metadata;
using ModelContextProtocol.Protocol;
using ModelContextProtocol.Server;

namespace MemoryEngine.Agents.Mcp;

/// <summary>What calling a tool can change, as clients show it to those who allow calls.</summary>
internal enum ToolEffect
{
    /// <summary>Nothing.</summary>
    Reads,

    /// <summary>Nothing that anybody remembers: it only leaves a note that it was called.</summary>
    Records,

    /// <summary>It adds, and adds again when it is called again.</summary>
    Adds,

    /// <summary>It adds; a second call with the same arguments changes nothing.</summary>
    AddsOnce,

    /// <summary>It takes away or replaces; a second call with the same arguments changes nothing.</summary>
    ReplacesOnce,

    /// <summary>It takes away or replaces, each time anew.</summary>
    Replaces,
}

/// <summary>
/// A tool: arguments of one record in, one record out, with the JSON schemas of both. What is wrong with the arguments and what the
/// pool meets comes back as a tool error that the model can read, never as a failure of the protocol.
/// </summary>
internal sealed class McpTool<TArguments, TResult> : McpServerTool
{
    private readonly JsonTypeInfo<TArguments> _argumentsType;
    private readonly JsonTypeInfo<TResult> _resultType;
    private readonly Func<TArguments, CancellationToken, Task<TResult>> _call;
    private readonly ToolErrors _errors;

    /// <param name="name">Its name, in snake case.</param>
    /// <param name="title">Its name for people.</param>
    /// <param name="description">What it does and when to call it, for the model.</param>
    /// <param name="effect">What it changes.</param>
    /// <param name="errors">What becomes of an exception.</param>
    /// <param name="call">Does it.</param>
    public McpTool(
        string name, string title, string description, ToolEffect effect, ToolErrors errors,
        Func<TArguments, CancellationToken, Task<TResult>> call)
    {
        (_errors, _call) = (errors, call);
        _argumentsType = McpJson.TypeInfo<TArguments>();
        _resultType = McpJson.TypeInfo<TResult>();
        ProtocolTool = new Tool
        {
            Name = name,
            Title = title,
            Description = description,
            InputSchema = McpSchema.Of(_argumentsType),
            OutputSchema = McpSchema.Of(_resultType),
            Annotations = new ToolAnnotations
            {
                Title = title,
                ReadOnlyHint = effect is ToolEffect.Reads or ToolEffect.Records,
                DestructiveHint = effect is ToolEffect.Replaces or ToolEffect.ReplacesOnce,
                IdempotentHint = effect is ToolEffect.Reads or ToolEffect.AddsOnce or ToolEffect.ReplacesOnce,
                OpenWorldHint = false,
            },
        };
    }

    public override Tool ProtocolTool { get; }

    public override IReadOnlyList<object> Metadata => [];

    public override async ValueTask<CallToolResult> InvokeAsync(
        RequestContext<CallToolRequestParams> request, CancellationToken cancellationToken = default)
    {
        try
        {
            var arguments = ToolArguments.Read(request.Params?.Arguments, _argumentsType, ProtocolTool);
            var result = await _call(arguments, cancellationToken).ConfigureAwait(false);
            var json = JsonSerializer.SerializeToElement(result, _resultType);
            // Clients that know no structured content read the text; the specification asks for both.
            return new CallToolResult { StructuredContent = json, Content = [new TextContentBlock { Text = json.GetRawText() }] };
        }
        catch (OperationCanceledException) when (cancellationToken.IsCancellationRequested)
        {
            throw;
        }
        catch (Exception e)
        {
            return new CallToolResult { IsError = true, Content = [new TextContentBlock { Text = _errors.Describe(ProtocolTool.Name, e) }] };
        }
    }
}
