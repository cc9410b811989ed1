using System.Runtime.CompilerServices;

namespace MemoryEngine.Server.Tests;

/// <summary>A test that becomes another user, which takes root and the Perl of every Debian; elsewhere it is skipped, and says so.</summary>
internal sealed class RootFactAttribute : FactAttribute
{
    public RootFactAttribute([CallerMemberName] string name = "")
    {
        if (Environment.UserName != "root") Skip = $"{name} must become another user, which only root can.";
        else if (!File.Exists("/usr/bin/perl")) Skip = $"{name} becomes another user by /usr/bin/perl, which is not there.";
    }
}
