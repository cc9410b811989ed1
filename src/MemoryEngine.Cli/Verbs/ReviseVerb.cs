using System.CommandLine;
using MemoryEngine.Agents.Interchange;
using MemoryEngine.Cli.Shared;

namespace MemoryEngine.Cli.Verbs;

/// <summary>Gives a memory a new version; what is not given stays as it is.</summary>
internal sealed class ReviseVerb : Verb
{
    private readonly DraftOptions _options = new();
    private readonly EmbedderOptions _embedder = new();
    private readonly Argument<Guid> _id = Values.Id();

    private readonly Argument<string?> _text = new("TEXT")
    {
        Description = "The new text, or '-' for standard input; left out, the text stays.",
        Arity = ArgumentArity.ZeroOrOne,
    };

    public ReviseVerb(Shell shell)
        : base(shell, "revise", "Gives a memory a new version; what is not given stays as it is.")
    {
        Add(_id);
        Add(_text);
        _options.AddTo(this);
        _embedder.AddTo(this);
    }

    protected override async Task<int> RunAsync(Call call, CancellationToken cancellation)
    {
        var id = call.Get(_id);
        var text = call.Get(_text) is { } given ? await call.ReadTextAsync(given, cancellation) : null;
        using var embedder = _embedder.Choose(call);
        await using var pool = await PoolDoor.OpenAsync(call, create: false, embedder, cancellation);
        var current = await pool.Store.GetAsync(id, null, cancellation) ?? throw Unknown.Memory(id);
        var draft = JsonLines.ToDraft(current);
        draft = _options.Apply(call, text is null ? draft : draft with { Text = text });
        await new SpaceDeclaring(pool).DeclareAsync(draft, cancellation);
        var result = await pool.Store.ReviseAsync(id, draft, current.Version, cancellation);
        if (result.Note is { } note) call.Output.Note(note);
        if (call.Output.IsJson) call.Output.Json(json => MemoryText.WriteResult(json, result));
        else call.Output.Line($"{result.Id}  version {result.Version}, {MemoryText.NameOf(result.Outcome)}");
        return ExitCode.Done;
    }
}
