namespace MemoryEngine.Evidence.State;

/// <summary>The decision that holds for each memory version, everywhere and by target domain: the newest one.</summary>
internal sealed class DecisionTable
{
    private readonly SortedDictionary<VersionKey, SortedDictionary<string, (Decision Decision, Arms Before)>> _byVersion = [];

    /// <summary>All that hold, in the order of the memories' ids.</summary>
    public IEnumerable<Decision> All => _byVersion.Values.SelectMany(d => d.Values).Select(d => d.Decision);

    /// <summary>The same, each with the outcomes, held out or not, that were known in its domain (or overall) when it was made.</summary>
    public IEnumerable<(Decision Decision, Arms Before)> Watched => _byVersion.Values.SelectMany(d => d.Values);

    /// <summary>The versions that any decision is about.</summary>
    public IEnumerable<VersionKey> Versions => _byVersion.Keys;

    /// <summary>Whether any decision is about a version.</summary>
    public bool Contains(VersionKey version) => _byVersion.ContainsKey(version);

    /// <summary>Those that hold for a version: everywhere first.</summary>
    public IEnumerable<Decision> Of(VersionKey version) =>
        _byVersion.TryGetValue(version, out var decisions) ? decisions.Values.Select(d => d.Decision) : [];

    /// <summary>The one that holds for a version everywhere (null) or in a domain.</summary>
    public Decision? Find(VersionKey version, string? domain = null) =>
        _byVersion.TryGetValue(version, out var decisions) && decisions.TryGetValue(Key(domain), out var found) ? found.Decision : null;

    /// <summary>The state of a version everywhere (null) or in a domain, by decision alone.</summary>
    public MemoryState StateOf(VersionKey version, string? domain = null) =>
        Find(version, domain)?.To ?? MemoryState.Active;

    /// <summary>Takes a decision, and what was known of outcomes when it was made.</summary>
    public void Apply(Decision decision, Arms before)
    {
        var key = new VersionKey(decision.Memory, decision.Version);
        if (!_byVersion.TryGetValue(key, out var decisions))
            _byVersion.Add(key, decisions = new(StringComparer.Ordinal));
        decisions[Key(decision.Domain)] = (decision, before);
    }

    public void Write(BinaryWriter to)
    {
        to.Write(_byVersion.Values.Sum(d => d.Count));
        foreach (var (decision, before) in Watched)
        {
            Write(to, decision);
            before.Write(to);
        }
    }

    public void Read(BinaryReader from)
    {
        for (var left = from.ReadInt32(); left > 0; left--) Apply(ReadOne(from), Arms.Read(from));
    }

    // Everywhere sorts before every domain, the empty one included.
    private static string Key(string? domain) => domain is null ? "" : "/" + domain;

    private static void Write(BinaryWriter to, Decision decision)
    {
        new VersionKey(decision.Memory, decision.Version).Write(to);
        WriteOptional(to, decision.Domain);
        to.Write((byte)decision.From);
        to.Write((byte)decision.To);
        to.Write((byte)decision.Reason);
        to.Write(decision.At.UtcTicks);
        to.Write(decision.EValue);
        to.Write(decision.Effect is not null);
        to.Write(decision.Effect ?? 0);
        to.Write(decision.EffectInterval.Low);
        to.Write(decision.EffectInterval.High);
        to.Write(decision.Appearances);
        to.Write(decision.Failures);
        WriteOptional(to, decision.Note);
    }

    private static Decision ReadOne(BinaryReader from)
    {
        var (key, domain) = (VersionKey.Read(from), ReadOptional(from));
        var read = new Decision
        {
            Memory = key.Memory,
            Version = key.Version,
            Domain = domain,
            From = (MemoryState)from.ReadByte(),
            To = (MemoryState)from.ReadByte(),
            Reason = (DecisionReason)from.ReadByte(),
            At = new DateTimeOffset(from.ReadInt64(), TimeSpan.Zero),
            EValue = from.ReadDouble(),
            Effect = from.ReadBoolean() ? from.ReadDouble() : Nothing(from.ReadDouble()),
            EffectInterval = new Interval(from.ReadDouble(), from.ReadDouble()),
            Appearances = from.ReadInt64(),
            Failures = from.ReadInt64(),
        };
        return read with { Note = ReadOptional(from) };

        static double? Nothing(double _) => null;
    }

    private static void WriteOptional(BinaryWriter to, string? text)
    {
        to.Write(text is not null);
        if (text is not null) to.Write(text);
    }

    private static string? ReadOptional(BinaryReader from) => from.ReadBoolean() ? from.ReadString() : null;
}
