// swift-tools-version: 6.1

import PackageDescription

let settings: [SwiftSetting] = [
    .swiftLanguageMode(.v6),
    .enableUpcomingFeature("ExistentialAny"),
    .unsafeFlags(["-warnings-as-errors"]),
]

let package = Package(
    name: "online-change",
    platforms: [.macOS(.v15)],
    products: [
        .executable(name: "online-change", targets: ["online-change"]),
        .library(name: "OnlineChange", targets: ["OnlineChange"]),
    ],
    dependencies: [
        .package(url: "https://github.com/apple/swift-argument-parser", from: "1.8.2"),
        .package(url: "https://github.com/jpsim/Yams", from: "6.2.2"),
        .package(url: "https://github.com/swiftlang/swift-subprocess", from: "1.0.2"),
        .package(url: "https://github.com/swhitty/FlyingFox", from: "0.27.1"),
    ],
    targets: [
        .systemLibrary(
            name: "CLibPQ",
            pkgConfig: "libpq",
            providers: [.apt(["libpq-dev"]), .brew(["libpq"])]
        ),
        .target(name: "Postgres", dependencies: ["CLibPQ"], swiftSettings: settings),
        .target(
            name: "BuiltInRecipes",
            path: "recipes",
            resources: [
                .embedInCode("rename-column.yaml"), .embedInCode("change-type.yaml"), .embedInCode("add-not-null.yaml"),
            ],
            swiftSettings: settings
        ),
        .target(
            name: "OnlineChange",
            dependencies: ["Postgres", "BuiltInRecipes", .product(name: "Yams", package: "Yams")],
            swiftSettings: settings
        ),
        .target(
            name: "ThrowawayPostgres",
            dependencies: [.product(name: "Subprocess", package: "swift-subprocess")],
            swiftSettings: settings
        ),
        .target(name: "Oracles", dependencies: ["Postgres"], swiftSettings: settings),
        .executableTarget(
            name: "online-change",
            dependencies: [
                "OnlineChange", "Oracles", "Postgres", "ThrowawayPostgres",
                .product(name: "ArgumentParser", package: "swift-argument-parser"),
                // FlyingFox itself would need libcurl wherever Swift's libraries are linked statically.
                .product(name: "FlyingSocks", package: "FlyingFox"),
                .product(name: "Subprocess", package: "swift-subprocess"),
            ],
            swiftSettings: settings
        ),
        .target(
            name: "TestSupport",
            dependencies: ["Postgres", "ThrowawayPostgres"],
            path: "Tests/TestSupport",
            swiftSettings: settings
        ),
        .testTarget(name: "TestSupportTests", dependencies: ["Postgres", "TestSupport"], swiftSettings: settings),
        .testTarget(name: "PostgresTests", dependencies: ["Postgres", "TestSupport"], swiftSettings: settings),
        .testTarget(
            name: "ThrowawayPostgresTests",
            dependencies: ["ThrowawayPostgres", "Postgres", "TestSupport"],
            swiftSettings: settings
        ),
        .testTarget(
            name: "OraclesTests",
            dependencies: ["Oracles", "TestSupport"],
            swiftSettings: settings
        ),
        .testTarget(
            name: "OnlineChangeTests",
            dependencies: [
                "OnlineChange", "Oracles", "TestSupport", "ThrowawayPostgres",
                .product(name: "Subprocess", package: "swift-subprocess"),
            ],
            resources: [.copy("Plan/plan-of-ledger-1.json")],
            swiftSettings: settings
        ),
        .testTarget(
            name: "OnlineChangeCommandTests",
            dependencies: [
                "online-change", "TestSupport", .product(name: "Subprocess", package: "swift-subprocess"),
                .product(name: "FlyingFox", package: "FlyingFox"),
            ],
            path: "Tests/online-changeTests",
            swiftSettings: settings
        ),
        .testTarget(
            name: "IntegrationTests",
            dependencies: [
                "online-change", "OnlineChange", "Oracles", "Postgres", "TestSupport", "ThrowawayPostgres",
                .product(name: "Subprocess", package: "swift-subprocess"),
                .product(name: "ArgumentParser", package: "swift-argument-parser"),
                .product(name: "Yams", package: "Yams"),
            ],
            path: "integration",
            exclude: [
                "README.md", "ten-runs.sh", "bench.sh", "throttle.sh", "torture.sh", "evidence.sh", "staged-deploys",
                "hooks",
            ],
            resources: [.copy("scenarios")],
            swiftSettings: settings
        ),
        .testTarget(
            name: "DemoTests",
            dependencies: [
                "online-change", "OnlineChange", .product(name: "Subprocess", package: "swift-subprocess"),
            ],
            swiftSettings: settings
        ),
    ]
)
