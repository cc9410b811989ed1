using System.CommandLine;
using MemoryEngine.Cli.Shared;

namespace MemoryEngine.Cli.Verbs;

/// <summary>Stores one memory and prints its id.</summary>
internal sealed class RememberVerb : Verb
{
    private readonly DraftOptions _options = new();
    private readonly EmbedderOptions _embedder = new();

    private readonly Argument<string> _text = new("TEXT")
    {
        Description = "What to remember, or '-' for standard input.",
    };

    public RememberVerb(Shell shell)
        : base(shell, "remember", "Stores one memory and prints its id.")
    {
        Add(_text);
        _options.AddTo(this);
        _embedder.AddTo(this);
    }

    protected override async Task<int> RunAsync(Call call, CancellationToken cancellation)
    {
        var text = await call.ReadTextAsync(call.Get(_text), cancellation);
        var draft = _options.Apply(call, new MemoryDraft { Text = text });
        using var embedder = _embedder.Choose(call);
        await using var pool = await PoolDoor.OpenAsync(call, create: true, embedder, cancellation);
        await new SpaceDeclaring(pool).DeclareAsync(draft, cancellation);
        var result = await pool.Store.RememberAsync(draft, cancellation);
        if (result.Note is { } note) call.Output.Note(note);
        if (call.Output.IsJson) call.Output.Json(json => MemoryText.WriteResult(json, result));
        else call.Output.Line(result.Id.ToString());
        return ExitCode.Done;
    }
}
