// swift-tools-version: 6.2
import PackageDescription

// What users wait for, measured. A package of its own, so that the service doesn't depend on it.
let package = Package(
    name: "benchmarks",
    dependencies: [
        .package(name: "cognito-user-migration", path: "..")
    ],
    targets: [
        .systemLibrary(name: "CLibPQForLoop", pkgConfig: "libpq", providers: [.apt(["libpq-dev"])]),
        // The least that reading rows can cost: libpq and memcpy.
        .target(name: "CRowLoop", dependencies: ["CLibPQForLoop"], cSettings: [.unsafeFlags(["-O2"])]),
        .executableTarget(
            name: "list-rows",
            dependencies: [
                "CRowLoop",
                .product(name: "MigrationCore", package: "cognito-user-migration"),
                .product(name: "PostgresConnector", package: "cognito-user-migration"),
            ],
            swiftSettings: [.swiftLanguageMode(.v6), .enableUpcomingFeature("NonisolatedNonsendingByDefault")]),
        .executableTarget(
            name: "list-map-validate",
            dependencies: [
                "CRowLoop",
                .product(name: "MigrationCore", package: "cognito-user-migration"),
                .product(name: "PostgresConnector", package: "cognito-user-migration"),
            ],
            swiftSettings: [.swiftLanguageMode(.v6), .enableUpcomingFeature("NonisolatedNonsendingByDefault")]),
    ]
)
