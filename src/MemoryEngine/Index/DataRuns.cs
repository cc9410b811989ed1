namespace MemoryEngine.Index;

/// <summary>
/// Tells data from words in what a text holds between its spaces: nobody searches for a memory by an address, a moment in
/// time or a checksum, and each of them would be a term of its own. What people do search for stays: error codes, ports,
/// versions, abbreviated commits.
/// </summary>
internal static class DataRuns
{
    /// <summary>A longer row of digits is a measurement or a moment, not a number that has a name.</summary>
    private const int LongestNumber = 6;

    /// <summary>A commit is abbreviated to seven digits or more, an error code has eight after 0x.</summary>
    private const int ShortestHash = 7;

    private const int LongestCode = 12;

    /// <summary>A longer run of letters with digits among them is encoded data.</summary>
    private const int LongestMixed = 32;

    public static bool IsLongNumber(ReadOnlySpan<char> digits) => digits.Length > LongestNumber;

    /// <summary>A date, with or without a time, or a time: 2024-05-01T12:34:56, 12:34:56.789.</summary>
    public static bool IsMoment(ReadOnlySpan<char> run)
    {
        var isDate = run.Length >= 10 && AreDigits(run[..4]) && run[4] is '-' or '/' && AreDigits(run[5..7]) && run[7] == run[4]
            && AreDigits(run[8..10]) && (run.Length == 10 || !char.IsAsciiDigit(run[10]));
        var isTime = run.Length >= 5 && AreDigits(run[..2]) && run[2] == ':' && AreDigits(run[3..5]) && (run.Length == 5 || run[5] is ':' or '.');
        return isDate || isTime;
    }

    /// <summary>Without the line and column that compilers and stack traces put behind a file: main.c:42:7 is main.c.</summary>
    public static ReadOnlySpan<char> WithoutPosition(ReadOnlySpan<char> run)
    {
        while (run.LastIndexOf(':') is > 0 and var colon && AreDigits(run[(colon + 1)..]) && !char.IsAsciiDigit(run[0])) run = run[..colon];
        return run;
    }

    /// <summary>Whether the parts of a name mean nothing: it is hexadecimal, or encoded data.</summary>
    /// <param name="name">A run without separators other than dashes and underscores.</param>
    /// <param name="isWorthKeeping">Whether it is short enough to be asked for whole, as a code or the beginning of a hash.</param>
    public static bool IsOpaque(ReadOnlySpan<char> name, out bool isWorthKeeping)
    {
        isWorthKeeping = name.Length <= LongestCode;
        if (name.Length < ShortestHash) return name.Length > 2 && name[0] == '0' && (name[1] | 0x20) == 'x';
        int digits = 0, letters = 0, others = 0, joins = 0;
        foreach (var c in name)
        {
            if (char.IsAsciiDigit(c)) digits++;
            else if (c is '-' or '_') joins++;
            else if (char.IsAsciiHexDigit(c)) letters++;
            else others++;
        }
        if (name[0] == '0' && (name[1] | 0x20) == 'x') return others == 1;
        // A UUID has dashes; of a name with underscores or a word of the letters a to f people think otherwise.
        if (others == 0 && digits >= 2 && letters > 0 && (joins == 0 || (joins == 4 && name.Length == 36))) return true;
        return joins == 0 && name.Length > LongestMixed && digits > 0;
    }

    private static bool AreDigits(ReadOnlySpan<char> text)
    {
        foreach (var c in text) if (!char.IsAsciiDigit(c)) return false;
        return text.Length > 0;
    }
}
