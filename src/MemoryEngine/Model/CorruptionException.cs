namespace MemoryEngine;

/// <summary>Stored bytes are not what was written. Nothing was changed; the message says what the damage means.</summary>
public sealed class CorruptionException : MemoryEngineException
{
    /// <summary>Creates the exception.</summary>
    /// <param name="file">Path of the damaged file.</param>
    /// <param name="offset">Byte offset of the damaged structure in it.</param>
    /// <param name="expected">What should stand there.</param>
    /// <param name="found">What stands there.</param>
    public CorruptionException(string file, long offset, string expected, string found)
        : base(
            ErrorCode.Corruption,
            $"Damaged data in {file} at offset {offset}: expected {expected}, found {found}. " +
            "Nothing was changed. Restore the file from a backup; 'memengine check' lists all damage.")
    {
        File = file;
        Offset = offset;
        Expected = expected;
        Found = found;
    }

    /// <summary>Path of the damaged file.</summary>
    public string File { get; }

    /// <summary>Byte offset of the damaged structure in <see cref="File"/>.</summary>
    public long Offset { get; }

    /// <summary>What should stand there.</summary>
    public string Expected { get; }

    /// <summary>What stands there.</summary>
    public string Found { get; }
}
