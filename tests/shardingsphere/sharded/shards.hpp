#pragma once
#include <string>
#include <string_view>
#include <vector>

#include "adapters/mysql/connection.hpp"
#include "adapters/shardingsphere/distsql/proxy.hpp"
#include "orchestrator/ports/validator.hpp"
#include "tests/integration/validation/sides.hpp"
#include "tests/support/sharding_cluster.hpp"
#include "tests/support/sql.hpp"

namespace transload::test {

/// A database on a source, and the same spread over two servers by the shared proxy: units ds_0 and ds_1, two tables
/// on each. Rules, units, migrations and the logical database go when it goes.
class Shards {
  public:
    Shards();
    Shards(const TestServer& source, const TestServer& first, const TestServer& second);
    ~Shards();
    Shards(const Shards&) = delete;
    Shards& operator=(const Shards&) = delete;

    JobSpec spec;  ///< endpoints, units, proxies and the rules made so far; few workers, quick retries

    [[nodiscard]] const TestServer& source() const { return source_; }
    [[nodiscard]] const TestServer& unit(std::size_t index) const { return index == 0 ? first_ : second_; }
    [[nodiscard]] const std::string& database() const { return database_.name(); }
    [[nodiscard]] const std::string& logical() const { return spec.sharding->database; }
    [[nodiscard]] shardingsphere::Proxy& proxy() { return proxy_; }

    /// Spreads a table by a column over two tables on each of the two servers.
    void shard(const std::string& table, const std::string& column);
    void shard(const ShardingRule& rule);

    void on_source(std::string_view script) const;
    void on_unit(std::size_t index, std::string_view script) const;
    /// Statements at the logical database, one each.
    void through_proxy(const std::vector<std::string>& statements) const;
    /// The same statements on the source and through the proxy.
    void on_both(const std::vector<std::string>& statements) const;

    /// Which of the four actual tables ("table_0" …) holds a row, and on which unit that is; fails the test when none does.
    struct Found {
        std::size_t unit = 0;
        std::string table;
    };
    [[nodiscard]] Found find(const std::string& table, const std::string& condition) const;
    /// An actual table that does not hold it.
    [[nodiscard]] Found elsewhere(const std::string& table, const std::string& condition) const;

    /// MIGRATE from the source, waits for the end of the inventory; COMMIT when asked for.
    void migrate(const std::vector<std::string>& tables, bool commit);

    /// Rows of a chunk that plans() asks for; 0 leaves the plans alone.
    std::uint64_t rows_per_chunk = 0;
    /// As the gate would mark them: tables with a rule are sharded.
    [[nodiscard]] std::vector<TablePlan> plans() const;
    [[nodiscard]] ValidationOutcome validate(ValidationLevel level) const;
    [[nodiscard]] ValidationOutcome validate(ValidationLevel level, RunControl& control, bool repair = false) const;

  private:
    const TestServer& source_;
    const TestServer& first_;
    const TestServer& second_;
    TestDatabase database_;
    TestProxy& server_;
    shardingsphere::Proxy proxy_;
};

}  // namespace transload::test
