#pragma once
#include <string_view>

#include "orchestrator/ports/data_engine.hpp"

namespace transload::native {

/// The embedded data engine: copies rows out of a consistent view of the source in parallel lanes, remembers
/// on the target what is copied, builds indexes afterwards. docs/native-engine.md tells how. Stateless:
/// everything that must survive lies in `_transload` on the target, so that any process can continue a job.
class NativeEngine final : public DataEngine {
  public:
    [[nodiscard]] std::string_view name() const override { return "native"; }
    void configure(const DataJob& job, RunControl& control) override;
    [[nodiscard]] TransferResult transfer(const DataJob& job, RunControl& control) override;
    void forget(const DataJob& job, RunControl& control) override;
};

}  // namespace transload::native
