/// A stored value of a form that a scheme reads, and what else there is to say: for the documentation and the tests.
public struct PasswordExample: Sendable {
    /// The password of all of them.
    public static let password = "correct horse battery"

    public let scheme: String
    public let stored: String
    /// By name; a column's and a secret's value itself.
    public let options: [String: String]

    private init(_ scheme: String, _ stored: String, _ options: [String: String] = [:]) {
        self.scheme = scheme
        self.stored = stored
        self.options = options
    }

    public func settings() throws(OptionProblem) -> PasswordSettings {
        var settings = PasswordSettings()
        for (name, value) in options.sorted(by: { $0.key < $1.key }) { try settings.set(name, to: value) }
        return settings
    }

    // Made up; the costs are small, so that many can be verified.
    public static let all: [PasswordExample] = [
        PasswordExample(
            "bcrypt",
            "$2a$05$5aW9zMu.jxcG2YhE2ID6O.W8qdsEN1UNBYMdm6UcMklr9c4rB9Igi"),
        PasswordExample(
            "bcrypt",
            "$2b$05$Cigs5MouWjtXloH4/QDIA.6psDGI/EwITmI52JyTYXg7ajsShfMBq"),
        PasswordExample(
            "bcrypt",
            "$2y$05$B7sXEJC6jW75Jz.QP2f60Owo3BkKfANp5BzIoV.rT0wR1AdA7orie"),
        PasswordExample(
            "bcrypt",
            "$2$04$wRxDFFx.UUIpb8fmSgCNEO2myHsWmhujhJb/kteSONRYuy5VMvAAO"),
        PasswordExample(
            "bcrypt",
            "$2x$05$7nn2eZPW0Xdojo3T5wjEcO4VXhsearyYDlHWlh1kF77KzJOBhvLky"),
        PasswordExample(
            "bcrypt",
            "$2a$05$tDnfIE6KyMMS/8zd3zqcYOhjpqUczlGEeJCdvHoh6Qz1m/sn.LZQu",
            ["pepper": "p3pper"]),
        PasswordExample(
            "devise",
            "$2a$05$5zvuM7QceuSjn3V9vqOudOIAMM./eYgjZdlI80bVnjVHs1EGTadBW",
            ["pepper": "devise-pepper"]),
        PasswordExample(
            "bcrypt",
            "$2b$05$M7aHr2n8UDvsPaVfycNZKuP8OsTbFFRnXJJeDnxXSEAMF6hGersgS",
            ["pepper": "p3pper", "prehash": "hmac-sha256"]),
        PasswordExample(
            "bcrypt",
            "$2b$05$r4SKkZ2lAOonSPuE/WlCc.TMz9hymKa7rGKObKxB8XWovosbEel0.",
            ["prehash": "sha256", "prehash_encoding": "base64"]),
        PasswordExample(
            "laravel",
            "$2y$05$pmAU8q05KYaHc0VHZFLj/uZotefxhVtu97d7iCt8sECsRBs76KGQi"),
        PasswordExample(
            "bcrypt-sha256",
            "$bcrypt-sha256$2b,4$1fOCMIf.wgMA/I9V.wzO4O$gm8bf46sBCsfvfNzQga.AkMHWKHlVLu"),
        PasswordExample(
            "argon2",
            "$argon2i$v=19$m=1024,t=2,p=1$vIb1HLomiizkkZhZ58qh1A$2qt9z9l9HdNh6XUDwDtvXLgiXb7yjZUXvUWHhvB1lwQ"),
        PasswordExample(
            "argon2",
            "$argon2d$v=19$m=1024,t=2,p=1$v8dxygucYKWU7OANi/x3RA$ZE6xeyv2JWPzr84p0c2VNfcdRvhIKO3SJRyzJ+SWBrY"),
        PasswordExample(
            "argon2",
            "$argon2id$v=19$m=1024,t=2,p=1$q11zFHmkm8Z57LonzQpusw$HDkvXnHqVbrFa6I8eM5h+niTB6Iyf5eWKyRfBBkryqc"),
        PasswordExample(
            "scrypt",
            "$scrypt$ln=8,r=8,p=1$zIVrarIEH+5HpcapxMq9Aw$CuyOHHd1DV8qqT+jdISpyRUPlajq6v6Dq71Lgdl7E/U"),
        PasswordExample(
            "scrypt",
            "1024$8$1$6a7142ff9d6a7e6eb835b0ab0aa425eb$ef3ea5e860d1612832260b1510547a0b3dd00db1b940efd63d0d40"
                + "d89b468e85"),
        PasswordExample(
            "scrypt",
            "$s0$a0801$MYxEXstsI5jE2NogP2ci8g==$/ZlcInF2cwab6C6B5Fn0S+BHpoUQgbyNmrrSFaX5GQo="),
        PasswordExample(
            "scrypt",
            "$7$86..../....S/nLVpw.Kxs59lUT$kyEyFs5uPDo1WrrL3aQqxwv1gcTGx0.gYmHDiiC60.7"),
        PasswordExample(
            "firebase-scrypt",
            "gu9sOGQghiXi6IioTYa+pQKtkihSrrCnfPw0XCBaooPyJaXjQUqSGuYFCHQCTlzq3YUQEoRE57fqMXMSfVBUlQ==",
            [
                "mem_cost": "10",
                "rounds": "8",
                "salt": "Js6Q2hwFsste/A==",
                "salt_separator": "Bw==",
                "signer_key":
                    "uGaqRySftDI/hBh4TXzBjwtVS1N0/8LLPwnGMR/159SOF1VVMI/AkCBEze0XzY11648F2Rq47vMWZXp36UZ1NQ==",
            ]),
        PasswordExample(
            "pbkdf2",
            "$pbkdf2$500$k8ad0UPrCUuM5rVTfGjygQ$Olb.5Bvbelh3ZtfNCudWq732gqY"),
        PasswordExample(
            "pbkdf2",
            "$pbkdf2-sha256$500$e.qJBprofzZE2JW06KdAlw$N92p1qx51a82q.rkjXpThFNJoiYqBpSra8VhbDA5dks"),
        PasswordExample(
            "pbkdf2",
            "$pbkdf2-sha512$500$rsBWpTQ6kN7DpRYb.IwK3A$RRyotKLUbgxwLfD7mWEz4ALYq5QNLs/6Fk2gvonYEhmzB0zR590bUB"
                + "NsfPE5Km5BdedktVtDGcc.o0w/RqmSPg"),
        PasswordExample(
            "pbkdf2",
            "25e9db47cf9ece02746d3a26bb8c681ec257e6c003dfdac73787d198a971b41512cf475ea16bd995",
            ["digest": "sha512", "iterations": "800", "salt": "row-salt"]),
        PasswordExample(
            "grub-pbkdf2",
            "grub.pbkdf2.sha512.600.2583370E0C3E751A4FD0209EB2E06F823C00C549BC3E381FE033B5FAB79D4FDB31C77F47B"
                + "86CB8EDBF010AD72291E488E70232C8258413D1FF91826757EE0BF5.2A2E97AFD8EF814BB00E658266524E8077DC7B20"
                + "0DE3D62DF3C0C88035D7CF05936BCA4A11FA689E6DAC1E33B550D44BD28D256212F1C400F2903C3BA357CC65"),
        PasswordExample(
            "atlassian-pkcs5s2",
            "{PKCS5S2}b6Nrk7yOAyxLqFsKSDAOSAMiLUN0hACepmKJh64qd+W5Du1XHRZ4W6Mv+BUqK9ql"),
        PasswordExample(
            "aspnet-identity",
            "AFs38ixQJZjpykOkS92Bh9oQyUlN7nrkeO9XGosWglJY2mJgbddXbPq/1JWKVv2E4g=="),
        PasswordExample(
            "aspnet-identity",
            "AQAAAAAAAAPoAAAAEGQN3qK+ObOCxuAf4hZAahcQ3E/c/3RR1G/8hD3VV4iabOPxLbchYea/cZndaSku5Q=="),
        PasswordExample(
            "aspnet-identity",
            "AQAAAAEAAAPoAAAAENCFBp8CB8NfA9WYTGAmgMEX9ptYiLmk1pHfoQdrDsiUb4EnAxTW+T8HyFtX4ccE9A=="),
        PasswordExample(
            "aspnet-identity",
            "AQAAAAIAAAPoAAAAEKzNS6rqPX0//3gJDQSJcInsiOitySrHldkYD7VRLazMhzE2MrooXHRCLOSEvl7/7g=="),
        PasswordExample(
            "keycloak",
            #"{"secretData": "{\"value\": \"vNZIME8IpPL5yzZAl3MZ7Fu3eE/FiMbHQGFMvIXGQyLMBljvAbfPGXvqRPWP/tbJNK"#
                + #"tvmVco4n8GzoMDoRzDGA==\", \"salt\": \"B3oUCmM1d5zHidBhGMxe2Q==\", \"additionalParameters\": {}}""#
                + #", "credentialData": "{\"hashIterations\": 2000, \"algorithm\": \"pbkdf2\", \"additionalParameter"#
                + #"s\": {}}"}"#),
        PasswordExample(
            "keycloak",
            #"{"secretData": "{\"value\": \"yfvCzBk2trJuxUPGVZWIEwVUAhXXZkM76WY/amPMgZw=\", \"salt\": \"yPawoZ"#
                + #"HDVuyu3/KoCpzH4w==\", \"additionalParameters\": {}}", "credentialData": "{\"hashIterations\": 5,"#
                + #" \"algorithm\": \"argon2\", \"additionalParameters\": {\"hashLength\": [\"32\"], \"memory\": [\""#
                + #"1024\"], \"type\": [\"id\"], \"version\": [\"1.3\"], \"parallelism\": [\"1\"]}}"}"#),
        PasswordExample(
            "keycloak",
            #"{"hashIterations": 2000, "algorithm": "pbkdf2-sha256", "additionalParameters": {}}"#,
            [
                "secret_data":
                    #"{"value": "UTmcnB9GxpbXdnOEZkSy6bpkHvn4RDZrPsDOxTjGeMQ=", "salt": "8Ioq1yrDPDKtfuNtmA18Xw==", "additionalParameters": {}}"#
            ]),
        PasswordExample(
            "django",
            "pbkdf2_sha256$500$v18TLmgoAf9UDZVZvZ3bJW$orhjcNxjxYeZH92pavb6UKh9I1qE0BUPj4KfWmjEW0k="),
        PasswordExample(
            "django",
            "pbkdf2_sha1$500$jv8srqHEhOg4yzIJvbpXDx$pl1xMxB98jtdsPMq+eFizWRqIUs="),
        PasswordExample(
            "django",
            "scrypt$1024$SdPpxJXuamEZmjxSHlclII$8$1$ou4KsJ6wuQw+CinOtRSonNUmXInat3ZDMv9GwQW1RQxLW1lHTG5Rbe0jC"
                + "/aVAoDZnFiEeZt3Fn7kgSTaKgzPzA=="),
        PasswordExample(
            "django",
            "md5$BW6vysWl3Da6X3ylUUsYgG$381c4686e1edece6b1857c3bee9cd765"),
        PasswordExample(
            "django",
            "bcrypt_sha256$$2b$05$My0MN1YbUjNkgR.h4XbwluK4I6f16x/ekEyy8Om5qtXOMuzfsCOZG"),
        PasswordExample(
            "django",
            "bcrypt$$2b$05$7vdxRElCdP3eClpgRnEhSuP7OtKiythwK/unRsg4LH/US52FBVQsm"),
        PasswordExample(
            "django",
            "argon2$argon2id$v=19$m=1024,t=2,p=8$lvaoptKtYpeXOjaAecQC4A$4mSpG+OKUEB5BWXclCRLFRTTMkocgK98n6ZzK"
                + "5DWAvg"),
        PasswordExample(
            "werkzeug",
            "scrypt:1024:8:1$JF5bp1p1BBN533BI$bfcfd34996d07eae0345220784dbbc2acfdd5a625e2cddaf7e5c0edc36a8706"
                + "6e39957c6e5c56d8384312cc3f3e59c00328db9794538e3b29231798a50e682b7"),
        PasswordExample(
            "werkzeug",
            "pbkdf2:sha256:500$PJk5HRe3N7SLHVUA$5ffc1b6746d3d859d2bb0a131917da574a2f19a9d093d73d79f7c956a4f4d"
                + "882"),
        PasswordExample(
            "werkzeug",
            "pbkdf2:sha1:500$FkUeW8TrGSmv46Jb$1be0211fbc258e965086636107ad72862751fffa"),
        PasswordExample(
            "werkzeug",
            "pbkdf2:sha512:500$H3ASsbyZ1BMMyyB3$149b8f7f0338ce1019d136176cd6763a7a75dc03f755409e6b7214bf5b1f2"
                + "05210a6e403762fa407dd0dd9a5ea41b1f418752c64fd0d85869e2c9c572deba4ae"),
        PasswordExample(
            "werkzeug",
            "sha1$v1-old$99d76c01db99cb1037f5b912a42fb084446bb948"),
        PasswordExample(
            "md5-crypt",
            "$1$iDHA99Kx$PLZw0ohO6wyidhnkv.Alm0"),
        PasswordExample(
            "apr1",
            "$apr1$FS1kN3iY$V.wEVdQv7W5K9wDLI6mGr1"),
        PasswordExample(
            "sha256-crypt",
            "$5$rounds=1000$5CUhBLTfZfa9SD$UHAMLwETnYzTWHhiUlOMuwxFsl4E8IOt/C1dr4QKIOD"),
        PasswordExample(
            "sha512-crypt",
            "$6$rounds=1000$kq0NDcuVXonmB6$fmq84ijqDRtis.QOpeiq4IvEgErurEBbrs8cN3z7W3k.Xj8/oazesHhS0bxxhlx8/m"
                + "t0b5pMacVyRyNMrTlju/"),
        PasswordExample(
            "sun-md5",
            "$md5,rounds=5$cxJn.ms7$$5u4RWimaMCVTocuNLKZ.C0"),
        PasswordExample(
            "sha1-crypt",
            "$sha1$500$NTwzI336D1co$BYlhWN5PkpgpimJtrSvnH/5TrOP8"),
        PasswordExample(
            "des-crypt",
            "It1Jg0fcrshLY"),
        PasswordExample(
            "bsdi-crypt",
            "_N...txIScNBT8/roje2"),
        PasswordExample(
            "yescrypt",
            "$y$j75$kRPwcSSGlUPmxfHLziEdP.$OhPfSBVBhbSazsITzPhS0M2WlR1F8TTyaYQY1xaMm/D"),
        PasswordExample(
            "gost-yescrypt",
            "$gy$j75$Oav9TBKUYbSHRBSFSEe53.$BS1/i.Eui3pgd3LrN8e9aFC4QjHtUBVHzOByCu7mH/C"),
        PasswordExample(
            "crypt",
            "$5$SHw7VQj3wIRcQ9LL$vsRQY0JwjCbpsoJQrmEk/nnao4SaFlH0Vy4dhVwREE6"),
        PasswordExample(
            "phpass",
            "$P$6SSGqiXEdJ8nJ8UxvKek/D8vk27ozN0"),
        PasswordExample(
            "drupal7",
            "$S$6EPCDUAz.Rb4GVszEnysmHnlU8jeiHYmndj99SneAO/I/UxkD/Ki"),
        PasswordExample(
            "wordpress",
            "$wp$2y$05$5BO5sIx263AYHXhzE29gculDspyzqLap35nTnC11qB55X8S3IzFSa"),
        PasswordExample(
            "wordpress",
            "$P$6M0Y05.1Igm/c.3Q1XFXBXiX.IOKg3/"),
        PasswordExample(
            "vbulletin",
            "27e589a416a7c7b284115be340deb50d:xY."),
        PasswordExample(
            "vbulletin",
            "bb03dbbb467681970db93f55b8a4438e",
            ["salt": "a:b"]),
        PasswordExample(
            "joomla",
            "fb163995d692670c147a0cbe1776e307:v1-jsalt"),
        PasswordExample(
            "joomla",
            "$2y$05$ESzbQSfUVmLNqFVYseE1uuL/pgdkRqfTkIQKKF3idbwKTaYGowQqO"),
        PasswordExample(
            "magento",
            "10393669ecee605e3baec3b1037171f6:ab"),
        PasswordExample(
            "magento",
            "da20d046a6c9bb59b3eb21c4201fb0256e18cad25900868ce12a369c6548850d:v1-ms:1"),
        PasswordExample(
            "magento",
            "01bc4b3a67141e223b41c837cebd35c8ef5d8fbd1f53f6fe53470a5386d06f77:xy:0:1"),
        PasswordExample(
            "magento",
            "35c3652e0bd242101f809b0e46a140f30b4de57c524efd1b5f6527557b037184:Sv1-argonsalt12345678901:3_32_2"
                + "_1048576"),
        PasswordExample(
            "magento",
            "d8f75d35c46c06833d651d7f4b15ac080479bcea0d1bf1f8d06c3b85e0594228:shortsalt:2"),
        PasswordExample(
            "symfony",
            "GGlQNql8s9OqohQ503RHxmGDsQO6ZWFkdIKF0KrvyCXifFuHX6k04Lq08wZ2KItRRrFmC0jDyXFwN5eFJJbMRw==",
            ["digest": "sha512", "iterations": "50", "salt": "v1-sfsalt"]),
        PasswordExample(
            "symfony",
            "S7LKBzb1EDPhy/XTV078dlcCo2YSvqBsrx75L+s+j9o=",
            ["digest": "sha256", "iterations": "3"]),
        PasswordExample(
            "ldap",
            "{SMD5}20R0+fYfjip1ljtMv77n4vejDtw="),
        PasswordExample(
            "ldap",
            "{SSHA}vFSDLiUCd5oj7E6SMihuwPE52wPHiryU"),
        PasswordExample(
            "ldap",
            "{SSHA256}H4fV//qjexN7pLlRRuQNTj/ernRKD6s0eQYEs74Ztt/nf6Ay"),
        PasswordExample(
            "ldap",
            "{SSHA384}s6bcPXMwQN5WZ9oFc4z7yMpS36RM+HutgFRG5kY2s3LYEZW+hNjAa2Nzu59sFaKQicVd6g=="),
        PasswordExample(
            "ldap",
            "{SSHA512}uGuh22oTbnH7ejvXchYBmb/vDAhHLYx0AwFRrDkc9qFq5XL8Vd0qWbiYsciqJWI0N8DEWxpahpUVcnsOhQd6fqO"
                + "noOc="),
        PasswordExample(
            "ldap",
            "{MD5}iOTd0kAtktUOGHnW7Nn/1A=="),
        PasswordExample(
            "ldap",
            "{SHA}mN7MYuzjmaIu0w1JDvMzvn/ec4U="),
        PasswordExample(
            "ldap",
            "{SHA256}kCjqDRXeyqNbLaIcApCvOxpboKMKWRkG+JtQdOIJ6nI="),
        PasswordExample(
            "ldap",
            "{SHA384}k53wsC79ptIyqGppP00J4fKOlJKHV7UGCIIhoE5jZ7O7oYDJ/FAOTfE90RmiYtL8"),
        PasswordExample(
            "ldap",
            "{SHA512}zvYeTk7ae6ii/qoSBhf896UTrZIEQjsl4kO30/VW+ShT6VsVatr/3Zon0OUHNq1qa7zFDOipvTUWL315nomlIQ=="),
        PasswordExample(
            "ldap",
            "{PBKDF2}500$lESgjXeGAJcA2EyU2XEidw$Lb4j1ELM6BLjO9aE7kBwXEhxscM"),
        PasswordExample(
            "ldap",
            "{PBKDF2-SHA256}500$T6yZZTCWqazhxkcbsIbhgQ$J/9o0.WJRoSzxIyHaCSWI.l1tJWTNTw.0bBu3b6Iq/g"),
        PasswordExample(
            "ldap",
            "{PBKDF2-SHA512}500$0TiKg/I8XeUihFWsmaN/nw$wwCTy5t2RlXKaeD2w1cp9WvvZEdKV1Rk4AEJVhcrw60GrXJVVwt8ao"
                + "4e.vbDUJW1Ey5VDQC9.G6wPXrAqsB1xg"),
        PasswordExample(
            "ldap",
            "{CRYPT}$6$rounds=1000$.YG2ekGz$r8wMW0mAjz6WKrySVRJASBCbcviZ6Uoe5N1nCR4rG1pdKdQjxJ9yAY2TxtK8pMzjD"
                + "KWaBWMRJx9nWPC4LodOu."),
        PasswordExample(
            "ldap",
            "{ARGON2}$argon2i$v=19$m=1024,t=2,p=1$eEWVk5apg4wzb2Tihssokg$NzVaStUHR/dPoFA5ksul79qnD8rMApqPoXCn"
                + "BpqZ+Wg"),
        PasswordExample(
            "ldap",
            "correct horse battery",
            ["allow_cleartext": "true"]),
        PasswordExample(
            "ldap",
            "{CLEARTEXT}correct horse battery",
            ["allow_cleartext": "true"]),
        PasswordExample(
            "plain",
            "correct horse battery",
            ["allow_cleartext": "true"]),
        PasswordExample(
            "md5",
            "88e4ddd2402d92d50e1879d6ecd9ffd4"),
        PasswordExample(
            "salted-md5",
            "7806807077871a316898b3524f54e0c1",
            ["salt": "v1-col-md5"]),
        PasswordExample(
            "salted-md5",
            "4cad60bb003046ae9bed38df1108e2e4",
            ["format": "{password}{salt}", "salt": "v1-col-md5"]),
        PasswordExample(
            "salted-md5",
            "7674b140a8d79b424221a6bf91055372",
            ["salt": "4957626F8FEEE2D385BD4F922EC8FC36", "salt_encoding": "hex"]),
        PasswordExample(
            "hmac-md5",
            "bb8c6acc9cb63360aafca74f247420d7",
            ["pepper": "k3y"]),
        PasswordExample(
            "sha1",
            "98decc62ece399a22ed30d490ef333be7fde7385"),
        PasswordExample(
            "salted-sha1",
            "f11e304f960caec27e8ea7c427cd42784c9a83ba",
            ["salt": "v1-col-sha1"]),
        PasswordExample(
            "hmac-sha1",
            "605764bab5f74a7bf053bd453834b35749da3b4d",
            ["pepper": "k3y"]),
        PasswordExample(
            "sha256",
            "9028ea0d15decaa35b2da21c0290af3b1a5ba0a30a591906f89b5074e209ea72"),
        PasswordExample(
            "salted-sha256",
            "406581389636b7c5430a8d3fd176b311af8c39ac10b2e02db697af05fa12ad9f",
            ["salt": "v1-col-sha256"]),
        PasswordExample(
            "hmac-sha256",
            "0f44540e9283b0f33485e44220990de92877b2a67e533a31897a138c7078adc7",
            ["pepper": "k3y"]),
        PasswordExample(
            "hmac-sha256",
            "42372e3687c2f39f28260b17f54643a35390b806f83ec797998e1073c5518d3c",
            ["format": "{salt}{password}", "pepper": "k3y", "salt": "v1-col-sha256"]),
        PasswordExample(
            "sha384",
            "939df0b02efda6d232a86a693f4d09e1f28e94928757b506088221a04e6367b3bba180c9fc500e4df13dd119a262d2fc"),
        PasswordExample(
            "salted-sha384",
            "4d679d60d6ed32b9edf7c2d54ce24998bb67cdfa3ff60ef863727ca219c1e55376ec553b2fac53be5eec71f4f0cab5a2",
            ["salt": "v1-col-sha384"]),
        PasswordExample(
            "hmac-sha384",
            "f7ffddfc8d0adc3aa279c5b9101ed36f35332c7f6cc32d7b7e8b97612b7207969e2717e1d82f58b0c3ad4fb3f19adb1a",
            ["pepper": "k3y"]),
        PasswordExample(
            "sha512",
            "cef61e4e4eda7ba8a2feaa120617fcf7a513ad9204423b25e243b7d3f556f92853e95b156adaffdd9a27d0e50736ad6a"
                + "6bbcc50ce8a9bd35162f7d799e89a521"),
        PasswordExample(
            "salted-sha512",
            "2f5349336acaa00717e137ccab1eb615e7a81b7de8de4e26a79ab23631cc87ae5282eb5988f65a8b3d63b761959eda1d"
                + "64ce5c0f3b426e0bc66c48f83adb0e34",
            ["salt": "v1-col-sha512"]),
        PasswordExample(
            "hmac-sha512",
            "c1247a5a856a2bf4ea96143197c4da3ade2dfefa94b7c974776959e71c1677cb8dc06f962719bc2c6f3a10d11cbef4a8"
                + "bd0d6262ce296f5f879ccf11abfe2125",
            ["pepper": "k3y"]),
        PasswordExample(
            "salted-sha256",
            "68f779f53037c6cd3494dc1fb88444e044c9970ae3778c3740df986bd1bce261$s1",
            ["format": "{salt}--{password}{pepper}", "layout": "{hash}${salt}", "pepper": "pep"]),
        PasswordExample(
            "salted-sha1",
            "147fe4538ff4be0f8cd5dfd4768455f68f0b2cb4",
            ["chain": "hex", "iterations": "10", "salt": "it"]),
        PasswordExample(
            "sha256",
            "60c747a37868e01e355f066a284e1f57d15d9df041a76e4a9eab1a7d2a1bb5ef",
            ["password_encoding": "utf-16-le"]),
        PasswordExample(
            "nt",
            "3d211b74dd729be1e552b4727594f3eb"),
        PasswordExample(
            "mysql",
            "*7EF204D5E9151D33077D698FD48BCEE699458CA6"),
        PasswordExample(
            "postgres-md5",
            "md524197a44b4cd7e68953133ac19b7ddfb",
            ["username": "alice"]),
        PasswordExample(
            "postgres-scram-sha-256",
            "SCRAM-SHA-256$4096:8axQSa8mBK64QvxTQRcI3A==$TV3o8jvsKKWBOcNZtVSYW26B6JRK6hOU2HEvMkDlVk0=:+aXQvTQ"
                + "PG9AU9HxZbkrb+jcccOsL8W3YG07lpoWMy5o="),
        PasswordExample(
            "spring",
            "{bcrypt}$2a$05$5jTewrb2mcNg/SV8s8h6Y.NagWDQC59dglez99kYHs42Bq047QtLC"),
        PasswordExample(
            "spring",
            "{pbkdf2@SpringSecurity_v5_8}c5547dc1b2846c6ba9386405b96e4d2343ccd52a47da67b4dda9a168c8656cd1cf2a"
                + "393a859848d9b7774ec7b900ec18"),
        PasswordExample(
            "spring",
            "{pbkdf2}c5547dc1b2846c6b9dff25a106e90a8d9e1cb3aa713350b9f3ed2545fca4694a1bdbcc1e26a0c6a6"),
        PasswordExample(
            "spring",
            "{scrypt@SpringSecurity_v5_8}$a0801$mzVgVop2G1tbqipSWPNBAw==$+U6x72/EVfwPEX/EspFx3wPtYTuiWNHNhMQu"
                + "pcHkrq8="),
        PasswordExample(
            "spring",
            "{argon2@SpringSecurity_v5_8}$argon2id$v=19$m=1024,t=2,p=1$nU0sgi3P+8ZNpeQfxDJMWw$SqqLdYoq1SzloIV"
                + "I21emje+QI4vnrlpWgMkXQfegEB8"),
        PasswordExample(
            "spring",
            "{noop}correct horse battery",
            ["allow_cleartext": "true"]),
        PasswordExample(
            "spring",
            "{sha256}dca2c5673b52aa8fd7cbbb547059480b0de952c2daaa22649c2e1df4035f0c6d671de43c1e232501"),
        PasswordExample(
            "spring",
            "{MD5}{c2FsdA==}a372232f0ed6869208300a54d5a50dc0"),
        PasswordExample(
            "spring",
            "{SHA-1}{c2FsdA==}34d8119ddcef0a70090eb07c9bc09dd49893b34b"),
        PasswordExample(
            "spring",
            "{SHA-256}{c2FsdA==}c0f62a01af5214855fac3688c490aef343ac48ac9c7e10657ca2d533fb5625bc"),
        PasswordExample(
            "spring",
            "{MD4}{c2FsdA==}872b61221ff1a69b8e2f66c3e5c124d1"),
        PasswordExample(
            "spring",
            "{ldap}{SSHA}7h3EQtM2dwZxs0Vo97QHJMdcLBnSRy6sBqsgAw=="),
        PasswordExample(
            "okta",
            #"{"algorithm": "BCRYPT", "workFactor": 5, "salt": "LCMaB1UQeOtP.d4HILWCPO", "value": "qxkuucyEcKG"#
                + #"CPO.MYzuYsqodAsrA6ca"}"#),
        PasswordExample(
            "okta",
            #"{"algorithm": "SHA-512", "salt": "oIuGy1/tlzLfdctp", "saltOrder": "PREFIX", "value": "FU6RWI+Drh"#
                + #"D6HkU6yExmvqiKTvc4gJAuJ/HxL9WxOFd5kqzLrHR344X4XYGohf362/MhagylmLvGeO8s/eAf0g=="}"#),
        PasswordExample(
            "okta",
            #"{"algorithm": "PBKDF2", "digestAlgorithm": "SHA256_HMAC", "iterationCount": 1000, "keySize": 32,"#
                + #" "salt": "xSucefJszpf3Gag9BamdLQ==", "value": "JHjF8oRRqFV/JNQ8gH8UCC4sHOa51Nx0ilKF96V4S7Y="}"#),
        PasswordExample(
            "auth0",
            "$2b$05$lqsF8dt.aTKdaTNKA8KLiecmdaeDwFlx7Dl29Xgm/UlTuPqUFrGbS"),
        PasswordExample(
            "auth0",
            #"{"algorithm": "sha256", "hash": {"value": "145d9a4d57d58d4b92c2cbc644183329b9e6773efb4e6c4fbbed8"#
                + #"c5151b63aaf", "encoding": "hex"}, "salt": {"value": "tail", "encoding": "utf8", "position": "suf"#
                + #"fix"}}"#),
        PasswordExample(
            "auth0",
            #"{"algorithm": "md5", "hash": {"value": "315f2d73ec9ac4faabdc9fc1d64aa9a0", "encoding": "hex"}, ""#
                + #"password": {"encoding": "utf16le"}}"#),
        PasswordExample(
            "auth0",
            #"{"algorithm": "hmac", "hash": {"value": "OMllZcUAoFMlU0/zWDPcJ/4So6DIT3WlHvWaBOR0gtJPChootDuzQMk"#
                + #"x4VmurhHIb7BmIAkIP92GMVNsvoe+7w==", "encoding": "base64", "digest": "sha512", "key": {"value": ""#
                + #"key1", "encoding": "utf8"}}}"#),
        PasswordExample(
            "auth0",
            #"{"algorithm": "scrypt", "hash": {"value": "93b19fc90ddf2e452fb16df024ceab023045c6889e90d50b9b240"#
                + #"b26b7068213", "encoding": "hex"}, "salt": {"value": "salty", "encoding": "utf8"}, "keylen": 32, "#
                + #""cost": 1024, "blockSize": 8, "parallelization": 1}"#),
        PasswordExample(
            "auth0",
            #"{"algorithm": "pbkdf2", "hash": {"value": "$pbkdf2-sha256$i=1000,l=32$fnBpMdItTKL0RprhSwQy+A$RiN"#
                + #"b1HfeOm5U+jfHcUA6MM2LjNgpEQTWtfLV4x6sihs", "encoding": "utf8"}}"#),
    ]
}
