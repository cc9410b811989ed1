using MemoryEngine.Journal;
using MemoryEngine.Storage;

namespace MemoryEngine.Benchmarks.FasterLog;

/// <summary>Our journal, by itself, filled and read as FasterLog is.</summary>
internal static class Journals
{
    private const long FileBytes = 64L << 20;

    public static JournalWriter Create(string directory)
    {
        Directory.CreateDirectory(directory);
        return JournalWriter.Create(
            PhysicalFileSystem.Instance, directory, Guid.CreateVersion7(), FileBytes, TimeProvider.System);
    }

    /// <summary>Makes a journal of entries in synced batches of ten, as a clean close or as a crash leaves it.</summary>
    /// <returns>The offsets of the batches.</returns>
    public static List<long> Make(string directory, int entries, bool closed)
    {
        var journal = Create(directory);
        var batches = new List<long>();
        for (var i = 0; i < entries; i++)
        {
            var position = journal.Append(EventType.Remembered, Entry.Make(i));
            if (i % 10 == 0) batches.Add(position.Offset - JournalFormat.BatchHeaderBytes);
            if (i % 10 != 9) continue;
            journal.Write();
            journal.Sync();
        }
        if (closed) journal.Close();
        else journal.Dispose();
        return batches;
    }

    public static string File(string directory) => Path.Combine(directory, JournalFormat.FileName(1));

    public static Reading Read(string directory)
    {
        var read = new Reading();
        try
        {
            var scan = JournalReader.Scan(
                PhysicalFileSystem.Instance, directory, (in JournalFrame frame) => read.Add(frame.Payload));
            if (scan.Torn is { } torn) read.Cut = $"torn tail of {torn.Bytes} bytes reported at offset {torn.Offset}";
        }
        catch (MemoryEngineException e)
        {
            read.Error = e is CorruptionException c
                ? $"corruption in {Path.GetFileName(c.File)} at offset {c.Offset}"
                : $"{e.Code}";
        }
        return read;
    }
}
