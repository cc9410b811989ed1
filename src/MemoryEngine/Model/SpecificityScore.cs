namespace MemoryEngine;

/// <summary>How bound to its origin a text is: 0 could be said anywhere, 1 is about one place.</summary>
/// <param name="Value">The whole: 1 - Π (1 - weight · part).</param>
/// <param name="Paths">Share of words that are paths, file names or addresses.</param>
/// <param name="Identifiers">Share of words that are names of code: with underscores, capitals inside, dots or brackets.</param>
/// <param name="Literals">Share of characters inside quotes or marked as code within a sentence.</param>
/// <param name="Numbers">Share of words that are numbers of two digits or more.</param>
/// <param name="Code">Share of lines that are code.</param>
public readonly record struct SpecificityScore(
    double Value, double Paths, double Identifiers, double Literals, double Numbers, double Code);
