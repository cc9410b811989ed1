using System.Globalization;
using System.Runtime.InteropServices;

namespace MemoryEngine.Evidence.State;

/// <summary>By what outcomes are grouped. Stored with the sums; values only grow.</summary>
[Stored]
internal enum GainGroup : byte
{
    All = 0,
    Domain = 1,
    PoolSize = 2,
    Mode = 3,
    Consumer = 4,
    Modality = 5,
}

/// <summary>What an outcome may say of a run beside its score. Stored with the sums; values only grow.</summary>
[Stored]
internal enum RunFigure : byte
{
    Tokens = 0,
    Seconds = 1,
    Steps = 2,
    FirstEditSeconds = 3,
    Cost = 4,
}

/// <summary>Sums over outcomes, from which the pool's measures are made. Each is a count or a sum in the order outcomes came.</summary>
internal sealed class PoolSums(int mostGroups)
{
    private const string Others = "(others)";

    /// <summary>Outcomes by group, held out or not.</summary>
    public Dictionary<(GainGroup Group, string Key), Arms> Gains { get; } = [];

    /// <summary>Outcomes with memories of a producer that were handed to a consumer, by both.</summary>
    public Dictionary<(string Producer, string Consumer), Mean> CrossModel { get; } = [];

    /// <summary>Outcomes of transfers that handed over a memory of another domain, by the level of that memory.</summary>
    public Mean[] AcrossDomains { get; } = new Mean[Levels];

    /// <summary>Memories considered, handed over and used, by mode and level.</summary>
    public (long Retrieved, long Injected, long Used)[] Uses { get; } = new (long, long, long)[Modes * Levels];

    /// <summary>Tokens, seconds and the like, held out or not.</summary>
    public Arms[] Figures { get; } = new Arms[Enum.GetValues<RunFigure>().Length];

    /// <summary>Outcomes that a model judged, by that model. They are in no other sum.</summary>
    public Dictionary<string, Arms> Judged { get; } = [];

    /// <summary>Failures by their class.</summary>
    public long[] Failures { get; } = new long[Enum.GetValues<FailureClass>().Length];

    /// <summary>Candidates about which chance decided, and those of them whose outcome is known: handed over and withheld.</summary>
    public (long Included, long IncludedKnown, long Withheld, long WithheldKnown) Drawn { get; set; }

    private static int Levels => (int)MemoryLevel.Strategy + 1;

    private static int Modes => (int)TransferMode.Hybrid + 1;

    /// <summary>The place of a mode and a level in <see cref="Uses"/>.</summary>
    public static int UseAt(TransferMode mode, MemoryLevel level) => ((int)mode * Levels) + (int)level;

    /// <summary>The size tier of a pool: the boundaries of the article's tiers, and its thousand.</summary>
    public static string SizeOf(long tasks) => tasks < 100 ? "<100" : tasks <= 500 ? "100-500" : tasks <= 1_000 ? "501-1000" : ">1000";

    public void Add(GainGroup group, string key, bool isControl, double score)
    {
        ref var arms = ref Place(Gains, (group, key), (group, Others));
        arms = arms.Add(isControl, score);
    }

    public void AddCrossModel(string producer, string consumer, double score)
    {
        ref var mean = ref Place(CrossModel, (producer, consumer), (Others, Others));
        mean = mean.Add(score);
    }

    public void AddJudged(string model, bool isControl, double score)
    {
        ref var arms = ref Place(Judged, model, Others);
        arms = arms.Add(isControl, score);
    }

    public void AddFigure(RunFigure figure, bool isControl, double? value)
    {
        if (value is { } known) Figures[(int)figure] = Figures[(int)figure].Add(isControl, known);
    }

    public void Write(BinaryWriter to)
    {
        WriteAll(to, Gains, key => $"{(int)key.Group:D2}{key.Key}", static (w, arms) => arms.Write(w));
        WriteAll(to, CrossModel, key => key.Producer.Length.ToString(CultureInfo.InvariantCulture) + ":" + key.Producer + key.Consumer, static (w, mean) => mean.Write(w));
        WriteAll(to, Judged, key => key, static (w, arms) => arms.Write(w));
        foreach (var mean in AcrossDomains) mean.Write(to);
        foreach (var (retrieved, injected, used) in Uses)
            foreach (var count in (long[])[retrieved, injected, used]) to.Write(count);
        foreach (var arms in Figures) arms.Write(to);
        foreach (var count in Failures) to.Write(count);
        foreach (var count in (long[])[Drawn.Included, Drawn.IncludedKnown, Drawn.Withheld, Drawn.WithheldKnown]) to.Write(count);
    }

    public void Read(BinaryReader from)
    {
        ReadAll(from, Gains, key => ((GainGroup)int.Parse(key.AsSpan(0, 2), CultureInfo.InvariantCulture), key[2..]), Arms.Read);
        ReadAll(from, CrossModel, PairOf, Mean.Read);
        ReadAll(from, Judged, key => key, Arms.Read);
        for (var i = 0; i < AcrossDomains.Length; i++) AcrossDomains[i] = Mean.Read(from);
        for (var i = 0; i < Uses.Length; i++) Uses[i] = (from.ReadInt64(), from.ReadInt64(), from.ReadInt64());
        for (var i = 0; i < Figures.Length; i++) Figures[i] = Arms.Read(from);
        for (var i = 0; i < Failures.Length; i++) Failures[i] = from.ReadInt64();
        Drawn = (from.ReadInt64(), from.ReadInt64(), from.ReadInt64(), from.ReadInt64());

        static (string, string) PairOf(string key)
        {
            var colon = key.IndexOf(':', StringComparison.Ordinal);
            var length = int.Parse(key.AsSpan(0, colon), CultureInfo.InvariantCulture);
            return (key.Substring(colon + 1, length), key[(colon + 1 + length)..]);
        }
    }

    private ref TValue Place<TKey, TValue>(Dictionary<TKey, TValue> all, TKey key, TKey others)
        where TKey : notnull
        where TValue : struct
    {
        if (all.Count >= mostGroups && !all.ContainsKey(key)) key = others;
        return ref CollectionsMarshal.GetValueRefOrAddDefault(all, key, out _)!;
    }

    // In an order of their own, so that the same sums are the same bytes whatever came first.
    private static void WriteAll<TKey, TValue>(
        BinaryWriter to, Dictionary<TKey, TValue> all, Func<TKey, string> name, Action<BinaryWriter, TValue> write)
        where TKey : notnull
    {
        to.Write(all.Count);
        foreach (var (key, value) in all.Select(p => (name(p.Key), p.Value)).OrderBy(p => p.Item1, StringComparer.Ordinal))
        {
            to.Write(key);
            write(to, value);
        }
    }

    private static void ReadAll<TKey, TValue>(
        BinaryReader from, Dictionary<TKey, TValue> all, Func<string, TKey> key, Func<BinaryReader, TValue> read)
        where TKey : notnull
    {
        for (var left = from.ReadInt32(); left > 0; left--) all.Add(key(from.ReadString()), read(from));
    }
}
