import ArgumentParser

/// The exit codes, documented for scripts: only added to.
enum ExitStatus: Int32 {
    case done = 0
    /// Could not do the job.
    case failed = 1
    /// Finished, and some users were rejected: for one user, a refusal; for `doctor`, something to fix.
    case rejected = 3
    /// Nobody could say: an outage.
    case outage = 4
    /// Refused before anything was written.
    case refused = 5
    /// Stopped by a signal.
    case interrupted = 6
    case usage = 64
    case configuration = 78

    var exitCode: ExitCode { ExitCode(rawValue) }
}
