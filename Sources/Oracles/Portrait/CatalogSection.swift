import Postgres

/// One kind of catalog objects and the query that describes them.
///
/// The query yields two columns: the object's name, and a `jsonb` object of its properties. Most start from
/// `to_jsonb` of the whole catalog row and take away what is physical or an oid, so that a property that a newer
/// server adds is seen without a change here.
struct CatalogSection: Sendable {
    let name: String
    let query: SQL

    /// Every section, for a server of a version.
    static func all(serverVersion: Int) -> [CatalogSection] {
        [
            .schemas, .extensions,
            .relations, .columns, .columnOrder, .constraints, .indexes, .sequences,
            .triggers, .internalTriggers, .rules, .policies, .eventTriggers,
            .statistics,
            .publications, .publishedTables(serverVersion: serverVersion), .subscriptions,
            .types, .functions, .aggregates,
            .operators, .operatorClasses, .operatorFamilies, .operatorFamilyMembers, .casts, .collations,
            .conversions, .languages, .transforms, .accessMethods,
            .textSearchConfigurations, .textSearchDictionaries, .textSearchParsers, .textSearchTemplates,
            .foreignDataWrappers, .foreignServers, .userMappings,
            .defaultPrivileges, .comments, .securityLabels, .dependencies,
        ] + (serverVersion >= 150_000 ? [.publishedSchemas] : [])
    }
}
