#pragma once
#include <string>

#include "adapters/shardingsphere/distsql/proxy.hpp"
#include "tests/support/sharding_cluster.hpp"
#include "tests/support/sql.hpp"
#include "tests/support/test_server.hpp"

namespace transload::test {

/// A database on a source and a target server and a logical database of its own on the shared proxy, with a session
/// in it. Jobs, units, rules and the logical database go when it goes.
class ProxyWorld {
  public:
    ProxyWorld();
    ~ProxyWorld();
    ProxyWorld(const ProxyWorld&) = delete;
    ProxyWorld& operator=(const ProxyWorld&) = delete;

    [[nodiscard]] const TestServer& source() const { return source_; }
    [[nodiscard]] const TestServer& target() const { return target_; }
    [[nodiscard]] const std::string& database() const { return database_.name(); }
    [[nodiscard]] shardingsphere::Proxy& proxy() { return proxy_; }
    [[nodiscard]] TestProxy& server() { return server_; }

    [[nodiscard]] shardingsphere::UnitDefinition source_unit(const std::string& name = "src") const;
    [[nodiscard]] shardingsphere::UnitDefinition target_unit(const std::string& name = "tgt") const;
    /// Both units.
    void register_units();

    /// Runs in the source's, or the target's, database.
    void on_source(const std::string& script) const;
    void on_target(const std::string& script) const;

    /// MIGRATE, and the id that the list gained.
    std::string migrate(const std::string& table, const std::string& target_table, const std::string& unit = "src");
    /// Waits until its inventory is done; fails the test with its error otherwise.
    void follow(const std::string& id);
    /// Starts a check and waits until it is told.
    shardingsphere::CheckStatus checked(const std::string& id);

  private:
    const TestServer& source_;
    const TestServer& target_;
    TestDatabase database_;
    TestProxy& server_;
    shardingsphere::Proxy proxy_;
};

/// How a test server is reached with some account.
[[nodiscard]] Endpoint endpoint_of(const TestServer& server, const std::string& user, const std::string& password);

/// The vendor code of the ProxyError that `act` throws; 0 when it throws none.
template <class Act>
unsigned code_of(Act act) {
    try {
        act();
    } catch (const shardingsphere::ProxyError& error) {
        return error.code();
    }
    return 0;
}

}  // namespace transload::test
