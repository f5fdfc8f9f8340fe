#pragma once
#include <chrono>
#include <map>
#include <nlohmann/json.hpp>
#include <string>
#include <vector>

#include "tests/support/process.hpp"
#include "tests/support/temp_dir.hpp"
#include "tests/support/test_server.hpp"

namespace transload::test {

/// A value of the environment, or another.
[[nodiscard]] unsigned from_environment(const char* name, unsigned otherwise);

/// The source, as its writers see it.
[[nodiscard]] bool takes_writes(const TestServer& server);

/// One job that follows, run by `transload migrate` in a state folder of its own. Ports may be those of a network between
/// the program and the servers. Without a database the arguments name a job file that says what moves.
class FollowJob {
  public:
    struct Route {
        int source_port = 0;  ///< 0 = the server's own
        int target_port = 0;
    };
    FollowJob(const TestServer& source, const TestServer& target, std::string database, std::vector<std::string> arguments)
        : FollowJob(source, target, std::move(database), std::move(arguments), Route{}) {}
    FollowJob(const TestServer& source, const TestServer& target, std::string database, std::vector<std::string> arguments,
              Route route);

    /// Begins the job, or goes on with it.
    [[nodiscard]] Process start(const std::map<std::string, std::string>& environment = {}) const;
    /// `transload job NAME ID`, to its end.
    ProcessResult command(const std::string& name, const std::vector<std::string>& arguments = {}) const;
    /// The same, begun.
    [[nodiscard]] Process begin(const std::string& name, const std::vector<std::string>& arguments = {}) const;
    /// The job's document; null while there is no job.
    [[nodiscard]] nlohmann::json show() const;
    [[nodiscard]] std::string state() const;
    /// Waits for one of the states; the state at the end, whichever it is.
    std::string wait_for_state(const std::vector<std::string>& states, std::chrono::seconds limit) const;
    /// Durable events, one a line; for messages of failing tests.
    [[nodiscard]] std::string events() const;
    [[nodiscard]] const TempDir& folder() const noexcept { return folder_; }

  private:
    [[nodiscard]] ProcessOptions options() const;
    [[nodiscard]] std::vector<std::string> words(const std::string& name, const std::vector<std::string>& arguments) const;
    /// Of the newest job: one that had changed nothing when it was killed is left for another. Empty while there is none.
    [[nodiscard]] std::string id() const;

    const TestServer& source_;
    const TestServer& target_;
    std::string database_;
    std::vector<std::string> arguments_;
    Route route_;
    TempDir folder_;
};

}  // namespace transload::test
