#pragma once
#include "orchestrator/ports/schema_tool.hpp"

namespace transload::liquibase {

/// SchemaTool by Liquibase 4.27.0. Stateless: all state is in the changelog files and on the target.
/// Thread-safe for different jobs. Liquibase itself is looked for only when a call has work for it.
class LiquibaseSchemaTool final : public SchemaTool {
  public:
    [[nodiscard]] Findings inspect(const JobSpec& spec) override;
    [[nodiscard]] SchemaReport generate(const SchemaJob& job, RunControl& control) override;
    void apply(const SchemaJob& job, SchemaPart part, RunControl& control) override;
    void apply_ahead(const SchemaJob& job, RunControl& control) override;
    void apply_at_cutover(const SchemaJob& job, RunControl& control) override;
    void withdraw_at_cutover(const SchemaJob& job, RunControl& control) override;
    [[nodiscard]] SchemaReport compare(const SchemaJob& job, SchemaPart part, RunControl& control) override;
    [[nodiscard]] std::vector<DeferredIndexes> deferred_indexes(const SchemaJob& job) override;
    void forget(const SchemaJob& job, RunControl& control) override;
    void drop_created(const SchemaJob& job, RunControl& control) override;
};

}  // namespace transload::liquibase
