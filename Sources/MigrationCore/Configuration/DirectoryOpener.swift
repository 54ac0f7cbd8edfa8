public import PasswordHashing

/// What is needed to open the directories of a configuration.
public struct DirectoryOpener: Sendable {
    private let kinds: [any ConnectorKind.Type]
    private let baseFolder: String
    private let environment: @Sendable (String) -> String?
    private let readFile: @Sendable (String) throws(SecretTemplate.Unresolved) -> String

    /// - Parameters:
    ///   - baseFolder: what relative paths are relative to: the folder of the configuration's file.
    ///   - readFile: the text of a file with an absolute path.
    public init(
        kinds: [any ConnectorKind.Type], baseFolder: String, environment: @escaping @Sendable (String) -> String?,
        readFile: @escaping @Sendable (String) throws(SecretTemplate.Unresolved) -> String
    ) {
        self.kinds = kinds
        self.baseFolder = baseFolder
        self.environment = environment
        self.readFile = readFile
    }

    /// Why a configuration that is right in itself can't be used here.
    public struct Failure: Error, Sendable, CustomStringConvertible {
        public let description: String
    }

    /// The directories in order, not connected yet.
    ///
    /// - Parameter maxConnections: look-ups at once in each: 1 on Lambda.
    public func open(
        _ configuration: ConnectorsConfiguration, maxConnections: Int
    ) throws(Failure) -> [any ListableDirectory] {
        var directories: [any ListableDirectory] = []
        for directory in configuration.directories {
            guard let kind = kinds.first(where: { $0.typeName == directory.type }) else {
                throw Failure(description: "\(directory.name): this program was built without \(directory.type)")
            }
            let settings = ConnectorSettings(
                timeout: directory.timeout, maxConnections: maxConnections, baseFolder: baseFolder)
            do throws(DirectoryError) {
                directories.append(
                    try kind.open(name: directory.name, options: try resolve(directory, kind), settings: settings))
            } catch {
                throw Failure(description: "\(directory.name): \(error.detail)")
            }
        }
        return directories
    }

    /// The files that the configuration names and reads when it runs, as it names them, each once: paths of directories,
    /// certificates, `${file:...}`.
    public static func files(_ configuration: ConnectorsConfiguration, kinds: [any ConnectorKind.Type]) -> [String] {
        var files: [String] = []
        var templates = [configuration.log.key].compactMap { $0 }
        for directory in configuration.directories {
            guard let kind = kinds.first(where: { $0.typeName == directory.type }) else { continue }
            for option in kind.options {
                guard let text = directory.options.text(option.name) else { continue }
                if option.form == .path { files.append(text) }
                if option.form == .secret { templates.append(text) }
            }
            files += kind.files(directory.options)
        }
        templates += configuration.directories.flatMap {
            ($0.password.stored?.secrets ?? [:]).sorted { $0.key < $1.key }
        }
        .map(\.value)
        for template in templates {
            for case .file(let path) in (try? SecretTemplate(template))?.parts ?? [] { files.append(path) }
        }
        var seen: Set<String> = []
        return files.filter { seen.insert($0).inserted }
    }

    /// A secret of the configuration itself, such as `log.key`; nil if it is empty.
    public func secret(_ text: String?, named name: String) throws(Failure) -> Secret? {
        guard let text else { return nil }
        do throws(SecretTemplate.Unresolved) {
            let secret = try template(text).resolve(environment: environment, file: file)
            return secret.isEmpty ? nil : secret
        } catch {
            throw Failure(description: "\(name): \(error.message)")
        }
    }

    /// What each directory's hashes need beside the row, in the configuration's order.
    public func passwordSecrets(_ configuration: ConnectorsConfiguration) throws(Failure) -> [PasswordSecrets] {
        var all: [PasswordSecrets] = []
        for directory in configuration.directories {
            var secrets = PasswordSecrets()
            for (name, text) in directory.password.stored?.secrets ?? [:] {
                // One that is empty would make other hashes: they can't all be wrong passwords.
                guard let secret = try secret(text, named: "\(directory.name): password: \(name)") else {
                    throw Failure(description: "\(directory.name): password: \(name): its value is empty")
                }
                secret.withExposed { secrets.set($0, for: name) }
            }
            all.append(secrets)
        }
        return all
    }

    private func resolve(
        _ directory: DirectoryConfiguration, _ kind: any ConnectorKind.Type
    ) throws(DirectoryError) -> ResolvedConnectorOptions {
        var secrets: [String: Secret] = [:]
        var paths: [String: String] = [:]
        for option in kind.options {
            guard let text = directory.options.text(option.name) else { continue }
            switch option.form {
            case .secret:
                do throws(SecretTemplate.Unresolved) {
                    let secret = try template(text).resolve(environment: environment, file: file)
                    // An empty value is an absent value.
                    if !secret.isEmpty {
                        secrets[option.name] = secret
                    } else if option.isRequired {
                        throw SecretTemplate.Unresolved(message: "its value is empty")
                    }
                } catch {
                    throw DirectoryError(
                        .notADirectory, directory: directory.name, detail: "\(option.name): \(error.message)")
                }
            case .path:
                paths[option.name] = absolute(text)
            case .text, .texts, .flag, .count, .choice:
                break
            }
        }
        return ResolvedConnectorOptions(directory.options, secrets: secrets, paths: paths)
    }

    private func template(_ text: String) throws(SecretTemplate.Unresolved) -> SecretTemplate {
        do throws(SecretTemplate.SyntaxError) {
            return try SecretTemplate(text)
        } catch {
            throw SecretTemplate.Unresolved(message: error.message)
        }
    }

    private func file(_ path: String) throws(SecretTemplate.Unresolved) -> String {
        try readFile(absolute(path))
    }

    private func absolute(_ path: String) -> String {
        path.hasPrefix("/") || baseFolder.isEmpty ? path : "\(baseFolder)/\(path)"
    }
}
