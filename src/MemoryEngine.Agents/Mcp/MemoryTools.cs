using MemoryEngine.Agents.Mcp.Tools;
using ModelContextProtocol.Server;

namespace MemoryEngine.Agents.Mcp;

/// <summary>All tools of a server, each with its name, what it tells the model, and what it changes.</summary>
internal static class MemoryTools
{
    /// <param name="pool">The pool they work on.</param>
    /// <param name="client">The name of the client, once it has said it.</param>
    /// <param name="errors">What becomes of exceptions.</param>
    public static IEnumerable<McpServerTool> Over(PoolSession pool, Func<string?> client, ToolErrors errors)
    {
        var (recall, read, write) = (new RecallTools(pool), new ReadingTools(pool), new WritingTools(pool));
        var (evidence, snapshots) = (new EvidenceTools(pool), new SnapshotTools(pool));
        yield return new McpTool<SearchMemoriesArguments, FoundMemories>(
            "search_memories", "Search memories",
            "Finds the memories that help with a task, verified for it, best first. Call it before a task and when you are stuck.",
            ToolEffect.Records, errors, recall.SearchAsync);
        yield return new McpTool<ReportOutcomeArguments, ReportedOutcome>(
            "report_outcome", "Report an outcome",
            "Tells how a task ended for which memories were searched, and which of them were used, so that it can be measured what helps. Call " +
            "it once for each search, when the task is over.",
            ToolEffect.AddsOnce, errors, (arguments, c) => evidence.ReportAsync(arguments, client(), c));
        yield return new McpTool<WhyTransferArguments, TransferPage>(
            "why_transfer", "Why a transfer",
            "Shows for an earlier search what was handed over, withheld and left out, why, on what evidence, and what came of it.",
            ToolEffect.Reads, errors, evidence.WhyAsync);
        yield return new McpTool<AddMemoryArguments, WrittenMemory>(
            "add_memory", "Add a memory",
            "Remembers one lesson for later tasks. Search first: correct what is there with update_memory rather than adding it twice.",
            ToolEffect.Adds, errors, (arguments, c) => write.AddAsync(arguments, client(), c));
        yield return new McpTool<GetMemoryArguments, MemoryDetail>(
            "get_memory", "Get a memory",
            "Reads one memory in full by its id, with its versions where asked for.",
            ToolEffect.Reads, errors, read.GetAsync);
        yield return new McpTool<UpdateMemoryArguments, WrittenMemory>(
            "update_memory", "Update a memory",
            "Gives a memory a new version. What is not given stays as it is; an empty text takes a field away. Earlier versions are kept. " +
            "With restore it brings a deleted memory back.",
            ToolEffect.ReplacesOnce, errors, write.UpdateAsync);
        yield return new McpTool<DeleteMemoryArguments, DeletedMemory>(
            "delete_memory", "Delete a memory",
            "Forgets a memory: it is recalled no more. update_memory with restore brings it back.",
            ToolEffect.ReplacesOnce, errors, write.DeleteAsync);
        yield return new McpTool<ListMemoriesArguments, ListedMemories>(
            "list_memories", "List memories",
            "Lists memories in the order they were remembered, with the beginning of their texts. To find what helps, use search_memories.",
            ToolEffect.Reads, errors, read.ListAsync);
        yield return new McpTool<VerifyMemoryArguments, VerifiedMemories>(
            "verify_memory", "Verify memories",
            "Says for memories by id whether they may be handed over for a task, and why.",
            ToolEffect.Reads, errors, recall.VerifyAsync);
        yield return new McpTool<NoArguments, PoolFigures>(
            "memory_stats", "Memory statistics",
            "The pool's figures: how many memories by level and domain, its health, its snapshots.",
            ToolEffect.Reads, errors, read.StatsAsync);
        yield return new McpTool<AdviseArguments, PoolAdvice>(
            "advise", "Advise on the mode",
            "Says which mode the pool is ready for, at what risk, by which gates, and what a better one takes.",
            ToolEffect.Reads, errors, evidence.AdviseAsync);
        yield return new McpTool<CreateSnapshotArguments, SnapshotMade>(
            "create_snapshot", "Create a snapshot",
            "Gives what the pool holds now a name, so that it can be gone back to. Make one before changing many memories.",
            ToolEffect.Adds, errors, snapshots.CreateAsync);
        yield return new McpTool<RollbackSnapshotArguments, RolledBack>(
            "rollback_snapshot", "Roll back to a snapshot",
            "Makes the pool what it was when a snapshot was made, for everybody who uses it. Nothing is erased: the answer names the snapshot " +
            "that undoes it. Ask the user first.",
            ToolEffect.Replaces, errors, snapshots.RollBackAsync);
    }
}
