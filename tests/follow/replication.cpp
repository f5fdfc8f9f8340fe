#include "tests/follow/replication.hpp"

#include <fmt/format.h>

#include "tests/support/sql.hpp"

namespace transload::test {
namespace {

bool says_source(const TestServer& server) { return server.flavour() == Flavour::mysql97; }

/// File and offset at which the log ends.
std::pair<std::string, std::string> log_end(const TestServer& server) {
    const auto rows = query(server, says_source(server) ? "SHOW BINARY LOG STATUS" : "SHOW MASTER STATUS");
    return {rows.at(0).at(0).value_or(""), rows.at(0).at(1).value_or("")};
}

}  // namespace

void begin_replication(const TestServer& source, const TestServer& replica) {
    const std::string file = value(source, "SHOW BINARY LOGS");
    const auto pattern = says_source(replica)
                             ? "CHANGE REPLICATION SOURCE TO SOURCE_HOST='{}', SOURCE_PORT={}, SOURCE_USER='{}', SOURCE_PASSWORD='{}', "
                               "SOURCE_LOG_FILE='{}', SOURCE_LOG_POS=4{}; START REPLICA;"
                             : "CHANGE MASTER TO MASTER_HOST='{}', MASTER_PORT={}, MASTER_USER='{}', MASTER_PASSWORD='{}', "
                               "MASTER_LOG_FILE='{}', MASTER_LOG_POS=4{}; START SLAVE;";
    std::string key;
    if (replica.flavour() == Flavour::mysql80) key = ", GET_MASTER_PUBLIC_KEY=1";
    if (replica.flavour() == Flavour::mysql97) key = ", GET_SOURCE_PUBLIC_KEY=1";
    sql(replica, fmt::format(fmt::runtime(pattern), source.host(), source.port(), TestServer::user(), source.password(), file, key));
}

std::string wait_for_replica(const TestServer& source, const TestServer& replica, std::chrono::seconds limit) {
    const auto [file, offset] = log_end(source);
    const std::string waited = value(replica, fmt::format("SELECT {}('{}', {}, {})", says_source(replica) ? "SOURCE_POS_WAIT" : "MASTER_POS_WAIT",
                                                          file, offset, limit.count()));
    if (waited != "NULL" && waited != "-1") return {};
    std::string said = "waited: " + waited;
    for (const Row& row : query(replica, says_source(replica) ? "SHOW REPLICA STATUS" : "SHOW SLAVE STATUS"))
        for (const auto& cell : row) said += " | " + cell.value_or("");
    return said;
}

}  // namespace transload::test
