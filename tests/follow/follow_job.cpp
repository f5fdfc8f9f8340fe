#include "tests/follow/follow_job.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <cstdlib>

#include "tests/support/sql.hpp"

namespace transload::test {

using nlohmann::json;

unsigned from_environment(const char* name, unsigned otherwise) {
    const char* given = std::getenv(name);
    return given != nullptr ? static_cast<unsigned>(std::strtoul(given, nullptr, 10)) : otherwise;
}

bool takes_writes(const TestServer& server) { return value(server, "SELECT @@global.read_only") == "0"; }

FollowJob::FollowJob(const TestServer& source, const TestServer& target, std::string database, std::vector<std::string> arguments,
                     Route route)
    : source_(source), target_(target), database_(std::move(database)), arguments_(std::move(arguments)), route_(route) {
    if (route_.source_port == 0) route_.source_port = source.port();
    if (route_.target_port == 0) route_.target_port = target.port();
}

ProcessOptions FollowJob::options() const {
    ProcessOptions options;
    options.environment["TRANSLOAD_SOURCE_PASSWORD"] = source_.password();
    options.environment["TRANSLOAD_TARGET_PASSWORD"] = target_.password();
    options.directory = folder_.path();
    return options;
}

Process FollowJob::start(const std::map<std::string, std::string>& environment) const {
    std::vector<std::string> argv{transload_program().string(),
                                  "migrate",
                                  "--source",
                                  fmt::format("mysql://root@127.0.0.1:{}/", route_.source_port),
                                  "--target",
                                  fmt::format("mysql://root@127.0.0.1:{}/", route_.target_port),
                                  "--state-dir",
                                  (folder_ / "state").string(),
                                  "--schema-dir",
                                  (folder_ / "schema").string()};
    if (!database_.empty()) argv.insert(argv.end(), {"--databases", database_});
    argv.emplace_back("--json");  // not behind --databases: a job file that follows would be one more
    argv.insert(argv.end(), arguments_.begin(), arguments_.end());
    ProcessOptions with = options();
    with.environment.insert(environment.begin(), environment.end());
    return Process(std::move(argv), with);
}

std::string FollowJob::id() const {
    const ProcessResult listed =
        test::run({transload_program().string(), "job", "list", "--json", "--state-dir", (folder_ / "state").string()}, options());
    if (listed.exit_code != 0 || !json::accept(listed.out)) return {};
    const json jobs = json::parse(listed.out).at("jobs");
    if (jobs.empty()) return {};
    return jobs.at(0).at("job_id").get<std::string>();  // the newest first
}

std::vector<std::string> FollowJob::words(const std::string& name, const std::vector<std::string>& arguments) const {
    std::vector<std::string> argv{transload_program().string(), "job", name, id(), "--state-dir", (folder_ / "state").string(), "--json"};
    argv.insert(argv.end(), arguments.begin(), arguments.end());
    return argv;
}

ProcessResult FollowJob::command(const std::string& name, const std::vector<std::string>& arguments) const {
    return test::run(words(name, arguments), options(), std::chrono::seconds(60));
}

Process FollowJob::begin(const std::string& name, const std::vector<std::string>& arguments) const {
    return Process(words(name, arguments), options());
}

json FollowJob::show() const {
    if (id().empty()) return nullptr;
    const ProcessResult shown = command("show");
    if (shown.exit_code != 0 || !json::accept(shown.out)) return nullptr;
    return json::parse(shown.out);
}

std::string FollowJob::state() const {
    const json job = show();
    return job.is_null() ? "" : job.at("state").get<std::string>();
}

std::string FollowJob::wait_for_state(const std::vector<std::string>& states, std::chrono::seconds limit) const {
    std::string now;
    (void)eventually([&] { return std::find(states.begin(), states.end(), now = state()) != states.end(); }, limit, std::chrono::milliseconds(100));
    return now;
}

std::string FollowJob::events() const { return id().empty() ? "" : command("events").out; }

}  // namespace transload::test
