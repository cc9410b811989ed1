namespace MemoryEngine;

/// <summary>
/// Why a memory was let through or left out. Those under 64 leave it out; those from 64 on are worth knowing and leave nothing out.
/// Stored; values only grow.
/// </summary>
[Stored]
public enum ReasonCode : byte
{
    /// <summary>Its bytes are not those that were written.</summary>
    Damaged = 1,

    /// <summary>Another version has taken its place.</summary>
    Superseded = 2,

    /// <summary>It was forgotten, or it was purged.</summary>
    Forgotten = 3,

    /// <summary>It is in quarantine.</summary>
    Quarantined = 4,

    /// <summary>Its time is over.</summary>
    Expired = 5,

    /// <summary>A vector of it is not sane for its space: dimension, not a number, infinite, or zero under cosine.</summary>
    BadVector = 6,

    /// <summary>It requires what the task states otherwise.</summary>
    PreconditionContradicts = 7,

    /// <summary>The mode lets no memory of its level come from so far.</summary>
    NotInMode = 8,

    /// <summary>There is evidence that it does harm in the task's domain.</summary>
    Harmful = 9,

    /// <summary>It was learned with other major versions than the task has.</summary>
    Stale = 10,

    /// <summary>It calls itself abstract and is bound to where it comes from, which is not the task's domain.</summary>
    TooSpecific = 11,

    /// <summary>It holds a key, a token or a password, and its contributor is not trusted.</summary>
    Secret = 12,

    /// <summary>It tries to command its reader, and its contributor is not trusted.</summary>
    Instruction = 13,

    /// <summary>The answer has nearly the same already.</summary>
    Duplicate = 14,

    /// <summary>A check of the user rejected it.</summary>
    RejectedByCheck = 15,

    /// <summary>A check of the user failed.</summary>
    CheckFailed = 16,

    /// <summary>A check of the user had not decided in time.</summary>
    Undecided = 17,

    /// <summary>Its raw score is under the minimum that was asked for.</summary>
    BelowMinScore = 18,

    /// <summary>The scenario's mix had no room for its level.</summary>
    NotInMix = 19,

    /// <summary>Others ranked before it.</summary>
    Outranked = 20,

    /// <summary>It comes from a domain that was excluded.</summary>
    ExcludedDomain = 21,

    /// <summary>Chance withheld it, so that its effect can be measured. It is not replaced.</summary>
    Withheld = 22,

    /// <summary>Chance held the whole recall out, as a control.</summary>
    HeldOut = 23,

    /// <summary>The mode lets its level come from there.</summary>
    InMode = 64,

    /// <summary>It was asked for by id.</summary>
    Pinned = 65,

    /// <summary>All that it requires the task has.</summary>
    PreconditionsMatch = 66,

    /// <summary>Its contributor is trusted, so a secret or a command in it was let through.</summary>
    Trusted = 67,

    /// <summary>It was learned on another commit of the same repository.</summary>
    OtherCommit = 68,

    /// <summary>It is suspected of doing harm, not proven.</summary>
    Suspect = 69,

    /// <summary>It is bound to where it comes from, which is the task's own domain or a near one.</summary>
    Specific = 70,

    /// <summary>It got its place so that something new is tried.</summary>
    Explored = 71,
}
