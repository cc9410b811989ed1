using MemoryEngine.Protocol;
using MemoryEngine.Protocol.Methods;
using MemoryEngine.Server.Calls;

namespace MemoryEngine.Server.Sessions;

/// <content>What a client is told without asking again, and whether it may ask at all.</content>
internal sealed partial class Session
{
    private bool _isSubscribed;
    private long _toldAfter;

    /// <summary>Tells the client of changes from now on; once for each connection.</summary>
    /// <param name="after">The last sequence that it knows; null for the newest one.</param>
    public SubscribeReply Subscribe(long? after)
    {
        var from = after ?? _server.Store.Sequence;
        lock (_gate)
        {
            if (_isSubscribed) throw new CallException(ProtocolErrorCode.InvalidArgument, "This connection is told of changes already.");
            _isSubscribed = true;
        }
        // Once this is answered.
        _toldAfter = from;
        return new SubscribeReply { Sequence = from };
    }

    /// <summary>Lets the client in when it has the token, if one is asked for.</summary>
    /// <exception cref="CallException">It has none, or another.</exception>
    public void Authorise(string? token)
    {
        if (_options.Token is { } asked && !FixedTimeEquals(asked, token ?? ""))
            throw new CallException(ProtocolErrorCode.Unauthorized, "The token is missing, or not the one that this server asks for.");
        _isAuthorised = true;
    }

    private static bool FixedTimeEquals(string left, string right) => System.Security.Cryptography.CryptographicOperations.FixedTimeEquals(
        System.Text.Encoding.UTF8.GetBytes(left), System.Text.Encoding.UTF8.GetBytes(right));

    // A client that reads more slowly than changes come gets them later, from the journal: nothing piles up for it here.
    private async Task TellAsync(long after)
    {
        try
        {
            await foreach (var change in _server.Store.WatchAsync(after, _closing.Token).ConfigureAwait(false))
            {
                Outbox.SendNotification(MemoryMethods.Change.Name, ChangeNotice.Of(change));
                await Outbox.WhenEmpty.WaitAsync(_closing.Token).ConfigureAwait(false);
            }
        }
        catch (Exception e) when (e is OperationCanceledException or ObjectDisposedException)
        {
            // The client or the pool is gone.
        }
        catch (Exception e)
        {
            LogDefect(_options.Logger, e, "telling of changes");
            await EndAsync(ProtocolErrorCode.Internal, "Changes cannot be told any more.").ConfigureAwait(false);
        }
    }
}
