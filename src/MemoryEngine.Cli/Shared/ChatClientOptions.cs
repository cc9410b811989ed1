using System.CommandLine;
using MemoryEngine.Agents.Chat;
using Microsoft.Extensions.AI;

namespace MemoryEngine.Cli.Shared;

/// <summary>Which language model a verb asks: as the command line says, or, where it says nothing, as the environment does.</summary>
internal sealed class ChatClientOptions
{
    private const string Kinds = "an address (any endpoint that speaks as OpenAI's), ollama or ollama:URL";

    private readonly Option<string?> _model =
        Values.Text("--model", $"The language model to ask, as the endpoint names it. {Variable("model")} otherwise; none without both.", "NAME");

    private readonly Option<string?> _endpoint = Values.Text("--endpoint", $"Where it is: {Kinds}. {Variable("endpoint")} otherwise.", "WHERE");

    private readonly Option<string?> _keyVariable =
        Values.Text("--key-env", "The environment variable that holds its key; never the key itself.", "NAME");

    public void AddTo(Command verb)
    {
        Option[] all = [_model, _endpoint, _keyVariable];
        foreach (var option in all) verb.Add(option);
    }

    /// <summary>The client; null where no model is named.</summary>
    public IChatClient? Choose(Call call)
    {
        var isGiven = call.Get(_model) is not null || call.Get(_endpoint) is not null;
        var read = call.Terminal.Variable;
        var (model, endpoint, key) = isGiven
            ? (call.Get(_model), call.Get(_endpoint), call.Get(_keyVariable))
            : (Set(read(Variable("model"))), Set(read(Variable("endpoint"))), call.Get(_keyVariable) ?? Set(read(Variable("key_env"))));
        if (model is null && endpoint is null) return null;
        if (model is null) throw new UsageException($"Which model? --model names it for --endpoint {endpoint}.");
        if (endpoint is null) throw new UsageException($"Where is the model {model}? --endpoint says so: {Kinds}. The record is sent there.");
        var (api, address) = Parse(endpoint);
        try
        {
            return new HttpChatClient(
                new HttpChatOptions { Api = api, Endpoint = address, Model = model, KeyVariable = key }, readVariable: read);
        }
        catch (ArgumentException e)
        {
            throw new UsageException(e.Message);
        }
    }

    private static (ChatApi Api, Uri? Address) Parse(string endpoint)
    {
        if (endpoint == "ollama") return (ChatApi.Ollama, null);
        var isOllama = endpoint.StartsWith("ollama:", StringComparison.Ordinal);
        var text = isOllama ? endpoint["ollama:".Length..] : endpoint;
        return Uri.TryCreate(text, UriKind.Absolute, out var address) && address.Scheme is "http" or "https"
            ? (isOllama ? ChatApi.Ollama : ChatApi.OpenAI, address)
            : throw new UsageException($"--endpoint is '{text}'; it can be {Kinds}.");
    }

    private static string? Set(string? value) => value is { Length: > 0 } ? value : null;

    private static string Variable(string name) => $"MEMENGINE_CHAT_{name.ToUpperInvariant()}";
}
