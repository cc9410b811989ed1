namespace MemoryEngine.Storage;

/// <summary>A file that appears whole or not at all: written beside, synced by whoever fills it, renamed, its name made durable.</summary>
internal static class WholeFile
{
    /// <summary>What a file's name ends with until it is whole.</summary>
    public const string Unfinished = ".new";

    /// <summary>Makes a file, in place of one of that name if there is one.</summary>
    /// <param name="files">The disk.</param>
    /// <param name="path">The file's name.</param>
    /// <param name="fill">Creates a file of the name it is given, fills it and syncs it.</param>
    /// <exception cref="MemoryEngineException">The disk refuses. Then there is what was there before.</exception>
    public static T Write<T>(IFileSystem files, string path, Func<string, T> fill)
    {
        var temporary = path + Unfinished;
        try
        {
            files.Delete(temporary);
            var filled = fill(temporary);
            files.Rename(temporary, path);
            files.SyncDirectory(Path.GetDirectoryName(path)!);
            return filled;
        }
        catch
        {
            // A full disk is not to stay full of what was not finished.
            TryDelete(files, temporary);
            throw;
        }
    }

    /// <summary>Deletes a file that nothing refers to; one that cannot be deleted stays until somebody sweeps.</summary>
    public static void TryDelete(IFileSystem files, string path)
    {
        try
        {
            files.Delete(path);
        }
        catch (MemoryEngineException e) when (e.Code is ErrorCode.Storage or ErrorCode.ReadOnly or ErrorCode.DiskFull)
        {
            // It is in nobody's way.
        }
    }
}
