public import PasswordHashing

/// What is needed to open the directories of a configuration.
public struct DirectoryOpener: Sendable {
    private let kinds: [any ConnectorKind.Type]
    private let baseFolder: String
    private let environment: @Sendable (String) -> String?
    private let readFile: @Sendable (String) throws(SecretTemplate.Unresolved) -> String
    private let provider: any SecretProvider
    private var fetched = FetchedSecrets()

    /// - Parameters:
    ///   - baseFolder: what relative paths are relative to: the folder of the configuration's file.
    ///   - readFile: the text of a file with an absolute path.
    ///   - provider: where secrets are kept that neither has.
    public init(
        kinds: [any ConnectorKind.Type], baseFolder: String, environment: @escaping @Sendable (String) -> String?,
        readFile: @escaping @Sendable (String) throws(SecretTemplate.Unresolved) -> String,
        provider: (any SecretProvider)? = nil
    ) {
        self.provider = provider ?? NoSecretProvider()
        self.kinds = kinds
        self.baseFolder = baseFolder
        self.environment = environment
        self.readFile = readFile
    }

    /// Why a configuration that is right in itself can't be used here: all that is missing, or wrong now that secrets are
    /// known.
    public struct Failure: Error, Sendable, CustomStringConvertible {
        public struct Problem: Sendable {
            /// What it is about, as keys of connectors.yaml; a directory goes by its name.
            public let path: [String]
            /// Starts with the directory's name, if it is about one.
            public let message: String
        }

        public let problems: [Problem]

        public init(_ problems: [Problem]) {
            self.problems = problems
        }

        public var description: String { problems.map(\.message).joined(separator: "; ") }
    }

    /// The same, with the secrets that a configuration refers to and that are kept elsewhere, as they are now. Without such
    /// references nobody is asked.
    ///
    /// What can't be had is told by whoever needs it, all at once.
    ///
    /// - Parameter more: texts with references that the configuration doesn't have.
    public func fetchingSecrets(
        of configuration: ConnectorsConfiguration, and more: [String] = [], by deadline: Deadline
    ) async -> DirectoryOpener {
        let texts = Self.secretTexts(configuration, kinds: kinds) + more
        return await fetching(texts, by: deadline)
    }

    private func fetching(_ texts: [String], by deadline: Deadline) async -> DirectoryOpener {
        let references = texts.flatMap { (try? SecretTemplate($0))?.references ?? [] }
        guard !references.isEmpty else { return self }
        var opener = self
        opener.fetched = await FetchedSecrets(references, from: provider, by: deadline)
        return opener
    }

    /// The directories in order, not connected yet.
    ///
    /// - Parameter maxConnections: look-ups at once in each: 1 on Lambda.
    public func open(
        _ configuration: ConnectorsConfiguration, maxConnections: Int
    ) throws(Failure) -> [any ListableDirectory] {
        var directories: [any ListableDirectory] = []
        var problems: [Failure.Problem] = []
        for directory in configuration.directories {
            // Nothing of it is needed any more: neither its server nor its secrets.
            if directory.isRetired {
                directories.append(RetiredDirectory(name: directory.name))
                continue
            }
            do throws(Failure) {
                directories.append(
                    try open(
                        directory, columns: configuration.columns(of: directory), maxConnections: maxConnections))
            } catch {
                problems += error.problems
            }
        }
        guard problems.isEmpty else { throw Failure(problems) }
        return directories
    }

    /// The directories in order, each of which is opened anew if it refuses its reader and the reader's secrets have other
    /// values by then.
    public func openRenewing(
        _ configuration: ConnectorsConfiguration, maxConnections: Int
    ) throws(Failure) -> [any Directory] {
        let opened = try open(configuration, maxConnections: maxConnections)
        return zip(opened, configuration.directories).map { opened, directory in
            let texts = Self.readerTexts(directory, kinds: kinds)
            guard texts.contains(where: { (try? SecretTemplate($0))?.mayChange == true }) else { return opened }
            let columns = configuration.columns(of: directory)
            let fingerprint = self.fingerprint(of: texts)
            return RenewingDirectory(opened, fingerprint: fingerprint) { known, deadline in
                let opener = await fetching(texts, by: deadline)
                // What can't be had now is no newer value.
                guard let now = opener.fingerprint(of: texts), now != known,
                    let directory = try? opener.open(directory, columns: columns, maxConnections: maxConnections)
                else { return nil }
                return (directory, now)
            }
        }
    }

    /// What the texts say now, in a form that shows nothing of it; nil if one of them can't be had.
    private func fingerprint(of texts: [String]) -> KeyedHash.Digest? {
        var values: [Secret] = []
        for text in texts {
            guard let secret = try? value(of: text) else { return nil }
            values.append(secret)
        }
        return Self.hash.digest(of: values)
    }

    private static let hash = KeyedHash()

    private func open(
        _ directory: DirectoryConfiguration, columns: [String], maxConnections: Int
    ) throws(Failure) -> any ListableDirectory {
        let path = ["directories", directory.name]
        guard let kind = kinds.first(where: { $0.typeName == directory.type }) else {
            let message = "\(directory.name): this program was built without \(directory.type)"
            throw Failure([.init(path: path + ["type"], message: message)])
        }
        let settings = ConnectorSettings(
            timeout: directory.timeout, maxConnections: maxConnections, baseFolder: baseFolder,
            columns: columns)
        let options = try resolve(directory, kind)
        do throws(DirectoryError) {
            return try kind.open(name: directory.name, options: options, settings: settings)
        } catch {
            // The rest was checked with the file, so it is about what a reference brought.
            let secrets = kind.options.filter { $0.form == .secret && directory.options.text($0.name) != nil }
            throw Failure([
                .init(
                    path: path + (secrets.count == 1 ? [secrets[0].name] : []),
                    message: "\(directory.name): \(error.detail)")
            ])
        }
    }

    /// The files that the configuration names and reads when it runs, as it names them, each once: paths of directories,
    /// certificates, the snapshot, `${file:...}`.
    public static func files(_ configuration: ConnectorsConfiguration, kinds: [any ConnectorKind.Type]) -> [String] {
        var files: [String] = []
        for directory in configuration.directories where !directory.isRetired {
            guard let kind = kinds.first(where: { $0.typeName == directory.type }) else { continue }
            for option in kind.options where option.form == .path {
                if let path = directory.options.text(option.name) { files.append(path) }
            }
            files += kind.files(directory.options)
        }
        if let snapshot = configuration.cache.snapshot { files.append(snapshot.path) }
        for text in secretTexts(configuration, kinds: kinds) {
            for case .file(let path) in (try? SecretTemplate(text))?.parts ?? [] { files.append(path) }
        }
        var seen: Set<String> = []
        return files.filter { seen.insert($0).inserted }
    }

    /// Every text of the configuration that may hold references.
    private static func secretTexts(
        _ configuration: ConnectorsConfiguration, kinds: [any ConnectorKind.Type]
    ) -> [String] {
        let active = configuration.directories.filter { !$0.isRetired }
        return [configuration.log.key, configuration.cache.snapshot?.key].compactMap { $0 }
            + active.flatMap { readerTexts($0, kinds: kinds) }
            + configuration.directories.flatMap {
                ($0.password.stored?.secrets ?? [:]).sorted { $0.key < $1.key }.map(\.value)
            }
    }

    /// Those that a directory is opened with.
    private static func readerTexts(_ directory: DirectoryConfiguration, kinds: [any ConnectorKind.Type]) -> [String] {
        guard let kind = kinds.first(where: { $0.typeName == directory.type }) else { return [] }
        return kind.options.filter { $0.form == .secret }.compactMap { directory.options.text($0.name) }
    }

    /// A secret of the configuration itself, such as `log.key`; nil if it is empty.
    ///
    /// - Parameter name: its keys, with dots between them.
    public func secret(_ text: String?, named name: String) throws(Failure) -> Secret? {
        guard let text else { return nil }
        do throws(SecretTemplate.Unresolved) {
            let secret = try value(of: text)
            return secret.isEmpty ? nil : secret
        } catch {
            throw Failure([
                .init(path: name.split(separator: ".").map(String.init), message: "\(name): \(error.message)")
            ])
        }
    }

    /// The snapshot's file and key; nil without `cache.snapshot`.
    public func snapshot(_ configuration: ConnectorsConfiguration) throws(Failure) -> SnapshotPlace? {
        guard let settings = configuration.cache.snapshot else { return nil }
        guard let key = try secret(settings.key, named: "cache.snapshot.key") else {
            // It would encrypt with what everybody knows.
            throw Failure([
                .init(path: ["cache", "snapshot", "key"], message: "cache.snapshot.key: its value is empty")
            ])
        }
        return SnapshotPlace(path: absolute(settings.path), key: key, maxAge: settings.maxAge)
    }

    /// What each directory's hashes need beside the row, in the configuration's order.
    public func passwordSecrets(_ configuration: ConnectorsConfiguration) throws(Failure) -> [PasswordSecrets] {
        var all: [PasswordSecrets] = []
        var problems: [Failure.Problem] = []
        for directory in configuration.directories {
            var secrets = PasswordSecrets()
            let needed = directory.isRetired ? [:] : directory.password.stored?.secrets ?? [:]
            for (name, text) in needed.sorted(by: { $0.key < $1.key }) {
                do throws(SecretTemplate.Unresolved) {
                    let secret = try value(of: text)
                    // One that is empty would make other hashes: they can't all be wrong passwords.
                    guard !secret.isEmpty else { throw SecretTemplate.Unresolved(message: "its value is empty") }
                    secret.withExposed { secrets.set($0, for: name) }
                } catch {
                    problems.append(
                        .init(
                            path: ["directories", directory.name, "password", name],
                            message: "\(directory.name): password: \(name): \(error.message)"))
                }
            }
            all.append(secrets)
        }
        guard problems.isEmpty else { throw Failure(problems) }
        return all
    }

    private func resolve(
        _ directory: DirectoryConfiguration, _ kind: any ConnectorKind.Type
    ) throws(Failure) -> ResolvedConnectorOptions {
        var problems: [Failure.Problem] = []
        var secrets: [String: Secret] = [:]
        var paths: [String: String] = [:]
        for option in kind.options {
            guard let text = directory.options.text(option.name) else { continue }
            switch option.form {
            case .secret:
                do throws(SecretTemplate.Unresolved) {
                    let secret = try value(of: text)
                    // An empty value is an absent value.
                    if !secret.isEmpty {
                        secrets[option.name] = secret
                    } else if option.isRequired {
                        throw SecretTemplate.Unresolved(message: "its value is empty")
                    }
                } catch {
                    problems.append(
                        .init(
                            path: ["directories", directory.name, option.name],
                            message: "\(directory.name): \(option.name): \(error.message)"))
                }
            case .path:
                paths[option.name] = absolute(text)
            case .text, .texts, .flag, .count, .choice:
                break
            }
        }
        guard problems.isEmpty else { throw Failure(problems) }
        return ResolvedConnectorOptions(directory.options, secrets: secrets, paths: paths)
    }

    /// A text with its references replaced.
    private func value(of text: String) throws(SecretTemplate.Unresolved) -> Secret {
        let template: SecretTemplate
        do throws(SecretTemplate.SyntaxError) {
            template = try SecretTemplate(text)
        } catch {
            throw SecretTemplate.Unresolved(message: error.message)
        }
        return try template.resolve(environment: environment, file: file, fetched: fetched)
    }

    private func file(_ path: String) throws(SecretTemplate.Unresolved) -> String {
        try readFile(absolute(path))
    }

    /// The folder that a file's path names; `.` if it names none.
    public static func folder(of path: String) -> String {
        guard let slash = path.lastIndex(of: "/") else { return "." }
        return slash == path.startIndex ? "/" : String(path[..<slash])
    }

    private func absolute(_ path: String) -> String {
        path.hasPrefix("/") || baseFolder.isEmpty ? path : "\(baseFolder)/\(path)"
    }
}
