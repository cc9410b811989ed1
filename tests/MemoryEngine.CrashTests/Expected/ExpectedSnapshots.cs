using System.Globalization;

namespace MemoryEngine.CrashTests;

/// <summary>What is about to be done to the pool as a whole, while no writer has anything under way.</summary>
internal enum PoolIntentKind : byte
{
    None = 0,
    Snapshot = 1,
    Drop = 2,
    RollBack = 3,

    /// <summary>The rollback was acknowledged: what is left is to say so slot by slot.</summary>
    RolledBack = 4,
}

/// <summary>An intent, and the place of the snapshot that it is about.</summary>
internal readonly record struct PoolIntent(PoolIntentKind Kind, int Place)
{
    public long Packed => ((long)Kind << 32) | (uint)Place;

    public static PoolIntent Unpack(long packed) => new((PoolIntentKind)(packed >> 32), (int)packed);
}

/// <summary>
/// The part of the expected state that is about snapshots: a few places, each with a generation that is part of the name,
/// and the state of every slot as it was then. The last place is for what a rollback has put away.
/// </summary>
internal sealed unsafe class ExpectedSnapshots(long* words)
{
    public const int Places = 4;

    /// <summary>Where the state before a rollback is kept, to roll back to.</summary>
    public const int Undo = Places;

    public const long Bytes = sizeof(long) * (1 + ((Places + 1L) * PlaceWords));
    private const int PlaceWords = 1 + ExpectedState.Slots;

    public PoolIntent Intent
    {
        get => PoolIntent.Unpack(Volatile.Read(ref *words));
        set => Volatile.Write(ref *words, value.Packed);
    }

    /// <summary>Even while there is no snapshot in the place, odd while there is one.</summary>
    public long Generation(int place) => Volatile.Read(ref *Word(place, 0));

    public bool IsTaken(int place) => Generation(place) % 2 == 1;

    /// <summary>The name of the snapshot in a place, or of the next one.</summary>
    public string Name(int place) => string.Create(CultureInfo.InvariantCulture, $"place-{place}-{Generation(place) / 2}");

    public SlotState State(int place, int slot) => SlotState.Unpack(Volatile.Read(ref *Word(place, 1 + slot)));

    /// <summary>Writes down how all slots are now.</summary>
    public void Copy(int place, ExpectedState now)
    {
        for (var slot = 0; slot < ExpectedState.Slots; slot++) Volatile.Write(ref *Word(place, 1 + slot), now.State(slot).Packed);
    }

    /// <summary>A snapshot has come to the place, or left it.</summary>
    public void Turn(int place) => Volatile.Write(ref *Word(place, 0), Generation(place) + 1);

    public void Purge(int slot)
    {
        for (var place = 0; place <= Undo; place++) Volatile.Write(ref *Word(place, 1 + slot), 0);
    }

    /// <summary>After an acknowledged rollback: the present is what the place holds. Can be done again from the beginning.</summary>
    public void FinishRollback(ExpectedState now)
    {
        var place = Intent.Place;
        Intent = new PoolIntent(PoolIntentKind.RolledBack, place);
        for (var slot = 0; slot < ExpectedState.Slots; slot++) now.Replace(slot, State(place, slot));
        Intent = default;
    }

    private long* Word(int place, int index) => words + 1 + (place * PlaceWords) + index;
}
