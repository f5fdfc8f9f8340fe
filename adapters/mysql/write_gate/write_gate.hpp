#pragma once
#include "orchestrator/ports/write_gate.hpp"

namespace transload::mysql {

/// WriteGate of a MySQL source: super_read_only, and the job's hook before it or instead of it. Stateless.
class MysqlWriteGate final : public WriteGate {
  public:
    void look(const JobSpec& spec, CutoverReport& record, RunControl& control) override;
    void stop(const JobSpec& spec, CutoverReport& record, RunControl& control) override;
    [[nodiscard]] std::string position(const JobSpec& spec) override;
    [[nodiscard]] bool holds(const JobSpec& spec, const CutoverReport& record) override;
    void release(const JobSpec& spec, const CutoverReport& record, RunControl& control) override;
};

}  // namespace transload::mysql
