using Xunit.Abstractions;
using Xunit.Sdk;

[assembly: TestFramework("Journal.Storage.Tests.Support.PresentEngines", "Journal.Storage.Tests")]

namespace Journal.Storage.Tests.Support;

/// <summary>Leaves out the tests of an engine that this machine does not have; <see cref="Postgres.PostgresPresence"/> says so in one line.</summary>
public sealed class PresentEngines(IMessageSink messages) : XunitTestFramework(messages)
{
    protected override ITestFrameworkDiscoverer CreateDiscoverer(IAssemblyInfo assemblyInfo) => new Discoverer(assemblyInfo, SourceInformationProvider, DiagnosticMessageSink);

    private static readonly string[] OnServer = [typeof(Postgres.PostgresPresence).Namespace!, typeof(Pooled.PooledFixture).Namespace!];

    private sealed class Discoverer(IAssemblyInfo assembly, ISourceInformationProvider source, IMessageSink messages) : XunitTestFrameworkDiscoverer(assembly, source, messages)
    {
        protected override bool IsValidTestClass(ITypeInfo type) =>
            base.IsValidTestClass(type)
            && (PgBouncer.Program is not null || !type.Name.StartsWith(typeof(Pooled.PooledFixture).Namespace!, StringComparison.Ordinal))
            && (PostgresServer.Binaries is not null || type.Name == typeof(Postgres.PostgresPresence).FullName || !Array.Exists(OnServer, place => type.Name.StartsWith(place, StringComparison.Ordinal)));
    }
}
