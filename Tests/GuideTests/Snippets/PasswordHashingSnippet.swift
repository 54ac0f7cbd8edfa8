import PasswordHashing

/// Whether a password is right, by a column that holds whatever hashes the years have left in it.
func isRight(_ password: String, for stored: String) -> Bool {
    guard let verifier = PasswordVerifier(scheme: "auto") else { return false }
    switch verifier.verify(stored: stored, typed: password) {
    case .match: return true
    case .mismatch: return false
    // Nobody can say: no hash, one that asks for too much work, or one that another system holds the secret of.
    case .malformed, .overLimit, .unverifiable: return false
    }
}
