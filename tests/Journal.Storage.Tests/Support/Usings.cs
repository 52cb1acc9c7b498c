global using Journal.Testing;
global using Xunit;
