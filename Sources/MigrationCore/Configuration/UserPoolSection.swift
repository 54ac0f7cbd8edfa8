extension ConfigurationReader {
    /// `user_pool:`
    func readUserPool(
        _ node: ConfigurationNode, _ problems: ProblemList,
        poolSettings: (String) throws(UserPoolSettings.UnreadableDescription) -> UserPoolSettings
    ) -> UserPoolReference {
        var pool = UserPoolReference()
        guard var reader = MappingReader(node, name: "user_pool", problems: problems) else { return pool }
        pool.id = reader.text("id", like: Self.poolID, "a pool's id, such as us-east-1_EXAMPLE")
        pool.region = reader.text("region", like: Self.region, "a region, such as us-east-1")
        if let id = pool.id, let region = pool.region, Self.poolID?.isFound(in: id) == true,
            Self.region?.isFound(in: region) == true, !id.hasPrefix("\(region)_")
        {
            problems.error(
                reader.position(of: "region"),
                "region is \(excerpt(region)), and the pool's id begins with another one; correct one of them")
        }
        pool.endpoint = reader.text(
            "endpoint", like: Self.endpoint, "a URL of a host and perhaps a port, such as http://127.0.0.1:5555")
        pool.schema = reader.text("schema")
        if let schema = pool.schema {
            let position = reader.position(of: "schema")
            do throws(UserPoolSettings.UnreadableDescription) {
                let settings = try poolSettings(schema)
                pool.settings = settings
                if let id = pool.id, let described = settings.id, id != described {
                    problems.error(
                        position,
                        "schema: \(excerpt(schema)) describes the pool \(excerpt(described)), and id says "
                            + "\(excerpt(id)); save the description of the right pool, or correct id")
                }
            } catch {
                problems.error(position, "schema: \(excerpt(schema)): \(error.message)")
            }
        }
        reader.finish()
        return pool
    }

    /// AWS documentation, DescribeUserPool, UserPoolId: `[\w-]+_[0-9a-zA-Z]+`, at most 55 characters.
    static let poolIDPattern = "^[A-Za-z0-9-]{1,40}_[0-9A-Za-z]{1,54}$"
    static let regionPattern = "^[a-z]+(-[a-z]+)+-[0-9]+$"
    private static let port = "(6553[0-5]|655[0-2][0-9]|65[0-4][0-9]{2}|6[0-4][0-9]{3}|[1-5]?[0-9]{1,4})"
    static let endpointPattern = "^https?://([A-Za-z0-9.-]+|\\[[0-9A-Fa-f:.]+\\])(:\(port))?/?$"

    // nil only if the C library can't compile them; then nothing is said of the values.
    private static let poolID = try? NamePattern(poolIDPattern, isCaseSensitive: true)
    private static let region = try? NamePattern(regionPattern, isCaseSensitive: true)
    private static let endpoint = try? NamePattern(endpointPattern, isCaseSensitive: true)
}
