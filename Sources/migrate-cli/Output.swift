import Foundation

/// Standard output is data, standard error everything else.
enum Output {
    static func data(_ bytes: [UInt8]) {
        FileHandle.standardOutput.write(Data(bytes))
    }

    static func data(_ text: String) {
        data(Array("\(text)\n".utf8))
    }

    static func note(_ text: String) {
        FileHandle.standardError.write(Data("\(text)\n".utf8))
    }
}
