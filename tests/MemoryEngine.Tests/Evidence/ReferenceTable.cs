using System.Globalization;
using MemoryEngine.Testing;

namespace MemoryEngine.Tests.Evidence;

/// <summary>Values that other tools computed; Reference/reference.py says how and with what.</summary>
internal static class ReferenceTable
{
    /// <summary>The lines of one function: its arguments, then its value or values.</summary>
    public static IReadOnlyList<double[]> Of(string function)
    {
        var rows = File.ReadLines(RepositoryFiles.At("tests", "MemoryEngine.Tests", "Evidence", "Reference", "reference.tsv"))
            .Select(line => line.Split('\t'))
            .Where(cells => cells[0] == function)
            .Select(cells => cells.Skip(1).Select(c => double.Parse(c, CultureInfo.InvariantCulture)).ToArray())
            .ToList();
        Assert.NotEmpty(rows);
        return rows;
    }

    /// <summary>Fails unless both agree to that relative error.</summary>
    public static void ShouldBe(double expected, double actual, double relative, double[] row)
    {
        var error = Math.Abs(expected - actual);
        Assert.True(error <= relative * Math.Abs(expected), $"{actual:R}, not {expected:R}, of {string.Join(", ", row)}");
    }
}
