using System.Globalization;
using MemoryEngine.Storage;

namespace MemoryEngine.Snapshots;

/// <summary>A manifest's file and what is in it: a manifest, or what is wrong.</summary>
internal sealed record ManifestFile(int Number, string Path, long Bytes, Manifest? Manifest, string? Problem);

/// <summary>
/// The directory of manifests. A manifest appears whole or not at all (written beside, synced, renamed), and the one before
/// it is kept: losing either costs time, never data.
/// </summary>
internal sealed class ManifestFiles(IFileSystem files, string directory)
{
    private const string Extension = ".manifest";

    /// <summary>The manifests, the newest first, each read when it is asked for.</summary>
    public IEnumerable<ManifestFile> Read()
    {
        if (!files.DirectoryExists(directory)) yield break;
        foreach (var number in Numbers().OrderDescending())
        {
            var path = PathOf(number);
            var bytes = ReadAll(path);
            var manifest = ManifestCodec.Read(bytes, path, out var problem);
            yield return new ManifestFile(number, path, bytes.Length, manifest, problem);
        }
    }

    /// <summary>The newest manifest that checks out.</summary>
    public Manifest? Newest() => Read().FirstOrDefault(f => f.Manifest is not null)?.Manifest;

    /// <summary>Writes the next manifest and deletes all others but one.</summary>
    /// <param name="manifest">The manifest.</param>
    /// <param name="kept">The number of the one that stays beside it, if any.</param>
    /// <returns>Its number.</returns>
    public int Write(Manifest manifest, int? kept)
    {
        var numbers = Numbers();
        var number = numbers.Count == 0 ? 1 : numbers.Max() + 1;
        using var writer = new ByteWriter(4096);
        ManifestCodec.Write(manifest, writer);
        _ = WholeFile.Write(files, PathOf(number), temporary =>
        {
            using var file = files.Open(temporary, FileOpening.CreateNew);
            file.Reserve(writer.Length);
            file.Write(0, writer.Written);
            file.Sync();
            return writer.Length;
        });
        foreach (var old in numbers.Where(n => n != kept)) files.Delete(PathOf(old));
        return number;
    }

    /// <summary>Deletes those before one that stands alone.</summary>
    public void DeleteBefore(int number)
    {
        foreach (var old in Numbers().Where(n => n < number)) files.Delete(PathOf(old));
    }

    private byte[] ReadAll(string path)
    {
        using var file = files.Open(path, FileOpening.Read);
        var bytes = new byte[file.Length];
        return bytes[..file.Read(0, bytes)];
    }

    private string PathOf(int number) => Path.Combine(directory, $"{number:D8}{Extension}");

    private List<int> Numbers()
    {
        var numbers = new List<int>();
        foreach (var name in files.List(directory))
        {
            if (!name.EndsWith(Extension, StringComparison.Ordinal)) continue;
            var digits = name.AsSpan(0, name.Length - Extension.Length);
            if (int.TryParse(digits, NumberStyles.None, CultureInfo.InvariantCulture, out var number)) numbers.Add(number);
        }
        return numbers;
    }
}
