import Oracles
import Postgres

/// Which recipes are compared, and the arguments that fit a table or column.
enum RecipesUnderTest {
    /// Those that the tool has. A new one is switched on here.
    private static let enabled: Set = [RenameUnderTest.name, TypeChangeUnderTest.name, NotNullUnderTest.name]

    /// What can be done to a random table's column.
    static func of(_ table: RandomTable) -> [any RecipeUnderTest] {
        let column = table.column
        var recipes: [any RecipeUnderTest] = [
            RenameUnderTest(table: table.name, from: column.name, to: table.newName)
        ]
        if let conversion = column.conversion {
            let using = conversion.using?(column.name)
            recipes.append(
                TypeChangeUnderTest(table: table.name, column: column.name, type: conversion.type, using: using)
            )
        }
        if !column.isNotNull {
            let fill: SQL? = table.seed.isMultiple(of: 4) ? nil : "\(literal: column.sample)"
            recipes.append(NotNullUnderTest(table: table.name, column: column.name, fill: fill))
        }
        return recipes.filter { enabled.contains(type(of: $0).name) }
    }

    /// What can be done to a column of an application's table.
    static func of(_ column: RealSchema.Column, seed: UInt64) -> [any RecipeUnderTest] {
        let plain = Identifier(column.name.name).shortened(appending: "_new")
        let isPlain = !seed.isMultiple(of: 3) && !column.siblings.contains(plain)
        let to = isPlain ? plain : RandomName.make(seed: seed, not: column.siblings)
        var recipes: [any RecipeUnderTest] = [
            NotNullUnderTest(table: column.table, column: column.name),
            RenameUnderTest(table: column.table, from: column.name, to: to),
        ]
        if let type = conversions[String(column.type.prefix { $0 != "(" })] {
            let using: SQL? = type.text == "timestamptz" ? "\(column.name) AT TIME ZONE 'UTC'" : nil
            // Before the rename, which takes the name away.
            recipes.insert(
                TypeChangeUnderTest(table: column.table, column: column.name, type: type, using: using),
                at: 0
            )
        }
        return recipes.filter { enabled.contains(type(of: $0).name) }
    }

    /// What applications' columns get changed into.
    private static let conversions: [String: SQL] = [
        "smallint": "integer", "integer": "bigint", "bigint": "numeric", "character varying": "text",
        "text": "varchar", "timestamp without time zone": "timestamptz", "json": "jsonb", "numeric": "text",
        "uuid": "text", "boolean": "text", "real": "double precision", "date": "timestamp",
    ]
}
