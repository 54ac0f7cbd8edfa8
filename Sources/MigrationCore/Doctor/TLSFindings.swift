internal import Threads

/// What an observation of TLS means, and what to do about it: the rules without the looking.
struct TLSFindings {
    /// Under so many days there is hardly time left to order another.
    private static let soon = 30

    let endpoint: TLSEndpoint
    let now: UnixTime

    func findings(_ observation: TLSObservation) -> [Finding] {
        switch observation {
        case .certificate(let certificate):
            return unchecked + findings(certificate)
        case .unreachable(let reason):
            return [
                Finding(
                    .certificate, .unknown, "\(endpoint.place): the certificate could not be looked at: \(reason)",
                    advice: "see whether the host and port are right, and whether a firewall is in between")
            ]
        case .absent(let reason):
            return [Finding(.tlsAbsent, .problem, "\(endpoint.place): no TLS here: \(reason)", advice: otherWay)]
        case .tooOld:
            return [
                Finding(
                    .tlsTooOld, .problem, "\(endpoint.place): the server speaks no TLS 1.2",
                    advice: "let it speak TLS 1.2 or 1.3; older versions are not used here")
            ]
        case .handshakeFailed(let reason):
            return [
                Finding(
                    .tlsHandshake, .problem, "\(endpoint.place): the TLS handshake failed: \(reason)",
                    advice: "see the server's log for its side of it")
            ]
        case .authorities(let reason):
            return [
                Finding(
                    .certificateAuthorities, .problem, "\(endpoint.authoritiesKey): \(reason)",
                    advice:
                        "put the certificate of whoever signed the server's there, as PEM: -----BEGIN CERTIFICATE-----")
            ]
        }
    }

    private var otherWay: String {
        switch endpoint.start {
        case .atOnce: "ldaps:// is for port 636 as a rule; for port 389 write ldap:// with start_tls: true"
        case .ldap: "set up a certificate on the server, or use ldaps:// if it listens there (port 636)"
        case .postgres: "set ssl = on in postgresql.conf, with a certificate and its key"
        }
    }

    private var unchecked: [Finding] {
        guard endpoint.check == .nothing else { return [] }
        return [
            Finding(
                .tlsUnchecked, .warning, "\(endpoint.place): any certificate is taken (tls_verify: false)",
                advice: "whoever is in between reads all passwords: name the issuer's certificate with "
                    + "\(endpoint.authoritiesKey) and remove tls_verify")
        ]
    }

    private func findings(_ certificate: ServerCertificate) -> [Finding] {
        let place = endpoint.place
        // Where nothing is checked nothing fails.
        let severity: Finding.Severity = endpoint.check == .nothing ? .warning : .problem
        var findings: [Finding] = []
        let days = Int(((certificate.notAfter - now) / .seconds(86_400)).rounded(.towardZero))
        if certificate.notAfter < now {
            findings.append(
                Finding(
                    .certificateExpired, severity,
                    "\(place): the certificate expired on \(day(certificate.notAfter)), \(counted(-days, "day")) ago",
                    advice: "renew it on the server"))
        } else if certificate.notBefore > now {
            findings.append(
                Finding(
                    .certificateNotYetValid, severity,
                    "\(place): the certificate is valid from \(day(certificate.notBefore)) only",
                    advice: "see whether this machine's clock is right; else wait, or put the older one back"))
        } else if days < Self.soon {
            findings.append(
                Finding(
                    .certificateExpiresSoon, .warning,
                    "\(place): the certificate expires on \(day(certificate.notAfter)), in \(counted(days, "day"))",
                    advice: "renew it on the server; from then on nobody could sign in by this directory"))
        }
        if !certificate.isForHost, endpoint.check != .issuer {
            let names = certificate.names.isEmpty ? "no name" : certificate.names.prefix(8).joined(separator: ", ")
            findings.append(
                Finding(
                    .certificateName, severity,
                    "\(place): the certificate isn't for \(endpoint.host); it is for \(names)",
                    advice: "connect by one of its names, or have a certificate made with \(endpoint.host) among its "
                        + "subjectAltNames"))
        }
        if let problem = certificate.issuerProblem {
            findings.append(issuerFinding(problem, certificate, severity))
        }
        guard findings.allSatisfy({ $0.code == .certificateExpiresSoon }) else { return findings }
        return findings + [
            Finding(
                .certificate, .ok,
                "\(place): \(certificate.protocolVersion), certificate by \(certificate.issuer), good until "
                    + "\(day(certificate.notAfter))")
        ]
    }

    private func issuerFinding(
        _ problem: ServerCertificate.IssuerProblem, _ certificate: ServerCertificate, _ severity: Finding.Severity
    ) -> Finding {
        let key = endpoint.authoritiesKey
        let trusted = endpoint.authorities.map { "\(key) (\($0))" } ?? "this system's list"
        let (what, advice): (String, String) =
            switch problem {
            case .selfSigned:
                (
                    "the certificate signed itself (\(certificate.subject)) and isn't in \(trusted)",
                    "get that certificate from whoever runs the server, by a way you trust, and name its file with \(key)"
                )
            case .notTrusted:
                (
                    "the certificate's issuer isn't trusted: \(certificate.issuer) isn't in \(trusted)",
                    "name the file with that issuer's certificate with \(key); the server should send those in between"
                )
            case .other(let words):
                ("the certificate's chain is not good: \(words)", "renew or replace what the server shows")
            }
        return Finding(.certificateIssuer, severity, "\(endpoint.place): \(what)", advice: advice)
    }

    private func day(_ time: UnixTime) -> String { time.day }
}

/// `1 day`, `2 days`.
package func counted(_ number: Int, _ noun: String, _ plural: String? = nil) -> String {
    "\(number) \(number == 1 ? noun : plural ?? noun + "s")"
}

extension UnixTime {
    /// Its day in UTC: `2026-01-31`.
    var day: String {
        // Civil from days, http://howardhinnant.github.io/date_algorithms.html
        let days = Int((sinceEpoch / .seconds(86_400)).rounded(.down)) + 719_468
        let era = (days >= 0 ? days : days - 146_096) / 146_097
        let dayOfEra = days - era * 146_097
        let yearOfEra = (dayOfEra - dayOfEra / 1460 + dayOfEra / 36_524 - dayOfEra / 146_096) / 365
        let dayOfYear = dayOfEra - (365 * yearOfEra + yearOfEra / 4 - yearOfEra / 100)
        let month = (5 * dayOfYear + 2) / 153
        let numbers = [
            yearOfEra + era * 400 + (month >= 10 ? 1 : 0), month < 10 ? month + 3 : month - 9,
            dayOfYear - (153 * month + 2) / 5 + 1,
        ]
        return numbers.map { $0 < 10 ? "0\($0)" : "\($0)" }.joined(separator: "-")
    }
}
