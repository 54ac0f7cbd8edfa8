internal import Synchronization

#if canImport(Glibc)
internal import Glibc
#elseif canImport(Musl)
internal import Musl
#endif

/// `credential_process`: a command of the operator's that prints credentials as JSON.
///
/// - SeeAlso: AWS SDKs and Tools Reference Guide, "Process credential provider".
struct CredentialProcess: Sendable {
    let command: String
    let profile: String

    private static let maxBytes = 64 << 10

    func credentials() async throws(AWSError) -> AWSCredentials {
        // It may wait for a person, so it has a thread of its own.
        let output = await withCheckedContinuation { continuation in
            let job = Job(command: command, continuation: continuation)
            var thread = pthread_t()
            let code = pthread_create(
                &thread, nil,
                {
                    Unmanaged<Job>.fromOpaque($0!).takeRetainedValue().run(); return nil
                },
                Unmanaged.passRetained(job).toOpaque())
            guard code == 0 else { return continuation.resume(returning: nil) }
            pthread_detach(thread)
        }
        guard let credentials = MachineHTTP.credentials(output) else {
            throw AWSError(.noCredentials, detail: "profile \"\(profile)\": its credential_process gave no credentials")
        }
        return credentials
    }

    private final class Job: Sendable {
        let command: String
        let continuation: CheckedContinuation<String?, Never>

        init(command: String, continuation: CheckedContinuation<String?, Never>) {
            self.command = command
            self.continuation = continuation
        }

        func run() {
            guard let pipe = popen(command, "re") else { return continuation.resume(returning: nil) }
            var bytes: [UInt8] = []
            var buffer = [UInt8](repeating: 0, count: 4096)
            while bytes.count < CredentialProcess.maxBytes {
                let count = fread(&buffer, 1, buffer.count, pipe)
                guard count > 0 else { break }
                bytes += buffer[..<count]
            }
            let status = pclose(pipe)
            continuation.resume(returning: status == 0 ? String(decoding: bytes, as: UTF8.self) : nil)
        }
    }
}
