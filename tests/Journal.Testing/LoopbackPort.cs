using System.Net;
using System.Net.Sockets;

namespace Journal.Testing;

/// <summary>
/// A port of this machine on which nothing listens, for a server that is started next. It lies below those that systems give to outgoing connections: tests make
/// many of these at the same time, and one of them would have taken the port before the server does.
/// </summary>
public static class LoopbackPort
{
    private const int First = 15_000;
    private const int Count = 15_000;

    private static readonly HashSet<int> Taken = [];

    /// <summary>One that this process has not taken before.</summary>
    public static int Take()
    {
        while (true)
        {
            var port = First + Random.Shared.Next(Count);
            lock (Taken)
            {
                if (!Taken.Add(port)) continue;
            }

            try
            {
                using var probe = new TcpListener(IPAddress.Loopback, port) { ExclusiveAddressUse = true };
                probe.Start();
                return port;
            }
            catch (SocketException)
            {
                // Somebody listens there.
            }
        }
    }
}
