import Testing

@testable import MigrationCore

@Suite struct PasswordPolicyTests {
    private static func policy(
        _ minimumLength: Int = 1, upper: Bool = false, lower: Bool = false, numbers: Bool = false, symbols: Bool = false
    ) -> UserPoolSettings.PasswordPolicy {
        .init(
            minimumLength: minimumLength, requiresUppercase: upper, requiresLowercase: lower, requiresNumbers: numbers,
            requiresSymbols: symbols)
    }

    @Test(arguments: [
        (policy(8), "12345678", true), (policy(8), "1234567", false), (policy(8), "", false), (policy(0), "", true),
        // length counts Unicode scalars, not bytes and not what is seen
        (policy(8), "äöüäöüä", false), (policy(8), "äöüäöüäö", true), (policy(4), "👩‍👩‍👧", true), (policy(6), "👩‍👩‍👧", false),
        (policy(2), "e\u{301}", true), (policy(2), "\u{E9}", false), (policy(3), "密码", false),
        (policy(upper: true), "abC", true), (policy(upper: true), "abc1!", false), (policy(upper: true), "äÖÜ", false),
        (policy(lower: true), "ABc", true), (policy(lower: true), "ABC1!", false), (policy(lower: true), "ÄÖß", false),
        (policy(numbers: true), "abc1", true), (policy(numbers: true), "abc!", false),
        (policy(numbers: true), "abc١", false), (policy(symbols: true), "abc1ABC", false),
        (policy(symbols: true), "abc§", false), (policy(symbols: true), "abc€", false),
        (policy(8, upper: true, lower: true, numbers: true, symbols: true), "Abcdef1!", true),
        (policy(8, upper: true, lower: true, numbers: true, symbols: true), "Abcde1!", false),
        (policy(8, upper: true, lower: true, numbers: true, symbols: true), "abcdef1!", false),
        (policy(8, upper: true, lower: true, numbers: true, symbols: true), "ABCDEF1!", false),
        (policy(8, upper: true, lower: true, numbers: true, symbols: true), "Abcdefg!", false),
        (policy(8, upper: true, lower: true, numbers: true, symbols: true), "Abcdefg1", false),
        // a space is a symbol inside, not at either end
        (policy(symbols: true), "ab c", true), (policy(symbols: true), " abc", false),
        (policy(symbols: true), "abc ", false), (policy(symbols: true), " ", false),
        (policy(symbols: true), "a\u{A0}b", false),
    ])
    func `a password satisfies the policy or not`(
        _ policy: UserPoolSettings.PasswordPolicy, _ password: String, _ isAccepted: Bool
    ) {
        #expect(policy.accepts(Secret(password)) == isAccepted)
    }

    /// AWS documentation, "Adding user pool password requirements".
    @Test func `every symbol of the list is one`() {
        for symbol in #"^$*.[]{}()?-"!@#%&/\,><':;|_~`+="# {
            #expect(Self.policy(symbols: true).accepts(Secret("a\(symbol)1")), "\(symbol)")
        }
    }
}
