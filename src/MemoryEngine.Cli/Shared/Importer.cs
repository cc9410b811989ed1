using System.Diagnostics;
using System.Threading.Channels;
using MemoryEngine.Agents.Interchange;

namespace MemoryEngine.Cli.Shared;

/// <summary>A line that was not remembered.</summary>
internal sealed record FailedLine(string File, long Line, string Message);

/// <summary>
/// Streams files of memories into a pool: one thread reads and parses ahead while the pool works on the chunks before,
/// and a chunk waits for the device while the next one is prepared. A bad line is noted and the rest goes on.
/// </summary>
internal sealed class Importer(OpenPool pool, Durability durability, bool isStrict, Action<double, long>? progress = null)
{
    // Small enough that the first chunk is on its way early, and that what is under way never has to wait for a place
    // in the pool's queue, where two lines of one id could change places.
    private const int ChunkLines = 512;

    // A chunk of the longest texts would be half a gigabyte.
    private const int ChunkCharacters = 2 << 20;
    private const int ChunksUnderWay = 4;

    // Long texts pass through and leave garbage that the collector would let grow to several times what the pool needs.
    // Collected this often, an import of gigabytes stays small and one of short memories never gets here.
    private const long CollectEveryCharacters = 64L << 20;

    private readonly SpaceDeclaring _spaces = new(pool);
    private readonly List<FailedLine> _failed = [];
    private readonly Queue<(string File, List<JsonLine> Lines, Task<IReadOnlyList<RememberResult>> Write)> _underWay = new();

    // Through a pipe a chunk that is refused is known only later, and must not be overtaken by the next one.
    private readonly int _mostUnderWay = pool.IsOwn ? ChunksUnderWay : 1;
    private long _firstRead;
    private long _uncollected;

    public long Read { get; private set; }

    public long Added { get; private set; }

    public long Revised { get; private set; }

    public long Unchanged { get; private set; }

    /// <summary>Those of the added and revised that were stored without a vector, because the embedder failed.</summary>
    public long Unembedded { get; private set; }

    /// <summary>Why the first of them was.</summary>
    public string? FirstNote { get; private set; }

    public IReadOnlyList<FailedLine> Failed => _failed;

    /// <summary>From the first line read to the last one acknowledged.</summary>
    public TimeSpan Elapsed { get; private set; }

    public Task FilesAsync(IReadOnlyList<string> files, CancellationToken cancellation) =>
        RunAsync((chunks, stop) => ParseFilesAsync(files, chunks, stop), cancellation);

    public Task StreamAsync(string name, Stream stream, CancellationToken cancellation) =>
        RunAsync(
            async (chunks, stop) =>
            {
                using var reader = new JsonLinesReader(stream);
                await ParseAsync(name, reader, chunks, _ => 0, stop);
            },
            cancellation);

    private async Task RunAsync(Func<ChannelWriter<Chunk>, CancellationToken, Task> parse, CancellationToken cancellation)
    {
        using var stop = CancellationTokenSource.CreateLinkedTokenSource(cancellation);
        var chunks = Channel.CreateBounded<Chunk>(new BoundedChannelOptions(ChunksUnderWay) { SingleReader = true, SingleWriter = true });
        _firstRead = Stopwatch.GetTimestamp();
        var parsing = Task.Run(
            async () =>
            {
                Exception? error = null;
                try
                {
                    await parse(chunks.Writer, stop.Token);
                }
                catch (Exception e)
                {
                    error = e;
                }
                chunks.Writer.Complete(error);
            },
            CancellationToken.None);
        try
        {
            await foreach (var chunk in chunks.Reader.ReadAllAsync(cancellation)) await RememberAsync(chunk, cancellation);
            while (_underWay.Count > 0) await SettleAsync(cancellation);
            Elapsed = Stopwatch.GetElapsedTime(_firstRead);
        }
        finally
        {
            await stop.CancelAsync();
            await parsing;
        }
    }

    private static async Task ParseFilesAsync(IReadOnlyList<string> files, ChannelWriter<Chunk> chunks, CancellationToken cancellation)
    {
        var total = Math.Max(1, files.Sum(f => new FileInfo(f).Length));
        long before = 0;
        foreach (var file in files)
        {
            using var reader = JsonLinesReader.Open(file);
            var start = before;
            await ParseAsync(file, reader, chunks, r => (double)(start + r.SourceBytes) / total, cancellation);
            before += new FileInfo(file).Length;
        }
    }

    private static async Task ParseAsync(
        string file, JsonLinesReader reader, ChannelWriter<Chunk> chunks, Func<JsonLinesReader, double> share, CancellationToken cancellation)
    {
        var chunk = new Chunk(file);
        while (reader.TryRead(out var line))
        {
            chunk.Lines.Add(line.Draft is { Id: null } draft ? line with { Draft = draft with { Id = JsonLines.ContentId(draft) } } : line);
            chunk.Characters += line.Draft?.Text.Length ?? 0;
            if (chunk.Lines.Count < ChunkLines && chunk.Characters < ChunkCharacters) continue;
            chunk.Share = share(reader);
            await chunks.WriteAsync(chunk, cancellation);
            chunk = new Chunk(file);
        }
        chunk.Share = share(reader);
        if (chunk.Lines.Count > 0) await chunks.WriteAsync(chunk, cancellation);
    }

    private async Task RememberAsync(Chunk chunk, CancellationToken cancellation)
    {
        var lines = new List<JsonLine>(chunk.Lines.Count);
        foreach (var line in chunk.Lines)
        {
            Read++;
            var problem = line.Error ?? await DeclareAsync(line.Draft!, cancellation);
            if (problem is null)
            {
                lines.Add(line);
                continue;
            }
            if (!isStrict)
            {
                _failed.Add(new FailedLine(chunk.File, line.Number, problem));
                continue;
            }
            // What stands before the bad line is remembered, what stands behind it is not.
            await SubmitAsync(chunk.File, lines, cancellation);
            while (_underWay.Count > 0) await SettleAsync(cancellation);
            throw BadLine(chunk.File, line.Number, problem);
        }
        await SubmitAsync(chunk.File, lines, cancellation);
        _uncollected += lines.Sum(l => (long)l.Draft!.Text.Length);
        if (_uncollected >= CollectEveryCharacters)
        {
            _uncollected = 0;
            GC.Collect(2, GCCollectionMode.Aggressive);
        }
        progress?.Invoke(chunk.Share, Read);
    }

    private async Task<string?> DeclareAsync(MemoryDraft draft, CancellationToken cancellation)
    {
        try
        {
            await _spaces.DeclareAsync(draft, cancellation);
            return null;
        }
        catch (Exception e) when (IsAboutTheLine(e))
        {
            return Message(e);
        }
    }

    private async Task SubmitAsync(string file, List<JsonLine> lines, CancellationToken cancellation)
    {
        if (lines.Count == 0) return;
        while (_underWay.Count >= _mostUnderWay) await SettleAsync(cancellation);
        // All are checked before any is written, and in this process before this returns.
        var task = pool.RememberManyAsync(lines.ConvertAll(l => l.Draft!), durability, cancellation);
        _underWay.Enqueue((file, lines, task));
        if (task.IsFaulted) while (_underWay.Count > 0) await SettleAsync(cancellation);
    }

    // One of them is refused: which, is found by remembering each by itself.
    private async Task RememberEachAsync(string file, List<JsonLine> lines, CancellationToken cancellation)
    {
        var writes = new Queue<(JsonLine Line, Task<RememberResult> Write)>();
        foreach (var line in lines)
        {
            var write = pool.RememberAsync(line.Draft!, durability, cancellation).AsTask();
            writes.Enqueue((line, write));
            // In this process what is refused is refused at once.
            if (isStrict && !pool.IsOwn) await ((Task)write).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
            if (isStrict && write.IsFaulted) break;
        }
        while (writes.TryDequeue(out var next))
        {
            try
            {
                Count(await next.Write);
            }
            catch (Exception e) when (IsAboutTheLine(e))
            {
                if (isStrict) throw BadLine(file, next.Line.Number, Message(e));
                _failed.Add(new FailedLine(file, next.Line.Number, Message(e)));
            }
        }
    }

    private async Task SettleAsync(CancellationToken cancellation)
    {
        var (file, lines, write) = _underWay.Dequeue();
        try
        {
            foreach (var result in await write) Count(result);
        }
        catch (Exception e) when (IsAboutTheLine(e))
        {
            await RememberEachAsync(file, lines, cancellation);
        }
    }

    private void Count(RememberResult result)
    {
        if (result.Note is not null)
        {
            Unembedded++;
            FirstNote ??= result.Note;
        }
        switch (result.Outcome)
        {
            case RememberOutcome.Added: Added++; break;
            case RememberOutcome.Unchanged: Unchanged++; break;
            default: Revised++; break;
        }
    }

    private static bool IsAboutTheLine(Exception e) =>
        e is ArgumentException or MemoryEngineException { Code: ErrorCode.EmbedderMismatch or ErrorCode.Conflict or ErrorCode.Purged };

    private static string Message(Exception e) => e.Message.Split(" (Parameter '")[0];

    private static BadLineException BadLine(string file, long line, string message) =>
        new($"{file}:{line}: {message} Stopped there, as --strict asks; the lines before it are remembered.");

    private sealed class Chunk(string file)
    {
        public string File => file;

        public List<JsonLine> Lines { get; } = new(ChunkLines);

        /// <summary>Length of all texts.</summary>
        public long Characters { get; set; }

        public double Share { get; set; }
    }
}
