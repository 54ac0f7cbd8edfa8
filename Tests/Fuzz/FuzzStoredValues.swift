// Compiled together with Sources/PasswordHashing by Tests/Fuzz/run.
internal import Glibc

/// Reads the input as a stored value of every scheme, as a row's other columns, and as options: nothing may crash, leak or
/// take long. What costs little is verified too.
@_cdecl("LLVMFuzzerTestOneInput")
public func fuzzStoredValue(_ start: UnsafePointer<UInt8>?, _ count: Int) -> CInt {
    let begin = processorSeconds()
    // libFuzzer's own limit is of elapsed time, in which a busy machine may do nothing for us.
    defer { precondition(processorSeconds() - begin < 1, "an input that takes a second") }
    let input = UnsafeRawBufferPointer(start: start, count: count)
    // The first byte chooses, so that a run comes to everything.
    guard let choice = input.first else { return 0 }
    let stored = UnsafeRawBufferPointer(rebasing: input.dropFirst())
    read(stored, PasswordRow(), automatic)
    let form = forms[Int(choice) % forms.count]
    read(stored, form.row, form.verifier)
    if choice & 7 == 0 {
        // The other columns are anybody's too.
        read(
            stored, PasswordRow(salt: Array(stored), username: Array(stored), secretData: Array(stored)), form.verifier)
    }
    if choice & 15 == 1 {
        let text = String(decoding: stored, as: UTF8.self)
        _ = try? PasswordTemplate(text).filled(password: stored, salt: [1], value: StoredValue(stored))
        _ = try? StoredLayout(text).split(stored[...])
        _ = SASLprep.apply(to: stored)
        for encoding in PasswordEncoding.allCases { _ = encoding.encode(stored) }
        _ = Normalization.nfkc.apply(to: stored)
    }
    return 0
}

private func processorSeconds() -> Double {
    var time = timespec()
    clock_gettime(CLOCK_THREAD_CPUTIME_ID, &time)
    return Double(time.tv_sec) + Double(time.tv_nsec) / 1e9
}

private func read(_ stored: UnsafeRawBufferPointer, _ row: PasswordRow, _ verifier: PasswordVerifier) {
    _ = verifier.detectedScheme(of: stored)
    let refusal = verifier.refusal(of: stored, row: row)
    let handover = verifier.handover(of: stored, row: row)
    let dummy = verifier.dummy(like: stored, row: row)
    guard let work = verifier.work(of: stored, row: row) else {
        precondition(refusal != nil && dummy == nil, "what has no cost can't be checked")
        return
    }
    precondition(refusal == nil, "what has a cost can be checked")
    switch handover {
    case .asIs, .reencoded: if work.steps > 0 { precondition(verifier.cognitoHash(of: stored, row: row) != nil) }
    case .signIn: precondition(verifier.cognitoHash(of: stored, row: row) == nil)
    case .reset: preconditionFailure("what can be checked can be brought along")
    }
    if let dummy {
        // A dummy is as good a value as what it is like.
        var text = dummy
        let isGood = text.withUTF8 { verifier.refusal(of: UnsafeRawBufferPointer($0), row: row) == nil }
        precondition(isGood, "a dummy that is none: \(dummy.prefix(80))")
    }
    if case .digest = work.kind, work.steps <= 200 {
        _ = verifier.verify(stored: stored, row: row, typed: UnsafeRawBufferPointer(rebasing: stored.prefix(64)))
    }
}

private struct Form {
    let verifier: PasswordVerifier
    let row: PasswordRow
}

private let automatic = PasswordVerifier(scheme: "auto")!  // `auto` is always there

/// Every form, and every scheme with clear values allowed.
private let forms: [Form] =
    PasswordExample.all.compactMap { example in
        guard let settings = try? example.settings() else { return nil }
        return PasswordVerifier(scheme: example.scheme, options: settings.options, secrets: settings.secrets)
            .map { Form(verifier: $0, row: settings.row) }
    }
    + PasswordScheme.all.compactMap { scheme in
        var options = PasswordOptions()
        options.allowCleartext = true
        return PasswordVerifier(scheme: scheme.name, options: options).map { Form(verifier: $0, row: PasswordRow()) }
    }
