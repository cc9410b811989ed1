using System.Text.RegularExpressions;

namespace MemoryEngine.Agents.Trajectories;

/// <summary>
/// Leaves secrets out of what a run said and saw: it is kept on a disk, and verification would never hand it over with them. Line by
/// line, by the check that verification uses; private keys from their first to their last line.
/// </summary>
internal static partial class SecretLines
{
    /// <summary>The text with a note in place of every line that holds a secret.</summary>
    public static string LeaveOut(string text)
    {
        if (TextLint.Of(text).Secret is null) return text;
        text = PrivateKey().Replace(text, "[a private key was left out]");
        var lines = text.Split('\n');
        for (var i = 0; i < lines.Length; i++)
            if (TextLint.Of(lines[i]).Secret is { } secret) lines[i] = $"[a line was left out: it holds {secret.Split(" at character")[0]}]";
        var clean = string.Join('\n', lines);
        // One that needs two lines to be seen is not handed on either.
        return TextLint.Of(clean).Secret is { } left ? $"[left out: it holds {left.Split(" at character")[0]}]" : clean;
    }

    [GeneratedRegex(@"-----BEGIN [A-Z ]*PRIVATE KEY( BLOCK)?-----[\s\S]*?(-----END [A-Z ]*PRIVATE KEY( BLOCK)?-----|\z)")]
    private static partial Regex PrivateKey();
}
