using System.Buffers;
using System.Numerics.Tensors;
using System.Security.Cryptography;
using System.Text.Json;

namespace MemoryEngine.Agents.Embedders.Static;

/// <summary>
/// A table of one vector a token, and the vector of a text as the mean of its tokens'. Model2Vec's layout: <c>embeddings</c>
/// of shape [rows, dimension]; in models with a smaller table <c>mapping</c>, the row of each token, and <c>weights</c>, the
/// weight of each.
/// </summary>
internal sealed class EmbeddingTable : IDisposable
{
    private const long MaxTokenizerBytes = 64 << 20;
    private const long MaxConfigBytes = 1 << 20;

    private readonly SafetensorsFile _file;
    private readonly WordPieceTokenizer _tokenizer;
    private readonly Tensor _embeddings;
    private readonly float[]? _weights;
    private readonly int[]? _rows;
    private readonly bool _isNormalized;

    private EmbeddingTable(SafetensorsFile file, byte[] tokenizer, byte[] config, string folder)
    {
        _file = file;
        try
        {
            (_tokenizer, var ids) = TokenizerFile.Read(tokenizer);
            _embeddings = FindTable(file);
            _weights = ReadWeights(file, ids);
            _rows = ReadRows(file, ids, (int)_embeddings.Shape[0]);
            if (_rows is null && _embeddings.Shape[0] < ids)
                throw new FormatException($"has {ids} tokens, and the table {_embeddings.Shape[0]} rows");
        }
        catch (FormatException e)
        {
            throw BadModel.File(folder, e.Message, e);
        }
        _isNormalized = ReadNormalize(config, folder);
        Revision = Fingerprint(file, tokenizer, config);
    }

    public int Dimension => (int)_embeddings.Shape[1];

    /// <summary>A fingerprint of the files: 16 hexadecimal digits.</summary>
    public string Revision { get; }

    public static EmbeddingTable Open(string folder)
    {
        var file = SafetensorsFile.Open(Path.Combine(folder, "model.safetensors"));
        try
        {
            return new EmbeddingTable(
                file, ReadSmall(Path.Combine(folder, "tokenizer.json"), MaxTokenizerBytes), ReadConfig(Path.Combine(folder, "config.json")), folder);
        }
        catch
        {
            file.Dispose();
            throw;
        }
    }

    /// <summary>The vector of a text, of its first tokens; zeros when it has none that the table knows.</summary>
    public float[] Embed(string text, int mostTokens)
    {
        var ids = new List<int>();
        _tokenizer.Encode(text, ids, mostTokens);
        var sum = new float[Dimension];
        if (ids.Count == 0) return sum;
        var row = ArrayPool<float>.Shared.Rent(Dimension);
        var values = row.AsSpan(0, Dimension);
        var rowBytes = Dimension * _embeddings.ElementBytes;
        using (var lease = _file.Read())
        {
            foreach (var id in ids)
            {
                var bytes = lease.Bytes(_embeddings, (long)(_rows is null ? id : _rows[id]) * rowBytes, rowBytes);
                TensorValues.ToSingles(_embeddings.Type, bytes, values);
                TensorPrimitives.MultiplyAdd(values, _weights is null ? 1f : _weights[id], sum, sum);
            }
        }
        ArrayPool<float>.Shared.Return(row);
        TensorPrimitives.Divide(sum, ids.Count, sum);
        if (_isNormalized && TensorPrimitives.Norm<float>(sum) is > 0f and var norm) TensorPrimitives.Divide(sum, norm, sum);
        return sum;
    }

    public void Dispose() => _file.Dispose();

    // Sentence Transformers keep the same table by another name.
    private static Tensor FindTable(SafetensorsFile file)
    {
        if (!file.Tensors.TryGetValue("embeddings", out var table) && !file.Tensors.TryGetValue("embedding.weight", out table))
            throw new FormatException("has no tensor 'embeddings' in its model.safetensors");
        if (table.Shape is not [> 0 and <= int.MaxValue, >= Limits.MinDimension and <= Limits.MaxDimension])
        {
            throw new FormatException(
                $"has a tensor '{table.Name}' of shape [{string.Join(", ", table.Shape)}], " +
                $"no rows of {Limits.MinDimension} to {Limits.MaxDimension} floats");
        }
        if (!TensorValues.IsNumeric(table.Type))
            throw new FormatException($"has a tensor '{table.Name}' of {table.Type}; F32, F16, BF16, F64 and I8 are supported");
        return table;
    }

    private static float[]? ReadWeights(SafetensorsFile file, int ids)
    {
        if (!file.Tensors.TryGetValue("weights", out var tensor)) return null;
        if (!TensorValues.IsNumeric(tensor.Type) || tensor.Shape.Length != 1 || tensor.Shape[0] < ids)
            throw new FormatException($"has a tensor 'weights' that is not one number for each of {ids} tokens");
        var weights = new float[ids];
        using var lease = file.Read();
        TensorValues.ToSingles(tensor.Type, lease.Bytes(tensor, 0, ids * tensor.ElementBytes), weights);
        foreach (var weight in weights)
            if (!float.IsFinite(weight)) throw new FormatException("has a NaN or an infinity in its weights");
        return weights;
    }

    private static int[]? ReadRows(SafetensorsFile file, int ids, int rows)
    {
        if (!file.Tensors.TryGetValue("mapping", out var tensor)) return null;
        if (!TensorValues.IsIndex(tensor.Type) || tensor.Shape.Length != 1 || tensor.Shape[0] < ids)
            throw new FormatException($"has a tensor 'mapping' that is not one row for each of {ids} tokens");
        var mapped = new int[ids];
        using var lease = file.Read();
        var bytes = lease.Bytes(tensor, 0, ids * tensor.ElementBytes);
        for (var i = 0; i < ids; i++)
        {
            var row = TensorValues.Index(tensor.Type, bytes, i);
            if (row < 0 || row >= rows) throw new FormatException($"maps token {i} to row {row} of {rows}");
            mapped[i] = (int)row;
        }
        return mapped;
    }

    private static bool ReadNormalize(byte[] config, string folder)
    {
        if (config.Length == 0) return false;
        try
        {
            return ModelJson.Read(
                config, "is", root => root.TryGetProperty("normalize", out var normalize) && normalize.ValueKind == JsonValueKind.True);
        }
        catch (FormatException e)
        {
            throw BadModel.File(Path.Combine(folder, "config.json"), e.Message, e);
        }
    }

    // Sentence Transformers write none, and the length of a vector does not matter under cosine.
    private static byte[] ReadConfig(string path) => File.Exists(path) ? ReadSmall(path, MaxConfigBytes) : [];

    private static byte[] ReadSmall(string path, long most)
    {
        try
        {
            var bytes = new FileInfo(path).Length;
            if (bytes > most) throw BadModel.File(path, $"has {bytes} bytes; {most} are allowed");
            return File.ReadAllBytes(path);
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            throw BadModel.File(path, $"cannot be read ({e.Message.TrimEnd('.')})", e);
        }
    }

    // Of everything small, and of the table at 64 places: reading all of it would cost each start what mapping it saves.
    private string Fingerprint(SafetensorsFile file, byte[] tokenizer, byte[] config)
    {
        const int Places = 64, PlaceBytes = 4096;
        using var hash = IncrementalHash.CreateHash(HashAlgorithmName.SHA256);
        foreach (var part in new[] { file.Header, tokenizer, config })
        {
            hash.AppendData(BitConverter.GetBytes((long)part.Length));
            hash.AppendData(part);
        }
        using var lease = file.Read();
        for (var i = 0; i < Places; i++)
        {
            var from = _embeddings.Length / Places * i;
            hash.AppendData(lease.Bytes(_embeddings, from, (int)Math.Min(PlaceBytes, _embeddings.Length - from)));
        }
        return Convert.ToHexStringLower(hash.GetHashAndReset())[..16];
    }
}
