namespace MemoryEngine;

/// <summary>
/// What a generator of embeddings is called in a pool. A generator that answers <c>GetService(typeof(EmbedderIdentity))</c>
/// with one need not be named in <see cref="MemoryStoreOptions"/>. Two generators of one identity must make vectors that can
/// be compared.
/// </summary>
/// <param name="Id">Provider and model, and the dimension where the model has several: <c>openai/text-embedding-3-small@512</c>.</param>
/// <param name="Revision">What tells two versions of it apart, where the id does not.</param>
public sealed record EmbedderIdentity(string Id, string Revision = "");
