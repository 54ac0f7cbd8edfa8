extension ConfigurationReader {
    /// Text that may hold `${env:NAME}` and the like, as it is written: references are checked here, resolved later.
    func readSecret(_ key: String, _ reader: inout MappingReader) -> String? {
        guard let text = reader.text(key) else { return nil }
        do throws(SecretTemplate.SyntaxError) {
            _ = try SecretTemplate(text)
        } catch {
            reader.problems.error(reader.position(of: key), "\(key): \(error.message)")
        }
        return text
    }

    /// Says of a secret that stands in the file itself, or as a reference's default, that it shouldn't.
    func warnOfInlineSecret(_ key: String, _ text: String, _ reader: inout MappingReader) {
        guard (try? SecretTemplate(text))?.holdsSecret == true else { return }
        reader.problems.warning(reader.position(of: key), "\(key): \(SecretTemplate.inlineAdvice)")
    }
}
