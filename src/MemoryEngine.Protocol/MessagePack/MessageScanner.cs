using System.Buffers;

namespace MemoryEngine.Protocol.MessagePack;

/// <summary>
/// Finds where messages end in a stream that has no length prefixes. It is fed what is new, once: a sender that sends one
/// byte at a time costs no more steps than one that sends everything at once. What it lets through is well-formed
/// MessagePack within the limits, its texts UTF-8. For one stream, and one thread at a time.
/// </summary>
public sealed class MessageScanner(ProtocolLimits limits)
{
    private ValueWalk _walk = new(limits);

    /// <summary>Bytes of the current message seen so far; of the whole message when <see cref="Scan"/> has just found its end.</summary>
    public long Length => _walk.Length;

    /// <summary>Whether a message has begun and not ended.</summary>
    public bool IsWithinMessage => _walk.Length > 0 && !_walk.IsComplete;

    internal long Steps { get; private set; }

    /// <summary>Takes bytes that were not given before.</summary>
    /// <param name="unseen">The next bytes of the stream.</param>
    /// <param name="end">Where the message ends in them; their end when it does not. What follows was not looked at.</param>
    /// <returns>Whether the message is complete. The next call then begins the next message.</returns>
    /// <exception cref="ProtocolException">The bytes are malformed or over a limit. The stream cannot be read on.</exception>
    public bool Scan(ReadOnlySequence<byte> unseen, out SequencePosition end)
    {
        if (_walk.IsComplete) _walk = new ValueWalk(limits);
        var before = _walk.Steps;
        long used = 0;
        foreach (var piece in unseen)
        {
            used += _walk.Feed(piece.Span);
            if (_walk.IsComplete) break;
        }
        Steps += _walk.Steps - before;
        end = _walk.IsComplete ? unseen.GetPosition(used) : unseen.End;
        return _walk.IsComplete;
    }
}
