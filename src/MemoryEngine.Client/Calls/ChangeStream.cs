using System.Diagnostics;
using System.Runtime.CompilerServices;
using System.Threading.Channels;
using MemoryEngine.Protocol.Methods;

namespace MemoryEngine.Client.Calls;

/// <summary>
/// The changes of a pool, over a connection of their own: when it breaks, they go on after the last one that came. A reader that is
/// slow makes the server wait, not this process grow.
/// </summary>
internal static class ChangeStream
{
    private const int Kept = 1024;

    public static async IAsyncEnumerable<MemoryChange> ReadAsync(
        Link link, long? after, [EnumeratorCancellation] CancellationToken cancellation)
    {
        var (attempts, since) = (0, Stopwatch.GetTimestamp());
        while (true)
        {
            ServerGoneException gone;
            var opened = await TryOpenAsync(link, after, cancellation).ConfigureAwait(false);
            if (opened.Connection is { } connection)
            {
                using (connection)
                {
                    after = opened.After;
                    await foreach (var notice in opened.Changes!.ReadAllAsync(cancellation).ConfigureAwait(false))
                    {
                        after = notice.Sequence;
                        // What this version does not know of is passed over, as every field that it does not know.
                        if (notice.ToChange() is { } change) yield return change;
                        (attempts, since) = (0, Stopwatch.GetTimestamp());
                    }
                }
                gone = new ServerGoneException("the connection broke.");
                since = attempts == 0 ? Stopwatch.GetTimestamp() : since;
            }
            else
            {
                gone = opened.Gone!;
            }
            if (!await link.PauseAsync(attempts++, since, cancellation).ConfigureAwait(false))
                throw link.Unavailable(gone, mayHaveHappened: false);
        }
    }

    private static async Task<(Connection? Connection, ChannelReader<ChangeNotice>? Changes, long After, ServerGoneException? Gone)> TryOpenAsync(
        Link link, long? after, CancellationToken cancellation)
    {
        var changes = Channel.CreateBounded<ChangeNotice>(new BoundedChannelOptions(Kept) { SingleReader = true, SingleWriter = true });
        Connection? connection = null;
        try
        {
            connection = await link.ConnectAsync(change => Pass(changes.Writer, change), cancellation).ConfigureAwait(false);
            connection.WhenEnded(() => changes.Writer.TryComplete());
            var reply = await Link.OnceAsync(
                connection, MemoryMethods.Subscribe, new SubscribeRequest { After = after }, CallKind.None, link.Options.Deadline,
                cancellation).ConfigureAwait(false);
            return (connection, changes.Reader, reply.Sequence, null);
        }
        catch (ServerGoneException e)
        {
            connection?.Dispose();
            return (null, null, 0, e);
        }
        catch
        {
            connection?.Dispose();
            throw;
        }
    }

    // On the thread that reads, which has nothing else to do than to wait until there is room.
    private static void Pass(ChannelWriter<ChangeNotice> writer, ChangeNotice change)
    {
        while (!writer.TryWrite(change))
            if (!writer.WaitToWriteAsync().AsTask().GetAwaiter().GetResult()) return;
    }
}
