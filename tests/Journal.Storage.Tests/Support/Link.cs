using System.Net;
using System.Net.Sockets;

namespace Journal.Storage.Tests.Support;

/// <summary>The network between a host and the server, for tests to cut: connections go through it to a port of this machine.</summary>
public sealed class Link : IDisposable
{
    // With the end of the text, as the protocol sends it: an isolation level begins alike.
    private static readonly byte[] Commit = "COMMIT\0"u8.ToArray();

    private readonly TcpListener _listener = new(IPAddress.Loopback, 0);
    private readonly List<Socket> _open = [];
    private readonly int _port;
    private bool _isCut;
    private bool _losesCommitAnswer;
    private bool _cutsAfterLoss;

    public Link(int port)
    {
        _port = port;
        _listener.Start();
        Port = ((IPEndPoint)_listener.LocalEndpoint).Port;
        _ = Accept();
    }

    public int Port { get; }

    /// <summary>How many commits were carried out whose answers were lost.</summary>
    public int LostAnswers { get; private set; }

    /// <summary>Breaks what is connected and lets nobody through.</summary>
    public void Cut()
    {
        lock (_open)
        {
            _isCut = true;
            foreach (var socket in _open) socket.Dispose();
            _open.Clear();
        }
    }

    public void Mend()
    {
        lock (_open) _isCut = false;
    }

    /// <summary>The next commit reaches the server, but its answer does not come back: the link breaks under it.</summary>
    public void LoseNextCommitAnswer()
    {
        lock (_open) _losesCommitAnswer = true;
    }

    /// <summary>And the link stays cut after it.</summary>
    public void CutAfterLoss()
    {
        lock (_open) _cutsAfterLoss = true;
    }

    private void Lost()
    {
        lock (_open)
        {
            LostAnswers++;
            if (_cutsAfterLoss) Cut();
            _cutsAfterLoss = false;
        }
    }

    public void Dispose()
    {
        _listener.Dispose();
        Cut();
    }

    private async Task Accept()
    {
        while (true)
        {
            Socket client;
            try
            {
                client = await _listener.AcceptSocketAsync();
            }
            catch (Exception e) when (e is SocketException or ObjectDisposedException)
            {
                return;
            }

            var server = new Socket(SocketType.Stream, ProtocolType.Tcp);
            await server.ConnectAsync(IPAddress.Loopback, _port);
            lock (_open)
            {
                _open.AddRange([client, server]);
                if (_isCut) Cut();
            }

            var connection = new Connection(this, client, server);
            _ = connection.Up();
            _ = connection.Down();
        }
    }

    private bool TakesLoss()
    {
        lock (_open)
        {
            var loses = _losesCommitAnswer;
            _losesCommitAnswer = false;
            return loses;
        }
    }

    private sealed class Connection(Link link, Socket client, Socket server)
    {
        private bool _losesAnswer;

        public Task Up() => Carry(client, server, sent =>
        {
            if (sent.Span.IndexOf(Commit) >= 0 && link.TakesLoss()) _losesAnswer = true;
            return true;
        });

        public Task Down() => Carry(server, client, _ =>
        {
            // The server has answered, so it has committed; nobody hears of it.
            if (_losesAnswer) link.Lost();
            return !_losesAnswer;
        });

        private async Task Carry(Socket from, Socket to, Func<ReadOnlyMemory<byte>, bool> goesOn)
        {
            var buffer = new byte[64 * 1024];
            try
            {
                while (await from.ReceiveAsync(buffer) is > 0 and var count && goesOn(buffer.AsMemory(0, count))) await to.SendAsync(buffer.AsMemory(0, count));
            }
            catch (Exception e) when (e is SocketException or ObjectDisposedException)
            {
                // Cut.
            }

            client.Dispose();
            server.Dispose();
        }
    }
}
