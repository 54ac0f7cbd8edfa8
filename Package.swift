// swift-tools-version: 6.2
import PackageDescription

// One array for all targets, so that every module is read by the same rules.
let settings: [SwiftSetting] = [
    .swiftLanguageMode(.v6),
    .enableUpcomingFeature("ExistentialAny"),
    .enableUpcomingFeature("InternalImportsByDefault"),
    .enableUpcomingFeature("MemberImportVisibility"),
    .enableUpcomingFeature("NonisolatedNonsendingByDefault"),
]

let crypto: Target.Dependency = .product(name: "Crypto", package: "swift-crypto")
let cryptoExtras: Target.Dependency = .product(name: "CryptoExtras", package: "swift-crypto")
let logging: Target.Dependency = .product(name: "Logging", package: "swift-log")
let metrics: Target.Dependency = .product(name: "Metrics", package: "swift-metrics")
let coreMetrics: Target.Dependency = .product(name: "CoreMetrics", package: "swift-metrics")
let argumentParser: Target.Dependency = .product(name: "ArgumentParser", package: "swift-argument-parser")
let nioCore: Target.Dependency = .product(name: "NIOCore", package: "swift-nio")
let nioPosix: Target.Dependency = .product(name: "NIOPosix", package: "swift-nio")
let asyncHTTPClient: Target.Dependency = .product(name: "AsyncHTTPClient", package: "async-http-client")
let nioSSL: Target.Dependency = .product(name: "NIOSSL", package: "swift-nio-ssl")
let nioHTTP1: Target.Dependency = .product(name: "NIOHTTP1", package: "swift-nio")

let package = Package(
    name: "cognito-user-migration",
    products: [
        .executable(name: "MigrateLambda", targets: ["MigrateLambda"]),
        .executable(name: "migrate-cli", targets: ["migrate-cli"]),
        // For the benchmark package, which measures connectors and sign-ins from outside.
        .library(name: "MigrationCore", targets: ["MigrationCore"]),
        .library(name: "PasswordHashing", targets: ["PasswordHashing"]),
        .library(name: "CSVConnector", targets: ["CSVConnector"]),
        .library(name: "LDAPConnector", targets: ["LDAPConnector"]),
        .library(name: "PostgresConnector", targets: ["PostgresConnector"]),
    ],
    traits: [
        // A connector can be left out, with the C library that it needs: `--traits SQLite` builds without libpq and libldap.
        .default(enabledTraits: ["Postgres", "LDAP", "SQLite", "CSV"]),
        .trait(name: "LDAP", description: "The ldap connector (libldap)"),
        .trait(name: "Postgres", description: "The postgres connector (libpq)"),
        .trait(name: "SQLite", description: "The sqlite connector (libsqlite3)"),
        .trait(name: "CSV", description: "The csv connector"),
    ],
    dependencies: [
        // The command line.
        .package(url: "https://github.com/apple/swift-argument-parser", from: "1.8.2"),
        // HMAC, SHA-2, PBKDF2: cryptography is never ours.
        .package(url: "https://github.com/apple/swift-crypto", from: "4.5.2"),
        // Log lines, so that embedders can send them elsewhere.
        .package(url: "https://github.com/apple/swift-log", from: "1.16.2"),
        // Counters and gauges, so that embedders can send them elsewhere.
        .package(url: "https://github.com/apple/swift-metrics", from: "2.13.0"),
        // The Runtime API client and `serve`.
        .package(url: "https://github.com/apple/swift-nio", from: "2.101.2"),
        // HTTPS to AWS: proxies, pooled connections, time-outs.
        .package(url: "https://github.com/swift-server/async-http-client", from: "1.37.0"),
        // Whom to trust, for that client.
        .package(url: "https://github.com/apple/swift-nio-ssl", from: "2.37.6"),
        // connectors.yaml; linked by migrate-cli alone, because it brings ICU along.
        .package(url: "https://github.com/jpsim/Yams", from: "6.2.2"),
    ],
    targets: [
        // C libraries of the system
        .systemLibrary(name: "CLibPQ", pkgConfig: "libpq", providers: [.apt(["libpq-dev"])]),
        .systemLibrary(name: "CLibLDAP", pkgConfig: "ldap", providers: [.apt(["libldap-dev"])]),
        .systemLibrary(name: "CSQLite", pkgConfig: "sqlite3", providers: [.apt(["libsqlite3-dev"])]),
        .systemLibrary(name: "CCrypt", pkgConfig: "libxcrypt", providers: [.apt(["libcrypt-dev"])]),
        .systemLibrary(name: "CArgon2", pkgConfig: "libargon2", providers: [.apt(["libargon2-dev"])]),
        .systemLibrary(name: "COpenSSL", pkgConfig: "openssl", providers: [.apt(["libssl-dev"])]),

        // What points at nothing of ours
        .target(name: "Threads"),
        .target(name: "SQLiteAccess", dependencies: ["CSQLite"]),
        .target(name: "LambdaRuntime", dependencies: [nioCore, nioPosix, nioHTTP1, logging, coreMetrics]),

        .target(name: "AWSClient", dependencies: [asyncHTTPClient, crypto, nioCore, nioPosix, nioHTTP1, nioSSL]),

        // The domain
        .target(name: "PasswordHashing", dependencies: ["CCrypt", "CArgon2", crypto, cryptoExtras]),
        .target(name: "MigrationCore", dependencies: ["PasswordHashing", "Threads", crypto, logging, metrics]),

        // Its surroundings
        .target(
            name: "PostgresConnector", dependencies: ["MigrationCore", "Threads", "CLibPQ"],
            path: "Sources/Connectors/Postgres"),
        .target(
            name: "LDAPConnector", dependencies: ["MigrationCore", "Threads", "CLibLDAP"],
            path: "Sources/Connectors/LDAP"),
        .target(
            name: "SQLiteConnector", dependencies: ["MigrationCore", "Threads", "SQLiteAccess"],
            path: "Sources/Connectors/SQLite"),
        .target(name: "CSVConnector", dependencies: ["MigrationCore", "Threads"], path: "Sources/Connectors/CSV"),
        .target(
            name: "ConnectorRegistry",
            dependencies: [
                "MigrationCore",
                .target(name: "LDAPConnector", condition: .when(traits: ["LDAP"])),
                .target(name: "PostgresConnector", condition: .when(traits: ["Postgres"])),
                .target(name: "SQLiteConnector", condition: .when(traits: ["SQLite"])),
                .target(name: "CSVConnector", condition: .when(traits: ["CSV"])),
            ],
            path: "Sources/Connectors", exclude: ["CSV", "LDAP", "Postgres", "SQLite"],
            sources: ["ConnectorRegistry.swift"]),
        .target(
            name: "SnapshotStore", dependencies: ["MigrationCore", "SQLiteAccess", "Threads", crypto, logging]),
        .target(name: "CognitoClient", dependencies: ["AWSClient", "MigrationCore", "Threads"]),
        .target(name: "SecretProviders", dependencies: ["AWSClient", "MigrationCore", "Threads"]),
        .target(name: "ConfigurationYAML", dependencies: ["MigrationCore", .product(name: "Yams", package: "Yams")]),
        .target(name: "Reports", dependencies: ["MigrationCore", "PasswordHashing"]),
        // `doctor`'s own look at a certificate: libldap and GnuTLS don't say what is wrong with one.
        .target(name: "TLSInspection", dependencies: ["MigrationCore", "Threads", "COpenSSL"]),

        // Wiring
        .target(
            name: "TriggerWiring",
            dependencies: [
                "AWSClient", "ConnectorRegistry", "LambdaRuntime", "MigrationCore", "SecretProviders", "SnapshotStore",
                "Threads", logging,
            ]),
        .executableTarget(
            name: "MigrateLambda",
            dependencies: ["MigrationCore", "LambdaRuntime", "Threads", "TriggerWiring", logging]),
        .executableTarget(
            name: "migrate-cli",
            dependencies: [
                "AWSClient", "CognitoClient", "MigrationCore", "ConnectorRegistry", "ConfigurationYAML",
                "LambdaRuntime",
                "PasswordHashing", "Reports", "SnapshotStore", "TLSInspection", "Threads",
                "TriggerWiring", argumentParser, logging, metrics,
            ], plugins: ["BuildCommit"]),

        // `migrate-cli --version`
        .plugin(name: "BuildCommit", capability: .buildTool(), exclude: ["write-commit"]),

        // Tests
        .target(
            name: "TestSupport",
            dependencies: ["AWSClient", "MigrationCore", "Threads", nioCore, nioPosix, nioHTTP1, nioSSL],
            path: "Tests/TestSupport"),
        .testTarget(
            name: "AWSClientTests", dependencies: ["AWSClient", "TestSupport"], resources: [.copy("Vectors")]),
        .testTarget(
            name: "CognitoClientTests",
            dependencies: ["CognitoClient", "AWSClient", "MigrationCore", "TestSupport", "Threads", "migrate-cli"]),
        .testTarget(
            name: "SecretProvidersTests",
            dependencies: [
                "AWSClient", "ConnectorRegistry", "MigrationCore", "SecretProviders", "TestSupport", "Threads",
            ]),
        .testTarget(name: "ThreadsTests", dependencies: ["Threads", "TestSupport"]),
        .testTarget(
            name: "PasswordHashingTests", dependencies: ["PasswordHashing", "Reports"], resources: [.copy("Vectors")]),
        .testTarget(
            name: "MigrationCoreTests",
            dependencies: ["MigrationCore", "PasswordHashing", "TestSupport", "Threads", logging]),
        .testTarget(name: "MappingTests", dependencies: ["MigrationCore", "TestSupport", "Threads"]),
        .testTarget(name: "FullPoolTests", dependencies: ["MigrationCore", "TestSupport", "Threads", logging]),
        .testTarget(
            name: "ConnectorTests",
            dependencies: [
                "ConnectorRegistry", "LDAPConnector", "PostgresConnector", "SQLiteConnector", "SQLiteAccess",
                "CSVConnector", "TestSupport", "Threads",
            ]),
        .testTarget(
            name: "ConfigurationYAMLTests",
            dependencies: [
                "ConfigurationYAML", "ConnectorRegistry", "MigrationCore", "PasswordHashing", "TestSupport", "Threads",
            ],
            resources: [.copy("Golden")]),
        .testTarget(
            name: "ReportsTests",
            dependencies: ["Reports", "MigrationCore", "PasswordHashing", "TestSupport", "Threads"],
            resources: [.copy("Golden")]),
        .testTarget(
            name: "DoctorTests",
            dependencies: [
                "MigrationCore", "ConnectorRegistry", "Reports", "TLSInspection", "TestSupport", "Threads",
                "TriggerWiring",
            ],
            resources: [.copy("Golden")]),
        .testTarget(
            name: "SnapshotTests",
            dependencies: ["SnapshotStore", "MigrationCore", "SQLiteAccess", "TestSupport", "Threads", logging]),
        .testTarget(
            name: "LambdaRuntimeTests", dependencies: ["LambdaRuntime", "TestSupport", logging, coreMetrics]),
        .testTarget(name: "DeployTests", dependencies: ["TestSupport", "MigrateLambda", "migrate-cli"]),
        // The guides' worked examples, the libraries' examples, the pages' links.
        .testTarget(
            name: "GuideTests",
            dependencies: [
                "MigrationCore", "PasswordHashing", "CSVConnector", "LDAPConnector", "PostgresConnector",
                "LambdaRuntime",
                "Threads", "TestSupport", "migrate-cli", logging,
            ]),
        .testTarget(name: "IntegrationTests", dependencies: ["TestSupport", "MigrateLambda", "migrate-cli"]),
        .testTarget(
            name: "FaultTests",
            dependencies: [
                "ConfigurationYAML", "ConnectorRegistry", "MigrationCore", "TestSupport", "Threads", "MigrateLambda",
                "migrate-cli", logging,
            ]),
    ]
)

for target in package.targets where ![.system, .plugin].contains(target.type) {
    target.swiftSettings = settings
}

// Only `make docs` needs it: a build without it has a package less to fetch and to plan.
if Context.environment["DOCC"] != nil {
    package.dependencies.append(.package(url: "https://github.com/swiftlang/swift-docc-plugin", from: "1.5.0"))
}
