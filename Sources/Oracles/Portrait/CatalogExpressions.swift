import Postgres

/// Expressions that most sections need to turn oids and lists into stable text.
extension SQL {
    /// Objects with smaller oids were made by initdb.
    static let firstUserOID: SQL = "16384"

    /// The kind and the qualified name of an object of a catalog, NULL if there is no such object.
    static func identity(_ oid: SQL, of catalog: SQL, column: SQL = "0") -> SQL {
        """
        (SELECT identified.type || ' ' || identified.identity
         FROM pg_identify_object('\(catalog)'::regclass, \(oid), \(column)) AS identified)
        """
    }

    /// Whether an object is no member of an extension.
    static func isNoMember(_ oid: SQL, of catalog: SQL) -> SQL {
        """
        NOT EXISTS (SELECT FROM pg_depend AS member WHERE member.classid = '\(catalog)'::regclass
            AND member.objid = \(oid) AND member.deptype = 'e')
        """
    }

    /// Whether an object was made by a user, and not as a member of an extension.
    static func isUsers(_ oid: SQL, of catalog: SQL) -> SQL {
        "\(oid) >= \(firstUserOID) AND \(isNoMember(oid, of: catalog))"
    }

    /// Whether a user's object is in a schema that is shown.
    static func isVisible(_ oid: SQL, of catalog: SQL, in schema: SQL) -> SQL {
        "\(schema) IN (SELECT oid FROM visible_schema) AND \(isUsers(oid, of: catalog))"
    }

    /// A row of a catalog with all of its columns but some, as `jsonb`.
    static func row(_ alias: SQL, without columns: SQL) -> SQL {
        "to_jsonb(\(alias)) - '{\(columns)}'::text[]"
    }

    /// Privileges in an order that doesn't tell in which order they were granted; NULL stays apart from empty.
    static func privileges(_ list: SQL) -> SQL {
        """
        CASE WHEN \(list) IS NOT NULL
             THEN ARRAY(SELECT item::text FROM unnest(\(list)) AS item ORDER BY item::text COLLATE "C") END
        """
    }

    /// The operators of a stored expression in order; what the server prints of it doesn't name all of them.
    static func operators(_ tree: SQL) -> SQL {
        """
        ARRAY(SELECT found[1]::oid::regoperator::text
              FROM regexp_matches(\(tree)::text, ':opno (\\d+)', 'g') WITH ORDINALITY AS used(found, place) ORDER BY place)
        """
    }

    /// Options of a column, without the one that servers keep for themselves; NULL if there are none.
    static func attributeOptions(_ alias: SQL) -> SQL {
        """
        (SELECT array_agg(option) FROM unnest(\(alias).attoptions) AS option WHERE option NOT LIKE 'pg\\_attver=%')
        """
    }

    /// Names of columns by their numbers, in the order of names.
    static func columnNames(_ numbers: SQL, of relation: SQL) -> SQL {
        """
        ARRAY(SELECT named.attname FROM pg_attribute AS named
              WHERE named.attrelid = \(relation) AND named.attnum = ANY (\(numbers)) ORDER BY named.attname)
        """
    }

    /// Whether a trigger belongs to a foreign key or another constraint of the server's; its name holds an oid then.
    /// PostgreSQL 14 calls the copies of a user's trigger on partitions internal too, so `tgisinternal` can't tell.
    static func isOfConstraint(trigger alias: SQL) -> SQL {
        """
        EXISTS (SELECT FROM pg_constraint AS made WHERE made.oid = \(alias).tgconstraint AND made.contype <> 't')
        """
    }
}
