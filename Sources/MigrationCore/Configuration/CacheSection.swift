extension ConfigurationReader {
    /// What the numbers of `cache.memory` may be.
    static let cacheEntries = 0...10_000_000
    static let cacheBytes = 0...(8 << 30)
    static let cacheTTL = Duration.zero...(.seconds(24 * 3600))
    static let negativeTTL = Duration.zero...(.seconds(3600))
    static let verdictTTL = Duration.zero...(.seconds(300))
    static let snapshotAge = Duration.seconds(60)...(.seconds(365 * 24 * 3600))

    /// `cache:`
    func readCache(_ node: ConfigurationNode, _ problems: ProblemList) -> CacheSettings {
        var cache = CacheSettings()
        guard var reader = MappingReader(node, name: "cache", problems: problems) else { return cache }
        if let node = reader.node("memory"),
            var memory = MappingReader(node, name: "cache.memory", problems: problems)
        {
            memory.count("entries", in: Self.cacheEntries).map { cache.memory.entries = $0 }
            memory.byteCount("bytes", in: Self.cacheBytes).map { cache.memory.bytes = $0 }
            memory.duration("ttl", in: Self.cacheTTL).map { cache.memory.ttl = $0 }
            memory.duration("negative_ttl", in: Self.negativeTTL).map { cache.memory.negativeTTL = $0 }
            memory.duration("verdict_ttl", in: Self.verdictTTL).map { cache.memory.verdictTTL = $0 }
            memory.finish()
        }
        if let node = reader.node("snapshot") { cache.snapshot = readSnapshot(node, problems) }
        reader.finish()
        return cache
    }

    private func readSnapshot(_ node: ConfigurationNode, _ problems: ProblemList) -> CacheSettings.Snapshot? {
        guard var reader = MappingReader(node, name: "cache.snapshot", problems: problems) else { return nil }
        var snapshot = CacheSettings.Snapshot(
            path: reader.requiredText("path", "the snapshot's file") ?? "", key: "")
        reader.duration("max_age", in: Self.snapshotAge).map { snapshot.maxAge = $0 }
        if let key = readSecret("key", &reader) {
            snapshot.key = key
            warnOfInlineSecret("key", key, &reader)
        } else if reader.node("key") == nil {
            reader.missing("key", "what the file is encrypted with: \"${env:SNAPSHOT_KEY}\"")
        }
        reader.finish()
        return snapshot
    }
}
