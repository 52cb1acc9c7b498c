global using Journal.Storage.Parts;
