namespace MemoryEngine.Benchmarks.FasterLog;

/// <summary>A plain table.</summary>
internal sealed class Report(TextWriter output)
{
    public void Head(string title, string conditions)
    {
        output.WriteLine();
        output.WriteLine(title);
        output.WriteLine($"   ({conditions})");
    }

    public void Row(string what, string result) => output.WriteLine($"   {what,-52} {result}");

    public void Rows(string what, IEnumerable<string> results)
    {
        foreach (var result in results)
        {
            Row(what, result);
            what = "";
        }
    }
}
