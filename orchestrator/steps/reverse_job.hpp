#pragma once
#include <vector>

#include "orchestrator/steps/step.hpp"

namespace transload {

/// The job's spec with source and target in each other's place.
[[nodiscard]] JobSpec reversed(const JobSpec& spec);

/// The job turned round: what the target takes goes back to the source. Not copyable: `data` refers into it.
class ReverseJob {
  public:
    explicit ReverseJob(StepContext& context);
    ReverseJob(const ReverseJob&) = delete;
    ReverseJob& operator=(const ReverseJob&) = delete;

    [[nodiscard]] const JobSpec& spec() const { return spec_; }
    [[nodiscard]] const DataJob& data() const { return data_; }

  private:
    JobSpec spec_;
    std::vector<TablePlan> tables_;
    DataJob data_;
};

}  // namespace transload
