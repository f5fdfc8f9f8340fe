#pragma once
#include <filesystem>
#include <string>
#include <vector>

#include "adapters/liquibase/failure.hpp"
#include "adapters/liquibase/installation.hpp"
#include "orchestrator/ports/run_control.hpp"

namespace transload::liquibase {

/// One run of Liquibase against one database.
struct Run {
    const Endpoint& endpoint;
    std::string database;
    bool mariadb = false;  ///< the server's flavour, for the choice of the driver
    std::vector<std::string> global_arguments;
    std::string command;  ///< "update"
    std::vector<std::string> arguments;
    std::filesystem::path directory;  ///< where it runs; relative file names are looked up there
    std::filesystem::path log_file;
};

struct RunResult {
    bool success = false;
    RunFailure failure;   ///< when it was none
    std::string version;  ///< "4.27.0", as Liquibase says
};

/// Starts Liquibase as a plain `java` process: no shell, no launcher script, so that nothing is left behind
/// when it is killed. User and password go by environment, so neither the process list nor the log shows
/// them.
class Client {
  public:
    explicit Client(const LiquibaseOptions& options);

    /// Runs to the end. Throws Error when it could not be started, took too long or was stopped.
    [[nodiscard]] RunResult run(const Run& run, RunControl& control) const;

  private:
    LiquibaseOptions options_;
    Installation installation_;
};

}  // namespace transload::liquibase
