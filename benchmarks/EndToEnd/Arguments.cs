using System.Globalization;

namespace MemoryEngine.Benchmarks.EndToEnd;

/// <summary>Arguments of the form <c>--name value</c>.</summary>
internal sealed class Arguments(string[] args)
{
    public long Number(string name, long otherwise) =>
        Text(name) is { } text ? long.Parse(text, CultureInfo.InvariantCulture) : otherwise;

    public string? Text(string name)
    {
        var at = Array.IndexOf(args, "--" + name);
        return at >= 0 && at + 1 < args.Length ? args[at + 1] : null;
    }
}
