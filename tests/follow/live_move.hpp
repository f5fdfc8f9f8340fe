#pragma once
#include <optional>
#include <string>
#include <vector>

#include "tests/follow/follow_job.hpp"
#include "tests/support/workload/workload.hpp"

namespace transload::test {

/// A live source, a target with the account of its writers, and one job with a manual cutover between them. Checks with
/// Catch.
struct LiveMove {
    static constexpr const char* database = "live";
    /// Of root on both servers.
    static constexpr const char* password = "root-of-both";
    struct Options {
        Flavour flavour = Flavour::mysql80;
        std::vector<std::string> server = {};  ///< options of both servers
    };

    /// The job's arguments beside engine and cutover; a job file comes first.
    explicit LiveMove(std::vector<std::string> arguments) : LiveMove(std::move(arguments), Options{}) {}
    LiveMove(std::vector<std::string> arguments, const Options& options);

    /// Begins the job and waits until it follows under writes.
    void follow();
    /// Asks for the cutover, waits for its end with a way back, and checks that its writers are refused and the target whole.
    void hand_over();
    /// The target's own writers, from now on.
    void write_to_target();
    /// Asks for the way back, waits for its end, and checks that the target's writers are refused and both sides whole.
    void come_back();

    /// Waits for a state; fails the test in another of those given.
    void comes_to(const std::string& wanted, const std::vector<std::string>& others);
    /// The job applies what its source has acknowledged by now.
    void catches_up();
    /// All writers are refused, and what they were acknowledged is on `taker`. Ends the workload.
    void check_refused_and_whole(const TestServer& taker);
    void check_equal() const;
    /// Writers of a server that was given back find it as they left it.
    void check_home(const TestServer& server) const;

    TestServer source;
    TestServer target;
    FollowJob job;
    std::optional<Workload> workload;
    std::optional<Process> process;
};

}  // namespace transload::test
