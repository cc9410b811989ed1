using System.Text;
using MemoryEngine.Index;
using MemoryEngine.Records;
using MemoryEngine.Storage;

namespace MemoryEngine;

/// <summary>
/// The words of a pool's texts, gathered when a query first has a word that no memory holds, and kept up with what comes. Of many
/// memories a thread reads the texts, and the queries until it is done do without: they are right, and know no beginnings of words.
/// </summary>
internal sealed class PoolWords(Pool pool)
{
    /// <summary>So many texts are read at once by the query that needs them: a few tenths of a second, once.</summary>
    private const int AtOnce = 16_384;

    private readonly Lock _turn = new();
    private readonly WordList.Builder _builder = new();
    private readonly CancellationTokenSource _closing = new();
    private WordList _words = WordList.Empty;
    private Thread? _thread;
    private int _covered;

    /// <summary>The words of all memories that there are, or of those that have been read.</summary>
    public WordList Current
    {
        get
        {
            var rows = pool.Table.Current.RowCount;
            if (Volatile.Read(ref _covered) < rows) CatchUp(rows);
            return Volatile.Read(ref _words);
        }
    }

    /// <summary>Ends what is under way and waits for the end.</summary>
    public void Close()
    {
        _closing.Cancel();
        Volatile.Read(ref _thread)?.Join();
    }

    private void CatchUp(int rows)
    {
        // Somebody else does already.
        if (!_turn.TryEnter()) return;
        try
        {
            if (_thread is { IsAlive: true } || _closing.IsCancellationRequested) return;
            if (rows - _covered <= AtOnce)
            {
                Read(rows);
                return;
            }
            var thread = new Thread(() => ReadBehindOthers(rows)) { IsBackground = true, Name = "memengine-words" };
            Volatile.Write(ref _thread, thread);
            thread.Start();
        }
        finally
        {
            _turn.Exit();
        }
    }

    private void ReadBehindOthers(int rows)
    {
        LowPriority.Take();
        try
        {
            Read(rows);
        }
        catch (Exception e) when (e is MemoryEngineException or ObjectDisposedException or OperationCanceledException)
        {
            // The pool closes, or cannot be read: whoever reads these memories is told, and the next query tries again.
            return;
        }
    }

    private void Read(int rows)
    {
        var buffer = Array.Empty<char>();
        for (var row = _covered; row < rows; row++)
        {
            _closing.Token.ThrowIfCancellationRequested();
            if (pool.Table.IsErased(row)) continue;
            using var body = pool.ReadBodyAsync(row, CancellationToken.None).AsTask().GetAwaiter().GetResult();
            if (body.Status != RecordStatus.Found || !RecordReader.TryOpen(body.Span, out var record, out _)) continue;
            foreach (var field in record)
            {
                if (field.Field is not (RecordField.Title or RecordField.Key or RecordField.Text)) continue;
                if (buffer.Length < field.Value.Length) buffer = new char[Math.Max(field.Value.Length, 2 * buffer.Length)];
                _builder.Add(buffer.AsSpan(0, Encoding.UTF8.GetChars(field.Value, buffer)));
            }
        }
        Volatile.Write(ref _words, _builder.Build());
        Volatile.Write(ref _covered, rows);
    }
}
