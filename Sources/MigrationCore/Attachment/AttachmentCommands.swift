/// What somebody with other credentials can run instead, as commands of AWS's own CLI.
public enum AttachmentCommands {
    public static func addPermission(_ function: FunctionARN, for pool: PoolARN) -> String {
        "aws lambda add-permission --function-name \(function.function)\(qualifier(function)) "
            + "--statement-id \(pool.statementID) --action lambda:InvokeFunction "
            + "--principal cognito-idp.amazonaws.com --source-arn \(pool) --source-account \(pool.account) "
            + "--region \(function.region)"
    }

    public static func removePermission(_ function: FunctionARN, statement: String) -> String {
        "aws lambda remove-permission --function-name \(function.function)\(qualifier(function)) "
            + "--statement-id \(statement) --region \(function.region)"
    }

    private static func qualifier(_ function: FunctionARN) -> String {
        function.qualifierText.map { " --qualifier \($0)" } ?? ""
    }
}
