using MemoryEngine.Storage;

namespace MemoryEngine.Segments;

/// <summary>
/// Writes a sealed file, which appears whole or not at all: written beside, synced, renamed. Sections come in the order of
/// their kind.
/// </summary>
internal sealed class SealedWriter : IDisposable
{
    private readonly IFile _file;
    private readonly BlockWriter _body;
    private readonly List<Section> _sections = [];
    private long _start;

    private SealedWriter(IFile file) => (_file, _body) = (file, new BlockWriter(file));

    /// <summary>Fills a file and gives it its name; returns its header and that one's checksum.</summary>
    /// <param name="files">The disk.</param>
    /// <param name="path">The file's name.</param>
    /// <param name="fill">Writes the sections and returns a header, in which what the writer knows itself is filled in.</param>
    /// <exception cref="MemoryEngineException">The disk refuses. Then nothing has changed.</exception>
    public static (SealedHeader Header, uint Checksum) Write(IFileSystem files, string path, Func<SealedWriter, SealedHeader> fill) =>
        WholeFile.Write(files, path, temporary =>
        {
            using var file = files.Open(temporary, FileOpening.CreateNew);
            using var writer = new SealedWriter(file);
            return writer.Finish(fill(writer));
        });

    public void Begin()
    {
        _body.Align();
        _start = _body.Position;
    }

    public void Write(ReadOnlySpan<byte> data) => _body.Write(data);

    /// <summary>Bytes since <see cref="Begin"/>.</summary>
    public long Written => _body.Position - _start;

    public void End(SectionKind kind, int space = 0) => _sections.Add(new Section(kind, space, _start, Written));

    public void Dispose() => _body.Dispose();

    private (SealedHeader, uint) Finish(SealedHeader header)
    {
        header = header with { BodyEnd = _body.Position, Sections = [.. _sections] };
        header = header with { SumsChecksum = _body.Finish() };
        var page = new byte[SealedHeader.Bytes];
        header.Write(page);
        _file.Write(0, page);
        _file.Sync();
        return (header, SealedHeader.Checksum(page));
    }
}
