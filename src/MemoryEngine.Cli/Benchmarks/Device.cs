using MemoryEngine.Storage;

namespace MemoryEngine.Cli.Benchmarks;

/// <summary>
/// The device without an engine: writes one after the other into space reserved beforehand, as the journal reserves it,
/// each followed by fdatasync.
/// </summary>
internal sealed class Device(string directory) : IDisposable
{
    private const long FileBytes = 64L << 20;

    private IFile? _file;
    private long _offset;
    private int _files;

    public void Write(ReadOnlySpan<byte> data)
    {
        if (_file is null || _offset + data.Length > FileBytes) Begin();
        _file!.Write(_offset, data);
        _file.Sync();
        _offset += data.Length;
    }

    public void Dispose() => _file?.Dispose();

    private void Begin()
    {
        _file?.Dispose();
        _file = PhysicalFileSystem.Instance.Open(Path.Combine(directory, $"device-{_files++}"), FileOpening.CreateNew);
        _file.Reserve(FileBytes);
        _file.Sync();
        _offset = 0;
    }
}
