using System.Numerics;

namespace MemoryEngine.Verification;

/// <summary>A set of reasons, as bits: those that leave a memory out, and those that are worth knowing.</summary>
internal record struct ReasonSet(ulong Against, ulong Known)
{
    private const int FirstKnown = 64;

    public readonly bool IsAccepted => Against == 0;

    public void Add(ReasonCode code)
    {
        if ((int)code < FirstKnown) Against |= 1UL << (int)code;
        else Known |= 1UL << ((int)code - FirstKnown);
    }

    public readonly bool Has(ReasonCode code) => (int)code < FirstKnown
        ? (Against & (1UL << (int)code)) != 0
        : (Known & (1UL << ((int)code - FirstKnown))) != 0;

    public readonly Verdict Verdict
    {
        get
        {
            const ulong Open = 1UL << (int)ReasonCode.Undecided;
            return Against == 0 ? Verdict.Accepted : Against == Open ? Verdict.Undecided : Verdict.Rejected;
        }
    }

    /// <summary>The reasons in the order of their codes.</summary>
    public readonly ReasonCode[] ToArray()
    {
        var codes = new ReasonCode[BitOperations.PopCount(Against) + BitOperations.PopCount(Known)];
        var count = 0;
        for (var bits = Against; bits != 0; bits &= bits - 1) codes[count++] = (ReasonCode)BitOperations.TrailingZeroCount(bits);
        for (var bits = Known; bits != 0; bits &= bits - 1)
            codes[count++] = (ReasonCode)(FirstKnown + BitOperations.TrailingZeroCount(bits));
        return codes;
    }
}
