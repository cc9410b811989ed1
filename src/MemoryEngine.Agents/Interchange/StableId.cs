using System.Buffers.Binary;
using System.Security.Cryptography;
using System.Text;

namespace MemoryEngine.Agents.Interchange;

/// <summary>
/// Ids made of names, so that what is imported again is known again: UUIDs of version 8 (RFC 9562, section 5.8) with the first bits of
/// a SHA-256. Names of other lengths cannot run into each other.
/// </summary>
internal static class StableId
{
    /// <summary>The id that these names have, in this order, wherever it is asked for.</summary>
    public static Guid Of(params ReadOnlySpan<string> names)
    {
        Span<byte> length = stackalloc byte[sizeof(int)];
        using var hash = IncrementalHash.CreateHash(HashAlgorithmName.SHA256);
        foreach (var name in names)
        {
            var bytes = Encoding.UTF8.GetBytes(name);
            BinaryPrimitives.WriteInt32LittleEndian(length, bytes.Length);
            hash.AppendData(length);
            hash.AppendData(bytes);
        }
        return FromHash(hash.GetHashAndReset());
    }

    /// <summary>The UUID of version 8 with the first bits of a hash, of which it changes six.</summary>
    public static Guid FromHash(Span<byte> hash)
    {
        hash[6] = (byte)((hash[6] & 0x0f) | 0x80);
        hash[8] = (byte)((hash[8] & 0x3f) | 0x80);
        return new Guid(hash[..16], bigEndian: true);
    }

    /// <summary>A short fingerprint of a text: 16 hexadecimal digits of its SHA-256.</summary>
    public static string Fingerprint(string text) => Convert.ToHexStringLower(SHA256.HashData(Encoding.UTF8.GetBytes(text)).AsSpan(0, 8));
}
