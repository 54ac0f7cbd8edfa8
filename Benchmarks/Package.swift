// swift-tools-version: 6.2
import PackageDescription

func product(_ name: String) -> Target.Dependency { .product(name: name, package: "cognito-user-migration") }

// What users wait for, measured. A package of its own, so that the service doesn't depend on it.
let package = Package(
    name: "benchmarks",
    dependencies: [
        .package(name: "cognito-user-migration", path: ".."),
        // Counts what a sign-in's log line says.
        .package(url: "https://github.com/apple/swift-log", from: "1.16.2"),
    ],
    targets: [
        .systemLibrary(name: "CLibPQForLoop", pkgConfig: "libpq", providers: [.apt(["libpq-dev"])]),
        .systemLibrary(name: "CLibLDAPForLoop", pkgConfig: "ldap", providers: [.apt(["libldap-dev"])]),
        // The least that reading rows can cost: libpq and memcpy.
        .target(name: "CRowLoop", dependencies: ["CLibPQForLoop"], cSettings: [.unsafeFlags(["-O2"])]),
        // The least that a look-up can cost: libpq and memcpy.
        .target(name: "CQueryLoop", dependencies: ["CLibPQForLoop"], cSettings: [.unsafeFlags(["-O2"])]),
        // The least that a look-up and a bind can cost: libldap and memcpy.
        .target(name: "CSearchLoop", dependencies: ["CLibLDAPForLoop"], cSettings: [.unsafeFlags(["-O2"])]),
        .executableTarget(
            name: "measure",
            dependencies: [
                "CRowLoop", "CQueryLoop", "CSearchLoop", product("MigrationCore"), product("PasswordHashing"),
                product("CSVConnector"), product("LDAPConnector"), product("PostgresConnector"),
                .product(name: "Logging", package: "swift-log"),
            ],
            swiftSettings: [.swiftLanguageMode(.v6), .enableUpcomingFeature("NonisolatedNonsendingByDefault")]),
    ]
)
