import Postgres

/// What a function of ours sets for itself, because it runs in the application's sessions.
enum FunctionSettings {
    /// Names are looked up in pg_catalog alone, and a backslash in a string constant is a backslash: the body is text that
    /// each session reads for itself.
    static let pinned: SQL = "SET search_path = pg_catalog, pg_temp SET standard_conforming_strings = on"
}
