import Foundation
public import Testing

/// The sanitizer that these tests were built with (`make sanitize`), by what `Tests/run` says in the environment.
public enum Sanitizer {
    /// `thread` or `address`.
    public static let name = ProcessInfo.processInfo.environment["SANITIZER"]

    /// Whether it keeps memory of its own for ours, so that this can't be bounded.
    public static var addsMemory: Bool { name != nil }

    /// What the sanitizer's runtime reads in a program that a test starts.
    static let environment = ProcessInfo.processInfo.environment.filter {
        $0.key.hasSuffix("SAN_OPTIONS") || $0.key == "SWIFT_BACKTRACE"
    }
}

extension Trait where Self == ConditionTrait {
    /// Leaves a test out under a sanitizer.
    public static func notSanitized(because reason: String) -> Self {
        .disabled(if: Sanitizer.name != nil, "not under a sanitizer: \(reason)")
    }
}
