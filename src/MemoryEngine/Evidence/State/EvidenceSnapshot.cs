namespace MemoryEngine.Evidence.State;

/// <summary>The bytes of a whole <see cref="EvidenceState"/>, as checkpoints and folded events keep them.</summary>
internal static class EvidenceSnapshot
{
    /// <summary>The form of the bytes. Another form is not read: the state is made again from what is there.</summary>
    public const int Version = 1;

    /// <summary>The bytes; the same state gives the same ones.</summary>
    public static byte[] Write(EvidenceState state)
    {
        using var stream = new MemoryStream();
        using var writer = new BinaryWriter(stream);
        writer.Write(Version);
        state.Write(writer);
        writer.Flush();
        return stream.ToArray();
    }

    /// <summary>The state; null when the bytes are not those of one, or of a newer form.</summary>
    public static EvidenceState? TryRead(ReadOnlyMemory<byte> bytes, EvidenceLimits limits)
    {
        using var stream = new MemoryStream(bytes.ToArray(), writable: false);
        using var reader = new BinaryReader(stream);
        try
        {
            if (reader.ReadInt32() != Version) return null;
            var state = EvidenceState.Read(reader, limits);
            // There is one way to write each state.
            return Write(state).AsSpan().SequenceEqual(bytes.Span) ? state : null;
        }
        catch (Exception e) when (e is IOException or ArgumentException or FormatException or OverflowException)
        {
            // Whatever it is, it is not what Write wrote; the caller says so, with the file's name.
            return null;
        }
    }
}
