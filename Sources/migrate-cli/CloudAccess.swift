import AWSClient
import MigrationCore

extension ConfigurationFile {
    /// Works with AWS in the pool's Region, at the endpoint that the configuration names, by the environment's
    /// credentials; closes the client afterwards.
    func withAWS<Result>(_ body: (AWSClient) async throws -> Result) async rethrows -> Result {
        let pool = configuration.userPool
        let aws = AWSClient(
            region: pool.knownRegion, endpoints: pool.endpoint.map { [.cognitoUserPools: $0] } ?? [:])
        do {
            let result = try await body(aws)
            await aws.close()
            return result
        } catch {
            await aws.close()
            throw error
        }
    }
}
