#pragma once
#include <memory>

#include "orchestrator/ports/write_gate.hpp"

namespace transload::mysql {

class StopMethod;

/// WriteGate of a MySQL or MariaDB server, the source or, at a cut back, the target: super_read_only (MariaDB: read_only),
/// privileges revoked from named accounts, table locks; the job's hook before each of them, or alone (docs/cutover.md).
/// Thread-safe, for any number of jobs. Table locks are held by sessions of this object and end with it.
class MysqlWriteGate final : public WriteGate {
  public:
    MysqlWriteGate();
    ~MysqlWriteGate() override;
    MysqlWriteGate(const MysqlWriteGate&) = delete;
    MysqlWriteGate& operator=(const MysqlWriteGate&) = delete;

    void look(const JobSpec& spec, CutoverReport& record, RunControl& control) override;
    [[nodiscard]] Findings obstacles(const JobSpec& spec, RunControl& control) override;
    /// Sets `record.stopped_at` anew when it comes to what writers feel: what was waited for before is no write stop.
    void stop(const JobSpec& spec, CutoverReport& record, RunControl& control) override;
    [[nodiscard]] std::string position(const JobSpec& spec) override;
    [[nodiscard]] bool holds(const JobSpec& spec, const CutoverReport& record) override;
    [[nodiscard]] std::string programs(const JobSpec& spec, RunControl& control) override;
    void admit_stream(const JobSpec& spec, const CutoverReport& record, RunControl& control) override;
    void end_stream(const JobSpec& spec, const CutoverReport& record, RunControl& control) override;
    void release(const JobSpec& spec, const CutoverReport& record, RunControl& control) override;

  private:
    [[nodiscard]] StopMethod& method(const JobSpec& spec) const;
    std::unique_ptr<StopMethod> variable_, revoke_, locks_, hook_;
};

}  // namespace transload::mysql
