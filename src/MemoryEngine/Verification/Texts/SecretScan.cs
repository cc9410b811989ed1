using System.Buffers;
using System.Text.RegularExpressions;

namespace MemoryEngine.Verification.Texts;

/// <summary>
/// Finds keys, tokens, private keys and passwords in a text. Those with a form of their own are told by it; those that are only named
/// as such must also look random. What stands in for a secret (<c>{{token}}</c>, <c>your-key-here</c>, <c>XXXX</c>) is none.
/// </summary>
internal static partial class SecretScan
{
    private const double MinEntropy = 3.0;
    private const int MinNamedLength = 12;

    /// <summary>What kind of secret stands in a text, and where; null when there is none.</summary>
    public static string? Find(string text)
    {
        foreach (var match in Formatted().EnumerateMatches(text))
            if (Distinct(text.AsSpan(match.Index, match.Length)) >= 8) return At("a token", match.Index);
        foreach (Match match in PrivateKey().Matches(text)) return At("a private key", match.Index);
        foreach (Match match in Address().Matches(text))
        {
            var password = match.Groups["secret"].ValueSpan;
            if (!IsStandIn(password, match.Groups["user"].ValueSpan)) return At("a connection string with a password", match.Index);
        }
        foreach (Match match in Named().Matches(text))
        {
            if (IsRandom(match.Groups["secret"].ValueSpan, match.Groups["quoted"].Success)) return At("a key or password", match.Index);
        }
        return null;
    }

    private static string At(string what, int index) => $"{what} at character {index + 1}";

    // What is only named a secret must look like one: mixed and without order.
    private static bool IsRandom(ReadOnlySpan<char> value, bool isQuoted)
    {
        if (value.Length < (isQuoted ? 8 : MinNamedLength) || IsStandIn(value, default)) return false;
        var (letters, digits, others) = (0, 0, 0);
        foreach (var c in value)
        {
            if (char.IsAsciiLetter(c)) letters++;
            else if (char.IsAsciiDigit(c)) digits++;
            else others++;
        }
        // A word, a path, an expression or a name is no password; what mixes letters and digits without order is.
        return digits >= 2 && letters >= 2 && others <= value.Length / 4 && Entropy(value) >= MinEntropy;
    }

    private static bool IsStandIn(ReadOnlySpan<char> value, ReadOnlySpan<char> user)
    {
        if (value.Length < 3 || Distinct(value) < 3) return true;
        if (value is "pass" or "pwd" or "root" or "admin" or "user" or "test" or "postgres" or "guest") return true;
        if (value.ContainsAny(Holes) || value.Contains("...", StringComparison.Ordinal)) return true;
        if (!user.IsEmpty && value.Equals(user, StringComparison.OrdinalIgnoreCase)) return true;
        foreach (var word in StandIns)
            if (value.Contains(word, StringComparison.OrdinalIgnoreCase)) return true;
        return false;
    }

    // What templates write where a value is to go.
    private static readonly SearchValues<char> Holes = SearchValues.Create("{}<>$*%[]()…");

    private static readonly string[] StandIns =
    [
        "your", "example", "placeholder", "changeme", "change_me", "xxx", "dummy", "sample", "password", "passwd", "secret", "token",
        "process.env", "os.environ", "getenv", "my_", "my-", "fake", "todo", "12345", "@123", "redacted", "access_key", "api_key", "apikey",
    ];

    private static int Distinct(ReadOnlySpan<char> value)
    {
        var seen = UInt128.Zero;
        foreach (var c in value)
            if (c < 128) seen |= UInt128.One << c;
        return (int)UInt128.PopCount(seen);
    }

    /// <summary>Shannon's entropy of the characters, in bits a character.</summary>
    private static double Entropy(ReadOnlySpan<char> value)
    {
        Span<int> counts = stackalloc int[128];
        counts.Clear();
        foreach (var c in value) counts[c & 127]++;
        var entropy = 0.0;
        foreach (var count in counts)
            if (count > 0) entropy -= (double)count / value.Length * Math.Log2((double)count / value.Length);
        return entropy;
    }

    [GeneratedRegex(
        @"\b(?:AKIA|ASIA)[0-9A-Z]{16}\b|\bgh[pousr]_[A-Za-z0-9]{36}|\bgithub_pat_[A-Za-z0-9_]{22}|\bglpat-[A-Za-z0-9_-]{20}" +
        @"|\bxox[abeprs]-[A-Za-z0-9-]{10}|\bAIza[0-9A-Za-z_-]{35}|\b[sr]k_(?:live|test)_[0-9A-Za-z]{16}" +
        @"|\bsk-(?:ant-|proj-)?(?=[A-Za-z_-]{0,40}[0-9])[A-Za-z0-9_-]{20}" +
        @"|\bnpm_[A-Za-z0-9]{36}|\bpypi-AgE[A-Za-z0-9_-]{20}|\bhf_[A-Za-z]{30}|\bSG\.[A-Za-z0-9_-]{16}\.[A-Za-z0-9_-]{16}" +
        @"|\beyJ[A-Za-z0-9_-]{10,}\.eyJ[A-Za-z0-9_-]{10,}\.[A-Za-z0-9_-]{10}|\bya29\.[A-Za-z0-9_-]{20}|\bdop_v1_[a-f0-9]{32}")]
    private static partial Regex Formatted();

    // The header alone is a mention; with its bytes it is a key.
    [GeneratedRegex(@"-----BEGIN (?:[A-Z]+ )*PRIVATE KEY(?: BLOCK)?-----\s*(?:[A-Za-z-]+: [^\n]*\s+)*[A-Za-z0-9+/=\s]{40}")]
    private static partial Regex PrivateKey();

    [GeneratedRegex(@"\b[a-z][a-z0-9+.-]{1,20}://(?<user>[^\s:/@'""]{0,64}):(?<secret>[^\s@/'""]{3,128})@[\w.-]")]
    private static partial Regex Address();

    [GeneratedRegex(
        @"(?:api[_-]?key|access[_-]?key|secret(?:[_-]?key)?|auth[_-]?token|access[_-]?token|token|passw(?:or)?d|pwd|account[_-]?key" +
        @"|bearer)" +
        @"['""]?(?:\s*(?:=>|:=|[:=])\s*|\s+)(?<quoted>['""])?(?<secret>[A-Za-z0-9+/_=.~!@#&^-]{8,200})",
        RegexOptions.IgnoreCase)]
    private static partial Regex Named();
}
