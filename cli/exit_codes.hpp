#pragma once

namespace transload::cli {

/// What the shell sees. Documented in docs/command-line.md; scripts depend on them.
enum ExitCode : int {
    exit_done = 0,
    exit_failed = 1,
    exit_usage = 2,
    exit_preflight_refused = 3,
    exit_validation_mismatch = 4,
    exit_interrupted = 130,
};

}  // namespace transload::cli
