import Foundation

// One kind of directory, measured: the scripts beside the package start what it needs.
//
//     measure postgres|postgres-sign-ins|ldap|ldap-sign-ins|csv OPTIONS [--runs N] [--table FILE] [--check]
//
// With --check the exit code is 1 if a required ratio isn't met.

// A server that goes away in the middle of TLS ends the process otherwise.
signal(SIGPIPE, SIG_IGN)
let arguments = Arguments(CommandLine.arguments.dropFirst())
switch arguments.places {
case ["postgres"]: try await Postgres.measure(arguments)
case ["postgres-sign-ins"]: try await PostgresSignIns(arguments).measure(arguments)
case ["ldap"]: try await LDAP(arguments).measure(arguments)
case ["ldap-sign-ins"]: try await LDAPSignIns(arguments).measure(arguments)
case ["csv"]: try await CSV(arguments).measure(arguments)
default:
    fail(
        "usage: measure postgres|postgres-sign-ins|ldap|ldap-sign-ins|csv OPTIONS [--runs N] [--table FILE] [--check]")
}
