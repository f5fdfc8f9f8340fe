#pragma once
#include "orchestrator/ports/catalog.hpp"

namespace transload::mysql {

/// Catalog over information_schema and SHOW CREATE TABLE, for MySQL >= 5.7 and MariaDB >= 10.5.
class MysqlCatalog final : public Catalog {
  public:
    [[nodiscard]] std::vector<TablePlan> plan_tables(const JobSpec& spec, RunControl& control) override;
};

}  // namespace transload::mysql
