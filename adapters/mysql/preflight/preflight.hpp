#pragma once
#include "orchestrator/ports/catalog.hpp"

namespace transload::mysql {

/// Preflight over two MySQL or MariaDB servers. Reads only; one session on each side. Every finding is listed
/// in docs/preflight.md. A check that the server answers with an error becomes a finding itself.
class MysqlPreflight final : public Preflight {
  public:
    [[nodiscard]] Findings inspect(const JobSpec& spec, const std::vector<TablePlan>& tables,
                                   RunControl& control) override;
};

}  // namespace transload::mysql
