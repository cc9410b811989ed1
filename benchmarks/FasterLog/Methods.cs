using MemoryEngine.Journal;
using MemoryEngine.Storage;

namespace MemoryEngine.Benchmarks.FasterLog;

/// <summary>A way to make 1 KB durable. One object serves one round in a directory of its own.</summary>
internal interface IMethod : IDisposable
{
    /// <summary>Completes when the entry is as durable as the method makes it.</summary>
    ValueTask CommitAsync(byte[] entry);
}

/// <summary>What a device gives without any log: one write and one fdatasync an entry, in a reserved file.</summary>
internal sealed class BareSync : IMethod
{
    private const long FileBytes = 64L << 20;
    private readonly IFile _file;
    private long _offset;

    public BareSync(string directory)
    {
        Directory.CreateDirectory(directory);
        _file = PhysicalFileSystem.Instance.Open(Path.Combine(directory, "bare"), FileOpening.CreateNew);
        _file.Reserve(FileBytes);
    }

    public ValueTask CommitAsync(byte[] entry)
    {
        _file.Write(_offset, entry);
        _file.Sync();
        _offset = (_offset + entry.Length) % FileBytes;
        return ValueTask.CompletedTask;
    }

    public void Dispose() => _file.Dispose();
}

/// <summary>Our journal and its flusher, with nothing derived from it.</summary>
internal sealed class JournalMethod : IMethod, ICommitHost
{
    private readonly JournalWriter _journal;
    private readonly GroupCommit _commit;

    public JournalMethod(string directory)
    {
        _journal = Journals.Create(directory);
        _commit = new GroupCommit(_journal, this);
    }

    public async ValueTask CommitAsync(byte[] entry)
    {
        var write = new Write(entry);
        await _commit.EnqueueAsync(write, isOneOfMany: false, CancellationToken.None).ConfigureAwait(false);
        await write.Task.ConfigureAwait(false);
    }

    public bool IsCheckpointDue => false;

    public void BeginBatch()
    {
    }

    public void Publish(long sequence)
    {
    }

    public void Checkpoint()
    {
    }

    public void Dispose()
    {
        _commit.Dispose();
        _journal.Close();
    }

    private sealed class Write(byte[] entry) : PendingWrite
    {
        // As the engine's own: callers go on elsewhere than on the flusher's thread.
        private readonly TaskCompletionSource _completion = new(TaskCreationOptions.RunContinuationsAsynchronously);

        public Task Task => _completion.Task;

        public override Durability Durability => Durability.Device;

        public override int Bytes => JournalFormat.FrameBytes(entry.Length);

        public override bool Prepare(JournalWriter journal)
        {
            journal.Append(EventType.Remembered, entry);
            return true;
        }

        public override void Apply()
        {
        }

        public override void Complete() => _completion.SetResult();

        public override void Fail(Exception error) => _completion.SetException(error);
    }
}

/// <summary>Who asks FasterLog to commit.</summary>
internal enum Committer
{
    /// <summary>A thread of its own, which spins until each commit is done.</summary>
    SpinningThread,

    /// <summary>A loop that awaits each commit.</summary>
    AwaitingLoop,

    /// <summary>Each writer after its entry; the log's policy lets one commit run at a time and retries the rest.</summary>
    Writers,

    /// <summary>The only writer, which spins until its commit is done.</summary>
    OnlyWriter,
}

/// <summary>FasterLog.</summary>
internal sealed class PeerMethod : IMethod
{
    private readonly Peer _peer;
    private readonly Committer _committer;
    private readonly Thread? _thread;
    private volatile bool _closing;

    public PeerMethod(string directory, PeerSettings settings, Committer committer)
    {
        (_peer, _committer) = (new Peer(directory, settings), committer);
        if (committer is Committer.Writers or Committer.OnlyWriter) return;
        _thread = new Thread(committer == Committer.SpinningThread ? Spin : () => LoopAsync().GetAwaiter().GetResult()) { IsBackground = true };
        _thread.Start();
    }

    public ValueTask CommitAsync(byte[] entry)
    {
        if (_thread is not null) return Waited(_peer.Log.EnqueueAndWaitForCommitAsync((ReadOnlyMemory<byte>)entry));
        var address = _peer.Log.Enqueue(entry);
        _peer.Log.Commit(spinWait: _committer == Committer.OnlyWriter);
        return _committer == Committer.OnlyWriter
            ? ValueTask.CompletedTask
            : _peer.Log.WaitForCommitAsync(address + 1);

        static async ValueTask Waited(ValueTask<long> commit) => await commit.ConfigureAwait(false);
    }

    public void Dispose()
    {
        _closing = true;
        _thread?.Join();
        _peer.Dispose();
    }

    private bool HasWork => _peer.Log.TailAddress > _peer.Log.CommittedUntilAddress;

    private void Spin()
    {
        while (!_closing)
        {
            if (HasWork) _peer.Log.Commit(spinWait: true);
            else Thread.Yield();
        }
    }

    private async Task LoopAsync()
    {
        while (!_closing)
        {
            if (HasWork) await _peer.Log.CommitAsync().ConfigureAwait(false);
            else await Task.Yield();
        }
    }
}
