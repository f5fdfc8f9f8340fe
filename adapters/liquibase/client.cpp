#include "adapters/liquibase/client.hpp"

#include "adapters/liquibase/jdbc_url.hpp"
#include "adapters/process/child_process.hpp"

namespace transload::liquibase {
namespace {

/// Enough for the end of a stack trace; the log file has everything.
constexpr std::size_t kLinesKept = 4'000;

/// Quick to start and small: one run lives for a second or two.
const std::vector<std::string>& java_flags() {
    static const std::vector<std::string> flags{"-XX:TieredStopAtLevel=1",
                                                "-XX:+UseSerialGC",
                                                "-Xshare:auto",
                                                "-Xms64m",
                                                "-Xmx512m",
                                                "-Dfile.encoding=UTF-8",
                                                "-Dsun.jnu.encoding=UTF-8",
                                                "-Djava.awt.headless=true"};
    return flags;
}

}  // namespace

Client::Client(const LiquibaseOptions& options) : options_(options), installation_(locate(options)) {}

RunResult Client::run(const Run& run, RunControl& control) const {
    const Driver driver = run.mariadb && !installation_.mysql_driver ? Driver::mariadb : Driver::mysql;
    if (driver == Driver::mysql && !installation_.mysql_driver)
        throw Error(ErrorKind::failed, "liquibase.driver_missing", (installation_.home / "lib").string(),
                    "Liquibase has no JDBC driver for MySQL",
                    "put mysql-connector-j-8.3.0.jar into that folder, or run scripts/setup");
    process::Command command;
    command.program = installation_.java;
    command.arguments = java_flags();
    command.arguments.insert(
        command.arguments.end(),
        {"-cp", installation_.class_path, "liquibase.integration.commandline.LiquibaseCommandLine",
         "--show-banner=false", "--headless=true"});
    command.arguments.insert(command.arguments.end(), run.global_arguments.begin(),
                             run.global_arguments.end());
    command.arguments.push_back(run.command);
    command.arguments.push_back("--url=" + jdbc_url(run.endpoint, run.database, driver));
    command.arguments.insert(command.arguments.end(), run.arguments.begin(), run.arguments.end());
    // What a user's environment tells Liquibase (other URLs, property files) has no say here.
    command.environment_prefixes_off = {"LIQUIBASE_", "JAVA_OPTS"};
    command.environment = {{"LIQUIBASE_HOME", installation_.home.string()},
                           {"LIQUIBASE_COMMAND_USERNAME", run.endpoint.user},
                           {"LIQUIBASE_COMMAND_PASSWORD", run.endpoint.password.reveal()},
                           {"LC_ALL", "C.UTF-8"}};
    command.directory = run.directory;
    command.log_file = run.log_file;
    command.time_limit = options_.timeout;
    command.stop = control.stop_token();

    RunResult result;
    std::vector<std::string> output;
    command.on_line = [&](std::string_view line) {
        if (output.size() < kLinesKept) output.emplace_back(line);
        constexpr std::string_view mark = "Liquibase Version: ";
        if (line.starts_with(mark)) result.version = std::string(line.substr(mark.size()));
    };
    const process::Exit exit = process::run(command);
    result.success = exit.success();
    if (!result.success) {
        result.failure = read_failure(output);
        if (exit.signal != 0)
            result.failure.message = "it was ended by signal " + std::to_string(exit.signal);
    }
    return result;
}

}  // namespace transload::liquibase
