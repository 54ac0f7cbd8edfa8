import Foundation

/// What the command line says: places in their order, options by name, flags.
struct Arguments {
    private(set) var places: [String] = []
    private var options: [String: String] = [:]
    private var flags: Set<String> = []

    init(_ arguments: some Sequence<String>) {
        var name: String?
        for argument in arguments {
            if let option = name.take() {
                options[option] = argument
            } else if argument == "--check" {
                flags.insert(argument)
            } else if argument.hasPrefix("--") {
                name = argument
            } else {
                places.append(argument)
            }
        }
        if let name { fail("\(name) needs a value") }
    }

    /// Whether a ratio below the required one is a failure.
    var isCheck: Bool { flags.contains("--check") }
    var runs: Int { max(options["--runs"].flatMap { Int($0) } ?? 7, 1) }
    /// Where the results are appended, a line each, its fields separated by tabs.
    var table: String? { options["--table"] }

    func option(_ name: String) -> String {
        options[name] ?? { fail("\(name) is missing") }()
    }
}

func fail(_ message: String) -> Never {
    FileHandle.standardError.write(Data((message + "\n").utf8))
    exit(1)
}
