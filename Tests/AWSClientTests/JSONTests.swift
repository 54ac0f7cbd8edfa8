import AWSClient
import Testing

@Suite struct JSONTests {
    @Test(arguments: [
        (#"{"b":[1,2.5,"x",true,null],"a":{}}"#, #"{"a":{},"b":[1,2.5,"x",true,null]}"#),
        (#"{"url":"https://example.com/x"}"#, #"{"url":"https://example.com/x"}"#),
    ])
    func `a value is written as it was read, members by name`(_ text: String, _ written: String) throws {
        let value = try #require(JSON(bytes: Array(text.utf8)))
        #expect(String(decoding: value.bytes, as: UTF8.self) == written)
    }

    @Test(arguments: ["", "<html>", "{", #"{"a":1"#])
    func `what isn't JSON is no value`(_ text: String) {
        #expect(JSON(bytes: Array(text.utf8)) == nil)
    }

    @Test func `a member that is null is absent`() throws {
        let value = try #require(JSON(bytes: Array(#"{"a":null,"b":"x"}"#.utf8)))
        #expect(value["a"] == nil)
        #expect(value["b"]?.string == "x")
    }
}
