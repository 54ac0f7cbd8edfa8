import AWSClient

/// A pool in which every setting is set, and to something that isn't its default.
enum FullPool {
    static let functionPrefix = "arn:aws:lambda:eu-west-1:123456789012:function"

    /// As UpdateUserPool takes them, without the pool's id.
    static let settings: JSON = [
        "AccountRecoverySetting": [
            "RecoveryMechanisms": [
                ["Name": "verified_email", "Priority": 1], ["Name": "verified_phone_number", "Priority": 2],
            ]
        ],
        "AdminCreateUserConfig": [
            "AllowAdminCreateUserOnly": true, "UnusedAccountValidityDays": 3,
            "InviteMessageTemplate": [
                "SMSMessage": "{username} {####}", "EmailMessage": "Grüße, {username}: {####}", "EmailSubject": "Hello",
            ],
        ],
        "AutoVerifiedAttributes": ["email", "phone_number"],
        "DeletionProtection": "ACTIVE",
        "DeviceConfiguration": ["ChallengeRequiredOnNewDevice": true, "DeviceOnlyRememberedOnUserPrompt": true],
        "EmailConfiguration": [
            "SourceArn": "arn:aws:ses:eu-west-1:123456789012:identity/example.com",
            "ReplyToEmailAddress": "help@example.com", "EmailSendingAccount": "DEVELOPER",
            "From": "Example <no-reply@example.com>", "ConfigurationSet": "mail",
        ],
        "EmailVerificationMessage": "Your code: {####}",
        "EmailVerificationSubject": "Your code",
        "IssuerConfiguration": ["Type": "UPDATED"],
        "KeyConfiguration": [
            "KeyType": "CUSTOMER_MANAGED_KEY", "KmsKeyArn": "arn:aws:kms:eu-west-1:123456789012:key/users",
        ],
        "LambdaConfig": [
            "PostConfirmation": .string("\(functionPrefix):welcome:live"),
            "CustomEmailSender": ["LambdaVersion": "V1_0", "LambdaArn": .string("\(functionPrefix):mail:live")],
            "PreTokenGeneration": .string("\(functionPrefix):token:live"),
            "PreTokenGenerationConfig": [
                "LambdaVersion": "V2_0", "LambdaArn": .string("\(functionPrefix):token:live"),
            ],
            "KMSKeyID": "arn:aws:kms:eu-west-1:123456789012:key/senders",
        ],
        "MfaConfiguration": "OPTIONAL",
        "Policies": [
            "PasswordPolicy": [
                "MinimumLength": 14, "RequireUppercase": true, "RequireLowercase": false, "RequireNumbers": true,
                "RequireSymbols": false, "PasswordHistorySize": 5, "TemporaryPasswordValidityDays": 3,
            ],
            "SignInPolicy": ["AllowedFirstAuthFactors": ["PASSWORD", "EMAIL_OTP"]],
        ],
        "PoolName": "customers",
        "SmsAuthenticationMessage": "Your code is {####}.",
        "SmsConfiguration": [
            "SnsCallerArn": "arn:aws:iam::123456789012:role/sms", "ExternalId": "example", "SnsRegion": "eu-west-1",
        ],
        "SmsVerificationMessage": "Verify: {####}",
        "UserAttributeUpdateSettings": ["AttributesRequireVerificationBeforeUpdate": ["email"]],
        "UserPoolAddOns": [
            "AdvancedSecurityMode": "AUDIT", "AdvancedSecurityAdditionalFlows": ["CustomAuthMode": "AUDIT"],
        ],
        "UserPoolTags": ["team": "identity", "cost centre": "42"],
        "UserPoolTier": "PLUS",
        "VerificationMessageTemplate": [
            "SmsMessage": "Verify: {####}", "EmailMessage": "Your code: {####}", "EmailSubject": "Your code",
            "EmailMessageByLink": "{##here##}", "EmailSubjectByLink": "A link",
            "DefaultEmailOption": "CONFIRM_WITH_LINK",
        ],
    ]

    /// As UpdateUserPoolClient takes them, without the ids.
    static let client: JSON = [
        "ClientName": "web", "RefreshTokenValidity": 7, "AccessTokenValidity": 15, "IdTokenValidity": 20,
        "TokenValidityUnits": ["AccessToken": "minutes", "IdToken": "minutes", "RefreshToken": "days"],
        "ReadAttributes": ["email", "name"], "WriteAttributes": ["name"],
        "ExplicitAuthFlows": ["ALLOW_USER_SRP_AUTH", "ALLOW_CUSTOM_AUTH"],
        "SupportedIdentityProviders": ["COGNITO"], "CallbackURLs": ["https://example.com/in"],
        "LogoutURLs": ["https://example.com/out"], "DefaultRedirectURI": "https://example.com/in",
        "AllowedOAuthFlows": ["code"], "AllowedOAuthScopes": ["openid", "email"],
        "AllowedOAuthFlowsUserPoolClient": true,
        "AnalyticsConfiguration": [
            "ApplicationArn": "arn:aws:mobiletargeting:eu-west-1:123456789012:apps/0123", "UserDataShared": true,
        ],
        "PreventUserExistenceErrors": "ENABLED", "EnableTokenRevocation": false,
        "EnablePropagateAdditionalUserContextData": true, "AuthSessionValidity": 5,
        "RefreshTokenRotation": ["Feature": "ENABLED", "RetryGracePeriodSeconds": 30],
    ]
}
