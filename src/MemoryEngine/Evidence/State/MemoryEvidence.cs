using MemoryEngine.Evidence.Effect;

namespace MemoryEngine.Evidence.State;

/// <summary>Which version of which memory.</summary>
internal readonly record struct VersionKey(Guid Memory, int Version) : IComparable<VersionKey>
{
    public int CompareTo(VersionKey other) =>
        Memory.CompareTo(other.Memory) is not 0 and var order ? order : Version.CompareTo(other.Version);

    public void Write(BinaryWriter to)
    {
        to.Write(Memory.ToByteArray());
        to.Write(Version);
    }

    public static VersionKey Read(BinaryReader from) => new(new Guid(from.ReadBytes(16)), from.ReadInt32());
}

/// <summary>The effect of a memory in a domain, or overall, and its number among all that are judged.</summary>
internal struct JudgedEffect
{
    public long Number;
    public MemoryEffect Effect;

    /// <summary>It was removed: outcomes that come late no longer count.</summary>
    public bool IsFrozen;
}

/// <summary>
/// All that is kept of one memory version. Overall first: a domain is measured by itself from the second domain on, and the first
/// then begins with what is known overall, since all of that came from it.
/// </summary>
internal sealed class MemoryEvidence(MemoryLevel level, string domain, string? contributor)
{
    private string? _firstDomain;

    public MemoryLevel Level { get; } = level;

    public string Domain { get; } = domain;

    public string? Contributor { get; } = contributor;

    /// <summary>Recalls that considered it.</summary>
    public long Retrieved { get; set; }

    /// <summary>Recalls that handed it over.</summary>
    public long Injected { get; set; }

    /// <summary>Outcomes that say it was used.</summary>
    public long Used { get; set; }

    /// <summary>Tasks that passed without memory and failed with it, by a verifier's word, where the agent said that it used this one.</summary>
    public long Blamed { get; set; }

    /// <summary>When a recall last considered it, handed it over, and had it used: microseconds since the year 1, 0 for never.</summary>
    public (long Retrieved, long Injected, long Used) Last { get; set; }

    /// <summary>Its effect; null until chance has decided about it once and the outcome is known.</summary>
    public JudgedEffect? Overall { get; private set; }

    /// <summary>Its effect by target domain; empty until there are two.</summary>
    public SortedList<string, JudgedEffect> ByDomain { get; } = new(StringComparer.Ordinal);

    /// <summary>Takes an outcome of a transfer for which chance decided about it.</summary>
    /// <param name="target">The target domain.</param>
    /// <param name="outcome">0 to 1.</param>
    /// <param name="expected">What was expected of the task.</param>
    /// <param name="candidate">What chance decided, and with which probability.</param>
    /// <param name="mostDomains">Domains that may be measured by themselves.</param>
    /// <param name="number">Gives the number of something new that is judged.</param>
    public void Add(string target, double outcome, double expected, TransferCandidate candidate, int mostDomains, Func<long> number)
    {
        var overall = Overall ?? new JudgedEffect { Number = number(), Effect = MemoryEffect.Begin() };
        _firstDomain ??= target;
        if (ByDomain.Count > 0 || target != _firstDomain)
        {
            if (ByDomain.Count == 0) ByDomain.Add(_firstDomain, overall with { Number = number() });
            if (!ByDomain.TryGetValue(target, out var local))
                local = ByDomain.Count < mostDomains ? new JudgedEffect { Number = number(), Effect = MemoryEffect.Begin() } : default;
            if (local.Number > 0)
            {
                Add(ref local, outcome, expected, candidate);
                ByDomain[target] = local;
            }
        }
        Add(ref overall, outcome, expected, candidate);
        Overall = overall;
    }

    /// <summary>Keeps the e-value of what was removed, overall (null) or in a domain; or lets it go on.</summary>
    public void Freeze(string? target, bool isFrozen)
    {
        if (target is null && Overall is { } overall) Overall = overall with { IsFrozen = isFrozen };
        if (target is not null && ByDomain.TryGetValue(target, out var local)) ByDomain[target] = local with { IsFrozen = isFrozen };
    }

    public void Write(BinaryWriter to)
    {
        to.Write((byte)Level);
        to.Write(Domain);
        to.Write(Contributor ?? "");
        to.Write(Contributor is not null);
        to.Write(Retrieved);
        to.Write(Injected);
        to.Write(Used);
        to.Write(Blamed);
        to.Write(Last.Retrieved);
        to.Write(Last.Injected);
        to.Write(Last.Used);
        to.Write(_firstDomain is not null);
        if (_firstDomain is null) return;
        to.Write(_firstDomain);
        Write(to, Overall!.Value);
        to.Write(ByDomain.Count);
        foreach (var (name, effect) in ByDomain)
        {
            to.Write(name);
            Write(to, effect);
        }
    }

    public static MemoryEvidence Read(BinaryReader from)
    {
        var (level, domain, contributor) = ((MemoryLevel)from.ReadByte(), from.ReadString(), from.ReadString());
        var read = new MemoryEvidence(level, domain, from.ReadBoolean() ? contributor : null)
        {
            Retrieved = from.ReadInt64(),
            Injected = from.ReadInt64(),
            Used = from.ReadInt64(),
            Blamed = from.ReadInt64(),
            Last = (from.ReadInt64(), from.ReadInt64(), from.ReadInt64()),
        };
        if (!from.ReadBoolean()) return read;
        read._firstDomain = from.ReadString();
        read.Overall = ReadEffect(from);
        for (var left = from.ReadInt32(); left > 0; left--) read.ByDomain.Add(from.ReadString(), ReadEffect(from));
        return read;
    }

    private static void Add(ref JudgedEffect effect, double outcome, double expected, TransferCandidate candidate)
    {
        if (!effect.IsFrozen) effect.Effect.Add(outcome, expected, candidate.Fate == CandidateFate.Injected, candidate.Probability);
    }

    private static void Write(BinaryWriter to, JudgedEffect effect)
    {
        Span<double> digits = stackalloc double[MemoryEffect.Length];
        effect.Effect.Write(digits);
        to.Write(effect.Number);
        to.Write(effect.IsFrozen);
        foreach (var digit in digits) to.Write(digit);
    }

    private static JudgedEffect ReadEffect(BinaryReader from)
    {
        Span<double> digits = stackalloc double[MemoryEffect.Length];
        var (number, isFrozen) = (from.ReadInt64(), from.ReadBoolean());
        for (var i = 0; i < digits.Length; i++) digits[i] = from.ReadDouble();
        return new JudgedEffect { Number = number, IsFrozen = isFrozen, Effect = MemoryEffect.Read(digits) };
    }
}
