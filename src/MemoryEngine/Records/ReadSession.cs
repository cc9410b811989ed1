using FASTER.core;

namespace MemoryEngine.Records;

/// <summary>One reader's session with FASTER and what it reads into. Used by one thread at a time, and pooled.</summary>
internal sealed class ReadSession : IDisposable
{
    private readonly ClientSession<long, SpanByte, ReadSession?, byte, Empty, RecordFunctions> _session;
    private bool _locates;

    public ReadSession(FasterKV<long, SpanByte> store) =>
        _session = store.For(RecordFunctions.Instance).NewSession<RecordFunctions>();

    public BodyBuilder Builder { get; } = new();

    /// <summary>Set by the device: where on disk the search for the key goes on. 0 when memory knew the answer.</summary>
    public long DiskAddress { get; set; }

    /// <summary>Where in memory the key was found; 0 when it was not.</summary>
    public long MemoryAddress { get; private set; }

    public long MutableReads { get; set; }

    public long ReadOnlyReads { get; set; }

    public long DiskReads { get; set; }

    /// <summary>Looks a key up in memory. What is found there goes to the builder; otherwise see <see cref="DiskAddress"/>.</summary>
    public void LookUp(long key)
    {
        _locates = false;
        Search(key);
    }

    /// <summary>The same, and what is found is left where it is: see <see cref="MemoryAddress"/>.</summary>
    public void Locate(long key)
    {
        _locates = true;
        Search(key);
    }

    /// <summary>Called back by FASTER with what it found in memory.</summary>
    public void Meet(long key, ReadOnlySpan<byte> value, long address)
    {
        MemoryAddress = address;
        if (!_locates) Builder.Take(key, value);
    }

    public void Dispose()
    {
        Builder.Abandon();
        _session.Dispose();
    }

    private void Search(long key)
    {
        Builder.Expect();
        DiskAddress = 0;
        MemoryAddress = 0;
        byte unused = 0;
        ReadSession? self = this;
        LogDevice.Asking = this;
        try
        {
            // Cold reads come back as pending and complete at once, since the device only notes the place.
            if (_session.Read(ref key, ref self, ref unused).IsPending) _session.CompletePending(wait: true);
        }
        finally
        {
            LogDevice.Asking = null;
        }
    }
}
