import Testing

@testable import MigrationCore

@Suite struct TriggerEventTests {
    private func event(_ text: String) throws -> TriggerEvent {
        try TriggerEvent(Array(text.utf8))
    }

    private func spliced(_ text: String, _ values: [(name: String, value: JSONFragment)]) throws -> String {
        String(decoding: try event(text).settingResponse(values), as: UTF8.self)
    }

    @Test(arguments: [
        // a null member keeps its place, one that we don't set its bytes
        (
            #"{"triggerSource":"x","response":{"a":null, "b" : 1e3 }}"#,
            #"{"triggerSource":"x","response":{"a":"v", "b" : 1e3 }}"#
        ),
        // an empty response
        (#"{"triggerSource":"x","response":{}}"#, #"{"triggerSource":"x","response":{"a":"v"}}"#),
        (#"{"triggerSource":"x","response": { } ,"z":0}"#, #"{"triggerSource":"x","response": { "a":"v"} ,"z":0}"#),
        // a new member after others
        (#"{"triggerSource":"x","response":{"b":[1, 2]}}"#, #"{"triggerSource":"x","response":{"b":[1, 2],"a":"v"}}"#),
        // a missing response becomes the last member, a null one an object in its place
        (#"{"triggerSource":"x"}"#, #"{"triggerSource":"x","response":{"a":"v"}}"#),
        (#"{"triggerSource":"x","response":null}"#, #"{"triggerSource":"x","response":{"a":"v"}}"#),
        (#"{"response": null ,"triggerSource":"x"}"#, #"{"response": {"a":"v"} ,"triggerSource":"x"}"#),
        // white space, escapes and order outside stay as they are
        (
            " {\n\t\"triggerSource\" : \"\\u0078\",\r\n \"k\\u00e9y\":\"\\ud83d\\ude00\", \"response\" :{\"a\" : {\"old\":[{}]}}, \"n\":-0.10E+2 } \n",
            " {\n\t\"triggerSource\" : \"\\u0078\",\r\n \"k\\u00e9y\":\"\\ud83d\\ude00\", \"response\" :{\"a\" : \"v\"}, \"n\":-0.10E+2 } \n"
        ),
        // a key is what it means, not how it is written
        (
            #"{"triggerSource":"x","respon\u0073e":{"\u0061":null}}"#,
            #"{"triggerSource":"x","respon\u0073e":{"\u0061":"v"}}"#
        ),
        // a member that is there twice is set twice
        (#"{"triggerSource":"x","response":{"a":1,"a":2}}"#, #"{"triggerSource":"x","response":{"a":"v","a":"v"}}"#),
        // strings that look like structure
        (
            #"{"triggerSource":"x","t":"}\"response\":{","response":{"a":"}"}}"#,
            #"{"triggerSource":"x","t":"}\"response\":{","response":{"a":"v"}}"#
        ),
    ])
    func `a reply is the event with members of response set, and nothing else touched`(
        _ text: String, _ expected: String
    ) throws {
        #expect(try spliced(text, [("a", .string("v"))]) == expected)
    }

    @Test func `new members come in the given order`() throws {
        let result = try spliced(
            #"{"triggerSource":"x","response":{"b":null}}"#,
            [("a", .boolean(false)), ("b", .strings(["EMAIL", "SMS"])), ("c", .stringMap([("k", "v"), ("l", "w")]))])
        #expect(
            result
                == #"{"triggerSource":"x","response":{"b":["EMAIL","SMS"],"a":false,"c":{"k":"v","l":"w"}}}"#)
    }

    @Test func `strings are escaped as JSON demands and otherwise kept`() throws {
        let text = "\"\\/\u{08}\n\r\t\u{1F}\u{7F}é\u{1F600}\u{2028}"
        let result = try spliced(#"{"triggerSource":"x"}"#, [("a", .string(text))])
        #expect(result.hasSuffix("{\"a\":\"\\\"\\\\/\\u0008\\n\\r\\t\\u001f\u{7F}é\u{1F600}\u{2028}\"}}"))
    }

    @Test(arguments: [
        "", " ", "nonsense", "{", "[1,2]", #""text""#, "null", "12", "{}", #"{"triggerSource":null}"#,
        #"{"triggerSource":7}"#, #"{"triggerSource":"x"} x"#, #"{"triggerSource":"x",}"#,
        #"{"triggerSource":"x" "y":1}"#,
        #"{'triggerSource':'x'}"#, #"{"triggerSource":"x","n":01}"#, #"{"triggerSource":"x","n":+1}"#,
        #"{"triggerSource":"x","n":1.}"#, #"{"triggerSource":"x","n":.5}"#, #"{"triggerSource":"x","n":NaN}"#,
        #"{"triggerSource":"x","n":tru}"#, #"{"triggerSource":"x","s":"\x"}"#, #"{"triggerSource":"x","s":"\u12G4"}"#,
        "{\"triggerSource\":\"x\",\"s\":\"a\nb\"}", "{\"triggerSource\":\"x\",\"s\":\"a\0b\"}",
        "\u{FEFF}{\"triggerSource\":\"x\"}", #"{"triggerSource":"x","a":1,"a":1}"#,
        #"{"triggerSource":"x","a":1,"\u0061":1}"#, #"{"triggerSource":"\ud800"}"#,
    ])
    func `what is no event is refused`(_ text: String) {
        #expect(throws: InvalidEvent.self) { try event(text) }
    }

    @Test func `bytes that are not UTF-8 are refused`() {
        let bytes = Array(#"{"triggerSource":"x","s":""#.utf8) + [0xC3, 0x28] + Array(#""}"#.utf8)
        #expect(throws: InvalidEvent.self) { try TriggerEvent(bytes) }
    }

    @Test func `nesting ends at 128 levels, and a million brackets don't crash`() throws {
        func nested(_ levels: Int) -> String {
            #"{"triggerSource":"x","a":"# + String(repeating: "[", count: levels - 1)
                + String(repeating: "]", count: levels - 1) + "}"
        }
        #expect(throws: Never.self) { try event(nested(128)) }
        #expect(throws: InvalidEvent.self) { try event(nested(129)) }
        #expect(throws: InvalidEvent.self) { try event(String(repeating: "[", count: 1_000_000)) }
    }

    @Test func `an event of 6 MB is read`() throws {
        let filler = String(repeating: "x", count: 6 << 20)
        let text = #"{"triggerSource":"x","f":""# + filler + #"","response":{}}"#
        let reply = try event(text).settingResponse([("a", .string("v"))])
        #expect(reply.count == text.utf8.count + #""a":"v""#.utf8.count)
    }

    @Test(arguments: [
        #"{"triggerSource":"x","userName":"u","request":null}"#, #"{"triggerSource":"x","userName":"u","request":[]}"#,
        #"{"triggerSource":"x","userName":"u","response":"x"}"#, #"{"triggerSource":"x","userName":"u","response":[]}"#,
        #"{"triggerSource":"x"}"#, #"{"triggerSource":"x","userName":null}"#, #"{"triggerSource":"x","userName":5}"#,
        #"{"triggerSource":"x","userName":"\ud800"}"#,
    ])
    func `a migration event of another shape is refused`(_ text: String) throws {
        #expect(throws: InvalidEvent.self) { try event(text).checkMigrationShape() }
    }

    @Test(
        arguments: [
            (#"{"triggerSource":"x","request":{"password":"p\u00e4ss \ud83d\ude00\n"}}"#, "päss \u{1F600}\n"),
            (#"{"triggerSource":"x","request":{"password":null}}"#, nil), (#"{"triggerSource":"x","request":{}}"#, nil),
            (#"{"triggerSource":"x"}"#, nil),
        ] as [(String, String?)])
    func `the password is read with its escapes`(_ text: String, _ expected: String?) throws {
        #expect(try event(text).password()?.exposedText() == expected)
    }

    @Test(arguments: [
        #"{"triggerSource":"x","request":{"password":1}}"#, #"{"triggerSource":"x","request":{"password":"\udfff"}}"#,
        #"{"triggerSource":"x","request":{"password":"a","password":"b"}}"#,
    ])
    func `a password that isn't one text is refused`(_ text: String) throws {
        #expect(throws: InvalidEvent.self) { try event(text).password() }
    }

    @Test(arguments: [#"{"triggerSource":"x","userPoolId":"\udc00x"}"#, #"{"triggerSource":"x","userPoolId":5}"#])
    func `a pool's id that is no text is none`(_ text: String) throws {
        #expect(try event(text).userPoolID == nil)
    }

    @Test func `lone surrogates elsewhere go back as they came`() throws {
        let text = #"{"triggerSource":"x","other":"\ud800","response":{"keep":"\udc00"}}"#
        #expect(
            try spliced(text, [("a", .boolean(true))])
                == #"{"triggerSource":"x","other":"\ud800","response":{"keep":"\udc00","a":true}}"#)
    }
}
