using System.Globalization;

namespace MemoryEngine;

/// <summary>A version of up to three numbers, as in <c>v1.26.0-rc1</c>; what follows them does not count.</summary>
internal readonly record struct VersionNumber(int Major, int Minor, int Patch, int Parts) : IComparable<VersionNumber>
{
    public static bool TryParse(ReadOnlySpan<char> text, out VersionNumber version)
    {
        version = default;
        if (text.Length > 1 && text[0] is 'v' or 'V') text = text[1..];
        Span<int> numbers = stackalloc int[3];
        var count = 0;
        while (count < 3)
        {
            var digits = 0;
            while (digits < text.Length && char.IsAsciiDigit(text[digits])) digits++;
            if (digits == 0 || !int.TryParse(text[..digits], NumberStyles.None, CultureInfo.InvariantCulture, out numbers[count])) break;
            count++;
            text = text[digits..];
            if (text.Length < 2 || text[0] != '.') break;
            text = text[1..];
        }
        if (count == 0) return false;
        version = new VersionNumber(numbers[0], numbers[1], numbers[2], count);
        return true;
    }

    public int CompareTo(VersionNumber other) =>
        Major != other.Major ? Major.CompareTo(other.Major)
        : Minor != other.Minor ? Minor.CompareTo(other.Minor)
        : Patch.CompareTo(other.Patch);

    /// <summary>Whether what held for one may not hold for the other: another major number, or another minor one before 1.0.</summary>
    public bool IsIncompatibleWith(VersionNumber other) => Major != other.Major || (Major == 0 && Minor != other.Minor);

    /// <summary>Whether the numbers that this one gives are those of the other.</summary>
    public bool IsPrefixOf(VersionNumber other) =>
        Major == other.Major && (Parts < 2 || Minor == other.Minor) && (Parts < 3 || Patch == other.Patch);
}

/// <summary>A bound on a version, as package managers write it.</summary>
internal readonly record struct VersionBound(char Kind, bool OrEqual, VersionNumber Version)
{
    /// <summary>Reads an operator and a version.</summary>
    public static bool TryParse(ReadOnlySpan<char> text, out VersionBound bound)
    {
        bound = default;
        if (text.Length < 2 || text[0] is not ('>' or '<' or '=' or '^' or '~')) return false;
        var orEqual = text[1] == '=';
        if (!VersionNumber.TryParse(text[(orEqual ? 2 : 1)..].Trim(), out var version)) return false;
        bound = new VersionBound(text[0], orEqual, version);
        return true;
    }

    public bool Admits(VersionNumber given) => Kind switch
    {
        '>' => OrEqual ? given.CompareTo(Version) >= 0 : given.CompareTo(Version) > 0,
        '<' => OrEqual ? given.CompareTo(Version) <= 0 : given.CompareTo(Version) < 0,
        '^' => given.CompareTo(Version) >= 0 && !given.IsIncompatibleWith(Version),
        '~' => given.CompareTo(Version) >= 0 && given.Major == Version.Major && (Version.Parts < 2 || given.Minor == Version.Minor),
        _ => Version.IsPrefixOf(given),
    };
}
