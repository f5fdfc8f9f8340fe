#pragma once
#include <filesystem>
#include <string>
#include <vector>

#include "adapters/config/node.hpp"
#include "orchestrator/plan/job_spec.hpp"

namespace CLI {
class App;
}

namespace transload::cli {

/// The arguments that describe a job: the same for migrate, preflight, schema and verify. What the file says is
/// overridden by the environment, which is overridden by flags.
class JobArguments {
  public:
    JobArguments() = default;
    JobArguments(const JobArguments&) = delete;  // flags point into this object
    JobArguments& operator=(const JobArguments&) = delete;

    void add_to(CLI::App& command);

    /// Throws Error{usage} that names what is wrong.
    [[nodiscard]] JobSpec spec() const;
    /// Where jobs are kept: flag, TRANSLOAD_STATE_DIR, file, ./transload-state.
    [[nodiscard]] std::filesystem::path state_dir() const;

    bool json = false;
    bool quiet = false;

  private:
    [[nodiscard]] config::Node document() const;

    std::string file_;
    config::Node flags_ = config::Node::map();
    std::string table_prefix_;
    std::string table_suffix_;
    bool follow_ = false;
};

}  // namespace transload::cli
