/// A secret that is kept elsewhere, by the name that it has there.
public enum SecretReference: Sendable, Hashable {
    /// A secret of AWS Secrets Manager: its name or ARN.
    case secretsManager(String)
    /// A parameter of AWS Systems Manager.
    case parameter(String)
}

/// Where secrets are kept that connectors.yaml refers to and neither environment nor files have: the port of
/// SecretProviders.
public protocol SecretProvider: Sendable {
    /// The whole text of a secret as it is now.
    ///
    /// - Throws: by `deadline`; what is wrong and what to do, without the reference's own text and never with a value.
    func secret(_ reference: SecretReference, by deadline: Deadline) async throws(SecretTemplate.Unresolved) -> Secret
}

/// A program without one.
struct NoSecretProvider: SecretProvider {
    func secret(
        _ reference: SecretReference, by deadline: Deadline
    ) async throws(SecretTemplate.Unresolved) -> Secret {
        throw SecretTemplate.Unresolved(message: "this program can't read it")
    }
}

/// Secrets as they were when they were asked for, each once, however many references name it.
package struct FetchedSecrets: Sendable {
    private var values: [SecretReference: Result<Secret, SecretTemplate.Unresolved>] = [:]

    /// None.
    package init() {}

    /// - Parameter references: asked for at once, `maxInFlight` at a time.
    init(
        _ references: some Sequence<SecretReference>, from provider: any SecretProvider, by deadline: Deadline
    ) async {
        let wanted = Array(Set(references))
        values = await withTaskGroup(of: (SecretReference, Result<Secret, SecretTemplate.Unresolved>).self) { group in
            for (index, reference) in wanted.enumerated() {
                if index >= Self.maxInFlight, let (known, value) = await group.next() { values[known] = value }
                group.addTask {
                    do throws(SecretTemplate.Unresolved) {
                        return (reference, .success(try await provider.secret(reference, by: deadline)))
                    } catch {
                        return (reference, .failure(error))
                    }
                }
            }
            return await group.reduce(into: values) { $0[$1.0] = $1.1 }
        }
    }

    private static let maxInFlight = 8

    func value(of reference: SecretReference) throws(SecretTemplate.Unresolved) -> Secret {
        guard let value = values[reference] else { throw SecretTemplate.Unresolved(message: "it was not asked for") }
        return try value.get()
    }
}
