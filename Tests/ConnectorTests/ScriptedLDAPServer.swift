import Foundation
import Synchronization
import TestSupport

/// A server that says what a test lets it say, for answers that slapd never gives.
final class ScriptedLDAPServer: Sendable {
    /// A request: its operation's tag (RFC 4511, section 4.2 and on: 0x60 bind, 0x63 search) and all its bytes.
    struct Request: Sendable {
        let tag: UInt8
        let bytes: [UInt8]

        func mentions(_ text: String) -> Bool {
            Data(bytes).range(of: Data(text.utf8)) != nil
        }
    }

    /// Answers: protocol operations, each with its controls behind it.
    typealias Script = @Sendable (Request) -> [[UInt8]]

    private let peer: BlockingListener
    private let log = Mutex<[Request]>([])

    var url: String { "ldap://127.0.0.1:\(peer.port)" }
    var requests: [Request] { log.withLock { $0 } }

    init(_ script: @escaping Script) throws {
        peer = try BlockingListener()
        let log = self
        peer.serve { [weak log] request in
            log?.log.withLock { $0.append(request) }
            return script(request)
        }
    }

    // MARK: BER

    static func element(_ tag: UInt8, _ content: [UInt8]) -> [UInt8] {
        let count = content.count
        let length: [UInt8] =
            count < 128
            ? [UInt8(count)] : [0x83, UInt8(count >> 16 & 255), UInt8(count >> 8 & 255), UInt8(count & 255)]
        return [tag] + length + content
    }

    static func text(_ text: String) -> [UInt8] { element(0x04, Array(text.utf8)) }

    /// The result of an operation: 0x61 of a bind, 0x65 of a search.
    static func result(_ tag: UInt8, _ code: UInt8, _ diagnostic: String = "") -> [UInt8] {
        element(tag, element(0x0A, [code]) + text("") + text(diagnostic))
    }

    static func entry(_ dn: String, _ attributes: [(String, [String])]) -> [UInt8] {
        let list = attributes.flatMap { name, values in
            element(0x30, text(name) + element(0x31, values.flatMap { text($0) }))
        }
        return element(0x64, text(dn) + element(0x30, list))
    }

    static func controls(_ oid: String, _ value: [UInt8]) -> [UInt8] {
        element(0xA0, element(0x30, text(oid) + element(0x04, value)))
    }

    static func page(cookie: String) -> [UInt8] {
        controls("1.2.840.113556.1.4.319", element(0x30, element(0x02, [0]) + text(cookie)))
    }
}

/// Reads LDAP messages and writes answers, each connection on a thread of its own.
private final class BlockingListener: Sendable {
    let port: UInt16
    private let listener: CInt

    init() throws {
        (listener, port) = try FreePort.listen()
    }

    func serve(_ answer: @escaping @Sendable (ScriptedLDAPServer.Request) -> [[UInt8]]) {
        let listener = listener
        Thread.detachNewThread {
            while true {
                let client = accept(listener, nil, nil)
                if client < 0 { return }
                Thread.detachNewThread {
                    while let message = Self.message(client), let (number, request) = Self.parse(message) {
                        let answers = answer(request)
                        if answers.isEmpty { break }
                        for operation in answers {
                            let bytes = ScriptedLDAPServer.element(0x30, number + operation)
                            _ = send(client, bytes, bytes.count, CInt(MSG_NOSIGNAL))
                        }
                    }
                    close(client)
                }
            }
        }
    }

    deinit {
        shutdown(listener, CInt(SHUT_RDWR))
        close(listener)
    }

    private static func read(_ client: CInt, _ count: Int) -> [UInt8]? {
        var bytes = [UInt8](repeating: 0, count: count)
        let got = count == 0 ? 0 : recv(client, &bytes, count, CInt(MSG_WAITALL))
        return got == count ? bytes : nil
    }

    private static func message(_ client: CInt) -> [UInt8]? {
        guard let head = read(client, 2), head[0] == 0x30 else { return nil }
        var count = Int(head[1])
        if count >= 128 {
            guard let length = read(client, count - 128) else { return nil }
            count = length.reduce(0) { $0 << 8 | Int($1) }
        }
        return read(client, count)
    }

    /// The number's element, and the operation after it.
    private static func parse(_ message: [UInt8]) -> ([UInt8], ScriptedLDAPServer.Request)? {
        guard message.count > 3, message[0] == 0x02, message.count > 2 + Int(message[1]) else { return nil }
        let end = 2 + Int(message[1])
        return (Array(message[..<end]), ScriptedLDAPServer.Request(tag: message[end], bytes: Array(message[end...])))
    }
}
