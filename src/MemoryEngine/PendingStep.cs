using MemoryEngine.Journal;

namespace MemoryEngine;

/// <summary>
/// Something that is done between batches, where nobody else writes. It waits its turn like a write and answers when it
/// is done.
/// </summary>
internal sealed class PendingStep<T>(Pool pool, Func<T> step) : PendingWrite<T>(pool, Durability.Process)
{
    public override bool IsAlone => true;

    public override int Bytes => 0;

    public override bool Prepare(JournalWriter journal)
    {
        Result = step();
        return true;
    }

    public override void Apply()
    {
    }
}
