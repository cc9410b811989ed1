using FASTER.core;
using MemoryEngine.Journal;

namespace MemoryEngine.Benchmarks.FasterLog;

/// <summary>Flips bits in logs that were written and committed, opens them again and says what came of it.</summary>
internal sealed class Damage(string root, Report report)
{
    private const int Entries = 200;
    private const long SmallPage = 64 << 10;
    private int _made;

    /// <summary>One flipped byte in the entries.</summary>
    public void Entry()
    {
        report.Head("1. One byte flipped in an entry", "200 entries of 1 KB, committed in tens, closed and opened again");
        foreach (var checksum in (LogChecksumType[])[LogChecksumType.PerEntry, LogChecksumType.None])
        {
            var settings = new PeerSettings { Checksum = checksum, PageBytes = SmallPage };
            report.Row($"FasterLog, checksum {checksum}, tail page", FlippedPeer(settings, atTail: true));
            report.Row($"FasterLog, checksum {checksum}, earlier page", FlippedPeer(settings, atTail: false));
        }
        report.Row("journal, closed, last batch of entries", FlippedJournal(closed: true, batch: 19));
        report.Row("journal, closed, an earlier batch", FlippedJournal(closed: true, batch: 4));
        report.Row("journal, process killed, an earlier batch", FlippedJournal(closed: false, batch: 4));
        report.Row("journal, process killed, the very last batch", FlippedJournal(closed: false, batch: 19));
    }

    /// <summary>One flipped byte in what says where the log ends: each byte of it in turn.</summary>
    public void Metadata()
    {
        report.Head("2. One byte flipped in the metadata", "the same entries; each byte of the structure in turn, one opening each");
        Peers("FasterLog, commit metadata", new PeerSettings { PageBytes = SmallPage });
        Peers("FasterLog, commit metadata, fast commit", new PeerSettings { PageBytes = SmallPage, FastCommit = true });

        var directory = Next();
        var batches = Journals.Make(directory, Entries, closed: true);
        var file = Journals.File(directory);
        report.Rows("journal, file header page (4,096 bytes)", Each(file, 0, JournalFormat.HeaderBytes, () => Journals.Read(directory)));
        report.Rows("journal, header of the first batch", Header(batches[0]));
        report.Rows("journal, header of the last batch of entries", Header(batches[^1]));
        report.Rows("journal, the closing batch", Header(new FileInfo(file).Length - JournalFormat.BatchHeaderBytes));

        IEnumerable<string> Header(long offset) => Each(file, offset, JournalFormat.BatchHeaderBytes, () => Journals.Read(directory));
    }

    private void Peers(string name, PeerSettings settings)
    {
        // The length, then version, checksum, addresses, commit number, iterators and cookie; the rest is padding.
        const int MetadataBytes = sizeof(int) + 44;
        var directory = Next();
        Peer.Make(directory, settings, Entries);
        var file = Peer.MetadataFile(directory);
        report.Rows($"{name} ({MetadataBytes} bytes)", Each(file, 0, MetadataBytes, ReadCopy));

        // Opening a log that seems empty may change it: each reading gets a copy.
        Reading ReadCopy()
        {
            var copy = directory + ".copy";
            CopyTo(directory, copy);
            var read = Peer.Read(copy, settings);
            Directory.Delete(copy, recursive: true);
            return read;
        }
    }

    private string FlippedPeer(PeerSettings settings, bool atTail)
    {
        var directory = Next();
        Peer.Make(directory, settings, Entries);
        // The middle of the last entry but one, or of the third.
        var offset = atTail ? (Entries - 2L) * Benchmarks.FasterLog.Entry.Bytes : 3L * Benchmarks.FasterLog.Entry.Bytes;
        Flip(Peer.LogFile(directory), offset + 700);
        return Peer.Read(directory, settings).ToString();
    }

    private string FlippedJournal(bool closed, int batch)
    {
        var directory = Next();
        var batches = Journals.Make(directory, Entries, closed);
        Flip(Journals.File(directory), batches[batch] + 3000);
        return Journals.Read(directory).ToString();
    }

    private static IEnumerable<string> Each(string file, long offset, int count, Func<Reading> read)
    {
        const int Listed = 8;
        var outcomes = new SortedDictionary<string, List<int>>(StringComparer.Ordinal);
        for (var i = 0; i < count; i++)
        {
            Flip(file, offset + i);
            var outcome = Kind(read());
            Flip(file, offset + i);
            if (!outcomes.TryGetValue(outcome, out var where)) outcomes[outcome] = where = [];
            where.Add(i);
        }
        return outcomes.Select(static o => $"{o.Value.Count} times {o.Key}{Places(o.Value)}");

        static string Places(List<int> where) => where.Count > Listed ? "" : $" (byte {string.Join(", ", where)})";
    }

    private static string Kind(Reading read) => read switch
    {
        { Error: not null } => "refused",
        { Altered: > 0 } => "opened with altered entries",
        { Cut: not null } => "cut and reported",
        { Whole: 0 } => "opened as EMPTY",
        { Whole: Entries } => "opened whole",
        _ => "opened with a part, no error",
    };

    private static void Flip(string path, long offset)
    {
        using var file = new FileStream(path, FileMode.Open, FileAccess.ReadWrite, FileShare.ReadWrite);
        file.Position = offset;
        var value = file.ReadByte();
        file.Position = offset;
        file.WriteByte((byte)(value ^ 0x10));
    }

    private static void CopyTo(string from, string to)
    {
        foreach (var file in Directory.EnumerateFiles(from, "*", SearchOption.AllDirectories))
        {
            var target = Path.Combine(to, Path.GetRelativePath(from, file));
            Directory.CreateDirectory(Path.GetDirectoryName(target)!);
            File.Copy(file, target);
        }
    }

    private string Next() => Path.Combine(root, $"damage-{++_made}");
}
