/// The release of this library and its command.
public enum Version {
    /// As `--version` prints it and the ledger keeps it.
    public static let current = "0.1.0"
}
