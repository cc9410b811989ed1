using System.IO.MemoryMappedFiles;
using Microsoft.Win32.SafeHandles;

namespace MemoryEngine.Storage;

/// <summary>A file mapped read-only, whole, at the length it had: nothing may shorten it afterwards.</summary>
internal sealed unsafe class PhysicalMapping : MappedBytes
{
    private readonly MemoryMappedFile _file;
    private readonly MemoryMappedViewAccessor _view;
    private byte* _first;

    public PhysicalMapping(SafeFileHandle handle, long length)
    {
        Length = length;
        _file = MemoryMappedFile.CreateFromFile(handle, null, 0, MemoryMappedFileAccess.Read, HandleInheritability.None, leaveOpen: true);
        _view = _file.CreateViewAccessor(0, length, MemoryMappedFileAccess.Read);
        _view.SafeMemoryMappedViewHandle.AcquirePointer(ref _first);
    }

    // The view's own handle is held by the pointer that was acquired; it goes with this object.
    ~PhysicalMapping() => Unmap();

    public override byte* First => _first;

    public override long Length { get; }

    public override void Dispose()
    {
        Unmap();
        GC.SuppressFinalize(this);
    }

    private void Unmap()
    {
        if (_first == null) return;
        _first = null;
        _view.SafeMemoryMappedViewHandle.ReleasePointer();
        _view.SafeMemoryMappedViewHandle.Dispose();
        _file.SafeMemoryMappedFileHandle.Dispose();
    }
}
